# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How long ``import skbit`` takes, in a fresh process."""

import subprocess
import sys


def timeraw_import_skbit():
    return "import skbit"


def timeraw_import_skbit_after_scikit_learn():
    # What skbit adds for those who use scikit-learn anyway.
    return (
        "import skbit",
        "import scipy.special, sklearn.datasets, sklearn.model_selection, "
        "sklearn.naive_bayes",
    )


def track_numba_is_imported():
    # 0: numba, and with it the kernels, must wait until the first use of one.
    statement = "import sys, skbit; print(int('numba' in sys.modules))"
    return int(subprocess.check_output([sys.executable, "-c", statement]))

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks of skbit, for airspeed velocity; the README says how to run them."""

import hashlib
import importlib.util
import os
from pathlib import Path


def _keep_machine_code():
    """Cache machine code in a folder of its own for each version of the kernels.

    asv runs every benchmark in a process of its own, which should not compile again.
    But numba does not notice an edit in a callee of another file, and a benchmark of
    old code would be worse than none.
    """
    package = importlib.util.find_spec("skbit").submodule_search_locations[0]
    digest = hashlib.sha256()
    for file in sorted(Path(package, "_kernels").glob("*.py")):
        digest.update(file.read_bytes())
    folder = Path(__file__).parents[1] / ".asv" / "numba" / digest.hexdigest()[:16]
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    os.environ["SKBIT_NUMBA_CACHE"] = "1"


# Before anything imports numba, which reads the variable once.
_keep_machine_code()

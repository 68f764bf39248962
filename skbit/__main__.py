# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Show what skbit does: ``python -m skbit``."""

import importlib.util
import sys

if __name__ == "__main__":
    if importlib.util.find_spec("rich") is None:
        sys.exit('The demonstration needs rich: pip install "skbit[demo]"')
    # Before the imports of the demonstration, which take a second or two.
    print("skbit compiles its kernels on their first use and keeps them.", flush=True)

    from skbit._demonstration import main

    main()

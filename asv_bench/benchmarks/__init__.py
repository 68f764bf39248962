# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks of skbit, for airspeed velocity; the README says how to run them."""

import os
from pathlib import Path

# asv runs every benchmark in a process of its own, which should not compile again.
# Before anything imports numba, which reads the variable once.
os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parents[1] / ".asv" / "numba")
os.environ["SKBIT_NUMBA_CACHE"] = "1"

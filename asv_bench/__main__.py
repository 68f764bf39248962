# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compare skbit with other packages.

    python -m asv_bench                             # what has not been measured
    python -m asv_bench --suites tables,novelty     # some suites
    python -m asv_bench --only skbit --again        # rows whose names have a word
    python -m asv_bench --sets mnist                # some data sets
    python -m asv_bench --render                    # tables and figures, no runs

Rows that are in the records with the same version of their package are not measured
again. Rows whose package is missing are skipped and named; ``pip install skbit[peers]``
installs all. Data are read from the folder of ``SKBIT_DATA_HOME``. The suite of small
devices also needs ``arm-none-eabi-gcc`` with newlib and ``qemu-system-arm``.
"""

import argparse
import time
import warnings
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

from asv_bench import (
    embedded,
    peers,
    peers_clusters,
    peers_neighbors,
    peers_novelty,
    peers_series,
    peers_tables,
)
from asv_bench.suite import DOC, read, run

SUITES = {
    module.SUITE.name: module.SUITE
    for module in (
        peers,
        peers_series,
        peers_tables,
        peers_clusters,
        peers_novelty,
        peers_neighbors,
        embedded,
    )
}


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m asv_bench", description="Compare skbit with other packages."
    )
    names = ",".join(SUITES)
    parser.add_argument("--suites", default=names, help=f"of {names}, by comma")
    parser.add_argument("--sets", help="data sets by comma; all of the suites")
    parser.add_argument("--only", default="", help="words in names of rows, by comma")
    parser.add_argument("--again", action="store_true", help="measure anew")
    parser.add_argument("--smoke", action="store_true", help="small generated data")
    parser.add_argument("--render", action="store_true", help="measure nothing")
    parser.add_argument("--doc", type=Path, default=DOC, help="folder of the records")
    return parser.parse_args(arguments)


def sets_of(suite, options):
    if options.smoke:
        return ["smoke"]
    asked = options.sets.split(",") if options.sets else suite.sets
    return [name for name in suite.sets if name in asked]


def main(arguments=None):
    options = parse(arguments)
    for name in options.suites.split(","):
        suite = SUITES[name]
        record = options.doc / suite.record
        start = time.perf_counter()
        if not options.render:
            # Networks are given a number of epochs.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                warnings.simplefilter("ignore", UserWarning)
                run(suite, record, sets_of(suite, options), options.only, options.again)
            print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
        suite.write_page(read(record), options.doc)


if __name__ == "__main__":
    main()

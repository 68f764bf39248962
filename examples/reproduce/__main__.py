# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Measure the figures that the documentation claims, on the official MNIST files.

Run ``python -m examples.reproduce`` in the root of the repository, or only some of it
with ``--only``. Each figure is printed as it is found, and written as a line of JSON.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from examples.reproduce import accuracy, clusters, novelty, speed

MEASUREMENTS = {
    **accuracy.MEASUREMENTS,
    **speed.MEASUREMENTS,
    **clusters.MEASUREMENTS,
    **novelty.MEASUREMENTS,
}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m examples.reproduce", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "--only", metavar="NAMES", help=f"some of {','.join(MEASUREMENTS)}"
    )
    parser.add_argument("--json", type=Path, help="append the figures to this file")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(MEASUREMENTS)
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    console, table = Console(), Table("name", "what", "figure")
    for name in names:
        for what, figure in MEASUREMENTS[name]():
            table.add_row(name, what, figure)
            console.print(f"{name}: {what}: {figure}")
            if options.json:
                with options.json.open("a", encoding="utf8") as file:
                    line = {"name": name, "what": what, "figure": figure}
                    file.write(json.dumps(line) + "\n")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Measure every figure of the source documents and of the manual.

Run ``python -m examples.reproduce`` in the root of the repository, with the data in
``--data`` or ``SKBIT_DATA_HOME``. What has been measured by the same code is not
measured again, so a run that was broken off goes on where it stopped.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.table import Table

from examples.reproduce import record
from examples.reproduce.claims import CLAIMS
from examples.reproduce.judges import measured
from examples.reproduce.measurements import measurements

RECORD = Path(__file__).parents[2] / "doc" / "reproduction.jsonl"


def main(arguments=None):
    """Read the command line, measure, write the record, and show the verdicts."""
    known = measurements()
    parser = argparse.ArgumentParser(
        prog="python -m examples.reproduce", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "--only",
        metavar="A,B",
        help=f"claims, such as O1,O3, or measurements: {', '.join(known)}",
    )
    parser.add_argument("--data", help="folder with the folder mnist; SKBIT_DATA_HOME")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the data and two seeds"
    )
    parser.add_argument(
        "--again", action="store_true", help="measure also what is in the record"
    )
    parser.add_argument(
        "--json",
        type=Path,
        help="the record; doc/reproduction.jsonl, but with --quick none",
    )
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["SKBIT_DATA_HOME"] = options.data
    try:
        names = chosen(options.only, known)
    except ValueError as error:
        parser.error(str(error))
    path = options.json or (None if options.quick else RECORD)
    lines = record.read(path) if path else {}
    console = Console()
    measure(names, known, lines, path, options, console)
    table = verdicts(names, lines)
    if table.row_count:
        console.print(table)


def chosen(only, known):
    """Turn ids of claims and names of measurements to names, in their order."""
    if only is None:
        return list(known)
    claims = {claim.id: claim for claim in CLAIMS}
    wanted = set()
    for name in only.split(","):
        if name in known:
            wanted.add(name)
        elif name not in claims:
            raise ValueError(f"{name!r} is neither a claim nor a measurement.")
        elif not claims[name].measured_by:
            raise ValueError(f"Nothing measures {name} yet.")
        else:
            wanted.update(claims[name].measured_by)
    return [name for name in known if name in wanted]


def measure(names, known, lines, path, options, console):
    """Measure what is not in the record, and keep it as soon as it is found."""
    progress = Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    # Now, since files may be edited while they are running.
    codes = {name: record.code_of(known[name]) for name in names}
    with progress:
        task = progress.add_task("", total=len(names))
        for name in names:
            progress.update(task, description=name)
            code, line = codes[name], lines.get(name)
            if options.again or not record.is_current(line, code, options.quick):
                start, figures = time.perf_counter(), []
                for figure in known[name](options.quick):
                    figures.append(figure)
                    found = measured(figure, with_spread=True)
                    console.print(f"{name}: {figure.what}: {found}", highlight=False)
                seconds = time.perf_counter() - start
                lines[name] = record.make_line(
                    name, code, options.quick, figures, seconds
                )
                if path:
                    in_order = [key for key in known if key in lines]
                    record.write(path, {key: lines[key] for key in in_order})
            progress.advance(task)


def verdicts(names, lines):
    """Return a table of the claims that rest on the measurements."""
    table = Table("claim", "seconds", "verdict", "why")
    for claim in CLAIMS:
        if set(claim.measured_by) & set(names) and set(claim.measured_by) <= set(lines):
            table.add_row(claim.id, *record.judged(claim, lines))
    return table


if __name__ == "__main__":
    sys.exit(main())

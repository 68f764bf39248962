# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How long the first call takes: with kernels to compile, from the cache, and later.

    python -m asv_bench.first_call            # a few minutes, all cold
    python -m asv_bench.first_call --render   # the table, no runs

Each estimator learns and answers 1,500 rows twice, in a process of its own with an
empty cache, and once more in a second process with the cache of the first. Figures are
kept in ``doc/first_call.jsonl``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from asv_bench.peers_page import make_table
from asv_bench.suite import DOC, entries_of, write_anew

NAMES = (
    "ThermometerEncoder",
    "RandomMAJ3Projection",
    "BitPatchEncoder",
    "OttoScoreClassifier",
    "BitWTAClusterer",
)
_PREPARE = """
import json, sys, time
from asv_bench.growth import BASE, CASES, answer, make_rows
case = CASES[{name!r}]
sizes = BASE | {{"rows": 1500}}
X, y = make_rows(sizes, case.takes_bytes)
model = case.make(sizes)
def call():
    start = time.perf_counter()
    answer(model.fit(X, y), X)
    return round(time.perf_counter() - start, 4)
print(json.dumps([call(), call()]))
"""
_IMPORT = """
import time
start = time.perf_counter()
import skbit
print(time.perf_counter() - start)
"""
_COMPILE = """
import time
import skbit
start = time.perf_counter()
skbit.compile()
print(time.perf_counter() - start)
"""


def output_of(program, cache):
    """Return what a program prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=os.environ | {"NUMBA_CACHE_DIR": cache, "SKBIT_NUMBA_CACHE": "1"},
        cwd=Path(__file__).parents[1],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def measure():
    """Yield an entry of each estimator, and one of the whole package."""
    for name in NAMES:
        program = _PREPARE.format(name=name)
        with tempfile.TemporaryDirectory() as cache:
            compiled, later = output_of(program, cache)
            loaded, _ = output_of(program, cache)
        yield {
            "name": name,
            "compiled_s": compiled,
            "loaded_s": loaded,
            "later_s": later,
        }
    with tempfile.TemporaryDirectory() as cache:
        yield {
            "name": "skbit",
            "import_s": min(output_of(_IMPORT, cache) for _ in range(3)),
            "compile_s": output_of(_COMPILE, cache),
            "cache_bytes": sum(
                path.stat().st_size for path in Path(cache).rglob("*.nb?")
            ),
        }


def write_page(entries, doc):
    """Write the tables of first calls."""
    *estimators, whole = entries
    rows = [
        [
            e["name"],
            f"{e['compiled_s']:.2f} s",
            f"{e['loaded_s']:.3f} s",
            f"{1000 * e['later_s']:.1f} ms",
        ]
        for e in estimators
    ]
    header = ["estimator", "first call, compiled", "first call, from disk", "later"]
    (doc / "first_call.inc").write_text(make_table(header, rows), encoding="utf8")
    rows = [
        ["``import skbit``", f"{whole['import_s']:.2f} s"],
        ["``skbit.compile()``", f"{whole['compile_s']:.0f} s"],
        ["machine code on disk", f"{whole['cache_bytes'] / 1e6:.1f} MB"],
    ]
    text = make_table([whole["machine"], whole["date"]], rows)
    (doc / "first_call_all.inc").write_text(text, encoding="utf8")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m asv_bench.first_call")
    parser.add_argument("--render", action="store_true", help="measure nothing")
    parser.add_argument("--doc", type=Path, default=DOC, help="folder of records")
    options = parser.parse_args(arguments)
    record = options.doc / "first_call.jsonl"
    if not options.render:
        write_anew(record, measure())
    write_page(entries_of(record), options.doc)


if __name__ == "__main__":
    main()

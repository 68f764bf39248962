# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How time and memory grow with rows, bits, classes, neurons and threads.

    python -m asv_bench.growth              # what has not been measured
    python -m asv_bench.growth --again      # anew
    python -m asv_bench.growth --render     # the table, no runs

Each estimator is measured at sizes of one kind, with the others as in ``BASE``. The
slope is that of a line through the logarithms of size and time: 1 means proportional.
It is fitted to the upper half of the sizes (on a logarithmic scale), because constant
costs hide it below. Sizes after one that takes more than ``_LONGEST`` seconds are left
out. Figures are kept in ``doc/growth.jsonl``.
"""

import argparse
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from asv_bench.peers_page import make_table
from asv_bench.suite import DOC, Row, about, add, entries_of
from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchEncoder,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)

BASE = {"rows": 10_000, "bits": 1024, "classes": 10, "neurons": 256, "threads": 1}
SIZES = {
    "rows": [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
    "bits": [256, 1024, 4096, 16_384],
    "classes": [4, 16, 64, 256],
    "neurons": [16, 64, 256, 1024],
    "threads": [1, 2],
}
_LONGEST = 4.0


@dataclass(frozen=True)
class Case:
    """An estimator.

    Parameters
    ----------
    make : callable
        Takes sizes as in ``BASE``, and returns an estimator.
    axes : str
        Kinds of sizes that its cost may depend on, separated by spaces.
    takes_bytes : bool
        Whether its rows are a byte for each eight bits, and not bits.
    """

    make: Callable
    axes: str
    takes_bytes: bool = False


CASES = {
    "ThermometerEncoder": Case(
        lambda s: ThermometerEncoder(feature_range=(0, 255)),
        "rows bits",
        takes_bytes=True,
    ),
    "RandomMAJ3Projection": Case(
        lambda s: RandomMAJ3Projection(
            s["neurons"], random_state=0, n_jobs=s["threads"]
        ),
        "rows bits neurons threads",
    ),
    "RandomFernEncoder": Case(
        lambda s: RandomFernEncoder(s["neurons"], random_state=0, n_jobs=s["threads"]),
        "rows bits neurons threads",
    ),
    "BitPatchEncoder": Case(
        lambda s: BitPatchEncoder(
            s["neurons"], image_shape=(16, -1), random_state=0, n_jobs=s["threads"]
        ),
        "rows bits neurons threads",
    ),
    "OttoScoreClassifier": Case(
        lambda s: OttoScoreClassifier(n_jobs=s["threads"]), "rows bits classes threads"
    ),
    "OttoScoreClassifier, 2 passes": Case(
        lambda s: OttoScoreClassifier(max_iter=2, random_state=0, n_jobs=s["threads"]),
        "rows bits classes",
    ),
    "BitHebbianClassifier": Case(
        lambda s: BitHebbianClassifier(s["neurons"], max_iter=1, random_state=0),
        "rows bits classes neurons",
    ),
    "BitWTAClusterer": Case(
        lambda s: BitWTAClusterer(s["neurons"], random_state=0, n_jobs=s["threads"]),
        "rows bits neurons threads",
    ),
    "BitNoveltyDetector": Case(
        lambda s: BitNoveltyDetector(
            BitWTAClusterer(s["neurons"]), random_state=0, n_jobs=s["threads"]
        ),
        "rows bits neurons threads",
    ),
}


def make_rows(sizes, takes_bytes):
    """Return rows of a pattern for each class with a quarter of the bits flipped."""
    rng = np.random.default_rng(0)
    n_rows = sizes["rows"]
    y = np.arange(n_rows) % sizes["classes"]
    if takes_bytes:
        return rng.integers(0, 256, (n_rows, sizes["bits"] // 8), dtype=np.uint8), y
    shape = n_rows, sizes["bits"] // 32
    X = rng.integers(0, 2**32, shape, dtype=np.uint32)
    X &= rng.integers(0, 2**32, shape, dtype=np.uint32)
    patterns = rng.integers(0, 2**32, (sizes["classes"], shape[1]), dtype=np.uint32)
    for start in range(0, n_rows, 1000):
        X[start : start + 1000] ^= patterns[y[start : start + 1000]]
    return X, y


def answer(model, X):
    return model.predict(X) if hasattr(model, "predict") else model.transform(X)


def fastest(call, most=5):
    """Return the shortest of some runs that take a second together."""
    seconds = []
    while len(seconds) < most and sum(seconds) < 1:
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def peak(call):
    """Return the bytes that a call allocates beyond what there is, at their highest."""
    tracemalloc.start()
    call()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def slope(sizes, costs):
    """Return the exponent of the growth over the upper half of the sizes."""
    sizes, costs = np.log(sizes), np.log(np.maximum(costs, 1e-9))
    upper = sizes >= (sizes[0] + sizes[-1]) / 2 - 1e-9
    if upper.sum() < 2:
        upper[-2:] = True
    return float(np.polyfit(sizes[upper], costs[upper], 1)[0])


def measure(case, axis, sizes):
    """Return seconds and bytes of fitting and answering, by size."""
    found = {"sizes": [], "fit_s": [], "answer_s": [], "fit_bytes": []}
    few = BASE | {"rows": 1500}
    X, y = make_rows(few, case.takes_bytes)
    answer(case.make(few).fit(X, y), X)
    for size in sizes:
        params = BASE | {axis: size}
        X, y = make_rows(params, case.takes_bytes)
        model = case.make(params)
        found["sizes"].append(size)
        found["fit_s"].append(fastest(lambda m=model, X=X, y=y: m.fit(X, y)))
        found["answer_s"].append(fastest(lambda m=model, X=X: answer(m, X)))
        found["fit_bytes"].append(peak(lambda m=model, X=X, y=y: m.fit(X, y)))
        is_slow = max(found["fit_s"][-1], found["answer_s"][-1]) > _LONGEST
        if is_slow and len(found["sizes"]) > 1:
            break
    for cost in ("fit_s", "answer_s", "fit_bytes"):
        found[f"{cost}_slope"] = round(slope(found["sizes"], found[cost]), 2)
        found[cost] = [float(f"{value:.3g}") for value in found[cost]]
    return found


def measure_in_turns(case, axis, sizes, n_turns=7):
    """Return the shortest seconds by size, each size measured in every turn."""
    params = BASE | {"rows": 50_000}
    X, y = make_rows(params, case.takes_bytes)
    models = [case.make(params | {axis: size}).fit(X, y) for size in sizes]
    turns = []
    for _ in range(n_turns):
        fits = [fastest(lambda m=model: m.fit(X, y), 1) for model in models]
        answers = [fastest(lambda m=model: answer(m, X), 1) for model in models]
        turns.append((fits, answers))
    fit_s, answer_s = np.min(turns, axis=0).round(5).tolist()
    return {"sizes": sizes, "fit_s": fit_s, "answer_s": answer_s}


def read(record):
    """Return the last entry by estimator and axis."""
    return {(entry["name"], entry["axis"]): entry for entry in entries_of(record)}


def write_page(entries, doc):
    """Write the tables of growth."""
    order = [(name, axis) for axis in SIZES for name in CASES]
    found = [entries[key] for key in order if key in entries]
    rows = [
        [
            f"{e['axis']}, {e['sizes'][0]:,} to {e['sizes'][-1]:,}",
            e["name"],
            *(f"{e[f'{cost}_slope']:.2f}" for cost in ("fit_s", "answer_s")),
            f"{e['fit_bytes_slope']:.2f}",
            *(f"{1000 * e[cost][-1]:,.1f} ms" for cost in ("fit_s", "answer_s")),
        ]
        for e in found
        if e["axis"] != "threads"
    ]
    header = ["growth with", "estimator", "fit", "answer", "memory of fit"]
    header += ["longest fit", "longest answer"]
    (doc / "growth.inc").write_text(make_table(header, rows), encoding="utf8")
    rows = [
        [e["name"], *(f"{e[c][0] / e[c][-1]:.2f}" for c in ("fit_s", "answer_s"))]
        for e in found
        if e["axis"] == "threads"
    ]
    text = make_table(["estimator", "fit", "answer"], rows)
    (doc / "growth_threads.inc").write_text(text, encoding="utf8")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m asv_bench.growth")
    parser.add_argument("--axes", default=",".join(SIZES), help="by comma")
    parser.add_argument("--again", action="store_true", help="measure anew")
    parser.add_argument("--render", action="store_true", help="measure nothing")
    parser.add_argument("--doc", type=type(DOC), default=DOC, help="folder of records")
    options = parser.parse_args(arguments)
    record = options.doc / "growth.jsonl"
    known = read(record)
    for axis in () if options.render else options.axes.split(","):
        for name, case in CASES.items():
            if axis not in case.axes.split() or (
                (name, axis) in known and not options.again
            ):
                continue
            with threadpool_limits(1):
                of = measure_in_turns if axis == "threads" else measure
                found = of(case, axis, SIZES[axis])
            what = {"name": name, "axis": axis}
            add(record, what | found | about(Row("skbit", None)))
    write_page(read(record), options.doc)


if __name__ == "__main__":
    main()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Check that the figures of the README and of the first page come from the records.

``python -m asv_bench.provenance`` prints each figure with the range of the values that
the record has, and fails if it lies outside, or if a figure has no entry here. Tables
that pages include are compared with the records by ``tests/test_records.py``.
"""

import json
import re
from pathlib import Path

import numpy as np

from asv_bench.suite import read

ROOT = Path(__file__).parents[1]
PAGES = "README.md", "doc/index.rst"

# A figure, with its unit.
_FIGURE = re.compile(r"(?<![\w.])(\d[\d,]*\.?\d*) (%|kB|MB|MiB|GiB|ms|s)(?!\w)")
_CODE = re.compile(r"```python.*?```", re.DOTALL)
_SCALES = {"%": 1, "kB": 1, "MB": 1, "MiB": 1, "GiB": 1 / 1024, "s": 1, "ms": 1}


def _reproduced(name, what, scale=1):
    """Return a source: a figure of ``python -m examples.reproduce``."""
    return "reproduction.jsonl", (name, what), scale


def _compared(name, key, scale, record="peers.jsonl"):
    """Return a source: a figure of a row of MNIST."""
    return record, ("mnist", name, key), scale


def _preset(size):
    name = f"MNIST, {size}"
    return [
        _reproduced("codebooks-test", f"{name}: size"),
        _reproduced("codebooks-test", name),
    ]


_FIT = "fit, 60,000 rows of 2,048 bits"
_ROWS = "60,000 rows, H = 512"
_SMALL = "skbit patches, every second column, 64 templates, 2 bits"
_WINNERS = "fit, 60,000 rows, 256 neurons"
# Words that a line or sentence begins with, and the sources of the figures that follow.
SOURCES = {
    "a model of": [
        _compared("skbit small", "bytes", 1e-3),
        _compared("skbit small", "accuracy", 100),
    ],
    "network of": [
        _compared("MLP(512)", "bytes", 1e-6),
        _compared("MLP(512)", "accuracy", 100),
    ],
    "a random forest of": [
        _compared("RandomForest(100)", "bytes", 1e-6),
        _compared("RandomForest(100)", "accuracy", 100),
    ],
    '`image_pipeline((28, 28), "tiny")`': _preset("tiny"),
    '`image_pipeline((28, 28), "small")`': _preset("small"),
    '`image_pipeline((28, 28), "large")`': _preset("large"),
    "projection to 512 containers, one counting pass": [
        _reproduced("tuned", "exp, H = 512, one pass: test")
    ],
    "10 tuning passes with `margin=0`": [
        _reproduced("tuned", "exp, H = 512, 10 epochs: test")
    ],
    "10 tuning passes with the default margin": [
        _reproduced("tuned", "exp, H = 512, 10 epochs with a margin: test")
    ],
    "8 tuning passes, `margin=1`": [
        _reproduced(
            "windows", "exp, H = 512, windows 5-9, 8 epochs with a margin: test"
        )
    ],
    "`BitPatchClassifier` with 32 prototypes": [
        _reproduced(
            "patches",
            "8 x 8 patches that overlap, masks, Jaccard, 32 prototypes per class",
        )
    ],
    "`BitPatchClassifier` with 1000 prototypes": [
        _reproduced("patches", "best found, chosen on training images")
    ],
    "203,264 binary weights, 3 epochs": [
        _reproduced(
            "hebbian", "BitHebbianClassifier, 256 binary units, 3 epochs: test file"
        )
    ],
    "203,264 binary weights, 10 epochs": [
        _reproduced(
            "hebbian", "BitHebbianClassifier, 256 binary units, 10 epochs: test file"
        )
    ],
    "| project 60,000 images": [
        _reproduced("projection", f"projection of {_ROWS}"),
        _reproduced("projection", f"projection of {_ROWS}, direct kernel plain"),
        _reproduced("projection", f"projection of {_ROWS}, direct kernel with planes"),
    ],
    "predict 10,000, two threads": [
        _reproduced("pipeline", "encode, project, count and predict, H = 2048")
    ],
    "| tune for 20 epochs": [
        _reproduced("tuning", "20 epochs, 50,000 rows, H = 2048, batch_size=1")
    ],
    "| predict one image": [
        _reproduced("one-image", "predict one image, H = 512, all pixels")
    ],
    "| cluster 60,000 images": [
        _reproduced("cluster-times", _WINNERS),
        _reproduced("cluster-times", f"{_WINNERS}, MiniBatchKMeans"),
    ],
    "| fit 60,000 rows": [
        _reproduced("bernoulli", _FIT, 1000),
        _reproduced("bernoulli", f"{_FIT}: peak memory with the data"),
        _reproduced("bernoulli", f"{_FIT}, BernoulliNB on float64"),
        _reproduced(
            "bernoulli", f"{_FIT}, BernoulliNB on float64: peak memory with the data"
        ),
    ],
    "one image takes": [
        _reproduced("onnx-latency", "H = 50: one image in Python"),
        _reproduced("onnx-latency", "H = 50: one image in onnxruntime"),
        None,
    ],
    "One counting pass reaches": [
        _reproduced("tuned", "exp, H = 512, one pass: test"),
        _reproduced(
            "widths",
            "one pass, 512 neurons, tree majority, containers of 32 "
            "bits: the test file",
        ),
        None,
    ],
    # Measured, and not kept in a record. The last is a quotation.
    "the same, on images that are also shifted": [None],
    "`BitEnsembleClassifier` of five": [None, None],
    "the most accurate model that fits a device": [
        _compared(_SMALL, "accuracy", 100, "peers_embedded.jsonl"),
        _compared(_SMALL, "flash", 1e-3, "peers_embedded.jsonl"),
    ],
    "patches and log-odds as Verilog": [None],
    "discusses the claim": [None],
}


def read_values():
    """Return the values of the records, by record and key."""
    values = {}
    path = ROOT / "doc" / "reproduction.jsonl"
    for line in map(json.loads, path.read_text("utf8").splitlines()):
        for figure in line["figures"]:
            key = line["name"], figure["what"]
            values.setdefault((path.name, key), []).extend(figure["values"])
    for name in ("peers.jsonl", "peers_embedded.jsonl"):
        for key, entry in read(ROOT / "doc" / name).items():
            for what, value in (entry | entry.get("m0", {})).items():
                values[name, (*key, what)] = [value]
    return values


def figures_of(text):
    """Yield the place, the number as text and the unit of each figure."""
    for found in _FIGURE.finditer(text):
        yield found.start(), found[1], found[2]


def is_within(number, unit, values, scale):
    """Return whether a number, as it is rounded, is one of a range of values."""
    low, high = (scale * _SCALES[unit] * f(values) for f in (np.min, np.max))
    digits = len(number.partition(".")[2])
    half = 0.5 * 10**-digits * (1 + 1e-9)
    shown = float(number.replace(",", ""))
    return low - half <= shown <= high + half


def check(text, sources=SOURCES):
    """Yield lines about figures, and whether each is as recorded."""
    text = " ".join(_CODE.sub(" ", text).split())
    values = read_values()
    places = {words: text.find(words) for words in sources}
    queue = {words: list(of) for words, of in sources.items()}
    for place, number, unit in figures_of(text):
        before = {w: p for w, p in places.items() if 0 <= p < place and queue[w]}
        if not before:
            yield f"{number} {unit}: no entry in asv_bench/provenance.py", False
            continue
        words = max(before, key=before.get)
        source = queue[words].pop(0)
        if source is None:
            yield f"{words}: {number} {unit}, without a record", True
            continue
        record, key, scale = source
        found = values[record, key]
        line = f"{words}: {number} {unit}, {record}: {scale * np.array(found)}"
        yield line, is_within(number, unit, found, scale)


def main():
    wrong = 0
    for page in PAGES:
        for line, is_right in check((ROOT / page).read_text("utf8")):
            print(f"{page}: {line}{'' if is_right else '  <-- WRONG'}")
            wrong += not is_right
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()

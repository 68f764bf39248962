# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What is compiled when: nothing at import, everything by ``skbit.compile``."""

import logging

import numpy as np
import pytest

import skbit
from tests.runtime.test_cache import start

HEAD = """
import logging
from sklearn.datasets import load_digits
import skbit
from skbit.bits import pack_bits
compiled = []
handler = logging.Handler()
handler.emit = lambda record: compiled.append(record.getMessage())
logging.getLogger("skbit").addHandler(handler)
logging.getLogger("skbit").setLevel(logging.INFO)
"""

# Every estimator as users call it first, on numbers and where it takes them on bits.
FIRST_USES = """
X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
bits = pack_bits(X > 7)
for name in skbit.__all__:
    estimator = getattr(skbit, name)()
    inputs = [X] if name.endswith("Encoder") else [X, bits]
    if name == "BitPatchClassifier":
        inputs = [X]
    for rows in inputs:
        estimator.fit(rows, y)
        for method in ("transform", "predict"):
            if hasattr(estimator, method):
                getattr(estimator, method)(rows)
                getattr(estimator, method)(rows[:1])
print(len(compiled), compiled)
"""

# Types of arguments that the defaults do not lead to.
OTHER_FIRST_USES = """
import numpy as np
from scipy.sparse import csr_array
from skbit import BitWTAClusterer, OttoScoreClassifier
from skbit import RandomFernEncoder, RandomMAJ3Projection
from skbit.cluster import FlipRule
X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
bits = pack_bits(X > 7)
long = csr_array(X)
long.indices, long.indptr = long.indices.astype(np.int64), long.indptr.astype(np.int64)
fractions, fixed = np.linspace(0.1, 1, 300), np.linspace(0.1, 1, 300)
fixed.flags.writeable = False
for rows in (bits, csr_array(X), long):
    for weights in (None, y + 1, fractions, fixed):
        for early_stopping in (False, True):
            classifier = OttoScoreClassifier(max_iter=2, early_stopping=early_stopping)
            classifier.fit(rows, y, sample_weight=weights).predict(rows)
    for similarity in ("cosine", "jaccard", "overlap", "hamming"):
        for learning in ("counters", FlipRule(init="density", schedule="shrink")):
            for n_neurons in (None, 20):
                clusterer = BitWTAClusterer(
                    10, n_neurons=n_neurons, learning=learning, similarity=similarity
                )
                clusterer.fit(rows).store(rows)
                clusterer.predict(rows)
ferns = RandomFernEncoder(random_state=0).fit_transform(bits)
for classes in (y, y % 2):
    classifier = OttoScoreClassifier(max_iter=3).fit(ferns, classes)
    classifier.predict(ferns)
    classifier.predict(ferns[:1])
for container_bits in (8, 16, 32, 64, 128, 256):
    for majority in ("tree", "exact"):
        for field in (None, (1, 2)):
            projection = RandomMAJ3Projection(
                16,
                container_bits=container_bits,
                majority=majority,
                receptive_field=field,
                image_shape=(2, -1),
            )
            for rows in (np.tile(bits, 8), np.tile(bits, 8)[:1]):
                projection.fit(rows).transform(rows)
print(len(compiled), compiled)
"""


def output(code, cache):
    out, err = start(code=HEAD + code, NUMBA_CACHE_DIR=str(cache)).communicate(
        timeout=300
    )
    assert not err, err
    return out


@pytest.fixture(scope="module")
def compiled_cache(tmp_path_factory):
    cache = tmp_path_factory.mktemp("compiled")
    code = "skbit.compile(verbose=True)\nprint(len(compiled))"
    *lines, n_compiled = output(code, cache).splitlines()
    assert int(n_compiled) > 30
    return cache, lines


def test_says_how_long_each_estimator_took(compiled_cache):
    text = "\n".join(compiled_cache[1])
    for name in skbit.__all__:
        assert f"{name}(" in text
    assert all(line.endswith(" s") for line in compiled_cache[1])


@pytest.mark.parametrize("code", [FIRST_USES, OTHER_FIRST_USES])
def test_first_uses_compile_nothing_afterwards(compiled_cache, code):
    assert output(code, compiled_cache[0]).strip() == "0 []"


def test_silent_unless_told(compiled_cache):
    assert output("skbit.compile()", compiled_cache[0]) == ""


def test_compilations_are_logged(caplog, monkeypatch):
    from skbit._numba.jit import kernel

    def one_more(x):
        return x + 1

    one_more.__module__ = "skbit.cluster._kernels.invented"
    monkeypatch.setenv("SKBIT_NUMBA_CACHE", "0")
    compiled = kernel(one_more)
    with caplog.at_level(logging.INFO, logger="skbit"):
        assert compiled(np.uint32(1)) == compiled(np.uint32(1)) == 2
    expected = ["Compiling invented.one_more"]
    assert [record.getMessage() for record in caplog.records] == expected

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusterers that learn in C, compared with partial_fit of Python."""

import ctypes

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.pipeline import make_pipeline

from skbit import BitNoveltyDetector, BitWTAClusterer, ThermometerEncoder
from skbit.cluster import FlipRule, _population
from skbit.cluster._kernels import constants
from skbit.codegen import to_c

N_BITS = 70


def stream(n_rows, seed):
    """Return rows of many clusters of different sizes; some are equal, or zeros."""
    rng = np.random.default_rng(seed)
    centers = rng.random((30, N_BITS)) < 0.3
    sizes = 1 / np.arange(1, 31)
    chosen = rng.choice(30, size=n_rows, p=sizes / sizes.sum())
    rows = centers[chosen] ^ (rng.random((n_rows, N_BITS)) < 0.08)
    rows[1::5] = rows[::5][: len(rows[1::5])]
    rows[::97] = False
    return rows.astype(np.uint8)


def memory_of(c_model, population, most):
    """Return the numbers of the neurons in the memory of C, by name."""
    n, n_digits = _population.n_neurons(population), population["n_digits"]
    fields = {
        "patterns": (ctypes.c_uint32, (most, n_digits, 3)),
        "norms": (ctypes.c_uint32, (most,)),
        "recent_wins": (ctypes.c_uint32, (most,)),
        "seen": (ctypes.c_uint32, (3,)),
        "n_neurons": (ctypes.c_uint32, (1,)),
        "until_due": (ctypes.c_uint32, (1,)),
        "n_learned": (ctypes.c_uint16, (most,)),
        "pending": (ctypes.c_int16, (most,)),
        "n_counted": (ctypes.c_uint8, (most,)),
        "counters": (ctypes.c_uint8, (most, N_BITS)),
    }

    class Memory(ctypes.Structure):
        _fields_ = [
            (name, kind * int(np.prod(shape))) for name, (kind, shape) in fields.items()
        ]

    memory = Memory.from_buffer(c_model._memory)
    arrays = {
        name: np.array(getattr(memory, name)).reshape(shape)
        for name, (_, shape) in fields.items()
    }
    return {
        name: array[:n] if len(array) == most else array
        for name, array in arrays.items()
    }


def assert_equal_state(c_model, model):
    """Compare all that neurons are, to the bit."""
    population = model.population_
    n = _population.n_neurons(population)
    found = memory_of(c_model, population, max(model.n_clusters, n))
    neurons = population["neurons"]
    expected = {
        "patterns": _population.digits(population),
        "norms": _population.norms(population),
        "recent_wins": neurons[:, constants.RECENT],
        "n_neurons": [n],
        "n_learned": np.minimum(neurons[:, constants.COUNT], 65_535),
        "pending": neurons[:, constants.PENDING],
        "n_counted": neurons[:, constants.WEIGHT],
        "counters": _population.counters(population),
    }
    if model.similarity in ("overlap", "hamming"):
        expected["seen"] = population["seen_bits"]
    for name, values in expected.items():
        assert_array_equal(found[name], values, err_msg=name)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"max_count": 255, "forget": False, "vigilance": 0.8},
        {"similarity": "jaccard", "vigilance": 0.7, "reassignment_interval": 300},
        {"similarity": "overlap", "quantization_levels": (0.3,), "vigilance": 0.9},
        {"similarity": "hamming", "reassignment_interval": 200, "n_clusters": 90},
        {
            "quantization_levels": tuple(np.arange(1, 8) / 8),
            "max_count": 2,
            "reassignment_interval": None,
        },
        {"reassignment_interval": 50, "max_count": 9, "n_clusters": 40},
        # Shares that are equal to the limits of idle and busy neurons.
        {"reassignment_interval": 10, "n_clusters": 20},
        {"reassignment_interval": 256},
    ],
)
def test_ten_thousand_rows(compiled, params):
    """The whole state is equal after each thousand rows, with a shift of inputs."""
    rows = np.vstack([stream(5020, 0), stream(5000, 1)])
    # Some bits are seen late.
    rows[:3000, -5:] = False
    model = BitWTAClusterer(random_state=0, **params).partial_fit(rows[:20])
    (c_model,) = compiled(to_c(model, learn=True))
    for start in range(20, 10_020, 1000):
        part = rows[start : start + 1000]
        assert_equal_state(c_model, model)
        model.partial_fit(part)
        c_model.learn(part)
        assert_array_equal(c_model.predict(rows[:300]), model.predict(rows[:300]))
        neurons, patterns = c_model.recall(part)
        assert_array_equal(neurons, model.predict_neuron(part))
        assert_array_equal(patterns, model.patterns_[neurons])
    assert_equal_state(c_model, model)


def test_row_by_row(compiled):
    """The neuron that learns is that of Python, also where idle neurons move."""
    rows = stream(800, 2)
    model = BitWTAClusterer(24, random_state=0, reassignment_interval=60)
    model.partial_fit(rows[:50])
    (c_model,) = compiled(to_c(model, learn=True))
    n_moved = 0
    for row in rows[50:]:
        before = model.population_["neurons"]
        model.partial_fit(row[None])
        after = model.population_["neurons"]
        (learned,) = c_model.learn(row[None])
        changed = np.flatnonzero(
            before[:, constants.COUNT] != after[:, constants.COUNT]
        )
        assert_array_equal(changed, learned)
        n_moved += after[learned, constants.COUNT] == 1
        assert_equal_state(c_model, model)
    assert n_moved > 10


def test_another_interval(compiled):
    """After few inputs, neurons are not known to be idle."""
    rows = stream(4200, 7)
    model = BitWTAClusterer(100, random_state=0, reassignment_interval=3900)
    model.partial_fit(rows[:4000]).set_params(reassignment_interval="auto")
    (c_model,) = compiled(to_c(model, learn=True))
    model.partial_fit(rows[4000:])
    c_model.learn(rows[4000:])
    assert model.population_["neurons"][:, constants.RECENT].sum() > 200
    assert_equal_state(c_model, model)


def test_counts_saturate(compiled):
    model = BitWTAClusterer(2, random_state=0, reassignment_interval=None)
    model.partial_fit(np.repeat(stream(3, 3)[1:], [65_533, 1], axis=0))
    (c_model,) = compiled(to_c(model, learn=True))
    row = stream(3, 3)[1:2]
    for _ in range(4):
        model.partial_fit(row)
        c_model.learn(row)
        assert_equal_state(c_model, model)
    assert model.counts_.max() > 65_535


def test_whole_pipelines(compiled):
    rows = np.random.default_rng(4).integers(256, size=(900, 9))
    model = make_pipeline(ThermometerEncoder(8), BitWTAClusterer(12, random_state=0))
    model.fit(rows[:100])
    (c_model,) = compiled(to_c(model, learn=True))
    model[-1].partial_fit(model[0].transform(rows[100:500]))
    c_model.learn(rows[100:500])
    assert_array_equal(c_model.predict(rows), model.predict(rows))


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"learning": FlipRule()}, r"learning=FlipRule\(\) flips bits at random"),
        ({"reserve_size": 2}, "it has reserve_size"),
        ({"n_neurons": 9}, "its neurons are merged to clusters, so leave n_neurons"),
        ({"n_clusters": 257}, "it has more than 256 neurons"),
    ],
)
def test_what_cannot_learn(params, match):
    model = BitWTAClusterer(**{"n_clusters": 5, "random_state": 0} | params)
    model.fit(stream(300, 5))
    assert to_c(model).flash_bytes > 0
    with pytest.raises(ValueError, match=f"cannot learn in C: {match}"):
        to_c(model, learn=True)


def test_who_cannot_learn():
    model = BitWTAClusterer(5, random_state=0).fit(stream(300, 6))
    model.set_params(similarity="jaccard")
    with pytest.raises(ValueError, match="similarity"):
        to_c(model, learn=True)
    detector = BitNoveltyDetector(BitWTAClusterer(5, random_state=0))
    with pytest.raises(TypeError, match="BitNoveltyDetector cannot learn in C"):
        to_c(detector.fit(stream(300, 6)), learn=True)

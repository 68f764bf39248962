# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Layers of binary units, against booleans and fractions."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit.neural_network import _hebb, _layer
from skbit.neural_network._kernels import hebb
from tests import reference


@given(
    seed=st.integers(0, 2**32 - 1),
    n_rows=st.integers(1, 5),
    n_units=st.integers(1, 19),
    n_bits=st.integers(1, 200),
)
def test_agreements_are_the_equal_bits(seed, n_rows, n_units, n_bits):
    rng = np.random.default_rng(seed)
    X, weights = rng.random((n_rows, n_bits)) < 0.5, rng.random((n_units, n_bits)) < 0.4
    rows = reference.pack(X)
    rows.flags.writeable = False
    found = _hebb.agreements(
        rows, _layer.as_planes(reference.pack(weights)), n_units, n_bits
    )
    assert_array_equal(found, np.sum(X[:, np.newaxis] == weights, axis=2))


def layer_of(counts, balance, ones, seen):
    layer = _layer.new(*counts.shape)
    for name, values in (("counts", counts), ("balance", balance), ("ones", ones)):
        getattr(layer, name)[:] = values
    layer.seen[0] = seen
    layer.n_changes[:] = 1
    return layer


@given(
    seed=st.integers(0, 2**32 - 1),
    n_units=st.integers(1, 12),
    n_bits=st.integers(1, 140),
    most=st.sampled_from([3, 1000, 2**31 - 1]),
)
def test_weights_and_thresholds_follow_from_counts(seed, n_units, n_bits, most):
    rng = np.random.default_rng(seed)
    seen = int(rng.integers(1, most, endpoint=True))
    ones = rng.integers(0, seen, n_bits, endpoint=True)
    balance = rng.integers(-seen, seen, n_units, endpoint=True)
    counts = rng.integers(-seen, seen, (n_units, n_bits), endpoint=True)
    # Bits exactly as frequent as on the whole are no weights.
    counts[0, 0], balance[0] = ones[0], seen
    layer = layer_of(counts, balance, ones, seen)
    for unit in range(n_units):
        hebb.refresh_unit(unit, layer)
    frequency = [Fraction(int(n), seen) for n in ones]
    for unit in range(n_units):
        more = [
            int(c) - int(balance[unit]) * f > 0
            for c, f in zip(counts[unit], frequency, strict=True)
        ]
        assert_array_equal(
            _layer.packed_weights(layer)[unit], reference.pack([more])[0]
        )
        mean = sum(f if m else 1 - f for f, m in zip(frequency, more, strict=True))
        assert layer.thresholds[unit] == mean // 1
    assert not _layer.packed_weights(layer)[0, 0] & 1


def test_a_unit_that_never_learned_does_not_fire():
    layer = layer_of(np.zeros((2, 70), int), [0, 0], np.arange(70), 70)
    layer.n_changes[1] = 0
    for unit in range(2):
        hebb.refresh_unit(unit, layer)
    blank = np.zeros((1, 3), dtype=np.uint32)
    assert_array_equal(_hebb.activate(layer, blank) > 0, [[True, False]])


@given(n_classes=st.integers(2, 9), n_units=st.integers(2, 70))
def test_every_unit_belongs_to_one_class(n_classes, n_units):
    found = reference.unpack(_layer.membership(n_classes, n_units))
    expected = np.zeros((n_classes, found.shape[1]), dtype=bool)
    for unit in range(n_units):
        expected[unit % n_classes, unit] = True
    assert_array_equal(found, expected)

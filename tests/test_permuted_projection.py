# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The majority projection of permuted bits and of random containers."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.bits import unpack_bits
from skbit.dram import dram_cost
from skbit.random_projection import _projection
from tests import reference

WIDTHS = [8, 16, 32, 64, 128, 256]


def bits_of(seed, n_rows, n_features, share=0.5):
    """Random bits; every fifth column is constant."""
    X = np.random.default_rng(seed).random((n_rows, n_features)) < share
    X[:, 2::5] = X[0, 2::5]
    return X


def expected_permutations(seed, n_components, bits, n_places):
    """Draw permutations as the documentation says, number by number."""
    n_orders = -(-n_places // len(bits))
    n_rows = -(-n_components // 32)
    stream = iter(reference.splitmix64(seed ^ 2**63, n_rows * n_orders * len(bits)))
    rows = []
    for _ in range(n_rows):
        row = []
        for _ in range(n_orders):
            keys = {bit: next(stream) for bit in bits}
            row += sorted(bits, key=keys.get)
        rows.append(row[:n_places])
    return np.array(rows)


def expected_containers(seed, n_components, n_inputs, n_seen):
    stream = reference.splitmix64(~seed, n_components * n_inputs)
    keys = [stream[h * n_inputs : (h + 1) * n_inputs] for h in range(n_components)]
    return np.array([sorted(range(n_inputs), key=k.__getitem__)[:n_seen] for k in keys])


def expected_output(projection, X):
    """Project booleans bit by bit, from the attributes of a fitted projection."""
    width = projection.container_bits
    W = reference.unpack(projection.W0_)
    n_places = W.shape[1]
    if not projection.permute_bits:
        X = np.pad(X, ((0, 0), (0, n_places - X.shape[1])))
    columns = []
    for h in range(len(W)):
        seen = range(n_places // width)
        if projection.receptive_field is not None:
            seen = projection.receptive_fields_[h]
        for p in range(width):
            inputs = []
            for c in seen:
                j = c * width + p
                place = j
                if projection.permute_bits:
                    place = projection.permutations_[h // 32, j]
                same = X[:, place] == W[h, j]
                inputs.append(same if projection.gate == "xnor" else ~same)
            if projection.majority == "tree":
                columns.append(reference.tree_majority(inputs))
            else:
                required = projection.majority_share * len(inputs)
                columns.append(np.sum(inputs, axis=0) > required)
    return np.column_stack(columns)


@given(
    n_features=st.integers(1, 200),
    n_components=st.integers(1, 70),
    n_rows=st.integers(1, 4),
    gate=st.sampled_from(["xnor", "xor"]),
    width=st.sampled_from(WIDTHS),
    majority=st.sampled_from(["tree", "exact"]),
    majority_share=st.sampled_from([0.0, 0.3, 0.5, 0.9]),
    n_seen=st.sampled_from([None, 1, 3, 4, 5, 9]),
    permute_bits=st.booleans(),
    few_rows=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=60)
def test_equals_reference(
    n_features,
    n_components,
    n_rows,
    gate,
    width,
    majority,
    majority_share,
    n_seen,
    permute_bits,
    few_rows,
    seed,
):
    X = bits_of(seed, n_rows, n_features)
    n_words = -(-n_features // max(32, width)) * max(32, width) // 32
    if not permute_bits and n_seen is not None:
        n_seen = min(n_seen, n_words * 32 // width)
    # Few components at widths that have many bits, so that the reference is quick.
    n_components = min(n_components, 2048 // width)
    projection = RandomMAJ3Projection(
        n_components,
        gate=gate,
        majority=majority,
        majority_share=majority_share,
        receptive_field=n_seen,
        permute_bits=permute_bits,
        container_bits=width,
        random_state=seed,
        packed_output=False,
    ).fit(X)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_projection, "_FEW_ROWS", 10 if few_rows else 0)
        output = projection.transform(X)
    assert_array_equal(output, expected_output(projection, X))
    n_places = 32 * projection.W0_.shape[1]
    if permute_bits:
        varies = np.flatnonzero(X.any(axis=0) & ~X.all(axis=0)).tolist()
        bits = varies or list(range(n_features))
        assert n_places >= max(len(bits), (n_seen or 1) * width)
        assert n_places < max(len(bits), (n_seen or 1) * width) + max(width, 32)
        assert_array_equal(
            projection.permutations_,
            expected_permutations(seed, n_components, bits, n_places),
        )
    else:
        assert projection.permutations_ is None
        assert n_places == 32 * n_words
    if n_seen is not None:
        assert_array_equal(
            projection.receptive_fields_,
            expected_containers(seed, n_components, n_places // width, n_seen),
        )


PERMUTED = [
    {},
    {"majority": "exact", "container_bits": 8},
    {"receptive_field": 5, "majority": "exact"},
    {"receptive_field": 3, "container_bits": 64},
]


@pytest.mark.parametrize("params", PERMUTED)
@pytest.mark.parametrize("n_rows", [1, 32, 33, 511, 513, 1100])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_rows_blocks_and_threads(params, n_rows, n_jobs):
    X = bits_of(n_rows, 1100, 130)
    projection = RandomMAJ3Projection(
        70, permute_bits=True, random_state=1, n_jobs=n_jobs, **params
    ).fit(X)
    found = projection.transform(X[:n_rows])
    expected = reference.pack(expected_output(projection, X[:n_rows]))
    assert_array_equal(found, expected)


@pytest.mark.parametrize("params", PERMUTED)
def test_packed_input_of_any_memory_is_dense_input(params):
    X = bits_of(0, 50, 96)
    words = reference.pack(X)
    projection = RandomMAJ3Projection(
        40, permute_bits=True, random_state=0, **params
    ).fit(X)
    expected = projection.transform(X)
    packed = RandomMAJ3Projection(40, permute_bits=True, random_state=0, **params)
    frozen = np.asfortranarray(words)
    frozen.setflags(write=False)
    for same in (words, frozen, words[::-1][::-1], np.repeat(words, 2, axis=1)[:, ::2]):
        assert_array_equal(packed.fit_transform(same), expected)
        assert_array_equal(packed.transform(same[:3]), expected[:3])


def test_constant_bits_take_no_part():
    X = bits_of(3, 200, 75, share=0.3)
    varies = X.any(axis=0) & ~X.all(axis=0)
    whole, rest = (
        RandomMAJ3Projection(33, permute_bits=True, random_state=5).fit(x)
        for x in (X, X[:, varies])
    )
    assert varies.sum() == 60
    assert_array_equal(whole.permutations_, np.flatnonzero(varies)[rest.permutations_])
    assert_array_equal(whole.transform(X), rest.transform(X[:, varies]))
    changed = X ^ ~varies
    assert_array_equal(whole.transform(changed), whole.transform(X))
    # Of rows that are all alike, every bit takes part.
    alike = RandomMAJ3Projection(1, permute_bits=True, random_state=0).fit(X[:1])
    assert set(alike.permutations_[0]) == set(range(75))


def test_a_row_holds_every_bit_once_before_any_twice():
    X = bits_of(0, 20, 100)
    n_bits = 80
    projection = RandomMAJ3Projection(64, permute_bits=True, receptive_field=9)
    permutations = projection.fit(X).permutations_
    assert permutations.shape == (2, 9 * 32)
    for row in permutations:
        for first in range(0, len(row), n_bits):
            part = row[first : first + n_bits]
            assert len(set(part)) == len(part)
    assert (permutations[0] != permutations[1]).any()


PLACES = """
4 3 0 1 2 1 3 4 2 0 3 0 4 2 1 3 1 4 2 0 0 4 1 2 3 3 2 4 1 0 3 2
"""
SEEN = [[0, 3], [2, 1]]


def test_same_seed_gives_the_same_structure_for_ever():
    X = np.array([[0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
    projection = RandomMAJ3Projection(
        2, permute_bits=True, receptive_field=2, container_bits=8, random_state=42
    ).fit(X)
    # Written out, so that a change of the reference cannot hide one of the code.
    assert projection.permutations_.tolist() == [[int(j) for j in PLACES.split()]]
    assert projection.receptive_fields_.tolist() == SEEN
    more = RandomMAJ3Projection(
        70, permute_bits=True, receptive_field=2, container_bits=8, random_state=42
    ).fit(X)
    assert_array_equal(more.permutations_[:1], projection.permutations_)
    assert_array_equal(more.receptive_fields_[:2], projection.receptive_fields_)


def test_pickles_and_refits():
    X = bits_of(0, 40, 70)
    projection = RandomMAJ3Projection(
        40, permute_bits=True, receptive_field=3, random_state=0
    ).fit(X)
    expected = projection.transform(X)
    copy = pickle.loads(pickle.dumps(projection))
    assert_array_equal(copy.transform(X), expected)
    copy.set_params(permute_bits=False, receptive_field=None)
    assert_array_equal(copy.transform(X), expected)
    plain = RandomMAJ3Projection(40, random_state=0).fit(X)
    assert_array_equal(copy.fit_transform(X), plain.transform(X))
    assert copy.permutations_ is None
    assert copy.W0_.shape == (40, 3)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"receptive_field": 4}, r"receptive_field=4 is more than the 3 containers"),
        ({"receptive_field": 0}, "'receptive_field' parameter"),
        ({"receptive_field": 1.5}, "'receptive_field' parameter"),
        ({"receptive_field": "all"}, "'receptive_field' parameter"),
        ({"permute_bits": "yes"}, "'permute_bits' parameter"),
        (
            {"receptive_field": (1, 2), "permute_bits": True, "image_shape": (3, -1)},
            "scatters the bits of a window",
        ),
    ],
)
def test_bad_parameters_leave_nothing_behind(params, message):
    projection = RandomMAJ3Projection(3, random_state=0).set_params(**params)
    before = vars(projection).copy()
    with pytest.raises(ValueError, match=message):
        projection.fit(bits_of(0, 5, 70))
    assert vars(projection) == before


def damaged(name, place, value):
    X = bits_of(0, 5, 70)
    projection = RandomMAJ3Projection(
        40, permute_bits=True, receptive_field=2, random_state=0
    ).fit(X)
    array = getattr(projection, name).copy()
    array[place] = value
    return X, projection, {name: array}


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("permutations_", (1, 3), 70),
        ("permutations_", (0, 0), 2**32 - 1),
        ("receptive_fields_", (39, 1), 2),
        ("receptive_fields_", (0, 0), -1),
    ],
)
def test_damaged_numbers_are_refused(name, place, value):
    X, projection, damage = damaged(name, place, value)
    vars(projection).update(damage)
    with pytest.raises(ValueError, match="damaged"):
        projection.transform(X)


@pytest.mark.parametrize("name", ["permutations_", "receptive_fields_", "W0_"])
@pytest.mark.parametrize("cut", [np.s_[:-1], np.s_[:, :-1], np.s_[0]])
def test_damaged_shapes_are_refused(name, cut):
    X, projection, _ = damaged(name, (0, 0), 0)
    vars(projection)[name] = np.ascontiguousarray(getattr(projection, name)[cut])
    with pytest.raises(ValueError, match="damaged"):
        projection.transform(X)
    projection.permutations_ = None
    with pytest.raises(ValueError, match="damaged"):
        projection.transform(X)


def test_cost_in_dram():
    X = np.random.default_rng(0).random((60, 16 * 32)) < 0.5
    whole, mixed, few = (
        RandomMAJ3Projection(100, random_state=0, **params).fit(X)
        for params in (
            {},
            {"permute_bits": True},
            {"permute_bits": True, "receptive_field": 5},
        )
    )
    assert mixed.dram_cost("seed") == dram_cost(100, 16, n_permutations=4, model="seed")
    # Four copies of the sample move in the model of the document.
    moved = [p.dram_cost("seed").bits_moved for p in (whole, mixed)]
    assert moved[1] - moved[0] == 3 * 16 * 32
    for layout in ("V1", "V3"):
        costs = [p.dram_cost(layout=layout) for p in (whole, mixed)]
        assert costs[0].bits_moved == costs[1].bits_moved
        assert costs[0].n_commands == costs[1].n_commands
        assert any("Bits are permuted" in text for text in costs[1].assumptions)
    # Only neurons with one order share a row.
    V2 = [p.dram_cost(layout="V2") for p in (whole, mixed, few)]
    assert V2[1].n_commands == 4 * V2[0].n_commands
    assert any("4 different inputs" in text for text in V2[1].warnings)
    assert any("100 different inputs" in text for text in V2[2].warnings)
    assert few.dram_cost().bits_weights == 100 * 5 * 32
    assert few.dram_cost() == dram_cost(100, 16, receptive_field=5, n_permutations=4)
    for bad in (
        {"receptive_field": 17},
        {"receptive_field": 0},
        {"n_permutations": 101},
        {"n_permutations": 1, "windows": np.tile([0, 0, 1, 16], (100, 1))},
    ):
        with pytest.raises(ValueError, match=r"receptive_field|n_permutations"):
            dram_cost(100, 16, **bad)


def test_mixing_helps_where_features_interact():
    """The exclusive or of two features needs bits of both in one majority."""
    rng = np.random.default_rng(0)
    X = rng.random((3000, 4))
    y = (X[:, 0] > 0.5) ^ (X[:, 1] > 0.3)
    scores = []
    for params in ({}, {"permute_bits": True, "receptive_field": 3}):
        model = make_pipeline(
            ThermometerEncoder(32, strategy="quantile"),
            RandomMAJ3Projection(256, random_state=0, **params),
            OttoScoreClassifier(max_iter=11, random_state=0),
        ).fit(X[:2000], y[:2000])
        scores.append(model.score(X[2000:], y[2000:]))
    assert scores[1] > max(0.9, scores[0] + 0.1)


def test_a_real_table():
    X = load_wine().data
    words = ThermometerEncoder(32, strategy="quantile").fit_transform(X)
    projection = RandomMAJ3Projection(40, permute_bits=True, random_state=0).fit(words)
    expected = expected_output(projection, unpack_bits(words).astype(bool))
    assert_array_equal(projection.transform(words), reference.pack(expected))

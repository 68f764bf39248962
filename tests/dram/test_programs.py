# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Row commands: what they compute on the simulated subarray, and how many they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit import RandomMAJ3Projection
from skbit.dram import Command, Subarray, count_majorities, dram_cost, neuron_program
from tests import reference


def words_of(seed, shape):
    return np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint32)


def containers_seen(projection, h):
    """Containers of a neuron in the order in which they enter the tree."""
    top, left, height, width = projection.receptive_fields_[h]
    seen = [
        row * projection.grid_shape_[1] + column
        for row in range(top, top + height)
        for column in range(left, left + width)
    ]
    if projection.receptive_field is not None:
        third = -(-len(seen) // 3)
        seen = [
            seen[i] for first in range(third) for i in range(first, len(seen), third)
        ]
    return seen


def needed(projection, n):
    return int(np.floor(projection.majority_share * n)) + 1


def run_compare(projection, sample, neurons, n, **options):
    """V1: neurons of one size side by side, the input replicated."""
    program = neuron_program(
        n,
        majority=projection.majority,
        gate=projection.gate,
        needed=needed(projection, n) if projection.majority == "exact" else None,
        **options,
    )
    subarray = Subarray(len(neurons), np.uint32)
    seen = np.array([containers_seen(projection, h) for h in neurons])
    for j in range(n):
        subarray.write(f"X{j}", sample[seen[:, j]])
        subarray.write(f"W{j}", projection.W0_[neurons, seen[:, j]])
    subarray.run(program.commands)
    for j in range(n):
        assert_array_equal(subarray.read(f"W{j}"), projection.W0_[neurons, seen[:, j]])
    return subarray.read("OUT")


def run_select(projection, rows, selector):
    """V2 or V3, a bit position: rows of bits, and the bits that select operands."""
    n = len(rows)
    inverted = ~selector if projection.gate == "xnor" else selector
    program = neuron_program(
        n,
        majority=projection.majority,
        inverted=inverted,
        needed=needed(projection, n) if projection.majority == "exact" else None,
    )
    subarray = Subarray(rows.shape[1])
    for j, row in enumerate(rows):
        subarray.write(f"X{j}", row)
    subarray.run(program.commands)
    for j, row in enumerate(rows):
        assert_array_equal(subarray.read(f"X{j}"), row)
    return subarray.read("OUT")


@given(
    n=st.integers(1, 130),
    gate=st.sampled_from(["xnor", "xor"]),
    majority=st.sampled_from(["tree", "exact"]),
    share=st.floats(0, 0.999),
    keep_results=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_replicated_input_gives_the_projection(
    n, gate, majority, share, keep_results, seed
):
    sample = words_of(seed, (1, n))
    projection = RandomMAJ3Projection(
        6, gate=gate, majority=majority, majority_share=share, random_state=seed
    ).fit(sample)
    output = run_compare(
        projection, sample[0], np.arange(6), n, keep_results=keep_results
    )
    assert_array_equal(output, projection.transform(sample)[0])


@given(
    n=st.integers(1, 130),
    gate=st.sampled_from(["xnor", "xor"]),
    majority=st.sampled_from(["tree", "exact"]),
    share=st.floats(0, 0.999),
    position=st.integers(0, 31),
    seed=st.integers(0, 2**32 - 1),
)
def test_selected_operands_give_the_projection(
    n, gate, majority, share, position, seed
):
    samples = words_of(seed, (9, n))
    projection = RandomMAJ3Projection(
        5, gate=gate, majority=majority, majority_share=share, random_state=seed
    ).fit(samples)
    expected = projection.transform(samples) >> position & 1
    weights = (projection.W0_ >> position & 1).astype(bool)
    bits = (samples >> position & 1).astype(bool)
    # V2: lanes are neurons, a sample selects; V3: lanes are samples, a neuron selects.
    assert_array_equal(run_select(projection, weights.T, bits[0]), expected[0])
    assert_array_equal(run_select(projection, bits.T, weights[0]), expected[:, 0])


@pytest.mark.parametrize("n", [196, 784])
@pytest.mark.parametrize("gate", ["xnor", "xor"])
def test_whole_images_give_the_projection(n, gate):
    samples = words_of(n, (70, n))
    projection = RandomMAJ3Projection(512, gate=gate, random_state=42).fit(samples)
    expected = projection.transform(samples)
    output = run_compare(projection, samples[0], np.arange(512), n)
    assert_array_equal(output, expected[0])
    bits, weights = (
        (words >> 7 & 1).astype(bool) for words in (samples, projection.W0_)
    )
    output = run_select(projection, bits.T, weights[3])
    assert_array_equal(output, expected[:, 3] >> 7 & 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint64])
def test_containers_of_other_widths(dtype):
    width = 8 * np.dtype(dtype).itemsize
    sample = words_of(0, (1, 22))
    projection = RandomMAJ3Projection(8, container_bits=width, random_state=0)
    expected = projection.fit_transform(sample)[0].view(dtype)
    weights, inputs = projection.W0_.view(dtype), sample[0].view(dtype)
    subarray = Subarray(8, dtype)
    for j, word in enumerate(inputs):
        subarray.write(f"W{j}", weights[:, j])
        subarray.write(f"X{j}", np.repeat(word, 8))
    subarray.run(neuron_program(len(inputs)).commands)
    assert_array_equal(subarray.read("OUT"), expected)


@given(seed=st.integers(0, 2**32 - 1), gate=st.sampled_from(["xnor", "xor"]))
def test_windows_give_the_projection(seed, gate):
    sample = words_of(seed, (1, 8 * 3))
    projection = RandomMAJ3Projection(
        12, gate=gate, receptive_field=(2, 6), image_shape=(8, 12), random_state=seed
    ).fit(sample)
    expected = projection.transform(sample)[0]
    sizes = projection.receptive_fields_[:, 2] * projection.receptive_fields_[:, 3]
    for n in np.unique(sizes):
        neurons = np.flatnonzero(sizes == n)
        output = run_compare(projection, sample[0], neurons, int(n))
        assert_array_equal(output, expected[neurons])


@given(st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_tree_equals_reference(n, seed):
    rows = np.random.default_rng(seed).random((n, 40)) < 0.5
    subarray = Subarray(40)
    for j, row in enumerate(rows):
        subarray.write(f"X{j}", row)
    subarray.run(neuron_program(n, inverted=np.zeros(n, bool)).commands)
    assert_array_equal(subarray.read("OUT"), reference.tree_majority(rows))


@pytest.mark.parametrize(("n", "nodes"), [(196, 105), (256, 135), (784, 396)])
def test_published_node_counts_and_naive_programs(n, nodes):
    assert count_majorities(n) == nodes
    as_they_are = np.zeros(n, bool)
    tree = neuron_program(n, inverted=as_they_are, keep_results=False)
    assert len(tree) == 4 * nodes
    assert len(neuron_program(n, keep_results=False)) == 7 * n + 4 * nodes
    assert len(neuron_program(n)) == 7 * n + 3 * nodes


@pytest.mark.parametrize(
    ("n", "tree_at_most", "all_at_most"), [(196, 385, 1693), (784, 1452, 6680)]
)
def test_short_programs(n, tree_at_most, all_at_most):
    tree = neuron_program(n, inverted=np.zeros(n, bool))
    whole = neuron_program(n)
    assert len(tree) <= tree_at_most
    assert len(whole) <= all_at_most
    assert len(neuron_program(n, gate="xor")) == len(whole)
    # Every copy of these has one address in the B-group: the split decoder helps all.
    assert tree.n_split == tree.n_aap
    assert whole.n_split == whole.n_aap
    assert len(whole) == whole.n_aap + whole.n_ap
    assert whole.n_activations == 2 * whole.n_aap + whole.n_ap
    assert whole.n_majorities == 3 * n + count_majorities(n)
    # Ambit's XNOR raises 9 further wordlines, a majority two.
    assert whole.n_extra_wordlines == 9 * n + 2 * count_majorities(n)
    assert whole.n_scratch_rows <= 19
    # SIMDRAM: 8 commands per bit counted, 3 b + 2 for comparing counts of b bits.
    exact = neuron_program(n, majority="exact", inverted=np.zeros(n, bool))
    assert len(exact) <= 1.03 * (8 * n + 3 * n.bit_length() + 2)
    assert 4 < len(exact) / len(tree) < 4.6


@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_inverted_operands_cost_nothing(n, seed):
    inverted = np.random.default_rng(seed).random(n) < 0.5
    plain = len(neuron_program(n, inverted=np.zeros(n, bool)))
    # Inverting the result takes one command; a copy may be saved in other places.
    assert abs(len(neuron_program(n, inverted=inverted)) - plain) <= 3


def test_charged_programs_are_those_that_run():
    cost = dram_cost(2048, 784)
    program = neuron_program(784)
    assert (cost.n_aap, cost.n_ap) == (program.n_aap, program.n_ap)
    selecting = neuron_program(784, inverted=np.arange(784) % 2 == 1)
    for layout, n_passes in (("V2", 32), ("V3", 32 * 2048)):
        cost = dram_cost(2048, 784, layout=layout)
        assert cost.n_commands == n_passes * len(selecting)
        assert cost.n_activations == n_passes * selecting.n_activations


def test_commands_in_words():
    words = [str(command) for command in neuron_program(1).commands]
    assert words == [
        "AAP(X0, B8)",
        "AAP(W0, B9)",
        "AAP(C1, B10)",
        "AP(B14)",
        "AP(B15)",
        "AAP(C0, B2)",
        "AAP(B12, OUT)",
    ]


def filled_subarray():
    subarray = Subarray(8)
    for row, bits in (("a", 0b00001111), ("b", 0b00110011), ("c", 0b01010101)):
        subarray.write(row, (bits >> np.arange(8) & 1).astype(bool))
    return subarray


def test_activating_three_rows_destroys_them():
    subarray = filled_subarray()
    a, b, c = (subarray.read(row) for row in "abc")
    load = [Command("a", "B0"), Command("b", "B1"), Command("c", "B2")]
    subarray.run(load)
    for row, bits in zip(("T0", "T1", "T2"), (a, b, c), strict=True):
        assert_array_equal(subarray.read(row), bits)
    subarray.run([Command("B12")])
    majority = (a & b) | (b & c) | (a & c)
    for row in ("T0", "T1", "T2"):
        assert_array_equal(subarray.read(row), majority)
    # Copies are why the rows themselves are as they were.
    for row, bits in zip("abc", (a, b, c), strict=True):
        assert_array_equal(subarray.read(row), bits)


def test_dual_contact_rows_take_and_give_complements():
    subarray = filled_subarray()
    a, b, c = (subarray.read(row) for row in "abc")
    subarray.run([Command("a", "B5"), Command("B4", "not_a")])
    assert_array_equal(subarray.read("not_a"), ~a)
    subarray.run([Command("b", "B8")])
    assert_array_equal(subarray.read("DCC0"), ~b)
    assert_array_equal(subarray.read("T0"), b)
    subarray.run([Command("a", "B7"), Command("b", "B0"), Command("c", "B3")])
    subarray.run([Command("B15", "majority"), Command("B7", "minority")])
    majority = (~a & b) | (b & c) | (~a & c)
    assert_array_equal(subarray.read("majority"), majority)
    assert_array_equal(subarray.read("minority"), ~majority)


def test_faults_invert_majorities():
    subarray = filled_subarray()
    load = [Command("a", "B0"), Command("b", "B1"), Command("c", "B2")]
    subarray.run([*load, Command("B12", "right")])
    fault = np.arange(8) == 5
    subarray.run([*load, Command("B12", "wrong")], faults=[fault])
    assert_array_equal(subarray.read("wrong"), subarray.read("right") ^ fault)


def test_what_a_subarray_refuses():
    subarray = Subarray(4)
    with pytest.raises(ValueError, match="Row a was never written"):
        subarray.run([Command("a", "B0")])
    with pytest.raises(ValueError, match="Row T0 was never written"):
        subarray.run([Command("B12")])
    with pytest.raises(ValueError, match="B8 opens two rows"):
        subarray.run([Command("B8")])
    for row in ("C0", "B3", "T0", "DCC1"):
        with pytest.raises(ValueError, match="not a row for data"):
            subarray.write(row, np.zeros(4, bool))
    with pytest.raises(ValueError, match="not a row for data"):
        subarray.run([Command("C1", "C0")])
    with pytest.raises(ValueError, match="4 elements of bool"):
        subarray.write("a", np.zeros(5, bool))
    with pytest.raises(ValueError, match="4 elements of bool"):
        subarray.write("a", np.zeros(4))
    with pytest.raises(ValueError, match="unsigned"):
        Subarray(4, float)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_containers": 0}, "n_containers must be a whole number of 1 or more"),
        ({"n_containers": 2.0}, "n_containers must be a whole number"),
        ({"majority": "all"}, "majority must be one of"),
        ({"gate": "and"}, "gate must be one of"),
        ({"inverted": [True]}, "one value for each of 5"),
        ({"majority": "exact", "needed": 6}, r"needed must be a whole number 1\.\.5"),
    ],
)
def test_bad_programs(options, message):
    with pytest.raises(ValueError, match=message):
        neuron_program(**{"n_containers": 5, **options})

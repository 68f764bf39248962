# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The open questions: how they are measured, their record, and what the page says."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from examples.reproduce import (
    judges,
    open_answers,
    open_data,
    open_layers,
    open_neurons,
    open_questions_page,
    open_sets,
)
from examples.reproduce.figures import Figure, classes_of, purity
from examples.reproduce.judges import mean
from examples.reproduce.open_answers import ANSWERS
from examples.reproduce.open_questions import MEASUREMENTS
from skbit.bits import pack_bits, unpack_bits

RECORD = Path(__file__).parents[1] / "doc" / "reproduction.jsonl"


@pytest.fixture(scope="module")
def record():
    """Figures of the record, by measurement."""
    lines = map(json.loads, RECORD.read_text(encoding="utf8").splitlines())
    return {
        line["name"]: [Figure(**figure) for figure in line["figures"]]
        for line in lines
        if line["name"] in MEASUREMENTS
    }


def test_the_record_is_whole(record):
    assert set(record) == set(MEASUREMENTS)
    for figures in record.values():
        names = [figure.what for figure in figures]
        assert len(names) == len(set(names))
        assert np.isfinite(np.concatenate([f.values for f in figures])).all()


def test_a_quick_run_finds_the_figures_of_the_record(mnist, record):
    found = list(MEASUREMENTS["growth"](quick=True))
    assert [f.what for f in found] == [f.what for f in record["growth"]]
    assert [f.setting for f in found] == [f.setting for f in record["growth"]]
    assert all(len(figure.values) == 2 for figure in found)
    assert mean(found, method="on demand", ratio=1.0, clusters="old") > 0.9
    assert mean(found, method="on demand", ratio=0.25, clusters="old") < 0.1


def test_page(record, tmp_path):
    open_questions_page.build(RECORD, tmp_path / "open")
    made = {path.name for path in (tmp_path / "open").iterdir()}
    parts = {f"{name}.{kind}" for name in ANSWERS for kind in ("inc", "png")}
    assert made == {*parts, "in_short.inc"}
    page = (Path(RECORD).parent / "open_questions.rst").read_text(encoding="utf8")
    for part in made:
        text = (tmp_path / "open" / part).read_bytes()
        if part.endswith("inc"):
            assert f".. include:: generated/open_questions/{part}" in page
            assert not re.search(rb"\bnan\b", text)
        else:
            assert text.startswith(b"\x89PNG")
            assert len(text) > 20_000


def test_the_answers_take_their_numbers_from_the_figures(record):
    worse = [
        Figure(f.what, [0.5 * value for value in f.values], f.unit, None, f.setting)
        for f in record["volume"]
    ]
    _, _, volume = ANSWERS["volume"]
    accuracy = mean(record["volume"], data="MNIST", windows="all pixels", epochs=5)
    assert f"MNIST has {accuracy:.2f} %" in volume(record["volume"])
    assert f"MNIST has {0.5 * accuracy:.2f} %" in volume(worse)
    with pytest.raises(LookupError, match="No figure has"):
        volume(record["volume"][:1])


# What the verdicts say in words must be so in figures.


def test_verdict_portable(record):
    sets = judges.names(record["portable"], "data")
    assert len(sets) == 9

    def of(rule):
        return open_answers.table_of(
            record["portable"], "data", sets, "code", rule=rule
        )

    loop, counters = of("the rule of B"), of("counters")
    gain = loop["rank, 15 %"] - loop["threshold"]
    assert gain.max() > 0.1
    assert gain.min() < -0.1
    # A uniform density is not enough ...
    assert np.all((loop["threshold and complement"] < loop["threshold"])[:3])
    # ... nor needed.
    change = counters["threshold and complement"] - counters["threshold"]
    assert np.abs(change).max() < 0.07
    assert counters["thermometer"].mean() > counters["rank, 15 %"].mean() + 0.05


def test_verdict_not_images(record):
    sets = judges.names(record["not-images"], "data")
    accuracy = open_answers.table_of(
        record["not-images"], "data", sets, "method", score="accuracy"
    )
    own = accuracy.pop("OttoScoreClassifier")
    assert np.all(own > np.max(list(accuracy.values()), axis=0) - 2.5)
    assert own.mean() > max(values.mean() for values in accuracy.values())
    rand = open_answers.table_of(
        record["not-images"], "data", sets, "method", score="rand"
    )
    assert np.all(rand["BitWTAClusterer"] > rand["KMeans"] - 0.06)


def test_verdict_growth(record):
    figures = record["growth"]
    for which in ("old", "new"):
        at_one = {
            method: mean(figures, method=method, ratio=1.0, clusters=which)
            for method in ("on demand", "from the start")
        }
        assert at_one["on demand"] > 0.95
        assert at_one["from the start"] < 0.8
    # Digits: growth lies on or below the curve of neurons from the start.
    sizes = (128, 256, 512)
    fixed = [mean(figures, method="from the start", n=n, score="purity") for n in sizes]
    for vigilance in (0.5, 0.55):
        of = {"data": "MNIST", "method": "on demand", "vigilance": vigilance}
        made = mean(figures, score="neurons made", **of)
        as_many = np.interp(np.log(made), np.log(sizes), fixed)
        assert mean(figures, score="purity", **of) < as_many + 0.005


def test_verdict_specialists(record):
    for data in open_neurons.CONFUSABLE:
        sizes = judges.names(record["specialists"], "n")
        hard = open_answers.table_of(
            record["specialists"],
            "n",
            sizes,
            "method",
            data=data,
            classes="confusable",
        )
        even = hard["spread evenly"]
        for method in ("for ambiguous inputs", "to ambiguous neurons"):
            assert np.mean(hard[method] - even) < -0.01
            assert np.mean(hard[method] > even) <= 0.4


def test_share_and_kinds_are_the_chosen_ones(record):
    for name, key, constant, of in (
        ("choose-share", "share", open_neurons.SHARE, "purity"),
        ("choose-kinds", "kinds", open_layers.N_KINDS, "pairs"),
    ):
        values = judges.names(record[name], key)
        scores = [
            np.mean(
                [
                    mean(record[name], data=d, **{key: v})
                    for d in ("MNIST", "Fashion-MNIST")
                ]
            )
            for v in values
        ]
        assert values[np.argmax(scores)] == constant, of


def test_verdict_composition(record):
    for parts in judges.chosen(record["composition"], method="parts"):
        same = {key: parts.setting[key] for key in ("data", "task", "memory")}
        (flat,) = judges.chosen(record["composition"], method="flat", **same)
        assert min(parts.values) > max(flat.values), parts.what


def test_verdict_volume(record):
    def of(data, code):
        return mean(record["volume"], data=data, code=code)

    clothes = "Fashion-MNIST"
    volume = of(clothes, "volume, pixels and levels spread")
    assert volume > of(clothes, "volume, pixels spread") + 0.02
    assert volume > of(clothes, "volume, pixels and shuffled levels spread") + 0.02
    assert volume < of(clothes, "edges") - 0.02
    assert of("MNIST", "volume, pixels and levels spread") < of("MNIST", "above 127")
    for data in ("MNIST", clothes):
        flat, near = (
            mean(record["volume"], data=data, windows=windows, epochs=5)
            for windows in ("windows of pixels", "windows of pixels and levels")
        )
        assert near < flat + 0.1


# How things are measured, against plain numpy.


def test_purity_and_classes_of_clusters():
    labels, y = np.array([0, 0, 0, 2, 2]), np.array([1, 1, 0, 2, 2])
    assert purity(labels, y) == 4 / 5
    assert_array_equal(classes_of(labels, y, 4), [1, 0, 2, 0])


def test_similarity():
    rng = np.random.default_rng(0)
    bits = rng.random((50, 40)) < 0.5
    a, b = bits[np.random.default_rng(0).integers(50, size=(2, 2000))]
    expected = np.mean((a & b).sum(axis=1) / (a | b).sum(axis=1))
    assert open_data.similarity(pack_bits(bits)) == pytest.approx(expected)
    assert open_data.similarity(np.zeros((3, 1), dtype=np.uint32)) == 1


def test_codes_have_the_densities_that_they_promise():
    X, _ = open_sets.rows("wine")
    codes = open_data.codes(X, are_images=False)
    ones = {code: np.bitwise_count(bits).sum(axis=1) for code, bits in codes.items()}
    for code, expected in (
        ("threshold and complement", 13),
        ("rank, 15 %", 2),
        ("scalar, 6 of 32", 6 * 13),
    ):
        assert_array_equal(ones[code], expected)
    assert np.ptp(ones["threshold"]) > 0
    assert np.ptp(ones["thermometer"]) > 0


@pytest.mark.parametrize("size", [(1, 1, 1), (3, 3, 1), (1, 1, 3), (3, 3, 3)])
def test_bits_spread_to_their_neighbours(size):
    volumes = np.random.default_rng(0).random((4, 5, 6, 7)) < 0.05
    expected = np.zeros_like(volumes)
    reach = [n // 2 for n in size]
    for row, i, j, k in np.argwhere(volumes):
        near = [
            slice(max(0, at - r), at + r + 1)
            for at, r in zip((i, j, k), reach, strict=True)
        ]
        expected[row, *near] = True
    found = unpack_bits(open_layers.spread(volumes, size), 5 * 6 * 7)
    assert_array_equal(found.reshape(volumes.shape).astype(bool), expected)


def test_levels_are_cut_out():
    bits = np.random.default_rng(0).random((23, 8, 16)) < 0.5
    packed = pack_bits(bits.reshape(23, -1))
    levels = (0, 3, 4, 5, 9, 11, 14, 15)
    for found in open_layers.sliced((packed, packed), levels):
        expected = bits[:, :, levels].reshape(23, -1)
        assert_array_equal(unpack_bits(found, 64).astype(bool), expected)


def test_two_things_side_by_side(mnist):
    parts, pairs, answers = open_layers.two_of("MNIST", True, 0)
    train, test = open_layers.side_by_side(parts, pairs)
    assert train.shape == (6000, 2 * parts[0].shape[1])
    left, right = pairs[1][7]
    assert_array_equal(test[7], np.concatenate([parts[1][left], parts[1][right]]))
    y = mnist[3][::10].astype(int)
    assert answers[1]["both"][7] == 10 * y[left] + y[right]
    assert answers[1]["sum"][7] == y[left] + y[right]


def test_ambiguous_inputs(mnist):
    data = [part[:600] for part in open_neurons.binary("MNIST", True)]
    (winner, runner_up, is_one), _ = open_neurons.ambiguous(data, 16, 0, 0.25)
    assert np.mean(is_one) == pytest.approx(0.25, abs=0.01)
    assert np.all(winner != runner_up)
    for allot in open_neurons.ALLOTMENTS.values():
        labels, test_labels = allot(data, 16, 0, data[1] < 5)
        assert len(labels) == len(test_labels) == 600
        assert min(labels.min(), test_labels.min()) >= 0
        assert max(labels.max(), test_labels.max()) < 16

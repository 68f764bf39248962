# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The comparison with other classifiers, on tiny images."""

import json
from pathlib import Path

import numpy as np
import pytest
import sklearn

import skbit
from asv_bench import __main__ as command
from asv_bench import peers_neighbors, suite
from asv_bench.peers_models import Hamming
from asv_bench.peers_page import PUBLISHED
from asv_bench.peers_tables import calibration_error
from asv_bench.peers_tables_data import TABLES
from asv_bench.peers_tables_models import ROWS as TABLE_ROWS
from asv_bench.peers_tables_page import mean_ranks
from skbit.bits import unpack_bits


@pytest.fixture
def doc(tmp_path):
    (tmp_path / "_static").mkdir()
    return tmp_path


def entries(doc, record):
    return [json.loads(line) for line in (doc / record).read_text("utf8").splitlines()]


def run(doc, suite, *arguments):
    command.main(["--suites", suite, "--doc", str(doc), *arguments])
    return entries(doc, command.SUITES[suite].record)


def test_rows_are_measured_once(doc):
    asked = "images", "--smoke", "--only", "skbit tiny, BERNOULLI"
    found = run(doc, *asked)
    # "skbit tiny" and "bernoulli" are words of two names.
    assert [entry["name"] for entry in found] == ["skbit tiny", "BernoulliNB"]
    assert all(entry["accuracy"] > 0.95 for entry in found)
    assert found[0]["versions"] == {"skbit": skbit.__version__}
    assert found[1]["versions"] == {"scikit-learn": sklearn.__version__}
    assert run(doc, *asked) == found
    assert len(run(doc, *asked, "--again")) == 4


def test_rows_of_another_version_are_measured_again(doc):
    asked = "images", "--smoke", "--only", "bernoulli"
    (entry,) = run(doc, *asked)
    path = doc / "peers.jsonl"
    path.write_text(json.dumps(entry | {"versions": {"scikit-learn": "1.0"}}) + "\n")
    assert len(run(doc, *asked)) == 2
    # Figures from before versions were recorded stay.
    del entry["versions"]
    path.write_text(json.dumps(entry) + "\n")
    assert len(run(doc, *asked)) == 1


def test_missing_packages_are_named(doc, monkeypatch, capsys):
    monkeypatch.setattr(suite.importlib.util, "find_spec", lambda name: None)
    (doc / "peers.jsonl").touch()
    assert run(doc, "images", "--smoke", "--only", "lightgbm") == []
    assert "images: lightgbm is not installed" in capsys.readouterr().out


def test_the_page_has_the_last_entry_of_each_row(doc):
    found = run(doc, "images", "--smoke", "--only", "skbit tiny")
    lines = [found[0] | {"set": "mnist", "accuracy": share} for share in (0.5, 0.625)]
    path = doc / "peers.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(doc, "images", "--render") == lines
    table = (doc / "peers_mnist.inc").read_text("utf8")
    assert "62.50 %" in table
    assert "50.00 %" not in table
    published = (doc / "peers_published.inc").read_text("utf8")
    assert published.count("* -") == len(PUBLISHED) + 1
    for name in ("peers", "accuracy_bytes"):
        assert (doc / "_static" / f"{name}.png").stat().st_size > 10_000
    assert found[0]["bytes"] == (81 * 64 + 10 * 1024 * 2 + 10 * 64) // 8


@pytest.mark.parametrize("page", ["doc/index.rst", "README.md"])
def test_first_pages_show_figures_of_the_record(page):
    root = Path(__file__).parents[1]
    last = suite.read(root / "doc" / "peers.jsonl")
    text = " ".join((root / page).read_text("utf8").split())
    shown = {"skbit small": 1e3, "MLP(512)": 1e6, "RandomForest(100)": 1e6}
    for name, unit in shown.items():
        entry = last["mnist", name]
        assert f"{100 * entry['accuracy']:.2f} %" in text
        n_bytes = f"{entry['bytes'] / unit:.3g} {'kB' if unit == 1e3 else 'MB'}"
        assert n_bytes in text


@pytest.mark.parametrize("name", command.SUITES)
def test_rows_have_names_of_their_own(name):
    rows = command.SUITES[name].rows
    assert len({row.name for row in rows}) == len(rows)
    assert any(row.name.startswith("skbit") for row in rows)


def test_hamming_neighbours():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (60, 784), dtype=np.uint8)
    y = rng.integers(0, 3, 60)
    model = Hamming().fit(X[:40], y[:40])
    model.encoder_.set_params(packed_output=False)
    bits = model.encoder_.transform(X).astype(int)
    model.encoder_.set_params(packed_output=True)
    for row, label in zip(bits[40:], model.predict(X[40:]), strict=True):
        distances = np.abs(bits[:40] - row).sum(axis=1)
        third = np.sort(distances)[2]
        surely, perhaps = y[:40][distances < third], y[:40][distances == third]
        votes = [np.bincount([*surely, last], minlength=3) for last in perhaps]
        if len(surely) == 2:
            assert label in [v.argmax() for v in votes]


def table_of(doc, name, found, set_name):
    """Return the table of a suite, as if its smoke had been measured on a set."""
    path = doc / command.SUITES[name].record
    lines = [json.dumps(entry | {"set": set_name}) for entry in found]
    path.write_text("\n".join(lines))
    run(doc, name, "--render")
    return (doc / f"peers_{name}_{set_name}.inc").read_text("utf8")


def test_series(doc):
    found = run(doc, "series", "--smoke", "--only", "skbit small, kNN")
    assert [entry["accuracy"] for entry in found] == [1, 1]
    assert "100.00 %" in table_of(doc, "series", found, "spoken")


def test_neighbors(doc):
    (entry,) = run(doc, "neighbors", "--smoke", "--only", "skbit")
    assert entry["recall"] == 1
    assert entry["bytes"] > 400 * 16
    assert "100.00 %" in table_of(doc, "neighbors", [entry], "mnist-800")


def test_distances_are_those_of_all_bits():
    rng = np.random.default_rng(0)
    words = rng.integers(0, 2**32, (20, 3), dtype=np.uint32)
    expected = (unpack_bits(words) != unpack_bits(words[:1])).sum(axis=1)
    np.testing.assert_array_equal(peers_neighbors.distances(words[0], words), expected)


def test_clusters(doc):
    found = run(doc, "clusters", "--smoke", "--only", "skbit,birch")
    # "skbit" is a word of a row of kmodes, too, which may be missing.
    skbit_row, birch = found[0], found[1]
    assert skbit_row["mutual_information"] > 0.9
    assert birch["rand_index"] == pytest.approx(1)
    table = table_of(doc, "clusters", found, "digits")
    assert f"{skbit_row['mutual_information']:.3f}" in table


def test_novelty(doc):
    found = run(doc, "novelty", "--smoke", "--only", "skbit,forest")
    # The rows of images do not take tables.
    assert [e["name"] for e in found] == ["skbit tabular pipeline", "IsolationForest"]
    assert min(entry["area"] for entry in found) > 0.99
    assert f"{found[0]['area']:.3f}" in table_of(doc, "novelty", found, "cardio")


def test_tables(doc):
    """The rows that need no package, on a generated table, and the page."""
    found = run(doc, "tables", "--smoke", "--only", "skbit small, BERNOULLI")
    assert [e["name"] for e in found] == ["skbit small", "BernoulliNB"]
    assert all(e["accuracy"] > 0.9 for e in found)
    assert found[0]["log_loss"] < 1
    entries = [e | {"set": "glass"} for e in found]
    path = doc / "peers_tables.jsonl"
    path.write_text("\n".join(json.dumps(e) for e in entries))
    run(doc, "tables", "--render")
    table = (doc / "peers_tables_accuracy.inc").read_text("utf8")
    assert f"{100 * found[0]['accuracy']:.1f}" in table
    assert "kNN" not in table


def test_mean_ranks():
    accuracies = np.full((len(TABLE_ROWS), len(TABLES)), 0.5)
    first = [row.name for row in TABLE_ROWS].index("skbit small")
    accuracies[first, :6] = 0.6
    ranks = mean_ranks(accuracies, first)
    assert len(ranks) == 9
    # First of nine on six tables, and one of nine equals on the others.
    assert ranks["skbit small"] == (6 * 1 + 6 * 5) / 12
    accuracies[-1, 6:] = np.nan
    assert mean_ranks(accuracies, first)["skbit small"] == 1


def test_calibration_error():
    probabilities = np.array([[0.75, 0.25]] * 4 + [[0.05, 0.95]] * 2)
    assert calibration_error(np.array([0, 0, 0, 1, 1, 1]), probabilities) == (
        pytest.approx(2 * 0.05 / 6)
    )

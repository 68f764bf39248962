# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The comparison with other classifiers, on tiny images."""

import json
from pathlib import Path

import numpy as np
import pytest

from asv_bench import peers, peers_series, peers_tables
from asv_bench.peers_models import ROWS, Hamming
from asv_bench.peers_page import PUBLISHED
from asv_bench.peers_tables import calibration_error
from asv_bench.peers_tables_data import TABLES
from asv_bench.peers_tables_models import ROWS as TABLE_ROWS
from asv_bench.peers_tables_page import mean_ranks


@pytest.fixture
def doc(tmp_path):
    (tmp_path / "_static").mkdir()
    return tmp_path


def run(doc, *arguments):
    results = doc / "results.jsonl"
    peers.main(["--results", str(results), "--doc", str(doc), *arguments])
    return [json.loads(line) for line in results.read_text("utf8").splitlines()]


def test_parts_are_added_and_the_last_one_counts(doc):
    found = run(doc, "--smoke", "--only", "skbit tiny, BERNOULLI", "--sets", "mnist")
    # "skbit tiny" and "bernoulli" are words of two names.
    assert [entry["name"] for entry in found] == ["skbit tiny", "BernoulliNB"]
    found = run(doc, "--smoke", "--only", "skbit tiny", "--sets", "mnist,fashion")
    assert len(found) == 4
    assert all(entry["accuracy"] > 0.95 for entry in found)
    assert found[-1]["bytes"] == (81 * 64 + 10 * 1024 * 2 + 10 * 64) // 8
    table = (doc / "peers_mnist.inc").read_text("utf8")
    assert table.count("skbit tiny") == table.count("BernoulliNB") == 1
    assert "skbit tiny" in (doc / "peers_fashion.inc").read_text("utf8")
    published = (doc / "peers_published.inc").read_text("utf8")
    assert published.count("* -") == len(PUBLISHED) + 1
    for name in ("peers", "accuracy_bytes"):
        assert (doc / "_static" / f"{name}.png").stat().st_size > 10_000


@pytest.mark.parametrize("page", ["doc/index.rst", "README.md"])
def test_first_pages_show_figures_of_the_record(page):
    root = Path(__file__).parents[1]
    lines = (root / "doc" / "peers.jsonl").read_text("utf8").splitlines()
    last = {(e["set"], e["name"]): e for e in map(json.loads, lines)}
    text = " ".join((root / page).read_text("utf8").split())
    shown = {"skbit small": 1e3, "MLP(512)": 1e6, "RandomForest(100)": 1e6}
    for name, unit in shown.items():
        entry = last["mnist", name]
        assert f"{100 * entry['accuracy']:.2f} %" in text
        n_bytes = f"{entry['bytes'] / unit:.3g} {'kB' if unit == 1e3 else 'MB'}"
        assert n_bytes in text


def test_rendering_measures_nothing(doc):
    (doc / "results.jsonl").touch()
    assert run(doc, "--render") == []


def test_rows_have_names_of_their_own():
    assert len({row.name for row in ROWS}) == len(ROWS)


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


def test_series(tmp_path, capsys):
    y = np.arange(200) % 2
    X = np.zeros((200, 20, 16), dtype=np.uint8)
    X[y == 1, 5:9, 3:6] = 200
    X[y == 0, 12:16, 9:12] = 200
    np.savez(tmp_path / "digits.npz", X=X, y=y, take=np.arange(200) % 20)
    peers_series.main([str(tmp_path / "digits.npz")])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 4
    assert all("100.00 %" in line for line in lines)


def test_tables(doc):
    """The rows that need no package, on a generated table, and the page."""
    results = doc / "tables.jsonl"
    arguments = ["--results", str(results), "--doc", str(doc)]
    only = ["--smoke", "--only", "skbit small, BERNOULLI"]
    for _ in range(2):
        # The second call finds everything measured.
        peers_tables.main([*arguments, *only])
        found = [json.loads(line) for line in results.read_text("utf8").splitlines()]
        assert [e["name"] for e in found] == ["skbit small", "BernoulliNB"]
    assert all(e["accuracy"] > 0.9 for e in found)
    assert found[0]["log_loss"] < 1
    entries = [e | {"set": "glass"} for e in found]
    results.write_text("\n".join(json.dumps(e) for e in entries))
    peers_tables.main([*arguments, "--render"])
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

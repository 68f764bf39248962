# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reproduction report: claims, judges, the command with its record, the page."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from examples.reproduce import __main__ as command
from examples.reproduce import judges, page, record, relatives
from examples.reproduce.claims import CLAIMS
from examples.reproduce.figures import Figure
from examples.reproduce.judges import EXCEEDED, FAILED, IN_PART, REPRODUCED
from examples.reproduce.majority import naive_tree
from examples.reproduce.measurements import measurements

IDS = [
    *(f"B{i}" for i in range(1, 18)),
    *(f"M{i}" for i in range(1, 4)),
    *(f"O{i}" for i in range(1, 16)),
]
# What other parts of the package will measure; to be taken away as they do.
RECORD = Path(command.RECORD)


def test_every_claim_has_a_measurement():
    assert [claim.id for claim in CLAIMS] == IDS
    known = measurements()
    for claim in CLAIMS:
        assert claim.measured_by, claim.id
        assert set(claim.measured_by) <= set(known)


def test_the_record_has_every_claim_in_full():
    lines = record.read(RECORD)
    found = {id_ for line in lines.values() for id_ in line["claims"]}
    assert found == set(IDS)
    assert list(lines) == [name for name in measurements() if name in lines]
    assert not any(line["quick"] for line in lines.values())
    assert all(line["figures"] for line in lines.values())
    text = RECORD.read_text(encoding="utf8")
    assert "/home" not in text
    assert "/tmp" not in text


@pytest.mark.parametrize("name", ["wisard", "hyperdimensional", "random-features"])
def test_page_of_related_methods_shows_the_record(name):
    (shown,) = record.figures_of(record.read(RECORD)[name])
    text = (RECORD.parent / "related.rst").read_text(encoding="utf8")
    assert f" {np.mean(shown.values):.1f} %" in text


@pytest.mark.parametrize("name", ["wisard", "hyperdimensional", "random-features"])
def test_related_methods_beat_chance(name, monkeypatch):
    rng = np.random.default_rng(0)
    y = np.arange(4000) % 10
    X = rng.integers(0, 256, (4000, 64)) * (rng.random((4000, 64)) < 0.2)
    X[np.arange(4000), 6 * y] = X[np.arange(4000), 6 * y + 1] = 255
    data = X[:3000], y[:3000], X[3000:], y[3000:]
    monkeypatch.setattr(relatives, "images", lambda *_: data)
    (shown,) = relatives.MEASUREMENTS[name](quick=True)
    assert shown.values[0] > 20


def figure(*values, claimed, unit="%", what="figure"):
    return Figure(what, values, unit, claimed)


@pytest.mark.parametrize(
    ("measured", "place"),
    [
        (figure(90.0, claimed=91.0), "agrees"),
        (figure(90.0, claimed=91.1), "worse"),
        (figure(90.0, claimed=88.9), "better"),
        # Within the seeds, though their mean is far away.
        (figure(80.0, 90.0, 91.0, claimed=80.5), "agrees"),
        (figure(90.0, claimed=(80.0, 89.5)), "agrees"),
        (figure(90.0, claimed=(80.0, 88.0)), "better"),
        (figure(0.5, claimed=0.51, unit=""), "agrees"),
        (figure(0.5, claimed=0.52, unit=""), "worse"),
        (figure(4.0, claimed=4.1, unit="times chance"), "agrees"),
        (figure(1.11, claimed=1.0, unit="s"), "worse"),
        (figure(1.09, claimed=1.0, unit="ms"), "agrees"),
        (figure(0.5, claimed=1.0, unit="s"), "better"),
        (figure(3.0, claimed=(0.0, 2.0), unit="points lost"), "agrees"),
        (figure(3.1, claimed=(0.0, 2.0), unit="points lost"), "worse"),
        (figure(203_264, claimed=203_264, unit="bits"), "agrees"),
        (figure(300, claimed=200, unit="bits"), "different"),
        (figure(1, claimed=0, unit="labels"), "different"),
        (figure(0, claimed=0, unit="labels"), "agrees"),
    ],
)
def test_place(measured, place):
    assert judges.place(measured) == place


def test_verdicts():
    good, better = figure(90.0, claimed=90.0), figure(95.0, claimed=90.0)
    bad, other = figure(85.0, claimed=90.0), figure(1.0, claimed=None)
    for figures, verdict in (
        ([good, other], REPRODUCED),
        ([good, better], EXCEEDED),
        ([better], EXCEEDED),
        ([good, better, bad], IN_PART),
        ([better, bad], IN_PART),
        ([bad, bad], FAILED),
    ):
        assert judges.agreement(figures)[0] == verdict
    for figures, sentence in (
        ([good], "The figure agrees."),
        ([better], "The figure is better."),
        ([good, good, other], "2 of 2 figures agree."),
        (
            [good, bad, bad, better],
            "1 of 4 figures agree, 2 are worse, 1 is better.",
        ),
    ):
        assert judges.agreement(figures)[1] == sentence
    with pytest.raises(LookupError, match="The document has none"):
        judges.agreement([other])


def test_a_reason_needs_its_figure():
    with pytest.raises(LookupError, match=r"0 figures have \{'H': 8\}"):
        judges.mean([figure(1.0, claimed=None)], H=8)


def test_numbers_are_written_for_people():
    one = figure(90.126, 91.0, claimed=(90, 92))
    assert judges.measured(one, with_spread=True) == "90.56 (90.13 to 91.00) %"
    assert judges.claimed(one) == "90.00 to 92.00 %"
    assert judges.claimed(figure(1, claimed=12.8e6, unit="bits")) == "12,800,000 bits"
    assert judges.measured(figure(0.01234, claimed=None, unit="s")) == "0.0123 s"


def test_naive_tree():
    rng = np.random.default_rng(0)
    a, b, c, d, e = rng.random((5, 100)) < 0.5
    majority = (a & b) | (c & (a | b))
    # One is left over, passes and is ANDed; two are ANDed at once.
    assert_array_equal(naive_tree(np.array([a, b, c, d])), majority & d)
    assert_array_equal(naive_tree(np.array([a, b, c, d, e])), majority & (d & e))


def test_command(mnist, tmp_path, capsys):
    path = tmp_path / "record.jsonl"
    only = ["--quick", "--only", "O11,bit-mass,B10", "--json", str(path)]
    command.main(only)
    out = capsys.readouterr().out
    assert "weights of 784-8-10 in float32: 203,264 bits" in out
    assert re.search(r"M2 .* reproduced", out)
    lines = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    names = ["transfers", "bit-mass", "confidence"]
    assert [line["name"] for line in lines] == names
    assert lines[1]["claims"] == ["M2"]
    assert lines[1]["figures"][0]["values"] == [203_264]
    assert lines[1]["machine"]["cores"] >= 1
    # What is there is not measured again.
    before = path.read_text(encoding="utf8")
    command.main(only)
    assert path.read_text(encoding="utf8") == before
    assert "203,264" not in capsys.readouterr().out

    page.build(path, tmp_path / "page")
    text = (tmp_path / "page" / "reproduction.inc").read_text(encoding="utf8")
    assert "3 measurements used a tenth of the data" in text
    assert ":bdg-success:`reproduced`" in text
    assert "**203,264 bits**, claimed 203,264 bits" in text
    assert {p.name for p in (tmp_path / "page").glob("*.png")} == {
        "prototypes.png",
        "weights.png",
    }


@pytest.fixture
def counted(monkeypatch):
    """Three measurements that count their calls; the second breaks when told to."""
    calls, state = [], {"breaks": True}

    def first(quick):
        calls.append("first")
        yield Figure("one", (np.float64(1.0), 2), seeds=range(2))

    def second(quick):
        calls.append("second")
        yield Figure("half", (0.5,))
        if state["breaks"]:
            raise KeyboardInterrupt

    def third(quick):
        calls.append("third")
        yield Figure("three", (3,))

    functions = {"first": first, "second": second, "third": third}
    monkeypatch.setattr(command, "measurements", lambda: functions)
    return calls, state


def test_a_run_that_was_broken_off_goes_on(counted, tmp_path):
    calls, state = counted
    path = tmp_path / "record.jsonl"
    with pytest.raises(KeyboardInterrupt):
        command.main(["--json", str(path)])
    assert list(record.read(path)) == ["first"]
    (one,) = record.figures_of(record.read(path)["first"])
    assert one == Figure("one", [1.0, 2], seeds=[0, 1])
    state["breaks"] = False
    command.main(["--json", str(path)])
    assert calls == ["first", "second", "second", "third"]
    assert list(record.read(path)) == ["first", "second", "third"]
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_measured_again(counted, tmp_path, monkeypatch):
    calls, state = counted
    state["breaks"] = False
    path = tmp_path / "record.jsonl"
    command.main(["--json", str(path), "--only", "third,first"])
    assert calls == ["first", "third"]
    command.main(["--json", str(path), "--only", "first", "--again"])
    assert calls == ["first", "third", "first"]
    command.main(["--json", str(path), "--only", "first", "--quick"])
    assert calls[3:] == ["first"]
    monkeypatch.setattr(record, "code_of", lambda function: "other")
    command.main(["--json", str(path), "--only", "third"])
    assert calls[4:] == ["third"]


def test_a_quick_run_keeps_nothing(counted, tmp_path, monkeypatch):
    counted[1]["breaks"] = False
    monkeypatch.setattr(command, "RECORD", tmp_path / "record.jsonl")
    command.main(["--quick"])
    assert list(tmp_path.iterdir()) == []
    command.main([])
    assert list(tmp_path.iterdir()) == [tmp_path / "record.jsonl"]


@pytest.mark.parametrize("only", ["O99", "purities", "O1,"])
def test_unknown_names(only, capsys):
    with pytest.raises(SystemExit):
        command.main(["--only", only])
    assert "is neither a claim nor a measurement" in capsys.readouterr().err


def test_code_does_not_see_comments(tmp_path, monkeypatch):
    function = measurements()["bit-mass"]
    digest = record.code_of(function)
    assert digest == record.code_of(measurements()["transfers"])
    assert digest != record.code_of(measurements()["confidence"])
    changed = tmp_path / "counting.py"
    module = record.sys.modules[function.__module__]
    text = Path(module.__file__).read_text(encoding="utf8")
    monkeypatch.setattr(module, "__file__", str(changed))
    changed.write_text(text + "\n# A remark.\n", encoding="utf8")
    assert record.code_of(function) == digest
    changed.write_text(text.replace("8192", "8191"), encoding="utf8")
    assert record.code_of(function) != digest


def test_every_value_has_its_seed():
    with pytest.raises(ValueError, match="3 values of 2 seeds"):
        Figure("three", (1, 2, 3), seeds=(0, 1))
    for line in record.read(RECORD).values():
        for figure in record.figures_of(line):
            # What is timed anew needs no seed.
            is_timed = figure.unit in ("s", "ms", "us", "times")
            assert figure.seeds or len(figure.values) == 1 or is_timed, figure


def test_origins():
    assert page.origin(Figure("one", (1.0, 2.0), seeds=[42, 1000])) == "42, 1000"
    assert page.origin(Figure("runs", (1.0, 2.0), "s")) == "2 runs"
    assert page.origin(Figure("exact", (0,), "differ")) == ""


def test_page_of_the_record(mnist, tmp_path):
    page.build(RECORD, tmp_path)
    text = (tmp_path / "reproduction.inc").read_text(encoding="utf8")
    for id_ in IDS:
        assert f"**{id_}** " in text
    assert {path.stem for path in tmp_path.glob("*.png")} == set(page.PLOTS)
    assert page.NOT_MEASURED not in text

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of the documentation are what the records say."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from asv_bench import __main__ as command
from asv_bench import first_call, growth, limits, pages, provenance

DOC = Path(__file__).parents[1] / "doc"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Return a folder with what the commands make of copies of the records."""
    folder = tmp_path_factory.mktemp("doc")
    for record in DOC.glob("*.jsonl"):
        shutil.copy(record, folder)
    for module in (command, first_call, growth, limits):
        module.main(["--render", "--doc", str(folder)])
    return folder


@pytest.mark.parametrize("name", sorted(path.name for path in DOC.glob("*.inc")))
def test_tables_are_made_of_the_records(name, rendered):
    assert (DOC / name).read_text("utf8") == (rendered / name).read_text("utf8")


def test_all_tables_are_there(rendered):
    made = {path.name for path in rendered.glob("*.inc")}
    assert made == {path.name for path in DOC.glob("*.inc")}
    pages = "".join(path.read_text("utf8") for path in DOC.glob("*.rst"))
    assert [name for name in made if f".. include:: {name}" not in pages] == []


@pytest.mark.parametrize("suite", command.SUITES.values(), ids=lambda suite: suite.name)
def test_records_have_rows_and_sets_that_are_known(suite):
    lines = (DOC / suite.record).read_text("utf8").splitlines()
    found = {(entry["set"], entry["name"]) for entry in map(json.loads, lines)}
    assert {name for name, _ in found} <= set(suite.sets)
    names = {row.name for row in suite.rows}
    assert {name for _, name in found} <= names
    assert any(name.startswith("skbit") for name in names)


def wrong_lines(text, is_markdown=False):
    """Return what the check says of figures that are wrong."""
    return [
        line for line, is_right in provenance.check(text, is_markdown) if not is_right
    ]


@pytest.mark.parametrize("page", provenance.PAGES)
def test_figures_come_from_the_records(page):
    assert wrong_lines((DOC / page).read_text("utf8"), page.endswith(".md")) == []


@pytest.fixture
def fixed_values(monkeypatch):
    """Let the records have these values, whatever is measured later."""
    values = {
        f"{_SKBIT} / bytes": [11904],
        f"{_SKBIT} / accuracy": [0.9877],
        f"{_MLP} / bytes": [4892731],
        f"{_MLP} / accuracy": [0.9824],
        _TUNED: [0.8718, 0.8701, 0.8718],
    }
    arrays = {key: np.array(value) for key, value in values.items()}
    monkeypatch.setattr(provenance, "read_values", lambda: arrays)


_SKBIT, _MLP = (f"peers.jsonl / mnist / {name}" for name in ("skbit small", "MLP(512)"))
_TUNED = "tuned / exp, H = 512, one pass: test"

SECTION = """
Figures
-------

A model of 11.9 kB has 98.77 %, and a network 98.24. In ``9 s``, with

===  ===
a    b
===  ===
30   5
===  ===

.. figures:
   11.9 kB: peers.jsonl / mnist / skbit small / bytes
   98.24, 98.77 %: peers.jsonl / mnist / {MLP(512)|skbit small} / accuracy
   30, 5: setting
"""


@pytest.mark.usefixtures("fixed_values")
@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("11.9 kB has", "11.9 kB has", []),
        ("11.9 kB has", "11.8 kB has", ["11.8 kB", "11.9 kB"]),
        ("11.9 kB has", "11.9 MB has", ["11.9 MB", "11.9 kB"]),
        ("network 98.24", "network 98.42", ["98.42", "98.24 %"]),
        ("98.24, 98.77", "98.77, 98.24", ["98.77 %", "98.24 %"]),
        ("30, 5: ", "30: ", ["5"]),
        (" In", " In 9 s,", ["9 s"]),
        ("/ bytes", "/ size", ["0 values of peers.jsonl / mnist / skbit small / size"]),
    ],
)
def test_figures_of_a_section_are_those_of_its_comment(old, new, wrong):
    lines = wrong_lines(SECTION.replace(old, new))
    assert sorted(line.split(":")[0].strip() for line in lines) == sorted(wrong)


@pytest.mark.usefixtures("fixed_values")
def test_comments_are_of_their_section():
    text = SECTION.replace("\n.. figures", "\nTitle\n=====\n\n.. figures")
    assert len(wrong_lines(text)) == 10


def test_a_wrong_figure_of_the_readme_is_found():
    text = (DOC.parent / "README.md").read_text("utf8")
    assert "| 97.4 % |" in text
    lines = wrong_lines(text.replace("| 97.4 % |", "| 97.5 % |"), is_markdown=True)
    assert [line.split(":")[0] for line in lines] == ["97.5 %", "97.4 %"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 to 3 % of 5 rows in 2.5, ``7 %`` and :math:`8 s`.", ["1", "3", "2.5"]),
        (".. list-table::\n\n   * - one\n     - **-0.5**\n     - 40\n", ["-0.5", "40"]),
        ("===  ===\na    b\n===  ===\nx    1,000\n===  ===\n", ["1,000"]),
        (">>> 0.5 * 3\n1.5\n\nIt took 2 s.", ["2"]),
        (".. code-block:: sh\n\n   wait 3 s\n\n.. [1] In 4 ms.", ["4"]),
    ],
)
def test_what_is_a_figure(text, expected):
    ((section, _),) = pages.sections(text)
    assert [number for number, _ in pages.figures_of(section)] == expected


@pytest.mark.usefixtures("fixed_values")
@pytest.mark.parametrize(
    ("line", "is_right"),
    [
        (f"98.77 %: {_SKBIT} / accuracy", True),
        (f"98.76 %: {_SKBIT} / accuracy", False),
        (f"about 400 times: {_MLP} / bytes over {_SKBIT} / bytes", True),
        (f"400 times: {_MLP} / bytes over {_SKBIT} / bytes", False),
        (f"0.53 points: {_SKBIT} / accuracy minus {_MLP} / accuracy", True),
        (f"0.54 points: {_SKBIT} / accuracy minus {_MLP} / accuracy", False),
        (f"87.01, 87.18 %: {{lowest|highest}} of {_TUNED}", True),
        (f"87.02, 87.18 %: {{lowest|highest}} of {_TUNED}", False),
        ("2.1 MB: = 8 * 2**18", True),
        ("2.2 MB: = 8 * 2**18", False),
        ("5 %: cited: a book", True),
    ],
)
def test_sources(line, is_right):
    lines = provenance.check_entry(provenance.read_entry(line))
    assert all(found for _, found in lines) == is_right

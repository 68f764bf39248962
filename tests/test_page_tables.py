# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of the manual that are made from the record of measurements."""

import re
from pathlib import Path

import numpy as np
import pytest

from examples.reproduce import page_tables, record
from examples.reproduce.page_tables import TABLES

DOC = Path(__file__).parents[1] / "doc"
RECORD = DOC / "reproduction.jsonl"
INCLUDED = {
    name
    for page in DOC.glob("*.rst")
    for name in re.findall(
        r"^\.\. include:: generated/tables/(.+)\.inc$", page.read_text("utf8"), re.M
    )
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the text of each table."""
    folder = tmp_path_factory.mktemp("tables") / "new"
    page_tables.build(RECORD, folder)
    return {path.stem: path.read_text("utf8") for path in folder.iterdir()}


def test_pages_include_the_tables_that_are_made(made):
    assert INCLUDED
    assert INCLUDED <= set(made) <= set(TABLES)


def test_tables_have_the_means_of_the_record(made):
    figures = {f.what: f for f in record.figures_of(record.read(RECORD)["patch-curve"])}
    value = np.mean(figures["flat, 1000 prototypes per class"].values)
    first = made["patch-curve"].split("   * - ")[2].split("\n     - ")
    assert (first[0], first[-1].strip()) == ("no patches", f"{value:.1f}")


def test_rows_have_as_many_cells_as_the_header(made):
    for text in made.values():
        rows = text.split("   * - ")[1:]
        assert len(rows) >= 3
        assert len({row.count("\n     - ") for row in rows}) == 1


def test_a_table_changes_with_the_record(tmp_path, made):
    lines = record.read(RECORD)
    lines["regression"]["figures"][0]["values"] = [0.987]
    record.write(tmp_path / "record.jsonl", lines)
    page_tables.build(tmp_path / "record.jsonl", tmp_path)
    changed = (tmp_path / "regression.inc").read_text("utf8")
    assert "0.987" in changed
    assert "0.987" not in made["regression"]


def test_tables_without_a_measurement_are_left_out(tmp_path):
    lines = record.read(RECORD)
    del lines["hebbian"]
    record.write(tmp_path / "record.jsonl", lines)
    page_tables.build(tmp_path / "record.jsonl", tmp_path)
    assert not (tmp_path / "networks.inc").exists()
    assert (tmp_path / "equal-mass.inc").exists()

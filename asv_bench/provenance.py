# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Check that the figures of the README and of the manual come from the records.

A comment of a section says where the figures of the section come from: in pages it
begins with ``.. figures:``, and in the README with ``<!-- figures:``. Each of its lines
has figures, which are separated by commas, a unit and a source::

    .. figures:
       98.77 %: peers.jsonl / mnist / skbit small / accuracy
       28.9, 30.2 %: margins / MNIST, 32 bits, margin {0|0.1}: validation
       about 50 times: times / the slow rule over times / the fast rule
       2.1 MB: = 8 * 2**18
       32, 64, 0.5: setting

A source is one of

- a measurement of ``doc/reproduction.jsonl`` and its figure, or the name of another
  record and the fields that lead to a value. As many values have to be found as there
  are figures, in their order. ``{A|B}`` stands for A, and then for B, and ``*`` for any
  text, in the order of the record;
- ``A over B`` and ``A minus B``, of medians;
- ``lowest of A``, ``highest of A``, ``range of A``, ``mean of A``: of the seeds or runs
  if A is one value, and otherwise of all values that are found;
- ``=`` and a formula, in bytes, seconds or shares of one;
- ``setting`` (what was chosen), ``cited`` (of another source) or ``printed`` (by code
  of the page), after which a reason may follow.

A figure has to be the mean or the median of the seeds or runs, as it is rounded, and
after ``about``, as its last digit other than 0 is rounded.
``python -m asv_bench.provenance`` prints all of them. It fails if a figure differs from
its source, is not in a comment, or is in a comment only.
"""

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from asv_bench.pages import figures_of, sections
from asv_bench.suite import entries_of

DOC = Path(__file__).parents[1] / "doc"
PAGES = "../README.md", *sorted(path.name for path in DOC.glob("*.rst"))

NOT_MEASURED = "setting", "cited", "printed"
# Units in bytes, seconds, shares and bits per second. Others are counts.
UNITS = {
    **{"%": 1e-2, "points": 1e-2, "% of the bits": 1e-2, "% of the labels": 1e-2},
    **{"points lost": 1e-2, "points gained": 1e-2},
    **{"kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30},
    **{"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "minutes": 60, "hours": 3600},
    "Gbit/s": 1e9,
}
_ENTRY = re.compile(
    r"(about )?(-?\d[\d.,]*(?:, -?\d[\d.,]*)*)(?: ([^-\d][^:]*))?: (.*)"
)
_OF = {
    "lowest of ": np.min,
    "highest of ": np.max,
    "mean of ": np.mean,
    "range of ": np.ptp,
}


@dataclass(frozen=True)
class Entry:
    """A line of a comment: figures as they are written, their unit and source."""

    numbers: tuple
    unit: str
    source: str
    is_about: bool


def read_entry(line):
    """Return the entry of a line of a comment."""
    found = _ENTRY.fullmatch(line.strip())
    if not found:
        raise ValueError(f"{line.strip()!r} is not 'figures unit: source'.")
    about, numbers, unit, source = found.groups()
    return Entry(tuple(numbers.split(", ")), unit or "", source, bool(about))


@cache
def read_values():
    """Return the values of all records, by record and fields."""
    values = {}
    for path in sorted(DOC.glob("*.jsonl")):
        for entry in entries_of(path):
            if path.name == "reproduction.jsonl":
                for figure in entry["figures"]:
                    scale = UNITS.get(figure["unit"], 1)
                    key = f"{entry['name']} / {figure['what']}"
                    values[key] = scale * np.array(figure["values"])
            else:
                names = [entry[key] for key in ("set", "name", "axis") if key in entry]
                values.update(_fields(" / ".join([path.name, *names]), entry))
    return values


def _fields(name, entry):
    """Yield the names and values of the numbers of an entry of a record."""
    for field, value in entry.items():
        if isinstance(value, dict):
            yield from _fields(f"{name} / {field}", value)
        elif not isinstance(value, str):
            unit = {"us": "µs", "ms": "ms"}.get(field.rpartition("_")[2], "")
            is_list = isinstance(value, list) and all(np.isreal(value))
            if is_list or np.isreal(value):
                yield f"{name} / {field}", UNITS.get(unit, 1) * np.atleast_1d(value)


def find(source):
    """Return a list of arrays, the values that a source has for each figure."""
    if source.startswith("{"):
        return _find_each(source)
    for words, reduce in _OF.items():
        if source.startswith(words):
            found = find(source[len(words) :])
            values = found[0] if len(found) == 1 else list(map(np.median, found))
            return [np.atleast_1d(reduce(values))] if found else []
    for word, combine in ((" over ", np.divide), (" minus ", np.subtract)):
        if word in source:
            first, second = ([*map(np.median, find(s))] for s in source.split(word))
            if len(first) != len(second):
                return []
            return [combine(*pair)[None] for pair in zip(first, second, strict=True)]
    if source.startswith("="):
        return [np.atleast_1d(eval(source[1:], {"__builtins__": {}}))]
    if "{" in source:
        return _find_each(source)
    pattern = re.compile(".*".join(map(re.escape, source.split("*"))))
    return [value for key, value in read_values().items() if pattern.fullmatch(key)]


def _find_each(source):
    """Return what is found for each word of the first braces."""
    before, _, rest = source.partition("{")
    words, _, after = rest.partition("}")
    return [x for word in words.split("|") for x in find(before + word + after)]


def is_of(number, entry, values):
    """Return whether a figure is the mean or the median of values, as it is rounded."""
    values = np.array([np.mean(values), np.median(values)])
    digits = len(number.partition(".")[2])
    if entry.is_about and not digits:
        digits = -len(re.search("0*$", number)[0])
    shown = float(number.replace(",", ""))
    scale = UNITS.get(entry.unit, 1)
    return bool((np.abs(values / scale - shown) <= 0.5 * 10.0**-digits + 1e-9).any())


def check_entry(entry):
    """Yield lines about the figures of an entry, and whether each is as recorded."""
    if entry.source.startswith(NOT_MEASURED):
        found = [None] * len(entry.numbers)
    else:
        found = find(entry.source)
    if len(found) != len(entry.numbers):
        yield f"{len(found)} values of {entry.source}", False
        return
    for number, values in zip(entry.numbers, found, strict=True):
        shown = "" if values is None else f": {values / UNITS.get(entry.unit, 1)}"
        is_right = values is None or is_of(number, entry, values)
        yield f"{number} {entry.unit}: {entry.source}{shown}", is_right


def check(text, is_markdown=False):
    """Yield lines about the figures of a page, and whether each is as recorded."""
    for section, comments in sections(text, is_markdown):
        entries = [read_entry(line) for line in comments]
        for entry in entries:
            yield from check_entry(entry)
        known = {(number, entry.unit) for entry in entries for number in entry.numbers}
        used = set()
        for number, unit in figures_of(section):
            fitting = {k for k in known if k[0] == number and unit in ("", k[1])}
            used |= fitting
            if not fitting:
                yield f"{number} {unit}: no comment says where it comes from", False
        for number, unit in sorted(known - used):
            yield f"{number} {unit}: in a comment only", False


def main():
    wrong = 0
    for page in sys.argv[1:] or PAGES:
        text = (DOC / page).read_text("utf8")
        for line, is_right in check(text, page.endswith(".md")):
            print(f"{page}: {line}{'' if is_right else '  <-- WRONG'}")
            wrong += not is_right
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()

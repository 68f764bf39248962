# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The record as a page of the documentation: tables in reStructuredText, and plots."""

import re
from collections import Counter
from textwrap import indent

from examples.reproduce import record
from examples.reproduce.claims import CLAIMS, SOURCES
from examples.reproduce.judges import (
    ANSWERED,
    EXCEEDED,
    FAILED,
    IN_PART,
    REPRODUCED,
    claimed,
    measured,
    place,
)
from examples.reproduce.plots import PLOTS

NOT_MEASURED = "not measured"
# More figures than this are not put into a cell.
MANY = 50
COLOURS = {
    REPRODUCED: "success",
    EXCEEDED: "primary",
    IN_PART: "warning",
    FAILED: "danger",
    ANSWERED: "info",
    NOT_MEASURED: "secondary",
}


def build(path, folder):
    """Write ``reproduction.inc`` and the plots of a record into a folder."""
    lines = record.read(path)
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = {claim: judge(claim, lines) for claim in CLAIMS}
    parts = [summary(verdicts, lines)]
    for letter, title in SOURCES.items():
        parts += [heading(escape(title)), table_of_claims(letter, verdicts, lines)]
    parts += [heading("Plots"), *draw(lines, folder)]
    parts += [heading("All figures"), *map(all_figures, lines.values())]
    text = "\n".join(parts)
    (folder / "reproduction.inc").write_text(text, encoding="utf8")


def escape(text):
    """Take from characters what they mean in reStructuredText."""
    return re.sub(r"([\\`*_|])", r"\\\1", text)


def heading(title):
    return f"{title}\n{'-' * len(title)}\n"


def badge(verdict):
    return f":bdg-{COLOURS[verdict]}:`{verdict}`"


def judge(claim, lines):
    """Judge a claim as ``record.judged`` does, also one that nothing has measured."""
    if not claim.measured_by or not set(claim.measured_by) <= set(lines):
        return "", NOT_MEASURED, ""
    return record.judged(claim, lines)


def summary(verdicts, lines):
    """Count verdicts, and say where and when things were measured."""
    counts = Counter(verdict for _, verdict, _ in verdicts.values())
    counted = ", ".join(f"{badge(v)} {counts[v]}" for v in COLOURS if counts[v])
    total = sum(line["seconds"] for line in lines.values())
    text = f"Verdicts on the {len(CLAIMS)} claims: {counted}.\n\n"
    text += f"The {len(lines)} measurements took {total / 60:.0f} minutes in total.\n"
    for facts, dates in machines(lines):
        cpu, cores = escape(facts.pop("cpu")), facts.pop("cores")
        versions = ", ".join(f"{name} {value}" for name, value in facts.items())
        text += f"{len(dates)} measurements were made on {cores} cores of {cpu}, "
        text += f"{escape(versions)}, "
        text += " to ".join(sorted({min(dates), max(dates)})) + ".\n"
    n_quick = sum(line["quick"] for line in lines.values())
    if n_quick:
        text += (
            f"\n.. warning:: {n_quick} measurements used a tenth of the data only.\n"
        )
    return text


def machines(lines):
    """Yield what is known of each machine, and the dates of its measurements."""
    found = {}
    for line in lines.values():
        facts = tuple(line["machine"].items())
        found.setdefault(facts, []).append(line["date"])
    for facts, dates in found.items():
        yield dict(facts), dates


def table(header, widths, rows):
    """Write a list-table of cells that may have several lines."""
    text = ".. list-table::\n   :header-rows: 1\n   :align: left\n"
    text += f"   :widths: {widths}\n\n"
    for row in (header, *rows):
        for i, cell in enumerate(row):
            text += (
                ("   * - " if i == 0 else "     - ") + indent(cell, " " * 7)[7:] + "\n"
            )
    return text


def table_of_claims(letter, verdicts, lines):
    rows = []
    for claim, (seconds, verdict, why) in verdicts.items():
        if claim.id[0] != letter:
            continue
        text = f"**{claim.id}** {escape(claim.text)}"
        found = ""
        if verdict != NOT_MEASURED:
            text += f"\n\n``--only {claim.id}``, {seconds} s"
            found = comparison(record.figures_about(claim, lines))
        rows.append((text, found, f"{badge(verdict)} {escape(why)}"))
    header = "Claim and measurement", "Measured", "Verdict"
    return table(header, "26 44 30", rows)


def comparison(figures):
    """Write the figures that the document claims; if there are none, all of them."""
    shown = [figure for figure in figures if figure.claimed is not None] or figures
    if len(shown) > MANY:
        return f"The {len(shown)} figures are listed under `All figures`_."
    return "\n".join(map(compared, shown))


def compared(figure):
    """Write a line of a figure, the claimed value beside it, and where it lies."""
    text = f"| {escape(figure.what)}: **{measured(figure, with_spread=True)}**"
    if figure.claimed is None:
        return text
    where = place(figure)
    text += f", claimed {claimed(figure)}"
    return text if where == "agrees" else f"{text}, *{where}*"


def draw(lines, folder):
    """Draw the plots whose measurements are there; yield their text."""
    figures = {name: record.figures_of(line) for name, line in lines.items()}
    for name, (needed, function, caption) in PLOTS.items():
        if set(needed) <= set(figures):
            function(figures).savefig(folder / f"{name}.png", dpi=140)
            yield f".. figure:: /generated/reproduction/{name}.png\n\n   {caption}\n"


def origin(figure):
    """List the seeds of a figure's values, or tell how many runs there were."""
    if figure.seeds or len(figure.values) == 1:
        return ", ".join(map(str, figure.seeds))
    return f"{len(figure.values)} runs"


def all_figures(line):
    """Write a folded table of all figures of a measurement."""
    ids = f" ({', '.join(line['claims'])})" if line["claims"] else ""
    rows = [
        (
            escape(figure.what),
            measured(figure, with_spread=True),
            origin(figure),
            "" if figure.claimed is None else claimed(figure),
        )
        for figure in record.figures_of(line)
    ]
    inner = table(("Figure", "Measured", "Seeds", "Claimed"), "46 26 14 14", rows)
    title = f"{line['name']}{ids}: {len(rows)} figures, {line['seconds']} s"
    return f".. dropdown:: {title}\n\n{indent(inner, '   ')}"

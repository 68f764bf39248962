# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The record of the open questions as parts of a page: answers and plots."""

from examples.reproduce import open_plots, record
from examples.reproduce.open_answers import ANSWERS


def build(path, folder):
    """Write ``NAME.inc`` and ``NAME.png`` of every question that a record answers."""
    folder.mkdir(parents=True, exist_ok=True)
    in_short = "".join(
        f"- *{title}* {verdict}\n" for title, verdict, _ in ANSWERS.values()
    )
    (folder / "in_short.inc").write_text(in_short, encoding="utf8")
    for name, line in record.read(path).items():
        if name not in ANSWERS:
            continue
        figures = record.figures_of(line)
        draw = getattr(open_plots, name.replace("-", "_"))
        draw(figures).savefig(folder / f"{name}.png", dpi=140)
        (folder / f"{name}.inc").write_text(
            page_of(line, figures, folder.name), encoding="utf8"
        )


def page_of(line, figures, folder):
    """Return answer, plot and how to measure it again."""
    name = line["name"]
    _, verdict, reason = ANSWERS[name]
    return (
        f"**{verdict}** {reason(figures)}\n\n"
        f".. figure:: /generated/{folder}/{name}.png\n"
        f"   :alt: {verdict}\n\n"
        f"   ``python -m examples.reproduce --only {name}``, {line['seconds']:.0f} s. "
        "Points are means. Bands and bars show the range of the seeds.\n"
    )

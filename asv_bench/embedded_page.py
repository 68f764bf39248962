# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables and the figure of the page of small devices."""

import numpy as np

from asv_bench.peers_page import make_table

TITLES = {
    "digits": "digits",
    "mnist": "MNIST",
    "fashion": "Fashion-MNIST",
    "spoken": "spoken digits",
    "ecg": "ECG5000",
}
_KINDS = ("skbit", "int8", "emlearn", "m2cgen")


def part_of(title):
    """Return the part that a step of skbit's C is: encode, project or score."""
    if title.startswith(
        ("PixelEncoder", "ThermometerEncoder", "TableEncoder", "Scalar")
    ):
        return "encode"
    is_last = (
        title.startswith(("OttoScoreClassifier", "All steps but the last")) or not title
    )
    return "score" if is_last else "project"


def dominators(entry, entries):
    """Return skbit's models as accurate at no more flash, the smallest first."""
    found = [
        e
        for e in entries
        if e["name"].startswith("skbit")
        and e["accuracy"] >= entry["accuracy"]
        and e["m0"]["flash"] <= entry["m0"]["flash"]
    ]
    return sorted(found, key=lambda e: e["m0"]["flash"])


def write_page(entries, doc):
    """Write the tables and the figure that ``doc/embedded.rst`` includes."""
    found = list(entries.values())
    header = ["classifier", "accuracy", "flash", "RAM", "stack", "M0", "M4"]
    tables = {name: (header, _measured(found, name)) for name in TITLES}
    header = ["set", "classifier", "accuracy", "flash", "smallest skbit", "", "flash"]
    tables["rivals"] = header, _rivals(found)
    header = ["set", "classifier", "encode", "project", "score"]
    tables["parts"] = header, _parts(found)
    for name, (header, rows) in tables.items():
        # Tables without rows are errors.
        text = make_table(header, rows) if rows else ""
        (doc / f"embedded_{name}.inc").write_text(text, encoding="utf8")
    _draw(found, doc / "_static" / "embedded.png")


def _kind(entry):
    return _KINDS.index(entry["name"].split()[0])


def _percent(entry):
    return f"{100 * entry['accuracy']:.2f} %"


def _measured(found, name):
    rows = []
    for e in _of_set(found, name):
        sizes = [f"{e['m0'][key]:,}" for key in ("flash", "ram", "stack")]
        counts = [f"{e[cpu]['instructions']:,}" for cpu in ("m0", "m4")]
        rows.append([e["name"], _percent(e), *sizes, *counts])
    return rows


def _of_set(found, name):
    entries = [e for e in found if e["set"] == name]
    return sorted(entries, key=lambda e: (_kind(e), e["m0"]["flash"]))


def _rivals(found):
    """Return rows of the smallest model of skbit that beats each rival, or the gap."""
    rows = []
    for name, title in TITLES.items():
        entries = _of_set(found, name)
        for e in [e for e in entries if _kind(e)]:
            better = dominators(e, entries)
            cells = ["none", "", ""]
            if better:
                b = better[0]
                cells = [b["name"], _percent(b), f"{b['m0']['flash']:,}"]
            rows.append(
                [title, e["name"], _percent(e), f"{e['m0']['flash']:,}", *cells]
            )
    return rows


def _parts(found):
    rows = []
    for name, title in TITLES.items():
        for e in found:
            if e["set"] == name and "parts" in e:
                counts = [f"{e['parts'][p]:,}" for p in ("encode", "project", "score")]
                rows.append([title, e["name"], *counts])
    return rows


def _draw(found, path):
    """Draw the error against flash, both so that the best corner spreads out."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, NullLocator

    figure = Figure(figsize=(13, 8), layout="constrained")
    for ax, (name, title) in zip(
        figure.subplots(2, 3).flat, TITLES.items(), strict=False
    ):
        ax.set_xscale("log")
        ax.set_yscale("log")
        for i, kind in enumerate(_KINDS):
            points = [
                (e["m0"]["flash"], 100 - 100 * e["accuracy"])
                for e in found
                if e["set"] == name and _kind(e) == i
            ]
            flash, error = np.reshape(points, (-1, 2)).T
            ax.scatter(flash, error, marker="osD^"[i], label=kind)
        ax.invert_yaxis()
        ticks = [70, 80, 85, 90, 92, 94, 96, 97, 98, 98.5, 99]
        ax.yaxis.set_major_locator(FixedLocator([100 - t for t in ticks]))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(lambda error, _: f"{100 - error:g}")
        ax.set(title=title, xlabel="bytes of flash", ylabel="accuracy in percent")
        ax.grid(alpha=0.3)
    figure.axes[0].legend()
    figure.axes[-1].set_visible(len(TITLES) == len(figure.axes))
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)

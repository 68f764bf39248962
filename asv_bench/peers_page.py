# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables and the figure of the page of peers: measured and published figures."""

from asv_bench import peers_landing
from asv_bench.peers_models import ROWS

# Name, bytes or None, percent on MNIST and on Fashion-MNIST or None, and reference.
PUBLISHED = [
    ("convolutional Tsetlin machine", None, "99.3 to 99.45", "91.2 to 91.5", "G2019"),
    ("fuzzy-pattern Tsetlin machine", 49_000, 98.56, None, "H2025"),
    ("fuzzy-pattern Tsetlin machine", 50_000, None, 92.18, "H2025"),
    ("fuzzy-pattern Tsetlin machine", 85_000, None, 93.19, "H2025"),
    ("the same, augmented images", "megabytes", None, 94.68, "H2025"),
    ("ULEEN", 268_288, 98.46, None, "S2023"),
    ("BTHOWeN", 71_680, 93.4, None, "S2022"),
    ("BTHOWeN", 215_040, 94.3, None, "S2022"),
    ("BTHOWeN", 983_040, 95.2, None, "S2022"),
    ("DWN", None, 98.3, 89.0, "B2024"),
    ("difflogic", None, "97.7 and 98.5", None, "P2022"),
    ("LogicTreeNet", None, "98.46 to 99.35", None, "P2024"),
    ("BitNetMCU, by gradients", 5_400, 99.06, None, "BitNetMCU"),
    ("BitNetMCU, by gradients", 11_000, 99.55, None, "BitNetMCU"),
    ("RandNet-2", None, 99.37, None, "C2015"),
]
TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST"}


def write_page(found, doc):
    """Write the tables and the figure that ``doc/peers.rst`` includes."""
    order = [(name, row.name) for name in TITLES for row in ROWS]
    entries = [found[key] for key in order if key in found]
    for name in TITLES:
        rows = [_measured(e) for e in entries if e["set"] == name]
        header = ["classifier", "accuracy", "fit", "predict", "bytes", "measured"]
        text = make_table(header, rows)
        (doc / f"peers_{name}.inc").write_text(text, encoding="utf8")
    rows = [_as_published(*row) for row in PUBLISHED]
    header = ["classifier", "MNIST", "Fashion-MNIST", "size", "source"]
    (doc / "peers_published.inc").write_text(make_table(header, rows), encoding="utf8")
    _draw(entries, doc / "_static" / "peers.png")
    peers_landing.draw(entries, PUBLISHED, doc / "_static" / "accuracy_bytes.png")


def _measured(entry):
    return [
        entry["name"],
        f"{100 * entry['accuracy']:.2f} %",
        f"{entry['fit_s']:.1f} s",
        f"{entry['predict_s']:.2f} s",
        size_of(entry["bytes"]),
        entry["date"],
    ]


def _as_published(name, n_bytes, mnist, fashion, source):
    percents = ["" if p is None else f"{p} %" for p in (mnist, fashion)]
    return [name, *percents, size_of(n_bytes), f"[{source}]_"]


def size_of(n_bytes):
    """Return bytes as text."""
    if n_bytes is None or isinstance(n_bytes, str):
        return n_bytes or ""
    if n_bytes < 1_000_000:
        return f"{n_bytes / 1000:.1f} kB"
    return f"{n_bytes / 1_000_000:.1f} MB"


def make_table(header, rows):
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (header, *rows):
        for i, cell in enumerate(row):
            lines.append(f"   {'  -' if i else '* -'} {cell}".rstrip())
    return "\n".join(lines) + "\n"


def percent(key):
    """Return a function that shows a share of an entry."""
    return lambda entry: f"{100 * entry[key]:.2f} %"


def seconds(key):
    """Return a function that shows the seconds of an entry."""
    return lambda entry: f"{entry[key]:.2f} s"


def package_of(entry):
    """Return the package of an entry with its version, and the day."""
    return f"{', '.join(map(' '.join, entry['versions'].items()))}; {entry['date']}"


def write_tables(suite, found, doc, columns):
    """Write a table for each set of a suite, in a file named after both."""
    for set_name in suite.sets:
        entries = [found.get((set_name, row.name)) for row in suite.rows]
        rows = [
            [entry["name"], *(show(entry) for show in columns.values())]
            for entry in entries
            if entry
        ]
        # Tables without rows are errors.
        text = make_table(["", *columns], rows) if rows else ""
        path = doc / f"peers_{suite.name}_{set_name}.inc"
        path.write_text(text, encoding="utf8")


# Where labels lie that another point is in the way of: points to the right and above.
_PLACES = {"kNN(3)": (-6, 3, "right"), "MLP(512)": (0, -14, "center")}


def _draw(entries, path):
    """Draw accuracy against bytes, both so that the best corner spreads out."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 6), layout="constrained")
    axes = figure.subplots(1, 2)
    for ax, (name, title) in zip(axes, TITLES.items(), strict=True):
        column = 2 if name == "mnist" else 3
        kinds = {"skbit": [], "others, same run": [], "published": []}
        for e in entries:
            if e["set"] == name:
                kind = "skbit" if e["name"].startswith("skbit") else "others, same run"
                label = e["name"].removeprefix("skbit ")
                kinds[kind].append((e["bytes"], 100 * e["accuracy"], label))
        for row in PUBLISHED:
            if isinstance(row[1], int) and isinstance(row[column], float):
                kinds["published"].append((row[1], row[column], row[0]))
        _draw_points(ax, kinds)
        ax.set(title=title, xlabel="bytes of the model", ylabel="accuracy in percent")
        ax.legend(loc="lower right")
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)


def _draw_points(ax, kinds):
    from matplotlib.ticker import FixedLocator, NullLocator

    ax.set_xscale("log")
    # The error on a logarithmic axis, with the best on top.
    ax.set_yscale("log")
    ax.invert_yaxis()
    ticks = [80, 85, 90, 92, 94, 96, 97, 98, 98.5, 99, 99.2, 99.5]
    ax.yaxis.set_major_locator(FixedLocator([100 - t for t in ticks]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(lambda error, _: f"{100 - error:g}")
    markers = zip(kinds.items(), "osD", ("C0", "C7", "C1"), strict=True)
    for (kind, points), marker, color in markers:
        if points:
            sizes, percents, _ = zip(*points, strict=True)
            errors = [100 - p for p in percents]
            ax.scatter(sizes, errors, marker=marker, color=color, label=kind, zorder=3)
        # The larger models of skbit are the more accurate ones, so their labels rise.
        first = int(kind == "skbit")
        for i, (n_bytes, percent, label) in enumerate(sorted(points), first):
            up = -9 if i % 2 else 3
            # Labels of published models lie on the other side.
            usual = (-6, up, "right") if kind == "published" else (6, up, "left")
            right, up, align = _PLACES.get(label, usual)
            ax.annotate(
                label,
                (n_bytes, 100 - percent),
                xytext=(right, up),
                textcoords="offset points",
                horizontalalignment=align,
                fontsize=8,
                color=color,
            )
    ax.grid(alpha=0.3)
    # Room for the labels.
    ax.set_xlim(1e1, 1e11)
    ax.margins(y=0.1)

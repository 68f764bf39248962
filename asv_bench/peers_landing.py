# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The figure of the landing page: accuracy on MNIST against bytes of the model."""

# Where the label of a point lies: points to the right and above, and the alignment.
PLACES = {
    "skbit small": (-9, 4, "right"),
    "fuzzy-pattern Tsetlin machine": (6, 7, "left"),
    "skbit tiny": (9, -12, "left"),
    "skbit ensemble of two large": (9, 3, "left"),
    "RandomForest(100)": (0, 9, "center"),
    "ExtraTrees(100)": (0, -16, "center"),
    "kNN(3)": (-9, -4, "right"),
    "LightGBM(100)": (-9, -4, "right"),
    "ULEEN": (0, -17, "center"),
    "BTHOWeN": (-9, -4, "right"),
    "BitNetMCU": (-9, -4, "right"),
}
COLOURS = {"skbit": "#0a7d91", "other": "#68737b", "published": "#c8641d"}
# The least accuracy that is drawn, in percent.
LEAST = 92


def draw(entries, published, path):
    """Draw models of a record, and published ones, into a file.

    Parameters
    ----------
    entries : list of dict
        Measured models, as ``peers_page.read`` returns them.
    published : list of tuple
        Published models, as ``peers_page.PUBLISHED``.
    path : Path
        Where the figure is written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    ax = figure.subplots()
    points = [
        (e["name"], e["bytes"], 100 * e["accuracy"])
        for e in entries
        if e["set"] == "mnist"
    ]
    own = [point for point in points if point[0].startswith("skbit")]
    ax.plot(*_places(own), color=COLOURS["skbit"], linewidth=2, zorder=2)
    others = [point for point in points if point not in own and point[2] > LEAST]
    known = [
        (name.removesuffix(", by gradients"), n_bytes, percent)
        for name, n_bytes, percent, *_ in published
        if isinstance(n_bytes, int) and isinstance(percent, float)
    ]
    _scatter(ax, own, "skbit", "o", "skbit, no gradients")
    _scatter(ax, others, "other", "s", "others, measured here")
    _scatter(ax, known, "published", "D", "as published")
    _style(ax)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def _places(points):
    """Return sizes and errors; the axis of errors is upside down."""
    ordered = sorted(points, key=lambda point: point[1])
    return [n for _, n, _ in ordered], [100 - percent for *_, percent in ordered]


def _scatter(ax, points, kind, marker, label):
    if not points:
        return
    style = {"marker": marker, "color": COLOURS[kind], "zorder": 3}
    ax.scatter(*_places(points), s=46, label=label, **style)
    for name, n_bytes, percent in points:
        right, up, align = PLACES.get(name, (9, -4, "left"))
        text = "skbit ensemble" if name.startswith("skbit ensemble") else name
        ax.annotate(
            text.split("(")[0],
            (n_bytes, 100 - percent),
            (right, up),
            textcoords="offset points",
            ha=align,
            color=COLOURS[kind],
            fontsize=11 if kind == "skbit" else 9.5,
            weight="bold" if kind == "skbit" else None,
        )


def _style(ax):
    from matplotlib.ticker import FixedLocator, NullLocator

    ax.set(xscale="log", yscale="log", xlim=(4e2, 2e9))
    ax.set_ylim(100 - LEAST, 0.38)
    ticks = [92, 94, 96, 97, 98, 98.5, 99, 99.5]
    ax.yaxis.set_major_locator(FixedLocator([100 - tick for tick in ticks]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(lambda error, _: f"{100 - error:g} %")
    ax.xaxis.set_major_locator(FixedLocator([1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]))
    ax.xaxis.set_major_formatter(_size)
    ax.tick_params(labelsize=10.5)
    ax.set_xlabel("size of the model", fontsize=11)
    ax.set_title("Accuracy on MNIST, test images", fontsize=12, loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25)
    ax.legend(loc="upper right", fontsize=9.5, frameon=False)


def _size(n_bytes, _):
    """Return a power of ten bytes as text."""
    for unit, name in (1e9, "GB"), (1e6, "MB"):
        if n_bytes >= unit:
            return f"{n_bytes / unit:.0f} {name}"
    return f"{n_bytes / 1e3:.0f} kB"

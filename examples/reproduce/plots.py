# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plots of the record: measured values in colour, claimed values in black."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from examples.reproduce.figures import bits, images
from examples.reproduce.judges import chosen, ends, names
from examples.reproduce.seed_rule import SEED_RULE
from skbit import BitWTAClusterer, OttoScoreClassifier
from skbit.bits import unpack_bits
from skbit.cluster import FlipRule

AUTHOR = {"color": "black", "zorder": 3, "label": "claimed"}


def band(axes, x, figures, label, **style):
    """Draw means as a line, and the range of the seeds around it."""
    style = {"marker": ".", **style}
    (line,) = axes.plot(x, [np.mean(f.values) for f in figures], label=label, **style)
    low, high = ([end(f.values) for f in figures] for end in (min, max))
    axes.fill_between(x, low, high, alpha=0.2, color=line.get_color(), lw=0)


def claimed_points(axes, x, figures):
    """Mark the claimed values, if there are any."""
    known = [(at, f.claimed) for at, f in zip(x, figures, strict=True) if f.claimed]
    for i, (at, claimed) in enumerate(known):
        style = AUTHOR if i == 0 else {**AUTHOR, "label": None}
        low, high = ends(claimed)
        if low == high:
            axes.plot(at, low, "x", **style)
        else:
            axes.plot([at, at], [low, high], "_-", **style)


def panels(n=1):
    canvas = Canvas(figsize=(4.2 * n + 1.6, 3.8), layout="constrained")
    return canvas, canvas.subplots(1, n, squeeze=False)[0]


def accuracy_over_neurons(record):
    canvas, (axes,) = panels()
    for containers, split, label in (
        (196, "author", "pixels as bytes, split of O"),
        (784, "author", "pixels as bits, split of O"),
        (196, "test", "pixels as bytes, test file"),
    ):
        figures = chosen(record["one-pass"], containers=containers, split=split)
        sizes = [figure.setting["H"] for figure in figures]
        band(axes, sizes, figures, label)
    claimed_points(
        axes, sizes, chosen(record["one-pass"], containers=196, split="author")
    )
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, sizes)
    axes.set(xlabel="neurons H", ylabel="accuracy in %")
    axes.legend(loc="lower right")
    return canvas


def convergence(record):
    canvas, (axes,) = panels()
    for split, label in (("author", "split of O"), ("test", "test file")):
        figures = chosen(record["convergence"], split=split)
        epochs = [figure.setting["epochs"] for figure in figures]
        band(axes, epochs, figures, label)
        claimed_points(axes, epochs, figures)
    axes.set(xlabel="epochs of tuning", ylabel="accuracy in %")
    axes.legend(loc="lower right")
    return canvas


def purity_by_similarity(record):
    canvas, (axes,) = panels()
    figures = chosen(record["seed-rule"], score="purity")
    rows = [
        f"{f.setting['similarity']}, {f.setting['neurons']} from {f.setting['start']}"
        for f in figures
    ]
    figures += chosen(
        record["seed-control"], data="MNIST", score="purity, unbounded control"
    )
    rows.append("all neurons learn, 24")
    for row, figure in enumerate(figures):
        axes.barh(row, np.mean(figure.values), color=f"C{row == len(rows) - 1:d}")
        axes.plot(figure.values, [row] * len(figure.values), "|", color="0.3")
        if figure.claimed:
            author = {**AUTHOR, "label": None if row else "claimed"}
            axes.plot(ends(figure.claimed), [row, row], "x-", **author)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set(xlabel="purity of the test images", xlim=(0, 0.7))
    axes.legend(loc="lower right")
    return canvas


def recall_over_corruption(record):
    canvas, axes = panels(2)
    for ax, score, label in (
        (axes[0], "right class", "right class, times chance"),
        (axes[1], "Jaccard with the whole image", "Jaccard with the whole image"),
    ):
        for model in ("default, 256 neurons", "rule of B, 24 neurons"):
            figures = chosen(record["recall"], model=model, score=score)
            rates = [100 * figure.setting["rate"] for figure in figures]
            band(ax, rates, figures, model)
            claimed_points(ax, rates, figures)
        ax.set(xlabel="bits flipped in %", ylabel=label)
        ax.set_ylim(bottom=0)
    axes[0].legend()
    return canvas


def retention_over_capacity(record):
    canvas, (axes,) = panels()
    marked = []
    for rule in names(record["retention"], "rule"):
        figures = chosen(record["retention"], rule=rule)
        capacity = [f.setting["neurons"] / f.setting["clusters"] for f in figures]
        band(axes, capacity, figures, rule)
        marked += [(x, f) for x, f in zip(capacity, figures, strict=True) if f.claimed]
    claimed_points(axes, *zip(*marked, strict=True))
    axes.axvline(1, color="0.7", linewidth=1, zorder=0)
    axes.set(xlabel="neurons per cluster", ylabel="old clusters retained")
    axes.set_ylim(0, 1.05)
    axes.legend()
    return canvas


def prototypes(record):
    """What neurons store after one pass over MNIST; fitted here."""
    X = bits("MNIST", "threshold")[0]
    rows = (
        ("overlap, random start", {**SEED_RULE, "similarity": "overlap"}),
        ("Jaccard, random start", SEED_RULE),
        ("Jaccard, samples", {**SEED_RULE, "learning": FlipRule()}),
        ("counters (default)", {}),
    )
    canvas = Canvas(figsize=(9, 2.9), layout="constrained")
    for axes, (name, params) in zip(canvas.subplots(len(rows), 1), rows, strict=True):
        model = BitWTAClusterer(16, random_state=1000, **params).fit(X)
        pictures = unpack_bits(model.patterns_)[:, :784].reshape(-1, 28, 28)
        axes.imshow(1 - np.hstack(np.pad(pictures, ((0, 0), (1, 1), (1, 1)))), "gray")
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
    return canvas


def weights(record):
    """Log-odds of plain pixels, counted and tuned; fitted here."""
    X = bits("MNIST", "threshold")[0]
    y = images("MNIST")[1]
    canvas = Canvas(figsize=(9, 2.2), layout="constrained")
    rows = (("counted", 1), ("tuned, 10 epochs", 11))
    for axes, (name, max_iter) in zip(canvas.subplots(2, 1), rows, strict=True):
        model = OttoScoreClassifier(max_iter=max_iter, margin=0, random_state=0).fit(
            X, y
        )
        # In each class's picture, against the mean of all classes.
        coef = model.coef_[:, :784] / model.precision
        pictures = (coef - coef.mean(axis=0)).reshape(-1, 28, 28)
        limit = np.quantile(np.abs(pictures), 0.99)
        strip = np.hstack(np.pad(pictures, ((0, 0), (1, 1), (1, 1))))
        axes.imshow(strip, "RdBu_r", vmin=-limit, vmax=limit)
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
    return canvas


# By the name of the file: the measurements that are drawn, the function, a caption.
PLOTS = {
    "accuracy-over-neurons": (
        ("one-pass",),
        accuracy_over_neurons,
        "O1: accuracy of one pass over the number of neurons.",
    ),
    "convergence": (
        ("convergence",),
        convergence,
        "O5: accuracy after each epoch of tuning, H = 512.",
    ),
    "purity-by-similarity": (
        ("seed-rule", "seed-control"),
        purity_by_similarity,
        "B1, B2, B3: purity on MNIST by similarity, neurons and start.",
    ),
    "recall-over-corruption": (
        ("recall",),
        recall_over_corruption,
        "B4: recall from corrupted images.",
    ),
    "retention-over-capacity": (
        ("retention",),
        retention_over_capacity,
        "B11: share of old clusters that are retained while only new clusters are "
        "seen, over the number of neurons per cluster.",
    ),
    "prototypes": (
        (),
        prototypes,
        "B1, B2: patterns of 16 neurons after one pass over MNIST.",
    ),
    "weights": (
        (),
        weights,
        "Log-odds of plain pixels minus their mean over the classes. Red pixels are "
        "evidence for the class. See also "
        ":ref:`sphx_glr_auto_examples_estimators_plot_target_tuning.py` and "
        ":ref:`sphx_glr_auto_examples_estimators_plot_neurons_and_links.py`.",
    ),
}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""One plot for each open question."""

import numpy as np
from matplotlib.figure import Figure as Canvas

from examples.reproduce.judges import chosen, mean, names
from examples.reproduce.plots import band


def panels(n_rows, n_columns, width=4.0, height=3.6):
    size = (width * n_columns + 1.4, height * n_rows)
    canvas = Canvas(figsize=size, layout="constrained")
    return canvas, canvas.subplots(n_rows, n_columns, squeeze=False)


def dots(axes, figures, row_key, hue_key, rows, hues):
    """Draw means as dots and ranges as bars, a row for each of one thing."""
    for i, hue in enumerate(hues):
        shift = (i - (len(hues) - 1) / 2) * 0.14
        for row, name in enumerate(rows):
            (figure,) = chosen(figures, **{row_key: name, hue_key: hue})
            values, at = figure.values, row + shift
            axes.plot([min(values), max(values)], [at, at], color=f"C{i}", lw=1)
            label = hue if row == 0 else None
            axes.plot(np.mean(values), at, "o", color=f"C{i}", ms=4, label=label)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)


def below(canvas, axes, n_columns=3):
    """Put the legend of one panel below all."""
    handles, labels = axes.get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside lower center", ncols=n_columns)


def portable(figures):
    canvas, ((*all_axes,),) = panels(1, 2, height=5)
    data, rules = names(figures, "data"), names(figures, "rule")
    for axes, rule in zip(all_axes, rules, strict=True):
        of_rule = chosen(figures, rule=rule)
        dots(axes, of_rule, "data", "code", data, names(of_rule, "code"))
        for row, name in enumerate(data):
            label = None if row else "KMeans on numbers"
            numbers = mean(figures, data=name, code="numbers")
            axes.plot(numbers, row, "k|", ms=22, mew=2, label=label)
            axes.barh(
                row,
                mean(figures, data=name, code="none"),
                height=0.8,
                color="0.92",
                zorder=0,
                label=None if row else "share of the largest class",
            )
        axes.set(title=rule, xlabel="purity", xlim=(0, 1))
    all_axes[1].set_yticklabels([])
    below(canvas, all_axes[0], 4)
    return canvas


def not_images(figures):
    canvas, ((*all_axes,),) = panels(1, 2, height=4.6)
    for axes, score, label in zip(
        all_axes,
        ("accuracy", "rand"),
        ("accuracy in %, five folds", "adjusted Rand index"),
        strict=True,
    ):
        found = chosen(figures, score=score)
        dots(
            axes, found, "data", "method", names(found, "data"), names(found, "method")
        )
        axes.set(xlabel=label)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), fontsize=8)
    all_axes[1].set_yticklabels([])
    return canvas


def growth(figures):
    canvas, ((known, free, digits),) = panels(1, 3, 3.2, 3.4)
    old = chosen(figures, clusters="old")
    for method in names(old, "method"):
        found = chosen(old, method=method)
        x = [figure.setting["ratio"] for figure in found]
        band(known, x, found, method)
    known.set(
        title="32 clusters of random bits",
        xlabel="room for neurons, per cluster",
        ylabel="share of old clusters with a neuron",
    )
    known.legend(fontsize=8)
    found = chosen(figures, method="no limit")
    band(free, [f.setting["vigilance"] for f in found], found, None)
    free.axhline(32, color="0.5", lw=1, ls="--")
    free.set_xticks([f.setting["vigilance"] for f in found])
    free.set(
        title="growth without limit",
        xlabel="vigilance",
        ylabel="neurons made",
        yscale="log",
    )
    free.set_yticks([10, 32, 100, 1000], ["10", "32", "100", "1000"])
    of_digits = chosen(figures, data="MNIST")
    for method in names(of_digits, "method"):
        sizes = chosen(of_digits, method=method, score="neurons made")
        found = chosen(of_digits, method=method, score="purity")
        is_reference = method == "all at once"
        style = {"color": "black", "ls": "--"} if is_reference else {}
        band(digits, [np.mean(f.values) for f in sizes], found, method, **style)
    digits.set(
        title="MNIST: 0 to 4, then 5 to 9",
        xlabel="neurons in the end",
        ylabel="purity, all ten digits",
        xscale="log",
    )
    digits.set_xticks([16, 64, 256], ["16", "64", "256"])
    digits.legend(fontsize=8)
    return canvas


def specialists(figures):
    canvas, ((*all_axes,),) = panels(1, 2)
    hard = chosen(figures, classes="confusable")
    for axes, data in zip(all_axes, names(hard, "data"), strict=True):
        for method in names(hard, "method"):
            found = chosen(hard, data=data, method=method)
            style = {"color": "black", "ls": "--"} if method == "by labels" else {}
            sizes = [figure.setting["n"] for figure in found]
            band(axes, sizes, found, method, **style)
        axes.set_xscale("log", base=2)
        axes.set_xticks(sizes, sizes)
        axes.set(title=data, xlabel="neurons in all")
    all_axes[0].set_ylabel("purity of confusable classes")
    all_axes[0].legend(fontsize=8)
    return canvas


def composition(figures):
    data, tasks = names(figures, "data"), names(figures, "task")
    canvas, grid = panels(len(tasks), len(data), 3.4, 3)
    for all_axes, task in zip(grid, tasks, strict=True):
        for axes, name in zip(all_axes, data, strict=True):
            for method in ("parts", "flat", "classifier"):
                found = chosen(figures, data=name, task=task, method=method)
                memory = [figure.setting["memory"] / 1024 for figure in found]
                style = {"marker": "D", "color": "0.4"} if len(found) == 1 else {}
                band(axes, memory, found, LAYERS[method], **style)
            axes.set(ylim=(0, 104), xscale="log", xlim=(40, 3200))
            axes.set_xticks([50, 200, 800, 3200], ["50", "200", "800", "3200"])
            axes.minorticks_off()
            title = "both named" if task == "both" else "their sum"
            axes.set_title(f"two of {name}: {title}", fontsize=9)
    for axes in grid[-1]:
        axes.set_xlabel("KiB")
    for axes in grid[:, 0]:
        axes.set_ylabel("right in %")
    below(canvas, grid[0, 0])
    return canvas


LAYERS = {
    "parts": "parts, then pairs of parts",
    "flat": "one layer that sees both",
    "classifier": "OttoScoreClassifier, tuned, sees both",
}


def volume(figures):
    canvas, ((*projections,), (images, motions)) = panels(2, 2, 4.6)
    data = ["MNIST", "Fashion-MNIST"]
    for axes, name in zip(projections, data, strict=True):
        found = chosen(figures, epochs=5, data=name)
        dots(axes, found, "windows", "data", names(found, "windows"), [name])
        axes.set(title=f"projection of {name}, 5 epochs", xlabel="accuracy in %")
    clusters = [f for f in figures if "code" in f.setting]
    of_images = [f for f in clusters if f.setting["data"] in data]
    dots(images, of_images, "code", "data", names(of_images, "code"), data)
    images.set(title="images, 64 neurons", xlabel="purity")
    images.legend(fontsize=8)
    found = chosen(clusters, data="BasicMotions")
    dots(motions, found, "code", "data", names(found, "code"), ["BasicMotions"])
    motions.set(title="BasicMotions, 8 neurons", xlabel="purity")
    for axes in (*projections, images, motions):
        short = [t.get_text().replace(", ", ",\n") for t in axes.get_yticklabels()]
        axes.set_yticks(axes.get_yticks(), short, fontsize=8)
    return canvas

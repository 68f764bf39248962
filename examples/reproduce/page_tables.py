# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of the manual that are made from the record of measurements."""

import numpy as np

from examples.reproduce import judges, record
from examples.reproduce.judges import chosen, names
from examples.reproduce.page import table

SHAPES = {
    "no patches": "flat",
    "7 x 7 patches side by side, shift 1": "patches that tile",
    "8 x 8 patches that overlap, shift 1": "patches that overlap",
    "overlapping patches with masks": "patches that overlap, masks",
    "masks and Jaccard (the default)": "patches that overlap, masks, Jaccard",
}
# Rows of the comparison of networks: the row, the figures, and whether the document
# has a figure for it.
NETWORKS = (
    ("AdamW, 784-8-10, rate 0.003", "adamw, rate 0.003, 784-8-10, 3 epochs", True),
    ("plain SGD, 784-8-10, rate 0.1", "sgd, rate 0.1, 784-8-10, 3 epochs", True),
    (
        "``MLPClassifier``, Adam, its defaults",
        "scikit-learn's MLPClassifier, adam, defaults, 784-8-10, 3 epochs",
        False,
    ),
    (
        "``MLPClassifier``, SGD, its defaults",
        "scikit-learn's MLPClassifier, sgd, defaults, 784-8-10, 3 epochs",
        False,
    ),
    ("256 binary units", "BitHebbianClassifier, 256 binary units, 3 epochs", True),
    (
        "256 binary units, 10 epochs",
        "BitHebbianClassifier, 256 binary units, 10 epochs",
        False,
    ),
    (
        "no hidden layer, 7,840 bits, one pass",
        "BitHebbianClassifier without hidden units, 7,840 bits, one pass",
        False,
    ),
    (
        "MAJ3, 512 neurons, co-occurrence, 163,840 bits and 3,211,264 random ones",
        "MAJ3, H = 512, co-occurrence, centred",
        True,
    ),
)
DETECTORS = {
    '``tabular_pipeline("novelty")``': "preset",
    "LocalOutlierFactor": "LocalOutlierFactor",
    "the same of standardized numbers": "LocalOutlierFactor, standardized",
    "IsolationForest": "IsolationForest",
    "ECOD (formula of the paper)": "ECOD",
}
THRESHOLDS = {
    "quantiles": "quantiles",
    "even, from a quarter of the range below the lowest number to a quarter above "
    "the highest": "even, over the range",
    "even, within four standard deviations of the mean": "even, over deviations",
    "26 even ones and 5 quantiles": "26 even ones and 5 quantiles",
    '``"tails"``': "tails",
    "LocalOutlierFactor": "LocalOutlierFactor",
    "the same of standardized numbers": "LocalOutlierFactor, standardized",
    "IsolationForest": "IsolationForest",
}
TARGETS = {
    "diabetes": "diabetes",
    "wine, quality": "wine quality",
    "german, a column": "german",
    "satimage, a column": "satimage",
    "magic, a column": "magic",
    "adult, age": "adult",
    "glass, a column": "glass",
    "credit, a column": "credit",
}
REGRESSORS = {
    "forest of 100 trees": "random forest of 100 trees",
    "ridge": "ridge",
    "one classifier of 8 ranges": "one classifier of 8 ranges",
    "15 classifiers of limits": "15 classifiers of limits",
}
ADDED = {
    "nothing": "codebook alone",
    "512 ferns of 5 pixel bits beside": "512 ferns of 5 pixel bits beside",
    "2,048 ferns of 5 pixel bits beside": "2,048 ferns of 5 pixel bits beside",
    "512 majorities of 9 pixel bits beside": "512 majorities of 9 pixel bits beside",
    "512 ferns of 3 bits of patches behind": "512 ferns of 3 bits of patches behind",
    "2,048 ferns of 3 bits of patches behind": (
        "2,048 ferns of 3 bits of patches behind"
    ),
}
IMAGES = "MNIST", "Fashion-MNIST"


def build(path, folder):
    """Write ``NAME.inc`` of every table whose measurements are in the record."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = record.read(path)
    for name, (needed, make) in TABLES.items():
        if not set(needed) <= set(lines):
            continue
        figures = [f for line in needed for f in record.figures_of(lines[line])]
        header, rows = make({figure.what: figure for figure in figures})
        text = table(header, "auto", [map(str, row) for row in rows])
        (folder / f"{name}.inc").write_text(text, encoding="utf8")


def mean(figure, digits=1, function=np.mean):
    return f"{function(figure.values):.{digits}f}"


def with_deviation(figure):
    """Write the mean and the standard deviation of seeds."""
    if len(set(figure.values)) == 1:
        return mean(figure)
    return f"{mean(figure)} ({mean(figure, function=np.std)})"


def patch_curve(found):
    numbers = 3, 10, 32, 320, 1000
    rows = [
        (row, *(mean(found[f"{shape}, {n} prototypes per class"]) for n in numbers))
        for row, shape in SHAPES.items()
    ]
    return ("prototypes per class", *map(str, numbers)), rows


def patch_bits(found):
    numbers = 128, 256, 512, 1024, 2048
    rows = [
        (row, *(mean(found[f"{features}, {n} bits: validation"]) for n in numbers))
        for row, features in (
            ("templates that compete for patches", "templates"),
            ("projection with receptive fields", "projection"),
        )
    ]
    return ("number of output bits", *(f"{n:,}" for n in numbers)), rows


def networks(found):
    places = "last 10,000", "test file"
    rows = []
    for row, what, is_claimed in NETWORKS:
        last, test = found[f"{what}: last 10,000 images"], found[f"{what}: test file"]
        claimed = f"{last.claimed:g}" if is_claimed else ""
        rows.append((row, claimed, with_deviation(last), with_deviation(test)))
    header = "network, 203,264 bits unless stated otherwise", "claimed", *places
    return header, rows


def equal_mass(found):
    rows = [
        (
            n,
            mean(found[f"adamw, {n} float neurons, 3 epochs: test file"]),
            32 * n,
            mean(found[f"{32 * n} binary units, 3 epochs: test file"]),
        )
        for n in (2, 4, 8, 16, 32, 64)
    ]
    return ("float neurons", "AdamW", "binary units", "accuracy"), rows


def normalizations(found):
    columns = {
        "MNIST above 127": "MNIST, a class held out, threshold",
        "MNIST, 8 edges": "MNIST, a class held out, 8 edges",
        "Fashion-MNIST, 4 edges": "Fashion-MNIST, a class held out, 4 edges",
    }
    ending = "area under the ROC curve, mean of the classes"
    rows = [
        (
            f'``"{name}"``',
            *(
                mean(found[f"{what}, normalization='{name}': {ending}"], 3)
                for what in columns.values()
            ),
        )
        for name in ("none", "neuron", "local")
    ]
    return ("``normalization``", *columns), rows


def novelty_thresholds(found):
    columns = [
        (rows, score)
        for rows in ("as they are", "long tails")
        for score in ("average precision", "area under the ROC curve")
    ]
    what = "mean of the sets for choosing"
    rows = [
        (
            row,
            *(
                mean(found[f"{what}, {of}, {name}: {score}"], 2)
                for of, score in columns
            ),
        )
        for row, name in THRESHOLDS.items()
    ]
    names = "average precision", "ROC area"
    long = [f"long tails: {name}" for name in names]
    return ("thresholds or detector", *names, *long), rows


def novelty_sets(found):
    sets = "annthyroid", "shuttle", "cardio"

    def quality(name, model):
        what = f"{name}, {model}"
        precision = mean(found[f"{what}: average precision"], 3)
        area = mean(found[f"{what}: area under the ROC curve"], 3)
        seconds = np.median(found[f"{what}: fit and score"].values)
        return f"{precision} / {area} / {seconds:.2g} s"

    rows = [
        (row, *(quality(name, model) for name in sets))
        for row, model in DETECTORS.items()
    ]
    for alpha in (1, 5, 10):
        what = f"preset: false alarms, {alpha} % promised"
        alarms = [f"{mean(found[f'{name}, {what}'])} %" for name in sets]
        rows.append((f"false alarms of the preset, {alpha} % promised", *alarms))
    return ("average precision / ROC area / time", *sets), rows


def ferns_of_images(found):
    columns = [(data, size) for data in IMAGES for size in ("small", "large")]
    rows = [
        (
            row,
            *(
                mean(found[f"{data}, {size}, {added}: validation"], 2)
                for data, size in columns
            ),
        )
        for row, added in ADDED.items()
    ]
    return ("added", *(f"{data}, {size}" for data, size in columns)), rows


def fern_sizes(found):
    figures = list(found.values())
    margins = names(figures, "margin")
    ferns = {(f.setting["ferns"], f.setting["size"]): f.setting for f in figures}
    rows = [
        (
            f"{n_ferns:,} of {size} bits",
            f"{setting['bits']:,}",
            *(
                f"{judges.mean(figures, ferns=n_ferns, size=size, margin=margin):.1f}"
                for margin in margins
            ),
        )
        for (n_ferns, size), setting in ferns.items()
    ]
    return ("ferns", "bits", *(f"margin {margin}" for margin in margins)), rows


def regression(found):
    def share(target, method):
        return found[f"{target}, {method}: share of the variance explained"].values[0]

    shares = np.array(
        [[share(t, m) for m in REGRESSORS.values()] for t in TARGETS.values()]
    )
    rows = [
        (target, *(f"{value:.3f}" for value in values))
        for target, values in zip(
            [*TARGETS, "mean"], [*shares, shares.mean(axis=0)], strict=True
        )
    ]
    return ("target", *REGRESSORS), rows


def images_by_patches(found):
    models = {
        "tiny": "tiny",
        "small": "small",
        "large": "large",
        "large, with shifted images": "large, shifted images",
        "ensemble": "ensemble",
    }
    rows = []
    for row, model in models.items():
        for data in IMAGES:
            what = f"{data}, {model}"
            if what in found:
                size = found[f"{what}: size"].values[0]
                seconds = found[f"{what}: fit"].values[0]
                rows.append(
                    (row, data, mean(found[what], 2), f"{size:,.0f}", f"{seconds:.0f}")
                )
    return ("model", "data", "accuracy, %", "kB", "seconds to fit"), rows


def by_setting(key, digits, has_mean, columns=()):
    """Return a function that makes a table of data sets by what was changed.

    ``columns`` are settings that have a column beside those of the data sets.
    """

    def make(found):
        figures = list(found.values())
        sets = names(figures, "data")
        rows = []
        for change in names(figures, key):
            of_change = chosen(figures, **{key: change})
            values = [judges.mean(of_change, data=name) for name in sets]
            values += [np.mean(values)] if has_mean else []
            settings = [f"{of_change[0].setting[name]:,}" for name in columns]
            rows.append((change, *settings, *(f"{v:.{digits}f}" for v in values)))
        return (key, *columns, *sets, *(["mean"] if has_mean else [])), rows

    return make


# By name: the measurements that a table needs, and the function that makes it.
TABLES = {
    "patch-curve": (["patch-curve"], patch_curve),
    "patch-bits": (["patch-bits"], patch_bits),
    "networks": (["hebbian", "control-co-occurrence"], networks),
    "equal-mass": (["hebbian-equal-mass"], equal_mass),
    "normalizations": (["novelty"], normalizations),
    "novelty-thresholds": (["novelty-thresholds"], novelty_thresholds),
    "novelty-sets": (["novelty-of-tables"], novelty_sets),
    "ferns-of-images": (["ferns-of-images"], ferns_of_images),
    "fern-sizes": (["fern-sizes"], fern_sizes),
    "regression": (["regression"], regression),
    "images-by-patches": (
        ["codebooks-test", "codebooks-largest-test"],
        images_by_patches,
    ),
    "mixing": (["mixing"], by_setting("projection", 1, has_mean=True)),
    "mixing-images": (["mixing-images"], by_setting("projection", 1, has_mean=False)),
    "codebook-ablation": (
        ["codebook-ablation"],
        by_setting("change", 2, has_mean=False, columns=["bits"]),
    ),
}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The answers to the open questions: sentences whose numbers are taken from figures."""

import numpy as np
from scipy.stats import spearmanr

from examples.reproduce.judges import chosen, mean, names

IMAGES = ("MNIST", "Fashion-MNIST", "digits")


def listed(words):
    """Join words by commas and a last "and"."""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def numbers(values, digits=2):
    return listed(f"{value:.{digits}f}" for value in values)


def table_of(figures, row_key, rows, column_key, **setting):
    """Return ``{column: array of means over rows}`` of figures with a setting."""
    found = chosen(figures, **setting)
    return {
        column: np.array(
            [mean(found, **{row_key: row, column_key: column}) for row in rows]
        )
        for column in names(found, column_key)
    }


def portable(figures):
    sets = names(figures, "data")
    loop = table_of(figures, "data", sets, "code", rule="the seed's loop")
    counters = table_of(figures, "data", sets, "code", rule="counters")
    is_image = np.isin(sets, IMAGES)
    rank, plain = loop["rank, 15 %"], loop["threshold"]
    scalar, both = loop["scalar, 6 of 32"], loop["threshold and complement"]
    kmeans = [mean(figures, data=name, code="numbers") for name in sets]
    change = np.abs(counters["threshold and complement"] - counters["threshold"])
    alike, uneven = (
        correlation(figures, sets, loop, score) for score in ("similarity", "spread")
    )
    return (
        f"By the seed's loop, rank has a higher purity than a plain threshold on "
        f"{listed(np.array(sets)[rank > plain])}, and a lower one on "
        f"{listed(np.array(sets)[rank < plain])}. A rank compares columns with each "
        "other, and those of a table have different meanings.\n\n"
        "The complement of each bit, put beside it, makes the density uniform and says "
        f"nothing new: on {listed(IMAGES)} purity goes from "
        f"{numbers(plain[is_image])} to {numbers(both[is_image])}. So a uniform "
        "density is not enough. What goes with the loop's purity, though not on every "
        "set, is how different rows are: "
        f"over {len(loop) * len(sets)} pairs of set and code, its rank correlation "
        f"with the Jaccard similarity of two rows is {alike:.2f}, with the spread of "
        f"their density {uneven:.2f}. To counters the density does not matter: the "
        f"complement changes their purity by {change.mean():.2f} on average, "
        f"{change.max():.2f} at most.\n\n"
        "A code of fixed density that does carry to tables and series is the scalar "
        "code, whose buckets are those of each column: there the loop reaches "
        f"{scalar[~is_image].mean():.2f} on average, against "
        f"{rank[~is_image].mean():.2f} by rank and {plain[~is_image].mean():.2f} by "
        f"threshold; but on images {scalar[is_image].mean():.2f}. Over all nine sets, "
        f"counters have {counters['scalar, 6 of 32'].mean():.2f} with the scalar code "
        f"and {counters['thermometer'].mean():.2f} with thermometers, KMeans "
        f"{np.mean(kmeans):.2f}, and the loop with rank {rank.mean():.2f}."
    )


def correlation(figures, sets, purities, score):
    """Rank correlation of purity above the largest class's share with a score."""
    gains, scores = [], []
    for i, name in enumerate(sets):
        share = mean(figures, data=name, code="none")
        for code, values in purities.items():
            gains.append((values[i] - share) / (1 - share))
            scores.append(mean(figures, data=name, code=code, score=score))
    return spearmanr(gains, scores).statistic


def not_images(figures):
    sets = names(figures, "data")
    accuracy = table_of(figures, "data", sets, "method", score="accuracy")
    own, projected, *others = accuracy.values()
    lead = own - np.max(others, axis=0)
    rand = table_of(figures, "data", sets, "method", score="rand")
    gain = rand["BitWTAClusterer"] - rand["KMeans"]
    more, less = gain > 0.005, gain < -0.005
    by_method = "; ".join(
        f"{name} {values.mean():.1f} %" for name, values in accuracy.items()
    )
    by_set = listed(f"{name} {x:+z.1f}" for name, x in zip(sets, lead, strict=True))
    return (
        f"Mean accuracies over the six sets: {by_method}. Points that "
        "OttoScoreClassifier, on thermometers or scalar codes, is ahead of the best of "
        f"the three others on each set: {by_set}. The random projection changes its "
        f"accuracy by {np.mean(projected - own):+.1f} points on average: it is not "
        "needed where each column has a meaning.\n\n"
        "Clusters of scalar codes have a higher adjusted Rand index than KMeans on "
        f"{listed(np.array(sets)[more])} (by {numbers(gain[more])}) and a lower one on "
        f"{listed(np.array(sets)[less])} (by {numbers(-gain[less])}); neither finds "
        "the classes of GunPoint. The others see plain numbers; methods made for time "
        "series are not compared."
    )


def growth(figures):
    def kept(method, ratio):
        return [
            mean(figures, method=method, ratio=ratio, clusters=which)
            for which in ("old", "new")
        ]

    def digits(method, score="purity", **setting):
        return mean(figures, data="MNIST", method=method, score=score, **setting)

    ratios = names(figures, "ratio")
    enough = {
        method: min(r for r in ratios if min(kept(method, r)) > 0.99)
        for method in ("on demand", "from the start")
    }
    made = {
        v: mean(figures, vigilance=v, method="no limit")
        for v in (0.5, 0.55, 0.6, 0.65, 0.7)
    }
    reserved = mean(figures, method="reserve", ratio=2.0, score="made")
    grown = [
        f"{digits('on demand', 'neurons made', vigilance=v):.0f} neurons "
        f"{digits('on demand', vigilance=v):.3f}"
        for v in (0.45, 0.5, 0.55)
    ]
    fixed = [f"{n} {digits('from the start', n=n):.3f}" for n in (64, 128, 256, 512)]
    return (
        "Random clusters: when nothing but sixteen new clusters comes after sixteen "
        "old ones, all old and all new clusters have a neuron of their own if there is "
        f"room for {enough['on demand']:g} neurons per cluster and neurons are made on "
        f"demand, or for {enough['from the start']:g} if all are there from the start. "
        "With room for one neuron per cluster, growth has "
        f"{numbers(kept('on demand', 1.0))} of the old and of the new clusters, "
        f"neurons from the start {numbers(kept('from the start', 1.0))}. With room for "
        f"0.75, growth keeps {numbers(kept('on demand', 0.75))}: what came first "
        "stays, what comes later finds no neuron. A reserve that waits for novelty is "
        "not released here: by Hamming's similarity strangers have half of the bits in "
        "common, which is more than three quarters of what is usual. Of room for 64 "
        f"neurons it uses {reserved:.0f}, and has {numbers(kept('reserve', 2.0))}.\n\n"
        "So growth moves the cliff to one neuron per cluster, and without a limit "
        "there is none. But it takes a vigilance between what strangers and what "
        "members of a cluster have in common: "
        + listed(f"{v:g} makes {n:.0f}" for v, n in made.items())
        + " neurons of 32 clusters, without a limit.\n\nDigits have no such gap: "
        f"growth on demand gives {listed(grown)}; neurons that are there from the "
        f"start {listed(fixed)}. At an equal number of neurons growth gains nothing. "
        "What helps is to keep half of the neurons for the new digits: announced, 256 "
        f"neurons have {digits('announced', n=256):.3f}, released by novelty "
        f"{digits('reserve', n=256):.3f}; all digits at once "
        f"{digits('all at once', n=256):.3f}. With 64 neurons it does not help: "
        f"{digits('announced', n=64):.3f} and {digits('reserve', n=64):.3f}, from the "
        f"start {digits('from the start', n=64):.3f}, all at once "
        f"{digits('all at once', n=64):.3f}. Below capacity the cliff stays."
    )


def specialists(figures):
    parts = []
    for data in names(figures, "data"):
        sizes = names(figures, "n")
        hard = table_of(figures, "n", sizes, "method", data=data, classes="confusable")
        even = hard.pop("spread evenly")
        changes = listed(
            f"{np.mean(values - even):+.3f} {method} (at best "
            f"{np.max(values - even):+.3f})"
            for method, values in hard.items()
        )
        lifts, of_one_class = (
            [mean(figures, data=data, n=n, score=score) for n in sizes]
            for score in ("lift", "one class")
        )
        parts.append(
            f"On {data}, with {sizes[0]} to {sizes[-1]} neurons, the purity of "
            f"confusable classes changes on average by {changes}. These classes are "
            f"{min(lifts):.2f} to {max(lifts):.2f} times as frequent among ambiguous "
            "images as among all, and of ambiguous images "
            f"{100 * min(of_one_class):.0f} to {100 * max(of_one_class):.0f} %, the "
            "more the more neurons, lie between two neurons of one class."
        )
    return (
        "Half of the neurons learn everything; the other half learns what the first "
        "finds ambiguous, or divides the neurons that win most of it. Compared with "
        "all neurons spread evenly, that costs more than it brings.\n\n"
        + " ".join(parts)
        + "\n\nSo that two neurons want an image about equally says little about "
        "whether its class is hard. Even neurons that are given to the confusable "
        "classes by the labels of the training images gain no more than the third "
        "figure."
    )


def composition(figures):
    lines = []
    for data in names(figures, "data"):
        for task, what in (("both", "name both"), ("sum", "add them")):
            of = {"data": data, "task": task}
            memory = max(
                figure.setting["memory"]
                for figure in chosen(figures, method="parts", **of)
            )
            parts, flat = (
                mean(figures, method=method, memory=memory, **of)
                for method in ("parts", "flat")
            )
            (classifier,) = chosen(figures, method="classifier", **of)
            lines.append(
                f"   {data}; {what}; {parts:.1f} %; {flat:.1f} %; "
                f"{memory / 1024:.0f} KiB; {np.mean(classifier.values):.1f} %; "
                f"{classifier.setting['memory'] / 1024:.0f} KiB"
            )
    table = "\n".join(lines)
    return (
        "A flat layer needs a neuron for every pair of shapes, a layer of parts one "
        "for every shape, and the second layer only pairs their kinds. At equal "
        "memory:\n\n.. csv-table::\n   :delim: ;\n"
        "   :header: two of; task; parts, then pairs; flat; memory of each; "
        "classifier, flat; its memory\n\n"
        f"{table}\n\n"
        "A classifier that sums log-odds, and is told the answer for every pair, names "
        "both things about as well as parts do, for that is a sum of what two parts "
        "say. What their numbers add up to is not, and there it fails."
    )


def volume(figures):
    def of(data, code):
        return mean(figures, data=data, code=code)

    def accuracies(data):
        found = chosen(figures, data=data, epochs=5)
        return {kind: mean(found, windows=kind) for kind in names(found, "windows")}

    sentences = []
    for data in ("MNIST", "Fashion-MNIST"):
        everywhere, flat, near, far = accuracies(data).values()
        sentences.append(
            f"{data} {everywhere:.2f} % without windows, {flat:.2f} % with windows of "
            f"pixels, {near:.2f} % with windows of pixels and levels, {far:.2f} % with "
            "windows of pixels and levels from anywhere"
        )
    spread = {
        data: [
            of(data, code)
            for code in (
                "volume",
                "volume, pixels spread",
                "volume, levels spread",
                "volume, pixels and levels spread",
                "volume, pixels and shuffled levels spread",
                "above 127",
                "edges",
            )
        ]
        for data in ("MNIST", "Fashion-MNIST")
    }
    clusters = [
        f"{data} has {numbers(values[:4], 3)} without neighbours, with neighbours "
        f"among pixels, among levels, and among both, and {values[4]:.3f} if the "
        f"levels are shuffled before; of flat codes, pixels above 127 have "
        f"{values[5]:.3f} and edges {values[6]:.3f}"
        for data, values in spread.items()
    ]
    motions = [
        of("BasicMotions", code)
        for code in (
            "volume",
            "volume, times spread",
            "volume, times and levels spread",
            "volume, channels, times and levels spread",
        )
    ]
    return (
        f"*A projection*, tuned: {'; '.join(sentences)}. Windows in two dimensions "
        "help. A third does not, and it does not matter which levels a neuron sees.\n\n"
        "*A clusterer of volumes*, in which bits spread to their neighbours: "
        f"{'; '.join(clusters)}. So the third dimension earns something in one place: "
        "clothes, as volumes of levels, where the order of the levels matters. The "
        "flat code of edges is better still.\n\n"
        f"*Motions*, as channel, time and level: {numbers(motions, 3)} without "
        "neighbours, with neighbours in time, in time and level, and in all three. "
        "Here every neighbourhood costs."
    )


# By name of the measurement: the question, the verdict, the rest of the answer.
ANSWERS = {
    "portable": (
        "Is rank encoding a portable fix",
        "No: rank does not carry to every kind of data, and a uniform density is "
        "neither enough nor, with counters, needed.",
        portable,
    ),
    "not-images": (
        "A task that is no image",
        "Yes: tables and time series are classified and clustered about as well as by "
        "the usual methods.",
        not_images,
    ),
    "growth": (
        "Growth on demand",
        "It restores learning where strangers are clearly apart and the threshold is "
        "known; on digits it gains nothing over as many neurons from the start.",
        growth,
    ),
    "specialists": (
        "Specialists for the confusable classes",
        "Not by ambiguity: neurons spread evenly serve the confusable classes better.",
        specialists,
    ),
    "composition": (
        "A task in layers",
        "Yes: where parts vary independently of each other.",
        composition,
    ),
    "volume": (
        "The third dimension",
        "Hardly: it gains something for clothes as volumes of levels, and less than a "
        "flat code of edges.",
        volume,
    ),
}

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
    loop = table_of(figures, "data", sets, "code", rule="the rule of B")
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
        "With the rule of the document, rank codes have a higher purity than a plain "
        f"threshold on {listed(np.array(sets)[rank > plain])}, and a lower purity on "
        f"{listed(np.array(sets)[rank < plain])}. A rank compares columns with each "
        "other, and the columns of a table have different meanings.\n\nAppending the "
        "complement of each bit makes the density uniform without adding information: "
        f"on {listed(IMAGES)}, the purity changes from {numbers(plain[is_image])} to "
        f"{numbers(both[is_image])}. A uniform density is therefore not sufficient. "
        "The purity of the rule is related to the difference between rows: over "
        f"{len(loop) * len(sets)} pairs of data set and code, its rank correlation "
        f"with the Jaccard similarity of two rows is {alike:.2f}, and its rank "
        f"correlation with the spread of their density is {uneven:.2f}. Counters do "
        "not depend on the density: the complement changes their purity by "
        f"{change.mean():.2f} on average and by {change.max():.2f} at most.\n\nThe "
        "scalar code has a fixed density and suits tables and series, because its "
        "buckets are computed for each column. With it the rule reaches "
        f"{scalar[~is_image].mean():.2f} on average on these sets, against "
        f"{rank[~is_image].mean():.2f} with ranks and {plain[~is_image].mean():.2f} "
        f"with a threshold. On images it reaches {scalar[is_image].mean():.2f}. Over "
        f"all nine sets, counters have {counters['scalar, 6 of 32'].mean():.2f} with "
        f"the scalar code and {counters['thermometer'].mean():.2f} with thermometers, "
        f"KMeans {np.mean(kmeans):.2f}, and the rule with ranks {rank.mean():.2f}."
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
        f"The mean accuracies over the six sets are: {by_method}. The lead of "
        "OttoScoreClassifier, on thermometers or scalar codes, over the best of the "
        f"three others is, in points: {by_set}. The random projection changes its "
        f"accuracy by {np.mean(projected - own):+.1f} points on average, so it is not "
        "needed if each column has a meaning.\n\nClusters of scalar codes have a "
        f"higher adjusted Rand index than KMeans on {listed(np.array(sets)[more])} (by "
        f"{numbers(gain[more])}) and a lower one on {listed(np.array(sets)[less])} (by "
        f"{numbers(-gain[less])}); neither finds the classes of GunPoint. The other "
        "methods use plain numbers. Methods for time series are not compared."
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
        "*Random clusters.* Sixteen old clusters are followed by sixteen new ones. "
        "Every old and every new cluster has a neuron of its own if neurons are added "
        f"on demand and there are at least {enough['on demand']:g} neurons per "
        "cluster, or if all neurons are available from the start and there are "
        f"{enough['from the start']:g} per cluster. With one neuron per cluster, "
        f"growth has neurons for {numbers(kept('on demand', 1.0))} of the old and of "
        "the new clusters, and neurons from the start have "
        f"{numbers(kept('from the start', 1.0))}. With 0.75 neurons per cluster, "
        f"growth has {numbers(kept('on demand', 0.75))}: the first clusters are kept, "
        "and later clusters find no neuron. The reserve is not released here: the "
        "Hamming similarity of unrelated patterns is one half, which is more than "
        f"three quarters of the usual similarity. It uses {reserved:.0f} of 64 neurons "
        f"and has {numbers(kept('reserve', 2.0))}.\n\nGrowth thus moves the limit to "
        "one neuron per cluster, and removes it if the number of neurons is not "
        "limited. It needs a vigilance between the similarity of unrelated patterns "
        "and that of members of a cluster. For 32 clusters and no limit, the "
        "vigilance "
        + listed(f"{v:g} gives {n:.0f}" for v, n in made.items())
        + " neurons.\n\n*Digits* have no such gap between the similarities. Growth on "
        f"demand has these purities: {listed(grown)}. Neurons from the start have "
        f"{listed(fixed)}. With equal numbers of neurons, growth gains nothing. "
        "Holding half of the neurons for the new digits helps: 256 neurons have "
        f"{digits('announced', n=256):.3f} if the change is announced and "
        f"{digits('reserve', n=256):.3f} if novelty releases the reserve, compared "
        f"with {digits('all at once', n=256):.3f} for all digits at once. With 64 "
        f"neurons it does not help: the purities are {digits('announced', n=64):.3f} "
        f"and {digits('reserve', n=64):.3f}, and {digits('from the start', n=64):.3f} "
        f"for neurons from the start and {digits('all at once', n=64):.3f} for all "
        "digits at once."
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
            "images as among all images. The share of ambiguous images that lie "
            "between two neurons of one class rises with the number of neurons, from "
            f"{100 * min(of_one_class):.0f} to {100 * max(of_one_class):.0f} %."
        )
    return (
        "Half of the neurons learn all images. The other half learns the images that "
        "are ambiguous for the first half, or divides the neurons that win most of "
        "these. Both are less pure than the same number of neurons spread evenly.\n\n"
        + " ".join(parts)
        + "\n\nAn ambiguous image thus need not belong to a confusable class. Even "
        "neurons that are assigned to the confusable classes with the labels of the "
        "training images gain no more than the third figure."
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
        "A flat layer needs a neuron for every pair of shapes. A layer of parts needs "
        "a neuron for every shape, and the second layer combines clusters. The table "
        "compares both at equal memory:\n\n.. csv-table::\n   :delim: ;\n   :header: "
        "two of; task; parts, then pairs; flat; memory of each; classifier, flat; its "
        f"memory\n\n{table}\n\nA classifier that sums log-odds and is trained with the "
        "answer of every pair is about as accurate as parts in naming both, because "
        "the score of a pair is the sum of the scores of its parts. The sum of the "
        "class numbers is not such a sum, and the classifier fails there."
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
            f"{data} has {everywhere:.2f} % without receptive fields, {flat:.2f} % "
            f"with receptive fields of pixels, {near:.2f} % with receptive fields of "
            f"pixels and adjacent levels, and {far:.2f} % with random levels"
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
        f"levels are shuffled first; of the flat codes, pixels above 127 have "
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
        f"*Projection with a tuned classifier.* {'; '.join(sentences)}. Receptive "
        "fields in two dimensions help. A third dimension does not, and the choice of "
        "the levels has no effect.\n\n*Clusterer of volumes, in which bits are set "
        f"for neighbours as well.* {'; '.join(clusters)}. The third dimension helps in "
        "one case, clothes as volumes of levels, where the order of the levels "
        "matters. The flat code of edges is better.\n\n*Motions as volumes of "
        f"channel, time and level.* The purities are {numbers(motions, 3)} without "
        "neighbours, with neighbours in time, in time and level, and in all three. "
        "Every neighbourhood reduces the purity."
    )


# By name of the measurement: the question, the verdict, the rest of the answer.
ANSWERS = {
    "portable": (
        "Does rank encoding work on other data sets?",
        "No: rank codes do not suit every kind of data. A uniform density is not "
        "sufficient and, with counters, not needed.",
        portable,
    ),
    "not-images": (
        "Does the method work on data that are not images?",
        "Yes: tables and time series are classified and clustered about as well as "
        "with "
        "the usual methods.",
        not_images,
    ),
    "growth": (
        "Does adding neurons on demand prevent forgetting?",
        "Yes, if unrelated inputs are clearly separated and the threshold is known. On "
        "digits it gains nothing over the same number of neurons from the start.",
        growth,
    ),
    "specialists": (
        "Can confusable classes get specialists without labels?",
        "Not by ambiguity: neurons that are spread evenly have a higher purity on the "
        "confusable classes.",
        specialists,
    ),
    "composition": (
        "Do layers help on any task?",
        "Yes, if parts vary independently of each other.",
        composition,
    ),
    "volume": (
        "Does a third dimension help?",
        "Hardly: it helps for clothes as volumes of levels, and less than a flat code "
        "of "
        "edges.",
        volume,
    ),
}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reasons for the verdicts on claims: sentences with measured numbers."""

import numpy as np

from examples.reproduce.judges import (
    FAILED,
    IN_PART,
    REPRODUCED,
    mean,
    place,
)
from examples.reproduce.open_answers import ANSWERS


def collapse(figures):
    one = {"similarity": "overlap", "neurons": 16, "score": "purity"}
    wins = {"similarity": "overlap", "neurons": 16, "start": "random"}
    from_samples = mean(figures, start="samples", **one)
    n_ones = mean(figures, score="ones per pattern that wins", **wins)
    n_live = mean(figures, score="neurons that win", **wins)
    return (
        f"The random start causes the collapse: {n_live:.0f} neuron wins all inputs "
        f"and has {n_ones:.0f} ones, and the patterns of all others stay random. With "
        f"samples as the start, the purity is {from_samples:.2f}."
    )


def jaccard(figures):
    one = {"similarity": "jaccard", "neurons": 24}
    n_live = mean(figures, score="neurons that win", start="random", **one)
    n_ones = mean(figures, score="ones per pattern that wins", start="random", **one)
    from_samples = mean(figures, score="purity", start="samples", **one)
    return (
        "The document does not state the number of neurons. Of 24 neurons, "
        f"{n_live:.0f} win inputs in the end, with {n_ones:.0f} ones each; averages "
        "over all neurons include random patterns. With samples as the start, the "
        f"purity is {from_samples:.2f}."
    )


def control(figures):
    live = mean(figures, data="MNIST", score="the same, of neurons that win")
    return (
        "A large part of the distance is due to neurons that never win and stay "
        f"random. Neurons that win are {live:.0f} bits further apart than those of the "
        "control."
    )


def recall(figures):
    one = {"data": "MNIST", "loop": "one loop"}
    blank = mean(figures, score="share of its bits that a blank page has", **one)
    stored = mean(
        figures, score="share of the whole image's pattern that comes back", **one
    )
    return (
        f"An all-zero image matches {blank:.2f} of the image's bits. The recalled "
        f"pattern matches {stored:.2f} of the pattern that the uncorrupted image "
        "recalls."
    )


def loop(figures):
    lost = mean(figures, data="MNIST", loop="one loop that learns all", lost="purity")
    return (
        "Nothing is lost because recall and scoring do not change the model. If the "
        "loop also learns corrupted images and noise that it does not detect as "
        f"novel, the purity falls by {lost:.0f} points."
    )


def clothes(figures):
    plain = {"data": "Fashion-MNIST", "code": "threshold"}
    purity = mean(figures, score="purity", **plain)
    apart = mean(
        figures,
        score="bits that patterns are further apart than the control's",
        **plain,
    )
    return (
        f"With the plain encoding, the purity is {purity:.2f}, and the patterns are "
        f"{-apart:.0f} bits closer together than those of the control."
    )


def synthetic(figures):
    one = {"clusters": 8, "neurons": 16, "noise": 0.0}
    seed_rule = {**one, "rule": "the rule of B"}
    used = mean(figures, score="neurons that win", **seed_rule)
    purity = mean(figures, score="purity", **seed_rule)
    grown = mean(figures, score="purity", rule="growth on demand", **one)
    return (
        f"Without noise, 8 clusters share {used:.0f} of 16 neurons, and the purity is "
        f"{purity:.2f}, because the random start determines the winners for the rest "
        f"of training. Growth on demand has {grown:.2f}."
    )


def memory(figures):
    most = max(figure.setting.get("patterns", 0) for figure in figures)
    share = mean(figures, patterns=most, rate=0.3)
    return (
        f"With one neuron per pattern, no ceiling was reached: {100 * share:.0f} % of "
        f"{most:,} patterns are recalled exactly with 30 % of the bits inverted."
    )


def confidence(figures):
    half = mean(figures, of="novelty", rate=0.5)
    return (
        f"With half of the bits inverted the area is {half:.2f}, because the input is "
        "independent of the pattern. The document does not state its mixture of rates."
    )


def retention(figures):
    tight = {"neurons": 14}
    flips = mean(figures, rule="flips", **tight)
    shrunk = mean(figures, rule="flips, shrinking mask", **tight)
    grown = mean(figures, rule="counters, growth on demand", neurons=16)
    return (
        "The document states neither the measure of retention nor the number of "
        "neurons. With 14 neurons for 16 clusters, shrinking the mask changes "
        f"retention from {flips:.2f} to {shrunk:.2f}. Counters with growth on demand "
        f"and 16 neurons retain {grown:.2f}."
    )


def one_pass(figures):
    agree = {196: [], 784: []}
    for figure in figures:
        if figure.claimed is not None and place(figure) == "agrees":
            agree[figure.setting["containers"]].append(figure.setting["H"])
    either = len(set(agree[196]) | set(agree[784]))
    names = {n: ", ".join(map(str, sizes)) or "none" for n, sizes in agree.items()}
    test = mean(figures, H=2048, containers=196, split="test")
    return (
        f"With pixels as bytes, H = {names[196]} agree; with pixels as bits, H = "
        f"{names[784]}. In total, {either} of 9 agree with one of the two. The "
        "document does not state which encoding was used. On the test file, H = 2048 "
        f"has {test:.1f} %."
    )


def tuned(figures):
    test = mean(figures, unit="%", H=2048, gate="xnor", schedule="cosine", split="test")
    return (
        "These figures are those of the last epoch. The document selects the best "
        "epoch on the evaluation images. With the cosine schedule, H = 2048 has "
        f"{test:.1f} % on the test file."
    )


def times(figures):
    ratios = [figure.claimed / np.mean(figure.values) for figure in figures]
    return (
        f"The claimed times are {min(ratios):.1f} to {max(ratios):.1f} times as long. "
        "They are from another machine, so the ratio says little about the programs."
    )


def gates(figures):
    threes, usual = (
        mean(figures, containers=n, unit="% of the labels") for n in (81, 196)
    )
    return (
        "XOR equals XNOR with complemented random containers. With the same "
        "containers, its bits are the complements if the tree has no group of four "
        f"and no AND: {threes:.0f} % of the labels differ with 81 containers, and "
        f"{usual:.1f} % with 196 containers, whose tree has such groups."
    )


def remainders(figures):
    one = {"containers": 244, "split": "author"}
    before, after = (mean(figures, tree=tree, **one) for tree in ("before", "after"))
    ones = mean(figures, containers=244, tree="before", unit="share")
    return (
        f"With 244 containers, the repair changes the accuracy from {before:.1f} to "
        f"{after:.1f} %. Before it, the last comparison passes all levels and is ANDed "
        f"with the rest, so {100 * ones:.0f} % of the bits are 1, and log-odds "
        "compensate for that. The document does not state to what the number 244 "
        "refers."
    )


def transfers(figures):
    outputs = mean(figures, counted="outputs")
    return (
        "The count is correct if inputs and outputs are moved and weights are not. "
        "Two of three layouts of row commands achieve this; in V1 every lane needs "
        f"its own copy of the input. Outputs alone would be {outputs:.2f} % fewer."
    )


def widths(figures):
    def ends(majority):
        means = [
            np.mean(figure.values)
            for figure in figures
            if figure.setting["majority"] == majority
            and figure.setting["equal"] == "16,384 bits"
            and figure.setting.get("split") == "author"
        ]
        return f"{min(means):.1f} to {max(means):.1f} %"

    return (
        "The width has little effect by itself: 16,384 bits of the exact majority "
        f"have {ends('exact')} with containers of 8 to 256 bits. The groups at the end "
        "of the tree, which depend on the number of containers, have an effect: "
        f"{ends('tree')}."
    )


def statistics(figures):
    balanced = {"containers": 243, "H": 512}
    ones = mean(figures, statistic="ones", **balanced)
    largest = mean(figures, statistic="largest |r| of two bits", **balanced)
    return (
        "The final AND of a tree of 196 containers gives few ones. A tree of threes "
        f"has a share of {ones:.2f} ones, and two of its bits have |r| = "
        f"{largest:.2f}. The bits are weakly correlated on average, but not all of "
        "them are."
    )


def mass(figures):
    biases = mean(figures, counted="biases")
    return f"The biases, {biases:.0f} bits, are not counted."


def offsets(figures):
    ones = {"H": 1024, "of": "offset"}
    tree, balanced = (mean(figures, containers=n, **ones) for n in (196, 243))
    worst = min(f.values[0] for f in figures if f.setting.get("of") == "wrapped")
    return (
        f"At H = 1024 the largest offset is {tree:.2f} of the largest int32 with 196 "
        f"containers, whose projection has few ones, and {balanced:.2f} with 243, "
        "whose projection has half. An offset that wraps around reduces the accuracy, "
        f"to {worst:.0f} % in one case, if the offsets of other classes do not wrap as "
        "often."
    )


def patches(figures):
    best = figures[-1].setting["n_prototypes"]
    return (
        "The document does not state the number of prototypes. There is no ceiling at "
        f"88 %: with {best} prototypes per class, overlapping patches and masks, the "
        f"accuracy is {np.mean(figures[-1].values):.2f} %."
    )


def graph(figures):
    python = mean(figures, "ms", by="Python")
    n_scores = mean(figures, score="integer scores")
    return (
        "The graph runs in onnxruntime on one thread, on all test images; "
        f"{n_scores:.0f} integer scores differ. Python takes {python:.2f} ms, most of "
        "it for validation of the input."
    )


def large_graph(figures):
    labels, scores = (mean(figures, score=s) for s in ("labels", "integer scores"))
    ms = mean(figures, "ms", by="onnxruntime")
    return (
        f"With 2048 components, {labels:.0f} labels and {scores:.0f} integer scores of "
        f"all test images differ. An image takes {ms:.2f} ms."
    )


def networks(figures):
    """Say how far the figures of the float trainers depend on the learning rate."""
    parts = []
    for rule, name in (("sgd", "plain SGD"), ("adamw", "AdamW")):
        by_rate = sorted(
            (
                figure
                for figure in figures
                if figure.setting.get("swept") == rule
                and figure.setting["place"] == "test file"
            ),
            key=lambda figure: np.mean(figure.values),
        )
        worst, best = (
            f"{np.mean(figure.values):.0f} % with a rate of {figure.setting['rate']}"
            for figure in (by_rate[0], by_rate[-1])
        )
        parts.append(f"{name} has {worst} and {best}")
    return (
        f"On test images, {' and '.join(parts)}. The claimed figures of float networks "
        "resemble those of unsuitable learning rates. Here the rate is selected on "
        "training images."
    )


def equal_mass(figures):
    """Judge whether networks of as many bits are as good."""
    masses = sorted(
        {f.setting["bits"] for f in figures if f.setting["kind"] != "rounded"}
    )
    floats, binary = (
        [mean(figures, kind=kind, bits=n_bits) for n_bits in masses]
        for kind in ("float", "binary")
    )
    gaps = np.subtract(floats, binary)
    rounded = {
        f.setting["bits"] / masses[2]: np.mean(f.values)
        for f in figures
        if f.setting["kind"] == "rounded"
    }
    n_close = int(np.sum(np.abs(gaps) <= 1))
    verdict = REPRODUCED if n_close == len(gaps) else IN_PART if n_close else FAILED
    return verdict, (
        f"Float less binary accuracy of as many bits, from 2 to 64 float neurons: "
        f"{', '.join(f'{gap:+.1f}' for gap in gaps)} points. Float weights do not need "
        f"all of their bits: the network of 8 neurons has {rounded[1.0]:.1f} %, and "
        f"{rounded[8 / 32]:.1f} % with a quarter and {rounded[4 / 32]:.1f} % with an "
        "eighth of its bits."
    )


def parts(figures):
    """Judge whether composed parts are less accurate than the whole."""
    whole, places, anywhere = (
        mean(figures, code=code, place="test file")
        for code in ("whole", "parts in their places", "parts anywhere")
    )
    verdict = IN_PART if max(places, anywhere) < whole else FAILED
    return verdict, (
        f"Parts are less accurate than the whole ({whole:.1f} %), as claimed, but by "
        f"less: they have {places:.1f} % with their places and {anywhere:.1f} % "
        "without. The loss is that of the places."
    )


def offsets_matter(figures):
    found = {f.what: np.mean(f.values) for f in figures if "test file" in f.what}
    both = found["offset and log-odds: test file"]
    log_odds = found["log-odds of ones, no offset: test file"]
    counts = found["raw counts of ones: test file"]
    return (
        f"On test images, log-odds have {both:.1f} % with the offset and "
        f"{log_odds:.1f} % without it. Raw counts have {counts:.1f} %."
    )


def did_not_work(figures):
    found = {f.what: np.mean(f.values) for f in figures if "test file" in f.what}
    probabilities = found["probabilities of ones: test file"]
    return (
        f"Adding probabilities instead of log-odds gives {probabilities:.1f} %. The "
        "document does not define Delta-9, the training of W0 and the comparison of "
        "outputs as numbers, so these cannot be measured. One interpretation each of "
        "its Jaccard features, its W0 training and its float threshold was measured, "
        "with other figures than claimed."
    )


def bridge(figures):
    on_test = [f for f in figures if "test file" in f.what]
    return (
        "On test images: "
        + "; ".join(
            f"{f.what.removesuffix(': test file')}, {np.mean(f.values):.1f} %"
            for f in on_test
        )
        + "."
    )


def two_layers(figures):
    one, two = (
        np.mean([f.values for f in figures if f.what.startswith(name)])
        for name in ("one layer", "two layers")
    )
    return (
        f"A second random layer reduces the accuracy by {one - two:.1f} points. Each "
        "layer mixes bits and loses information."
    )


def compiled(figures):
    differ = [f.values[0] for f in figures if f.unit == "differ"]
    stored = mean(figures, "ms", H=50, NC=784, random_words="stored")
    seed = mean(figures, "ms", H=50, NC=784, random_words="seed")
    return (
        f"In C99, {sum(differ):.0f} labels, scores, winners and similarities differ "
        f"over all test images, in {len(differ)} comparisons. With 50 components of "
        f"784 containers, an image takes {stored:.3f} ms, and {seed:.3f} ms if the "
        "random words are computed each time."
    )


def open_questions(figures):
    answers = " ".join(f"{title} {verdict}" for title, verdict, _ in ANSWERS.values())
    return f"{answers} The page Open questions shows a plot for each question."

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What was found behind the figures of claims: sentences with measured numbers."""

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
        f"The start makes the collapse: {n_live:.0f} neuron wins everything and has "
        f"{n_ones:.0f} ones, all others stay half full of random ones. With samples as "
        f"start, the same score has a purity of {from_samples:.2f}."
    )


def jaccard(figures):
    one = {"similarity": "jaccard", "neurons": 24}
    n_live = mean(figures, score="neurons that win", start="random", **one)
    n_ones = mean(figures, score="ones per pattern that wins", start="random", **one)
    from_samples = mean(figures, score="purity", start="samples", **one)
    return (
        f"The author's number of neurons is not known. Of 24, {n_live:.0f} win in the "
        f"end, with {n_ones:.0f} ones each; averages over all neurons include those "
        f"that stay random. From samples the purity is {from_samples:.2f}."
    )


def control(figures):
    live = mean(figures, data="MNIST", score="the same, of neurons that win")
    return (
        "Much of the distance is that of neurons which never win and stay random; "
        f"those that win are {live:.0f} bits further apart than the control's."
    )


def recall(figures):
    one = {"data": "MNIST", "loop": "one loop"}
    blank = mean(figures, score="share of its bits that a blank page has", **one)
    stored = mean(
        figures, score="share of the whole image's pattern that comes back", **one
    )
    return (
        f"A blank page has {blank:.2f} of the image's bits. Of the pattern that the "
        f"whole image brings back, {stored:.2f} come back."
    )


def loop(figures):
    lost = mean(figures, data="MNIST", loop="one loop that learns all", lost="purity")
    return (
        "Nothing is lost because recalling and scoring change nothing. If the loop "
        "learns whatever it does not take for novel, damaged images and noise "
        f"included, purity falls by {lost:.0f} points."
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
        f"With the plain encoding, purity is {purity:.2f} and the competing patterns "
        f"are {-apart:.0f} bits closer together than the control's."
    )


def synthetic(figures):
    one = {"clusters": 8, "neurons": 16, "noise": 0.0}
    seed_rule = {**one, "rule": "the seed's rule"}
    used = mean(figures, score="neurons that win", **seed_rule)
    purity = mean(figures, score="purity", **seed_rule)
    grown = mean(figures, score="purity", rule="growth on demand", **one)
    return (
        f"Without noise, 8 clusters share {used:.0f} of 16 neurons and the purity is "
        f"{purity:.2f}: the random start decides who is nearest, and nothing shakes "
        f"it. Growth on demand has {grown:.2f}."
    )


def memory(figures):
    most = max(figure.setting.get("patterns", 0) for figure in figures)
    share = mean(figures, patterns=most, rate=0.3)
    return (
        f"With one neuron for each pattern no ceiling is in sight: of {most:,} "
        f"patterns, {100 * share:.0f} % come back exactly with 30 % of the bits "
        "flipped."
    )


def confidence(figures):
    half = mean(figures, of="novelty", rate=0.5)
    return (
        f"With half of the bits flipped the area is {half:.2f}, for nothing of the "
        "pattern is left; the author's mixture of damages is not known."
    )


def retention(figures):
    tight = {"neurons": 14}
    flips = mean(figures, rule="flips", **tight)
    shrunk = mean(figures, rule="flips, shrinking mask", **tight)
    grown = mean(figures, rule="counters, growth on demand", neurons=16)
    return (
        "The author does not say how he measures retention, nor with how many neurons. "
        f"Shrinking the mask takes {flips:.2f} to {shrunk:.2f} with 14 neurons for 16 "
        "clusters. With counters, growth on demand and 16 neurons, "
        f"{grown:.2f} are retained."
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
        f"With pixels as bytes H = {names[196]} agree, as bits H = {names[784]}: "
        f"{either} of 9 with one of the two. The author does not say which had which. "
        f"On the test file H = 2048 has {test:.1f} %."
    )


def tuned(figures):
    test = mean(figures, unit="%", H=2048, gate="xnor", schedule="cosine", split="test")
    return (
        "The last epoch counts here; the author kept the one that was best on the "
        "images that evaluate. With the cosine schedule, H = 2048 has "
        f"{test:.1f} % on the test file."
    )


def times(figures):
    ratios = [figure.claimed / np.mean(figure.values) for figure in figures]
    return (
        f"The author's times are {min(ratios):.1f} to {max(ratios):.1f} times these. "
        "They are of another machine, so the ratio says little about the programs."
    )


def gates(figures):
    threes, usual = (
        mean(figures, containers=n, unit="% of the labels") for n in (81, 196)
    )
    return (
        "XOR is XNOR with complemented random containers, hence another draw. With the "
        "same containers its bits are the complements where the tree has no group of "
        f"four and no AND: then {threes:.0f} % of the labels differ (81 containers), "
        f"else some do ({usual:.1f} %, 196 containers)."
    )


def remainders(figures):
    one = {"containers": 244, "split": "author"}
    before, after = (mean(figures, tree=tree, **one) for tree in ("before", "after"))
    ones = mean(figures, containers=244, tree="before", unit="share")
    return (
        f"With 244 containers the repair takes {before:.1f} to {after:.1f} %. Before "
        "it, a last comparison passes all levels and is ANDed with the rest, which "
        f"leaves {100 * ones:.0f} % ones; log-odds cope with that. What the author "
        "reduced in his 244 is not said."
    )


def transfers(figures):
    outputs = mean(figures, counted="outputs")
    return (
        "The author's count holds if inputs and outputs move and weights do not, which "
        "row commands achieve in two of three layouts; in V1 every lane needs its own "
        f"copy of the input. Outputs alone would be {outputs:.2f} % fewer."
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
        "The width itself hardly matters: 16,384 bits of the exact majority have "
        f"{ends('exact')} with containers of 8 to 256 bits. What is left over in the "
        f"tree does, which depends on the number of containers: {ends('tree')}."
    )


def statistics(figures):
    balanced = {"containers": 243, "H": 512}
    ones = mean(figures, statistic="ones", **balanced)
    largest = mean(figures, statistic="largest |r| of two bits", **balanced)
    return (
        "The final AND of a tree of 196 leaves few ones. A tree of threes has "
        f"{ones:.2f} ones, and still two bits with |r| = {largest:.2f}: the bits are "
        "weakly correlated on average, not all of them."
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
        f"containers, of whose projection few bits are ones, and {balanced:.2f} with "
        "243, of which half are. An offset that wraps does harm where those of other "
        f"classes do not wrap as often: accuracy falls to {worst:.0f} %."
    )


def patches(figures):
    best = figures[-1].setting["n_prototypes"]
    return (
        "How many prototypes the author had is not known. There is no ceiling at 88 %: "
        f"with {best} prototypes per class, patches that overlap and what a prototype "
        f"has not decided left out, accuracy is {np.mean(figures[-1].values):.2f} %."
    )


def graph(figures):
    python = mean(figures, "ms", by="Python")
    n_scores = mean(figures, score="integer scores")
    return (
        f"As ONNX in onnxruntime, one thread, all test images; {n_scores:.0f} integer "
        f"scores differ. Python takes {python:.2f} ms, most of it to check its input."
    )


def large_graph(figures):
    labels, scores = (mean(figures, score=s) for s in ("labels", "integer scores"))
    ms = mean(figures, "ms", by="onnxruntime")
    return (
        f"Exact: with 2048 neurons, {labels:.0f} labels and {scores:.0f} integer "
        f"scores of all test images differ; an image takes {ms:.2f} ms."
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
        f"On test images, {' and '.join(parts)}: the author's float figures are those "
        "of rates that do not suit. Here the rate is chosen on training images."
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
        f"{', '.join(f'{gap:+.1f}' for gap in gaps)} points. And bits are not what "
        f"counts: the float network of 8 neurons keeps {rounded[8 / 32]:.1f} of "
        f"{rounded[1.0]:.1f} % with a quarter of its bits, and {rounded[4 / 32]:.1f} % "
        "with an eighth."
    )


def parts(figures):
    """Judge whether parts, then composed, lose to the whole."""
    whole, places, anywhere = (
        mean(figures, code=code, place="test file")
        for code in ("whole", "parts in their places", "parts anywhere")
    )
    verdict = IN_PART if max(places, anywhere) < whole else FAILED
    return verdict, (
        f"Parts lose to the whole, {whole:.1f} %, as claimed, but by less: with their "
        f"places they have {places:.1f} %, without {anywhere:.1f} %. So it is the "
        "places that are lost."
    )


def offsets_matter(figures):
    found = {f.what: np.mean(f.values) for f in figures if "test file" in f.what}
    both = found["offset and log-odds: test file"]
    log_odds = found["log-odds of ones, no offset: test file"]
    counts = found["raw counts of ones: test file"]
    return (
        f"On test images {both:.1f} % with the offset. It depends on what is added: "
        f"log-odds of the ones have {log_odds:.1f} % without it, raw counts "
        f"{counts:.1f} %."
    )


def did_not_work(figures):
    found = {f.what: np.mean(f.values) for f in figures if "test file" in f.what}
    probabilities = found["probabilities of ones: test file"]
    return (
        f"Adding probabilities instead of log-odds gives {probabilities:.1f} %. What "
        "the document names without saying what it is (Delta-9, how W0 was trained, "
        "comparing outputs as numbers) cannot be measured. One reading each of its "
        "Jaccard features, its W0 training and its float threshold is, with other "
        "figures than the author's."
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
        f"A second random layer loses {one - two:.1f} points: it mixes bits, and each "
        "mixing loses some."
    )


def compiled(figures):
    differ = [f.values[0] for f in figures if f.unit == "differ"]
    stored = mean(figures, "ms", H=50, NC=784, random_words="stored")
    seed = mean(figures, "ms", H=50, NC=784, random_words="seed")
    return (
        f"As C99, {sum(differ):.0f} labels, scores, winners, similarities differ over "
        f"all test images, in {len(differ)} comparisons. With 50 neurons of 784 "
        f"containers an image takes {stored:.3f} ms, and {seed:.3f} ms if the random "
        "words are computed anew each time."
    )


def open_questions(figures):
    answers = " ".join(f"{title}: {verdict}" for title, verdict, _ in ANSWERS.values())
    return f"{answers} The page Open questions has a plot for each."

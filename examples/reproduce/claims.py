# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every figure that the source documents claim, with its measurement and its judge."""

from collections.abc import Callable
from dataclasses import dataclass

from examples.reproduce import judges, reasons
from examples.reproduce.judges import answer, because, where

SOURCES = {
    "B": "Bit-Neurons That Organize Themselves",
    "M": "Bit-Mass",
    "O": "DRAM-Native &|~ Classification",
}


@dataclass(frozen=True)
class Claim:
    """A claim, by its number in the documents.

    Parameters
    ----------
    id : str
        The document's letter and a number.
    text : str
        The claim, with the figures of the document.
    measured_by : tuple of str
        Names of measurements.
    judge : callable
        Takes figures and returns a verdict and the sentence that gives its reason.
    is_about : callable
        Tells of a figure of these measurements whether it is about this claim.
    """

    id: str
    text: str
    measured_by: tuple = ()
    judge: Callable = judges.agreement
    is_about: Callable = lambda figure: True

    @property
    def source(self):
        """Title of the document."""
        return SOURCES[self.id[0]]

    def choose(self, figures):
        """Keep the figures that are about this claim."""
        return [figure for figure in figures if self.is_about(figure)]


def has_unit(unit):
    """Make a condition on the unit of figures."""
    return lambda figure: figure.unit == unit


CLAIMS = (
    Claim(
        "B1",
        "Shared minus differing bits collapses on digits: every neuron on the sparsest "
        "digit, prototypes fill to about 360 of 784 bits; purity 0.11",
        ("seed-rule",),
        because(reasons.collapse),
        where(similarity="overlap"),
    ),
    Claim(
        "B2",
        "Jaccard score, online winner-take-all, digits: purity 0.48, prototypes settle "
        "near 190 of 784 bits",
        ("seed-rule",),
        because(reasons.jaccard),
        where(similarity="jaccard"),
    ),
    Claim(
        "B3",
        "Unbounded control, digits: purity 0.27 to 0.35 against 0.48; competing "
        "prototypes lie about 219 bits further apart",
        ("seed-control",),
        because(reasons.control),
        where(data="MNIST"),
    ),
    Claim(
        "B4",
        "Recall inside the loop, 10 % of the bits flipped: right class 3.8 to 4.5 "
        "times chance, 0.86 of the bits recovered",
        ("loop", "recall"),
        because(reasons.recall),
        lambda f: (
            f.setting.get("data") != "Fashion-MNIST"
            and "lost" not in f.setting
            and "ROC" not in f.what
            and f.setting.get("score") != "purity"
        ),
    ),
    Claim(
        "B5",
        "Novelty on noise, digits: area under the ROC curve 1.00",
        ("loop",),
        is_about=lambda f: (
            f.setting["data"] == "MNIST" and "ROC" in f.what and "lost" not in f.setting
        ),
    ),
    Claim(
        "B6",
        "Clusters, recall and novelty in one loop lose at most 2 points against each "
        "alone",
        ("loop",),
        because(reasons.loop),
        lambda f: "lost" in f.setting,
    ),
    Claim(
        "B7",
        "Clothes: the plain encoding fails, even inverts; by rank at 15 % density "
        "purity 0.49 to 0.53, recall 4.7 to 5.0 times chance, novelty 1.00",
        ("seed-control", "loop"),
        because(reasons.clothes),
        lambda f: f.setting["data"] == "Fashion-MNIST" and "lost" not in f.setting,
    ),
    Claim(
        "B8",
        "Synthetic clusters, 16 neurons: purity 1.0 with enough neurons, also with "
        "20 % noise",
        ("synthetic",),
        because(reasons.synthetic),
    ),
    Claim(
        "B9",
        "256-bit neurons recall 128 patterns with 10 % of the bits flipped, no ceiling "
        "reached",
        ("memory",),
        because(reasons.memory),
    ),
    Claim(
        "B10",
        "Synthetic novelty with up to 50 % of the bits flipped: area under the ROC "
        "curve 0.81; whether a recall is right: 0.87",
        ("confidence",),
        because(reasons.confidence),
    ),
    Claim(
        "B11",
        "Continual learning: spare neurons retain 80 to 100 %; fewer neurons than "
        "clusters 0.65; shrinking the mask recovers most of it, 0.68 to 0.87",
        ("retention", "continual"),
        because(reasons.retention),
    ),
    Claim(
        "B12",
        "Prototype classifier: flat 84.56 %, capacity ceiling 88.28 %, patches with "
        "small shifts 91.94 %",
        ("patches",),
        because(reasons.patches),
    ),
    Claim(
        "B13",
        "Parts, then composed: 30.7 % against 88.2 % flat",
        ("control-parts",),
        reasons.parts,
    ),
    Claim(
        "B14",
        "Classifier as an executable graph: 0 of 50 predictions differ, 0.1 ms an "
        "image at 50 neurons",
        ("onnx-parity", "onnx-latency", "c-latency"),
        because(reasons.graph),
        where(H=50),
    ),
    Claim(
        "B15",
        "A large network as a graph, exact to the bit: never validated",
        ("onnx-parity", "onnx-latency"),
        answer(reasons.large_graph),
        where(H=2048),
    ),
    Claim(
        "B16",
        "Compiled to a tight bitwise loop: never built",
        ("c-parity", "c-clusterer-parity", "c-latency"),
        answer(reasons.compiled),
    ),
    Claim(
        "B17",
        "Open: a third dataset, a task that is no image, growth on demand, specialists "
        "for the confusable classes, a layered task that helps, the 3-D neuron",
        (
            "portable",
            "not-images",
            "growth",
            "specialists",
            "composition",
            "volume",
        ),
        answer(reasons.open_questions),
    ),
    Claim(
        "M1",
        "784-8-10, three epochs, 50,000 images: AdamW 81.3 %, plain SGD 76.0 %, "
        "BV32-Hebbian 76.4 %",
        ("hebbian", "hebbian-rates"),
        because(reasons.networks),
    ),
    Claim(
        "M2",
        "Bit-mass of 784-8-10 in containers of 32 bits: 203,264 bits",
        ("bit-mass",),
        because(reasons.mass),
    ),
    Claim(
        "M3",
        "Equal bit-mass gives equal accuracy, whatever the format of the containers; "
        "64 float neurons are 2048 binary ones",
        ("hebbian-equal-mass", "hebbian-containers"),
        reasons.equal_mass,
        where(place="test file"),
    ),
    Claim(
        "O1",
        "One pass, H = 8 to 2048: 76.4, 80.3, 83.0, 84.6, 85.0, 85.3, 86.2, 86.5, "
        "86.6 %",
        ("one-pass",),
        because(reasons.one_pass),
    ),
    Claim(
        "O2",
        "Time of one pass, H = 8 to 2048: 24 ms to 4.8 s",
        ("pipeline",),
        because(reasons.times),
    ),
    Claim(
        "O3",
        "Target tuning, 20 passes, H = 512, 1024, 2048 with XOR, 2048 with XNOR: 95.5, "
        "96.0, 96.2, 96.4 %",
        ("author-tuned",),
        because(reasons.tuned),
        has_unit("%"),
    ),
    Claim(
        "O4",
        "Time of target tuning, H = 512, 1024, 2048: 43, 86, 170 s",
        ("author-tuned",),
        because(reasons.times),
        lambda f: f.unit == "s" and f.claimed is not None,
    ),
    Claim(
        "O5",
        "Convergence at H = 512: 86.2, 94.7, 95.0, 95.5 % after 1, 5, 10, 20 epochs",
        ("convergence",),
    ),
    Claim(
        "O6",
        "XNOR and XOR have the same accuracy at H = 256: 85.3 %",
        ("gates",),
        because(reasons.gates),
    ),
    Claim(
        "O7",
        "Without the offset of the class: 49 %",
        ("control-scores",),
        because(reasons.offsets_matter),
    ),
    Claim(
        "O8",
        "A second random layer, 512-512: 84.8 % against 86.2 %",
        ("control-two-layers",),
        because(reasons.two_layers),
    ),
    Claim(
        "O9",
        "Repair of the tree's remainders: H = 244 from 54.9 to 84.2 %",
        ("remainders",),
        because(reasons.remainders),
    ),
    Claim(
        "O10",
        "Offsets need int64 from H = 1024 on",
        ("offsets",),
        because(reasons.offsets),
    ),
    Claim(
        "O11",
        "One forward pass, H = 512, 784 containers: 12.8 Mbit of weights stay, 16,384 "
        "bits leave, 99.7 % fewer transfers",
        ("transfers",),
        because(reasons.transfers),
    ),
    Claim(
        "O12",
        "Containers of 64, 128, 256 bits: the same accuracy as 32",
        ("widths",),
        because(reasons.widths),
    ),
    Claim(
        "O13",
        "The projection's bits are about half ones, and weakly correlated: |r| < 0.1",
        ("bit-statistics",),
        because(reasons.statistics),
    ),
    Claim(
        "O14",
        "Projected bits into a float network with AdamW, H = 512: 95.4 %; only the "
        "first layer in float, AdamW, H = 2048: 95.8 %",
        ("control-bridge", "control-w1-only"),
        because(reasons.bridge),
    ),
    Claim(
        "O15",
        "What did not work: raw counts 49 %, Jaccard features 36 %, and more",
        (
            "control-scores",
            "control-likeness",
            "control-co-occurrence",
            "control-learned-w0",
            "control-shadow",
        ),
        because(reasons.did_not_work),
    ),
)

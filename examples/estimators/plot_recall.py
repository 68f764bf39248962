# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
====================================================
Recall from corrupted inputs with BitWTAClusterer
====================================================

:meth:`BitWTAClusterer.recall <skbit.cluster.BitWTAClusterer.recall>` returns the stored
pattern that is most similar to a corrupted input. The pattern is a prototype of similar
digits and not the original digit, which was never stored. Neurons with counters recall
a pattern of the right class in most cases when a fifth of all bits is inverted.

:class:`~skbit.cluster.FlipRule` with a random start, the rule of "Bit-Neurons That
Organize Themselves" (see :ref:`reproduction`), recalls the right class about four times
as often as chance when a tenth of the bits is inverted, and no more often than chance
when a fifth is. Neurons that never won an input keep random patterns, and a strongly
corrupted digit is more similar to these than to any digit.

The clusterer is trained on the first 50,000 digits of the training file, and the
corrupted inputs are made from the last 10,000. The class of a pattern is the most
frequent class among the digits that it won.

See :ref:`clustering`.
"""

# %%
# Fit the clusterers and corrupt the digits
# -----------------------------------------

import matplotlib.pyplot as plt
import numpy as np

from skbit import BitWTAClusterer
from skbit.bits import pack_bits
from skbit.cluster import FlipRule
from skbit.datasets import corrupt_bits, fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
ink = (X > 127).astype(np.uint8)
bits = pack_bits(ink)
train, validation = slice(0, 50_000), slice(50_000, None)

original_rule = {
    "learning": FlipRule(init="random"),
    "similarity": "jaccard",
    "reassignment_interval": None,
}
kinds = {
    "256 neurons with counters": {"n_clusters": 256},
    "24 neurons with counters": {"n_clusters": 24},
    "24 neurons with FlipRule": {"n_clusters": 24, **original_rule},
}
corruptions = np.array([0, 5, 10, 15, 20, 25, 30, 35, 40])


def damage(seed, percent):
    """Return the validation digits with a share of their bits inverted."""
    return corrupt_bits(ink[validation], percent / 100, random_state=seed)


# %%
# With ten classes, the accuracy of random guessing is 0.1. All random choices are
# repeated with five seeds.

multiples = {}
for name, parameters in kinds.items():
    multiples[name] = np.empty((5, len(corruptions)))
    for seed in range(5):
        model = BitWTAClusterer(random_state=seed, **parameters).fit(bits[train])
        kind = np.zeros((model.n_neurons_, 10), dtype=int)
        np.add.at(kind, (model.predict_neuron(bits[train]), y[train]), 1)
        kind = kind.argmax(axis=1)
        for i, percent in enumerate(corruptions):
            winners = model.predict_neuron(pack_bits(damage(seed, percent)))
            multiples[name][seed, i] = 10 * np.mean(kind[winners] == y[validation])
for name, values in multiples.items():
    print(name, np.round(np.median(values, axis=0), 1))

# %%
# Plot recalled patterns and accuracy
# -----------------------------------
#
# The pictures show the first digit of each class with a fifth of its bits inverted.

firsts = [np.flatnonzero(y[validation] == digit)[0] for digit in range(10)]
cues = damage(0, 20)[firsts]
rows = {"digit": ink[validation][firsts], "corrupted": cues}
for name, parameters in list(kinds.items())[::2]:
    model = BitWTAClusterer(random_state=0, **parameters).fit(ink[train])
    rows[name.replace(" with ", "\nwith ")] = model.recall(cues)

fig, (left, right) = plt.subplots(
    1, 2, figsize=(11, 4.2), width_ratios=(1.35, 1), layout="constrained"
)
strips = [np.hstack([np.pad(p.reshape(28, 28), 2) for p in r]) for r in rows.values()]
left.imshow(np.vstack(strips), cmap="gray_r", interpolation="nearest")
left.set_yticks(16 + 32 * np.arange(len(rows)), rows)
left.set_xticks([])
left.tick_params(length=0)
left.spines[:].set_visible(False)
left.set_title("20 % of the bits inverted, and recalled patterns", fontsize=11)
for (name, values), style in zip(
    multiples.items(), ("C0-", "C0--", "C3-"), strict=True
):
    right.fill_between(
        corruptions, values.min(0), values.max(0), color=style[:2], alpha=0.15, lw=0
    )
    right.plot(corruptions, np.median(values, 0), style, marker="o", ms=4, label=name)
right.axhline(1, color="0.5", lw=1)
right.text(0.3, 0.9, "chance", color="0.4", va="top")
right.set(
    xlabel="inverted bits (%)",
    ylabel="right class, as a multiple of chance",
    title="Median and range of 5 seeds",
    ylim=(0, 10),
)
right.title.set_fontsize(11)
right.grid(alpha=0.3)
right.spines[["top", "right"]].set_visible(False)
right.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, -0.42))

plt.show()

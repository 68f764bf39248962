# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
====================================================
Neurons with counters recall what damage has hidden
====================================================

:meth:`BitWTAClusterer.recall <skbit.cluster.BitWTAClusterer.recall>` returns the stored
pattern that is most similar to a corrupted input. The pattern is a prototype of similar
digits and not the original digit, which was never stored. Neurons with counters recall
a pattern of the right class in most cases when a fifth of all bits is inverted.

:class:`~skbit.cluster.FlipRule` with a random start, the rule of "Bit-Neurons That
Organize Themselves" (see :ref:`reproduction`), is far less accurate, and no better than
chance when a fifth of the bits is inverted. Neurons that never won an input keep random
patterns, and a strongly corrupted digit is more similar to these than to any digit.

The clusterer is trained on the first 20,000 digits of the training file, and the
corrupted inputs are made from 2,000 of the last 10,000. The class of a pattern is the
most frequent class among the digits that it won.

See :ref:`clustering`.
"""

# %%
# Corrupt digits
# --------------
# The same number of bits is inverted in every digit.

import matplotlib.pyplot as plt
import numpy as np

from skbit import BitWTAClusterer
from skbit.cluster import FlipRule
from skbit.datasets import corrupt_bits, fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
ink = (X > 127).astype(np.uint8)
train, validation = slice(0, 20_000), slice(50_000, 52_000)

percents = np.array([0, 5, 10, 15, 20, 25, 30, 35, 40])
corrupted = [
    corrupt_bits(ink[validation], percent / 100, random_state=0) for percent in percents
]

# %%
# Fit the clusterers
# ------------------
# Each clusterer is fitted with five seeds. There are ten classes, so the accuracy of
# random guessing is 10 %.

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
models, accuracies = {}, {}
for name, parameters in kinds.items():
    accuracies[name] = np.empty((5, len(percents)))
    for seed in range(5):
        model = BitWTAClusterer(random_state=seed, **parameters).fit(ink[train])
        models.setdefault(name, model)
        kind = np.zeros((model.n_neurons_, 10), dtype=int)
        np.add.at(kind, (model.predict_neuron(ink[train]), y[train]), 1)
        kind = kind.argmax(axis=1)
        for place, rows in enumerate(corrupted):
            is_right = kind[model.predict_neuron(rows)] == y[validation]
            accuracies[name][seed, place] = 100 * np.mean(is_right)
    for percent, accuracy in zip(percents, np.median(accuracies[name], 0), strict=True):
        if percent % 10 == 0:
            print(f"{name}, {percent} % of the bits inverted: {accuracy:.0f} % right")

# %%
# Plot recalled patterns and accuracy
# -----------------------------------
# The pictures show digits with a fifth of their bits inverted, and what the clusterers
# of the first seed recall. A line is the median of the seeds, and its shade the range.

firsts = [np.flatnonzero(y[validation] == digit)[0] for digit in (0, 1, 2, 4, 6, 7)]
cues = corrupted[4][firsts]
columns = {"digit": ink[validation][firsts], "20 %\ninverted": cues}
columns["256 with\ncounters"] = models["256 neurons with counters"].recall(cues)
columns["24 with\nFlipRule"] = models["24 neurons with FlipRule"].recall(cues)

fig, (left, right) = plt.subplots(
    1, 2, figsize=(10, 4.8), width_ratios=(1, 1.4), layout="constrained"
)
strips = [
    np.vstack([np.pad(p.reshape(28, 28), 2) for p in rows]) for rows in columns.values()
]
left.imshow(np.hstack(strips), cmap="gray_r", interpolation="nearest")
left.set_xticks(16 + 32 * np.arange(len(columns)), columns, fontsize=8)
left.set_yticks([])
left.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
left.spines[:].set_visible(False)
for (name, values), style in zip(
    accuracies.items(), ("C0-", "C0--", "C3-"), strict=True
):
    right.fill_between(
        percents, values.min(0), values.max(0), color=style[:2], alpha=0.15, lw=0
    )
    right.plot(percents, np.median(values, 0), style, marker="o", ms=4, label=name)
right.axhline(10, color="0.5", lw=1)
right.text(40, 9, "chance", color="0.4", va="top", ha="right")
right.set(
    xlabel="inverted bits (%)",
    ylabel="patterns of the right class (%)",
    title="Recall of validation digits",
    ylim=(0, 100),
)
right.grid(alpha=0.3)
right.spines[["top", "right"]].set_visible(False)
right.legend(frameon=False, fontsize=9)

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
P-values keep the rate of false alarms that was asked for
============================================================

:class:`~skbit.novelty.BitNoveltyDetector` scores a row by its similarity with the most
similar neuron. If rows with a p-value of at most ``alpha`` are called novel, the
expected share of false alarms among normal rows is at most ``alpha``. The p-values are
valid, because the detector compares a row with normal rows that it has not learned.

This example fits a detector on nine of the ten digits and applies it to the digit 4.
The p-values do not guarantee how many of these novel digits are detected.

See :ref:`novelty`.
"""

# %%
# Fit on nine digits
# ------------------
#
# The p-values are valid for rows from the distribution of the training rows. The rows
# are therefore shuffled: in the order of the file, the last digits are written slightly
# more clearly than the first.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_auc_score

from skbit import BitNoveltyDetector
from skbit.bits import pack_bits
from skbit.datasets import fetch_mnist
from skbit.inspection import NoveltyDisplay

X, y = fetch_mnist("train", return_X_y=True)
order = np.random.default_rng(0).permutation(len(X))
bits, is_normal = pack_bits(X > 127)[order], y[order] != 4
train, validation = slice(0, 50_000), slice(50_000, None)
normal = bits[validation][is_normal[validation]]
novel = bits[validation][~is_normal[validation]]

detector = BitNoveltyDetector(random_state=0).fit(bits[train][is_normal[train]])
scores = {
    "digits that are not 4": detector.score_samples(normal),
    "fours": detector.score_samples(novel),
}
auroc = roc_auc_score(is_normal[validation], detector.score_samples(bits[validation]))

# %%
# Compare the requested and the observed rates
# --------------------------------------------

alphas = np.geomspace(0.001, 0.5, 28)
alarms = [np.mean(detector.p_values(normal) <= alpha) for alpha in alphas]
found = [np.mean(detector.p_values(novel) <= alpha) for alpha in alphas]
print(f"area under the ROC curve {auroc:.2f}")
for alpha in (0.01, 0.05, 0.1):
    print(
        f"alpha {alpha}: {np.mean(detector.p_values(normal) <= alpha):.3f} of normal "
        f"digits, {np.mean(detector.p_values(novel) <= alpha):.3f} of fours"
    )

# %%
# Plot scores and rates
# ---------------------

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.3), layout="constrained")
NoveltyDisplay.from_scores(scores, detector.offset_, ax=left)
left.set_xlabel("score (cosine with the winner)")
right.plot(100 * alphas, 100 * alphas, color="0.5", lw=1)
right.plot(100 * alphas, 100 * np.array(alarms), "o", ms=4, color="C0")
right.plot(100 * alphas, 100 * np.array(found), "s-", ms=4, lw=1.2, color="C1")
right.text(8, 3, "false alarms (dots)\nand alpha (line)", color="C0", va="center")
right.text(0.7, 17, "fours detected", color="C1", ha="right", va="center")
right.set(
    xscale="log",
    yscale="log",
    xlabel="alpha (%)",
    ylabel="rows with p-value up to alpha (%)",
    title="Share of rows called novel",
)
ticks = [0.1, 1, 10, 100]
right.set_xticks(ticks[:3], ["0.1", "1", "10"])
right.set_yticks(ticks, ["0.1", "1", "10", "100"])
right.grid(alpha=0.3)
for ax in (left, right):
    ax.spines[["top", "right"]].set_visible(False)

plt.show()

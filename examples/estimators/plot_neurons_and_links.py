# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
Linked neurons find the ten digits better than ten neurons
============================================================

A cluster of one neuron covers the neighbourhood of one pattern, but digits are written
in several ways. With more neurons than clusters,
:class:`~skbit.cluster.BitWTAClusterer` learns a pattern for each way and then merges
neurons that share inputs, one as the winner and the other as the runner-up. A slanted 1
and an upright 1 are thus in one cluster. No labels are used.

The figure shows the patterns of 64 neurons, one row per cluster. Some rows hold more
than one digit, because the links do not separate all classes. Purity is the share of
digits that belong to the most frequent class of their cluster. It is measured on the
last 10,000 digits of the training file, which were not used for training.

See :ref:`clustering`.
"""

# %%
# One pass over 20,000 digits
# ---------------------------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from skbit import BitWTAClusterer
from skbit.bits import pack_bits, unpack_bits
from skbit.datasets import fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
ink = X > 127
bits = pack_bits(ink)
train, validation = slice(0, 20_000), slice(50_000, None)


def purity(labels):
    """Return the share of validation digits in the main class of their cluster."""
    return contingency_matrix(y[validation], labels).max(axis=0).sum() / len(labels)


# %%
# K-means with ten clusters is fitted on the same bits. Both methods depend on the
# random state, so each is fitted with five seeds.


def fit_and_score(make, rows):
    """Return purities and normalized mutual informations over five seeds."""
    scores = []
    for seed in range(5):
        labels = make(seed).fit(rows[train]).predict(rows[validation])
        information = normalized_mutual_info_score(y[validation], labels)
        scores.append((purity(labels), information))
    return np.array(scores)


def make_links(seed):
    """Return a clusterer that links 64 neurons to ten clusters."""
    return BitWTAClusterer(10, n_neurons=64, random_state=seed)


scores = {
    "64 neurons, linked": fit_and_score(make_links, bits),
    "10 neurons": fit_and_score(lambda s: BitWTAClusterer(10, random_state=s), bits),
    "KMeans": fit_and_score(
        lambda s: KMeans(10, n_init=1, random_state=s), ink.astype(np.float32)
    ),
}
for name, values in scores.items():
    (low, mutual_low), (high, mutual_high) = values.min(axis=0), values.max(axis=0)
    print(
        f"{name}: purity {low:.2f} to {high:.2f}, "
        f"mutual information {mutual_low:.2f} to {mutual_high:.2f}"
    )

# %%
# Plot the patterns
# -----------------
#
# The neurons of a cluster are sorted by the number of digits that they won.

clusterer = make_links(0).fit(bits[train])
pictures = unpack_bits(clusterer.patterns_, 784).reshape(-1, 28, 28)
members = [np.flatnonzero(clusterer.neuron_labels_ == c) for c in range(10)]
members = [m[np.argsort(-clusterer.counts_[m])] for m in members]
n_columns = max(len(m) for m in members)
share = np.bincount(clusterer.labels_, minlength=10) / len(clusterer.labels_)

fig, axes = plt.subplots(
    10, n_columns, figsize=(0.62 * n_columns + 1.2, 7.4), squeeze=False
)
fig.subplots_adjust(
    left=0.13, right=0.99, bottom=0.01, top=0.86, wspace=0.08, hspace=0.08
)
colors = plt.get_cmap("tab10").colors
for c, row in enumerate(axes):
    row[0].text(
        -0.25,
        0.5,
        f"cluster {c}\n{100 * share[c]:.0f} % of digits",
        transform=row[0].transAxes,
        ha="right",
        va="center",
        fontsize=8,
        color=colors[c],
    )
    for place, ax in enumerate(row):
        ax.set_axis_off()
        if place < len(members[c]):
            picture = pictures[members[c][place]][..., np.newaxis]
            ax.imshow(np.where(picture, colors[c], 0.95), interpolation="nearest")
lines = [
    f"{name}: purity {np.median(values[:, 0]):.2f}, mutual information "
    f"{np.median(values[:, 1]):.2f}"
    for name, values in scores.items()
]
fig.suptitle(
    "64 neurons in 10 clusters, from bits alone\n" + "\n".join(lines), fontsize=10
)

plt.show()

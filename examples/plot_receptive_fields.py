# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================
Neurons that see a part see more
=====================================

Every neuron of a :class:`~skbit.random_projection.RandomMAJ3Projection` takes the
majority over the containers that it sees. With ``receptive_field`` it sees a small
random window of the image instead of all of it. Once the classifier is tuned, windows
make the same number of neurons more accurate, and the projection costs less, because a
neuron compares fewer containers.

Without tuning, windows gain little, and with few neurons they lose: a single counting
pass gets more out of a few neurons that see everything. Both are measured here, by
training on the first 50,000 digits of the training file and validating on its last
10,000.

See :ref:`projection`.
"""

# %%
# Encode once, project often
# --------------------------

import matplotlib.pyplot as plt
import numpy as np

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
bits = ThermometerEncoder(curve="exp", feature_range=(0, 255)).fit_transform(X)
train, validation = slice(0, 50_000), slice(50_000, None)

sizes = [8, 16, 32, 64, 128, 256]
kinds = {
    "whole image": {},
    "windows": {"receptive_field": (5, 9), "image_shape": (28, 28)},
}
counted, tuned, seen = {}, {}, {}

# %%
# The first neurons of a larger projection are those of a smaller one with the same
# seed, so one projection serves all sizes: its first ``n`` containers are that of ``n``
# neurons. The margin grows with the number of neurons, because scores do.

for kind, parameters in kinds.items():
    projection = RandomMAJ3Projection(
        max(sizes), random_state=0, n_jobs=2, **parameters
    ).fit(bits)
    projected = projection.transform(bits)
    height, width = projection.receptive_fields_[:, 2:].T
    seen[kind] = np.mean(height * width)
    counted[kind], tuned[kind] = [], []
    for n in sizes:
        for max_iter, accuracies in ((1, counted[kind]), (6, tuned[kind])):
            model = OttoScoreClassifier(
                max_iter=max_iter, random_state=0, n_jobs=2
            ).fit(projected[train, :n], y[train])
            accuracies.append(model.score(projected[validation, :n], y[validation]))

for kind in kinds:
    print(f"{kind}: a neuron sees {seen[kind]:.0f} of {bits.shape[1]} containers")

# %%
# The figure
# ----------

fig, ax = plt.subplots(figsize=(8, 5), layout="constrained")
for kind, color, side in zip(kinds, ("C0", "C1"), ("top", "bottom"), strict=True):
    percent = 100 * np.array(tuned[kind])
    ax.plot(sizes, percent, "o-", color=color, lw=2, label=f"{kind}, tuned 5 epochs")
    ax.annotate(
        f"{percent[-1]:.1f} %",
        (sizes[-1], percent[-1]),
        xytext=(8, 0),
        textcoords="offset points",
        va=side,
        color=color,
    )
for kind, color in zip(kinds, ("C0", "C1"), strict=True):
    percent = 100 * np.array(counted[kind])
    ax.plot(sizes, percent, "o--", color=color, lw=1.2, ms=4, label=f"{kind}, counted")
ax.set_xscale("log", base=2)
ax.set_xticks(sizes, [str(n) for n in sizes])
ax.set_xlim(sizes[0] * 0.88, sizes[-1] * 1.35)
ax.set(
    xlabel="neurons (containers of 32 bits)",
    ylabel="validation accuracy (%)",
    title="Windows of 5 to 9 pixels against the whole image, MNIST",
)
ax.grid(alpha=0.3)
ax.spines[["top", "right"]].set_visible(False)
ax.legend(loc="lower right", frameon=False)

plt.show()

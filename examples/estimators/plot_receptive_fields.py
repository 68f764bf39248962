# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
Small receptive fields make a tuned projection more accurate
============================================================

Every output container of a :class:`~skbit.random_projection.RandomMAJ3Projection` is a
majority over input containers. With ``receptive_field``, it is a majority over a small
random window of the image. With a tuned classifier, receptive fields increase the
accuracy for the same number of output containers, and the projection is cheaper,
because each output container depends on fewer inputs.

With a single counting pass, receptive fields gain little, and with few output
containers they reduce the accuracy. The example measures both cases. It trains on the
first 50,000 digits of the training file and validates on the last 10,000.

See :ref:`projection`.
"""

# %%
# Encode the digits
# -----------------

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
bits = ThermometerEncoder(curve="exp", feature_range=(0, 255)).fit_transform(X)
train, validation = slice(0, 50_000), slice(50_000, None)

sizes = [8, 16, 32, 64, 128, 256]
kinds = {
    "whole image": {},
    "receptive fields": {"receptive_field": (5, 9), "image_shape": (28, 28)},
}
counted, tuned, seen = {}, {}, {}

# %%
# Project and classify
# --------------------
#
# A projection with fewer components and the same seed gives the first containers of the
# larger projection, so one projection is computed for all sizes.

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
    print(
        f"{kind}: a component sees {seen[kind]:.0f} of {bits.shape[1]} containers\n"
        f"  accuracy of {sizes[-1]} components: {100 * counted[kind][-1]:.1f} % "
        f"counted, {100 * tuned[kind][-1]:.1f} % tuned"
    )

# %%
# Plot windows and accuracy
# -------------------------
# The left panel shows the windows of the first eight components on a digit. A container
# has the bits of four pixels in a line, so windows begin and end at multiples of four.

fig, (left, ax) = plt.subplots(
    1, 2, figsize=(11, 4.8), layout="constrained", width_ratios=(1, 1.6)
)
left.imshow(X[0].reshape(28, 28), cmap="gray_r", alpha=0.6)
windows = projection.receptive_fields_[:8] * [1, 4, 1, 4]
for (top, start, height, width), color in zip(
    windows, plt.get_cmap("tab10").colors, strict=False
):
    window = Rectangle((start - 0.5, top - 0.5), width, height, fill=False)
    window.set(edgecolor=color, linewidth=2.5)
    left.add_patch(window)
left.set_axis_off()
left.set_title("Windows of eight components")
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
ax.set_xlim(sizes[0] * 0.88, sizes[-1] * 1.5)
ax.set(
    xlabel="components (containers of 32 bits)",
    ylabel="validation accuracy (%)",
    title="Windows and the whole image, MNIST",
)
ax.grid(alpha=0.3)
ax.spines[["top", "right"]].set_visible(False)
ax.legend(loc="lower right", frameon=False)

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==========================================
What a prototype leaves open is worth most
==========================================

:class:`~skbit.neighbors.BitPatchClassifier` compares an image with prototypes patch by
patch. With few prototypes, letting patches overlap and move by a pixel is worth several
points of accuracy over one comparison of the whole image; leaving out the bits that a
prototype has not decided is worth nearly as much again.

Learned are the first 50,000 digits of the training file; accuracies are those on the
last 10,000.

See :ref:`patches`.
"""

# %%
# Accuracy over prototypes
# ------------------------

import matplotlib.pyplot as plt
import numpy as np

from skbit import BitPatchClassifier
from skbit.bits import pack_bits, unpack_bits
from skbit.datasets import fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
bits = pack_bits(X > 127)
train, validation = slice(0, 50_000), slice(50_000, None)

kinds = {
    "flat": {"patch_size": 7, "stride": 7, "max_shift": 0, "masked": False},
    "patches of 8 x 8 that move by 1": {"masked": False},
    "the same, undecided bits left out": {},
}
numbers = [1, 2, 4, 8, 16, 32, 64]


def fitted(n_prototypes, **params):
    """Return a classifier of the training digits."""
    model = BitPatchClassifier(
        n_prototypes, image_shape=(28, 28), random_state=0, n_jobs=2, **params
    )
    return model.fit(bits[train], y[train])


fig, (curves, pictures) = plt.subplots(
    1, 2, figsize=(9, 3.8), width_ratios=[1.25, 1], layout="constrained"
)
for (name, params), marker in zip(kinds.items(), "os^", strict=True):
    accuracies = [
        100 * fitted(n, **params).score(bits[validation], y[validation])
        for n in numbers
    ]
    curves.plot(numbers, accuracies, marker=marker, label=name)
curves.set_xscale("log", base=2)
curves.set_xticks(numbers, numbers)
curves.set_xlabel("prototypes per class")
curves.set_ylabel("accuracy, %")
curves.grid(alpha=0.3)
curves.legend(loc="lower right")

# %%
# What prototypes look like
# -------------------------
#
# Dark is 1, light is 0, and red is what the prototype leaves open: the ends of strokes
# and the ways in which people slant them.

model = fitted(8)
ones = unpack_bits(model.prototypes_, 800)[:, :784].reshape(10, 8, 28, 28)
decided = unpack_bits(model.masks_, 800)[:, :784].reshape(10, 8, 28, 28)
colors = np.array([[0.96, 0.96, 0.93], [0.1, 0.1, 0.2], [0.85, 0.35, 0.25]])
image = colors[np.where(decided, ones, 2)[[2, 4, 5, 7]][:, :4]]
rows = [np.hstack(list(row)) for row in image]
pictures.imshow(np.vstack(rows), interpolation="nearest")
for line in range(28, 112, 28):
    pictures.axhline(line - 0.5, color="white")
    pictures.axvline(line - 0.5, color="white")
pictures.set_axis_off()
pictures.set_title("four prototypes each of 2, 4, 5 and 7")
plt.show()

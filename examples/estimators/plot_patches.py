# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
Patches that shift make a few prototypes more accurate
============================================================

:class:`~skbit.neighbors.BitPatchClassifier` compares an image with prototypes patch by
patch. With few prototypes, overlapping patches that can be shifted by a pixel are
several points more accurate than one comparison of the whole image. Masks, which leave
out the bits on which the images of a prototype disagree, increase the accuracy further.

The classifier is trained on the first 50,000 digits of the training file and evaluated
on the last 10,000.

See :ref:`patches`.
"""

# %%
# Measure the accuracy over the number of prototypes
# --------------------------------------------------

import matplotlib.pyplot as plt
import numpy as np

from skbit import BitPatchClassifier
from skbit.bits import pack_bits, unpack_bits
from skbit.datasets import fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
bits = pack_bits(X > 127)
train, validation = slice(0, 50_000), slice(50_000, None)

kinds = {
    "no patches": {"patch_size": 7, "stride": 7, "max_shift": 0, "masked": False},
    "8 x 8 patches, shift 1": {"masked": False},
    "8 x 8 patches, shift 1, masked": {},
}
numbers = [1, 2, 4, 8, 16, 32, 64]


def fitted(n_prototypes, **params):
    """Return a classifier fitted on the training digits."""
    model = BitPatchClassifier(
        n_prototypes, image_shape=(28, 28), random_state=0, n_jobs=2, **params
    )
    return model.fit(bits[train], y[train])


accuracies = {
    name: [
        100 * fitted(n, **params).score(bits[validation], y[validation])
        for n in numbers
    ]
    for name, params in kinds.items()
}
for name, values in accuracies.items():
    print(f"{name}: {values[0]:.1f} % with one prototype, {values[-1]:.1f} % with 64")

# %%
# Plot the accuracy and the prototypes
# ------------------------------------
#
# Dark pixels are ones, light pixels are zeros, and red pixels are left out of the
# comparison. They lie along the edges of the strokes.

fig, (curves, pictures) = plt.subplots(
    1, 2, figsize=(9, 3.8), width_ratios=[1.25, 1], layout="constrained"
)
for (name, values), marker in zip(accuracies.items(), "os^", strict=True):
    curves.plot(numbers, values, marker=marker, label=name)
curves.set_xscale("log", base=2)
curves.set_xticks(numbers, numbers)
curves.set_xlabel("prototypes per class")
curves.set_ylabel("validation accuracy (%)")
curves.grid(alpha=0.3)
curves.legend(loc="lower right")

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
pictures.set_title("Four prototypes each of 2, 4, 5 and 7")
plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
===============================================================
Templates that compete need fewer bits than a random projection
===============================================================

:class:`~skbit.feature_extraction.BitPatchEncoder` compares every patch of an image with
a few templates. The templates that are most similar win the patch, and a bit of the
output tells that a template won in one of the cells into which the image is divided.

The example shows templates and the patches that they win. Then it compares the accuracy
with that of a :class:`~skbit.random_projection.RandomMAJ3Projection` with as many
output bits. It trains on the first 20,000 digits of the training file and validates on
the last 10,000.

See :ref:`patch_features`.
"""

# %%
# Look at the templates
# ---------------------
#
# The left panel shows the templates that win most patches of an image. They are patches
# of the training images, of 7 by 7 pixels. A pixel has two bits, one for each
# threshold: it is white, grey or black. The right panel shows the image once for each
# of these templates. A red pixel is the center of a patch that the template won. A
# template for an edge wins at many places along such edges.

import matplotlib.pyplot as plt

from skbit import (
    BitPatchEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.datasets import fetch_mnist
from skbit.inspection import TemplateDisplay

X, y = fetch_mnist("train", return_X_y=True)
train, validation = slice(0, 20_000), slice(50_000, None)

bits = PixelEncoder(thresholds=(64, 160)).fit_transform(X)
shape = {"image_shape": (28, 28), "padding": 2, "random_state": 0, "n_jobs": 2}
encoder = BitPatchEncoder(n_templates=64, **shape).fit(bits[train])
TemplateDisplay.from_estimator(encoder, bits[:1])
plt.show()

# %%
# Compare the accuracy for the same number of bits
# ------------------------------------------------
#
# The classifier learns a weight for each bit and class, so a model with fewer bits is
# smaller. The grid has 4 by 4 cells, so 64 templates make 1024 bits.


def accuracy(features):
    """Train on some rows of features and validate on others."""
    model = OttoScoreClassifier(max_iter=11, random_state=0, n_jobs=2)
    model.fit(features[train], y[train])
    return 100 * model.score(features[validation], y[validation])


numbers = [8, 16, 32, 64, 128]
levels = ThermometerEncoder(curve="exp", feature_range=(0, 255)).fit_transform(X)
windows = {"receptive_field": (5, 9), "image_shape": (28, 28), "random_state": 0}
n_bits, templates, projection = [], [], []
for n in numbers:
    n_bits.append(16 * n)
    encoder = BitPatchEncoder(n, **shape).fit(bits[train])
    templates.append(accuracy(encoder.transform(bits)))
    neurons = RandomMAJ3Projection(16 * n // 32, n_jobs=2, **windows)
    projection.append(accuracy(neurons.fit_transform(levels)))
    print(f"{16 * n:4} bits: {templates[-1]:.1f} %, projection {projection[-1]:.1f} %")

# %%
# With as many bits, templates that compete are far more accurate than random
# projections, because the same template is found wherever it occurs in a cell.

figure, ax = plt.subplots(layout="constrained")
ax.plot(n_bits, templates, "o-", label="templates that compete for patches")
ax.plot(n_bits, projection, "s-", label="random projection with receptive fields")
ax.set(
    xscale="log",
    xlabel="number of output bits",
    ylabel="validation accuracy (%)",
)
ax.set_xticks(n_bits, n_bits)
ax.minorticks_off()
ax.grid(alpha=0.3)
ax.legend()
plt.show()

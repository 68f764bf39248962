# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================================
Clothes are recognized, and the margin tells which are doubtful
==================================================================

:func:`~skbit.pipeline.image_pipeline` classifies images of which only the shape is
given. The margin of an image is the score of the class with the highest score, less
that of the second. The lower the margin, the more of the predictions are wrong.

The pipeline is trained on the first 20,000 images of the training file of
Fashion-MNIST, and validated on the last 10,000.

See :ref:`pipelines`.
"""

# %%
# Fit the pipeline
# ----------------

import matplotlib.pyplot as plt
import numpy as np

from skbit.datasets import fetch_fashion_mnist
from skbit.metrics import bit_mass
from skbit.pipeline import image_pipeline

X, y = fetch_fashion_mnist("train", return_X_y=True)
train, validation = slice(0, 20_000), slice(50_000, None)
names = ["t-shirt", "trousers", "pullover", "dress", "coat"]
names += ["sandal", "shirt", "sneaker", "bag", "boot"]

model = image_pipeline((28, 28), random_state=0, n_jobs=2).fit(X[train], y[train])
print(f"the model has {bit_mass(model).total / 8000:.1f} kB")

# %%
# Compare margins and errors
# --------------------------
# The validation images are sorted by their margin and divided into ten equal parts.

images, classes = X[validation], y[validation]
scores = model.decision_function(images)
second, first = np.sort(scores, axis=1)[:, -2:].T
predicted = model.classes_[scores.argmax(axis=1)]
order = np.argsort(second - first)
is_right = predicted == classes
accuracies = 100 * is_right[order].reshape(10, -1).mean(axis=1)
print(f"accuracy {100 * np.mean(is_right):.1f} %, by parts {accuracies}")

# %%
# Plot sure and doubtful images
# -----------------------------
# A line shows ten images of a class, in equal steps from the highest margin to the
# lowest. An image that is taken for something else is red, with the predicted class
# below it.

fig, (left, right) = plt.subplots(
    1, 2, figsize=(10, 6.2), layout="constrained", width_ratios=(2, 1)
)
colors = plt.get_cmap("gray_r"), plt.get_cmap("Reds")
canvas = np.ones((10 * 32, 10 * 30, 3))
for kind in range(10):
    of_kind = order[classes[order] == kind]
    for place, row in enumerate(
        of_kind[np.linspace(0, len(of_kind) - 1, 10, dtype=int)]
    ):
        picture = images[row].reshape(28, 28) / 255
        colored = colors[0 if is_right[row] else 1](picture)[..., :3]
        canvas[32 * kind :, 30 * place :][:28, :28] = colored
        if not is_right[row]:
            left.text(
                30 * place + 14,
                32 * kind + 29,
                names[predicted[row]],
                color="C3",
                fontsize=7,
                ha="center",
                va="center",
            )
left.imshow(canvas, interpolation="nearest")
left.set_yticks(32 * np.arange(10) + 14, names)
left.set_xticks([14, 284], ["sure", "doubtful"])
left.tick_params(length=0)
left.spines[:].set_visible(False)
left.set_title("Validation images by their margin")
right.plot(np.arange(5, 100, 10), accuracies, "o-")
right.axhline(100 * np.mean(is_right), color="0.6", lw=1)
right.text(4, 100 * np.mean(is_right) - 1, "all images", color="0.4", va="top")
right.set(
    xlabel="images from sure to doubtful (%)",
    ylabel="validation accuracy of a tenth (%)",
    title=f"A model of {bit_mass(model).total / 8000:.0f} kB",
)
right.grid(alpha=0.3)
right.spines[["top", "right"]].set_visible(False)

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================================================
A model in C learns on the device that its camera is upside down
=====================================================================

The classifier of a device has counted images in Python. Then its camera is mounted
upside down. With ``learn=True``, :func:`~skbit.codegen.to_c` writes C code
that learns: the device counts the new images, one after the other, and its accuracy
rises again.

The example needs a C compiler, which makes a library of the code. Images of
Fashion-MNIST are read from the training file; the last 10,000 validate.

See :ref:`codegen`.
"""

# %%
# Count in Python, and write the C code
# -------------------------------------

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, ThermometerEncoder
from skbit.codegen import to_c
from skbit.datasets import fetch_fashion_mnist

X, y = fetch_fashion_mnist("train", return_X_y=True)
turned = X[:, ::-1]
validation = slice(50_000, None)

encoder = ThermometerEncoder(4, feature_range=(0, 255))
model = make_pipeline(encoder, OttoScoreClassifier()).fit(X[:2000], y[:2000])
device = to_c(model, "device", learn=True).compile()


def accuracy(images):
    """Return the accuracy of the device on validation images, in percent."""
    return 100 * np.mean(device.predict(images[validation]) == y[validation])


print(f"accuracy {accuracy(X):.1f} %, turned {accuracy(turned):.1f} %")

# %%
# Learn on the device
# -------------------
# The accuracy on images as before is measured as well.

numbers = [0, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
of_turned, of_old = [accuracy(turned)], [accuracy(X)]
for start, stop in pairwise(numbers):
    rows = slice(10_000 + start, 10_000 + stop)
    device.partial_fit(turned[rows], y[rows])
    of_turned.append(accuracy(turned))
    of_old.append(accuracy(X))
    print(f"{stop} images learned: {of_turned[-1]:.1f} %, as before {of_old[-1]:.1f} %")

# %%
# Plot the accuracy
# -----------------

fig, (left, right) = plt.subplots(
    1, 2, figsize=(9.5, 4.4), layout="constrained", width_ratios=(1, 2.2)
)
shown = [np.flatnonzero(y == kind)[0] for kind in (1, 9, 0)]
columns = [np.vstack(rows[shown].reshape(-1, 28, 28)) for rows in (X, turned)]
left.imshow(np.hstack(columns), cmap="gray_r", interpolation="nearest")
left.axvline(27.5, color="C0", lw=1)
left.set_xticks([14, 42], ["before", "turned"])
left.set_yticks([])
left.set_title("Images")
right.plot(numbers, of_turned, "o-", lw=2, label="turned images")
right.plot(numbers, of_old, "s--", color="0.5", label="images as before")
right.set_xscale("symlog", linthresh=20)
right.set_xticks([0, 20, 100, 1000, 10_000], ["0", "20", "100", "1,000", "10,000"])
right.minorticks_off()
right.set(
    xlabel="turned images that the device has learned",
    ylabel="validation accuracy (%)",
    title="Learning on the device",
    ylim=(0, 80),
)
right.grid(alpha=0.3)
right.legend(frameon=False, loc="lower right")
right.spines[["top", "right"]].set_visible(False)

plt.show()

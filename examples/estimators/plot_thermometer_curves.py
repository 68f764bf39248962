# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
Curves that rise early keep faint strokes apart from paper
============================================================

A thermometer code of eight bits has nine levels, and its curve maps pixel values to
levels. Curves that rise early (``exp``, ``cbrt``) distinguish blank paper from the
faintest stroke, whereas ``linear`` divides the range evenly. The information that a
curve keeps is visible after decoding: ``inverse_transform`` returns for each pixel the
middle of the values that share its level.

See :ref:`encoding` for the formulas.
"""

# %%
# Compute the levels of all 256 bytes
# -----------------------------------
#
# The level of a code is the number of its ones.

import matplotlib.pyplot as plt
import numpy as np

from skbit.datasets import fetch_mnist
from skbit.preprocessing import ThermometerEncoder

curves = ["linear", "exp", "cbrt", "sqrt", "gamma", "log"]
curves += ["inv_exp", "down", "up", "sigmoid", "mid_monotone", "mid", "tri"]


def encoder_of(curve, n_levels):
    return ThermometerEncoder(
        n_levels, curve=curve, feature_range=(0, 255), packed_output=False
    )


values = np.arange(256, dtype=np.uint8)[:, None]
levels = {
    curve: encoder_of(curve, 8).fit_transform(values).sum(axis=1) for curve in curves
}

# %%
# Encode and decode a digit
# -------------------------

X, y = fetch_mnist("train", return_X_y=True)
digit = X[[np.flatnonzero(y == 5)[0]]]

read = {}
for curve in ("linear", "exp"):
    for n_levels in (2, 4, 8):
        encoder = encoder_of(curve, n_levels).fit(digit)
        read[curve, n_levels] = encoder.inverse_transform(encoder.transform(digit))
errors = {
    key: [np.abs(pixels - digit)[where].mean() for where in (digit == 0, digit > 0)]
    for key, pixels in read.items()
}
for (curve, n_levels), (paper, ink) in errors.items():
    print(f"{curve}, {n_levels} levels: mean error of paper {paper:.0f}, ink {ink:.0f}")

# %%
# Plot the curves and the decoded digit
# -------------------------------------
#
# The upper plots show every curve and the linear one. ``mid`` and ``tri`` are not
# monotone: distant values share a level, so they cannot be decoded. The lower plots
# show the decoded digit and the mean absolute error of the pixels that are 0 (paper)
# and of all others (ink). ``linear`` gives paper and faint ink the same level, so paper
# becomes grey. ``exp`` keeps the paper white and distinguishes bright pixels less well.

fig = plt.figure(figsize=(9, 9), layout="constrained")
above, below = fig.subfigures(2, 1, height_ratios=[2.7, 1], hspace=0.02)

others = [curve for curve in curves if curve != "linear"]
axes = above.subplots(-(-len(others) // 4), 4, sharex=True, sharey=True)
for ax, curve in zip(axes.flat, others, strict=False):
    ax.plot(values[:, 0], levels["linear"], color="0.7", lw=1.2, drawstyle="steps-post")
    ax.plot(values[:, 0], levels[curve], color="C0", lw=2, drawstyle="steps-post")
    ax.set_title(curve, fontsize=11)
    ax.set(xticks=[0, 64, 128, 192, 255], yticks=[0, 2, 4, 6, 8])
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
above.supxlabel("pixel value", fontsize=11)
above.supylabel("level: bits that are 1, of 8", fontsize=11)
above.suptitle("Curves (blue) and the linear one (grey)", fontsize=12)

axes = below.subplots(1, 7)
axes[0].set_xlabel("mean error:", fontsize=9)
axes[0].imshow(digit.reshape(28, 28), cmap="gray_r", vmin=0, vmax=255)
axes[0].set_title("original", fontsize=10)
for ax, ((curve, n_levels), pixels) in zip(axes[1:], read.items(), strict=True):
    paper, ink = errors[curve, n_levels]
    ax.imshow(pixels.reshape(28, 28), cmap="gray_r", vmin=0, vmax=255)
    ax.set_title(f"{curve}\n{n_levels} levels", fontsize=10)
    ax.set_xlabel(f"paper {paper:.0f}, ink {ink:.0f}", fontsize=9)
for ax in axes:
    ax.set(xticks=[], yticks=[])
below.suptitle("A digit decoded from its bits", fontsize=12)

plt.show()

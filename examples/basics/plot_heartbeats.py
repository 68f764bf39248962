# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================================
A model of a few kilobytes tells abnormal heartbeats from normal
==================================================================

:func:`~skbit.pipeline.series_pipeline` classifies the series of a sensor. Here the
sensor is an electrode, and a series is one heartbeat of a patient. The models are
judged by cross-validation: each heartbeat is predicted by a model that has not seen it.

The data are the training series of ECG5000 of the UCR archive, read from the file
``series/ECG5000_TRAIN.txt.gz`` in the folder that ``SKBIT_DATA_HOME`` names.

See :ref:`pipelines`.
"""

# %%
# Read the heartbeats
# -------------------
# Class 1 is a normal beat, and the other four are abnormal. A beat has mean 0 and
# variance 1. It becomes 140 whole numbers from 0 to 255, as a converter of eight bits
# delivers them.

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from skbit.codegen import to_c
from skbit.pipeline import series_pipeline

file = Path(os.environ["SKBIT_DATA_HOME"]) / "series" / "ECG5000_TRAIN.txt.gz"
table = np.loadtxt(file)
beats = np.clip(np.rint(table[:, 1:] * 24 + 128), 0, 255).astype(np.uint8)
is_abnormal = table[:, 0] != 1
print(f"{len(beats)} beats, {np.sum(is_abnormal)} of them abnormal")

# %%
# Compare the sizes
# -----------------
# A nearest neighbour keeps all beats. The bytes of the pipelines are those of the
# constants in C.

models = {
    "tiny": series_pipeline(140, "tiny", random_state=0),
    "small": series_pipeline(140, "small", random_state=0),
    "nearest neighbour": KNeighborsClassifier(1),
}
folds = StratifiedKFold(10, shuffle=True, random_state=0)
predictions, n_bytes = {}, {}
for name, model in models.items():
    predictions[name] = cross_val_predict(model, beats, is_abnormal, cv=folds)
    is_wrong = predictions[name] != is_abnormal
    n_bytes[name] = beats.nbytes
    if name != "nearest neighbour":
        n_bytes[name] = to_c(model.fit(beats, is_abnormal)).flash_bytes
    print(
        f"{name}: {n_bytes[name]:,} bytes, {np.sum(is_wrong & is_abnormal)} abnormal "
        f"beats missed, {np.sum(is_wrong & ~is_abnormal)} false alarms"
    )

# %%
# Plot the heartbeats and the errors
# ----------------------------------
# Red lines are the beats that the model "small" misses, or for which it gives a false
# alarm.

fig, axes = plt.subplots(
    1, 3, figsize=(11, 4), layout="constrained", width_ratios=(1, 1, 0.7)
)
is_wrong = predictions["small"] != is_abnormal
for ax, kind, color, title, error in (
    (axes[0], ~is_abnormal, "C0", "normal beats", "false alarms"),
    (axes[1], is_abnormal, "0.35", "abnormal beats", "missed"),
):
    right, wrong = beats[kind & ~is_wrong], beats[kind & is_wrong]
    ax.plot(right.T, color=color, lw=0.6, alpha=0.12)
    ax.plot(wrong.T, color="C3", lw=1.3)
    ax.set(title=f"{len(right) + len(wrong)} {title}", xlabel="time (samples)")
    ax.text(
        0.97,
        0.94,
        f"{len(wrong)} {error}",
        color="C3",
        transform=ax.transAxes,
        ha="right",
    )
    ax.set_ylim(0, 255)
axes[0].set_ylabel("value of the converter")
for name, size in n_bytes.items():
    n_errors = np.sum(predictions[name] != is_abnormal)
    color = "0.45" if name == "nearest neighbour" else "C0"
    axes[2].plot(size / 1000, n_errors, "o", ms=9, color=color)
    axes[2].annotate(
        name,
        (size / 1000, n_errors),
        (0, 10),
        textcoords="offset points",
        ha="center",
    )
axes[2].set(
    xscale="log",
    xlim=(0.5, 1000),
    ylim=(0, 20),
    yticks=range(0, 21, 5),
    xlabel="size of the model (kB)",
    ylabel="errors of 500",
    title="Size and errors",
)
axes[2].set_xticks([1, 10, 100], ["1", "10", "100"])
axes[2].minorticks_off()
axes[2].grid(alpha=0.3)
for ax in axes:
    ax.spines[["top", "right"]].set_visible(False)

plt.show()

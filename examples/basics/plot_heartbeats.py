# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================================
Heartbeats that come early or late are still recognized
==================================================================

:func:`~skbit.pipeline.series_pipeline` classifies the series of a sensor. Here the
sensor is an electrode, and a series is one heartbeat. If all beats begin at the same
time, logistic regression makes fewer errors, and is smaller. If the beats to be
classified come a few samples earlier or later, its errors multiply. The pipeline has
templates of short patches, which it recognizes anywhere in a part of the series.

The data are the training series of ECG5000 of the UCR archive, read from the file
``series/ECG5000_TRAIN.txt.gz`` in the folder that ``SKBIT_DATA_HOME`` names.

See :ref:`series`.
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
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbit.codegen import to_c
from skbit.pipeline import series_pipeline

file = Path(os.environ["SKBIT_DATA_HOME"]) / "series" / "ECG5000_TRAIN.txt.gz"
table = np.loadtxt(file)
beats = np.clip(np.rint(table[:, 1:] * 24 + 128), 0, 255).astype(np.uint8)
is_abnormal = table[:, 0] != 1
print(f"{len(beats)} beats, {np.sum(is_abnormal)} of them abnormal")

# %%
# Predict beats that come early or late
# -------------------------------------
# Models are judged by cross-validation: a beat is predicted by a model that has not
# learned it. All beats that are learned begin at the same time. A beat that comes early
# ends with a constant, and one that comes late begins with a constant.

models = {
    "skbit": series_pipeline(140, random_state=0),
    "nearest neighbour": KNeighborsClassifier(1),
    "logistic regression": make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=1000)
    ),
}
delays = np.arange(-10, 11, 2)
predicted = {name: np.empty((len(delays), len(beats)), dtype=bool) for name in models}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
for train, rest in folds.split(beats, is_abnormal):
    for name, model in models.items():
        model.fit(beats[train], is_abnormal[train])
        for row, delay in enumerate(delays):
            times = np.clip(np.arange(140) - delay, 0, 139)
            predicted[name][row, rest] = model.predict(beats[rest][:, times])

n_errors = {
    name: np.sum(rows != is_abnormal, axis=1) for name, rows in predicted.items()
}
n_bytes = {
    "skbit": to_c(models["skbit"].fit(beats, is_abnormal)).flash_bytes,
    "nearest neighbour": beats.nbytes,
    "logistic regression": 141 * np.float32().nbytes,
}
for name, errors in n_errors.items():
    print(
        f"{name}, {n_bytes[name]:,} bytes: {errors[5]} errors, {errors[6]} with a "
        f"delay of 2, {errors[8]} with a delay of 6 samples"
    )

# %%
# Plot the heartbeats and the errors
# ----------------------------------
# Red lines are beats that the pipeline misses without a delay, or for which it gives a
# false alarm.

fig, axes = plt.subplots(
    1, 3, figsize=(11, 4), layout="constrained", width_ratios=(1, 1, 1.3)
)
is_wrong = predicted["skbit"][5] != is_abnormal
for ax, kind, color, title, error in (
    (axes[0], ~is_abnormal, "C0", "normal beats", "false alarms"),
    (axes[1], is_abnormal, "0.35", "abnormal beats", "missed"),
):
    right, wrong = beats[kind & ~is_wrong], beats[kind & is_wrong]
    ax.plot(right.T, color=color, lw=0.6, alpha=0.12)
    ax.plot(wrong.T, color="C3", lw=1.3)
    ax.set(title=f"{kind.sum()} {title}", xlabel="time (samples)", ylim=(0, 255))
    note = f"{len(wrong)} {error}"
    ax.text(0.97, 0.94, note, color="C3", transform=ax.transAxes, ha="right")
axes[0].set_ylabel("value of the converter")
for (name, errors), style in zip(n_errors.items(), ("o-", "s--", "^:"), strict=True):
    label = f"{name}, {n_bytes[name] / 1000:.1f} kB"
    axes[2].plot(delays, errors, style, lw=2, label=label)
axes[2].set(
    xlabel="delay of the beats (samples)",
    ylabel="errors of 500",
    title="Errors of beats that come early or late",
    ylim=(0, 500),
)
axes[2].grid(alpha=0.3)
axes[2].legend(frameon=False, loc="upper center")
for ax in axes:
    ax.spines[["top", "right"]].set_visible(False)

plt.show()

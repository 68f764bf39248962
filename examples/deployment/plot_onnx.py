# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================================
A model in ONNX returns the same integers as in Python
==================================================================

:func:`~skbit.onnx.to_onnx` writes a fitted pipeline as a graph of standard operators,
which runs without Python, numba and skbit. Its scores are equal to those in Python,
because they are sums of integers.

The pipeline recognizes spoken digits in spectrograms of 20 times and 16 bands of
frequencies, made from the recordings of the Free Spoken Digit Dataset. They are read
from the file ``series/spoken_digits.npz`` in the folder that ``SKBIT_DATA_HOME`` names.
The example needs ``pip install "skbit[onnx]"``.

See :ref:`onnx`.
"""

# %%
# Fit and export
# --------------
# Each of six speakers has said every digit 50 times. The model is validated on ten of
# these takes.

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from onnxruntime import InferenceSession

from skbit.onnx import to_onnx
from skbit.pipeline import series_pipeline

file = np.load(Path(os.environ["SKBIT_DATA_HOME"]) / "series" / "spoken_digits.npz")
X, y = file["X"].reshape(-1, 20 * 16), file["y"]
is_validation = file["take"] >= 40
X_train, X_val = X[~is_validation], X[is_validation]
y_train, y_val = y[~is_validation], y[is_validation]

model = series_pipeline(20, n_channels=16, random_state=0).fit(X_train, y_train)
graph = to_onnx(model, X_train).SerializeToString()
print(
    f"validation accuracy {model.score(X_val, y_val):.3f}, file of {len(graph):,} bytes"
)

# %%
# Run the graph
# -------------

session = InferenceSession(graph)
labels, scores = session.run(None, {"X": X_val})
in_python = model[-1].integer_scores(model[:-1].transform(X_val))
print(f"{np.sum(labels != model.predict(X_val))} of {labels.size:,} labels differ")
print(f"{np.sum(scores != in_python)} of {scores.size:,} scores differ")

# %%
# Plot spoken digits and their scores
# -----------------------------------
# A spectrogram shows the frequencies of a word over the time. Below it are the scores
# of the ten classes, in nats: bars are those of Python, and dots those of the graph.
# The right panel shows all validation scores.

firsts = [np.flatnonzero(y_val == digit)[0] for digit in (0, 1, 6, 7, 9)]
nats = model[-1].precision
fig = plt.figure(figsize=(11, 4.4), layout="constrained")
left, right = fig.subfigures(1, 2, width_ratios=(2.2, 1))
axes = left.subplots(2, 5, sharey="row", height_ratios=(1, 1.2))
for (above, below), row in zip(axes.T, firsts, strict=True):
    above.imshow(
        X_val[row].reshape(20, 16).T, origin="lower", aspect="auto", cmap="magma"
    )
    above.set(title=f"spoken {y_val[row]}", xticks=[], yticks=[])
    colors = ["C0" if digit == labels[row] else "0.75" for digit in range(10)]
    below.bar(range(10), in_python[row] / nats, color=colors)
    below.plot(range(10), scores[row] / nats, "k.", ms=4)
    below.set(xlabel="class", xticks=[0, 3, 6, 9])
    below.spines[["top", "right"]].set_visible(False)
axes[0, 0].set_ylabel("frequency")
axes[1, 0].set_ylabel("score (nats)")
ax = right.subplots()
ax.plot(in_python.ravel() / nats, scores.ravel() / nats, ".", ms=3, color="C0")
ax.set(
    xlabel="score in Python (nats)",
    ylabel="score in onnxruntime (nats)",
    title=f"{np.sum(scores == in_python):,} of {scores.size:,} scores are equal",
    aspect="equal",
)
ax.spines[["top", "right"]].set_visible(False)

plt.show()

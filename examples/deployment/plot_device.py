# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================================
A model on a device: from fit to a self-test in C
=====================================================

:func:`~skbit.codegen.to_c` writes a fitted pipeline as C99. The folder that ``save``
writes has a self-test, which compares the C code with what Python computes. A second
model learns on the device, from images that have moved by a pixel.

See :ref:`codegen`.
"""

# %%
# Fit models with weights of few bits
# -----------------------------------
# The models are judged on validation rows, and their sizes are those of the constants.

import subprocess
import tempfile

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, ThermometerEncoder
from skbit.codegen import to_c

X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)
encoder = ThermometerEncoder(4, feature_range=(0, 16))
sizes, accuracies = {}, {}
for bits in (2, 3, 4, 6, 8, 16):
    model = make_pipeline(
        encoder,
        OttoScoreClassifier(max_iter=11, weight_bits=bits, random_state=0),
    ).fit(X_train, y_train)
    sizes[bits] = to_c(model).flash_bytes
    accuracies[bits] = model.score(X_val, y_val)
    print(f"{bits} bits: {sizes[bits]} bytes, accuracy {accuracies[bits]:.3f}")

# %%
# Write a folder, and run its self-test
# -------------------------------------
# The folder is a CMake project, an Arduino library and a Zephyr module. Here the
# system's compiler makes a program of the self-test, which returns 0 if all integers
# are equal.

folder = tempfile.mkdtemp()
to_c(model, "digits").save(folder, X_val)
command = "cc -std=c99 -O2 -I src src/*.c test/main.c -o test/run && test/run"
print("status", subprocess.run(command, shell=True, cwd=folder).returncode)

# %%
# Learn on the device
# -------------------
# The model has counted images. Then all images move to the right by a pixel. The C
# code learns them, one after the other, and is judged on validation rows.

learner = make_pipeline(encoder, OttoScoreClassifier()).fit(X_train, y_train)
on_device = to_c(learner, "learner", learn=True).compile()
moved_train, moved_val = (
    np.roll(rows.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
    for rows in (X_train, X_val)
)
numbers, learned = [0], [np.mean(on_device.predict(moved_val) == y_val)]
for start in range(0, 1300, 50):
    part = slice(start, start + 50)
    on_device.partial_fit(moved_train[part], y_train[part])
    numbers.append(start + 50)
    learned.append(np.mean(on_device.predict(moved_val) == y_val))
print(f"accuracy {learned[0]:.3f} before, {learned[-1]:.3f} after {numbers[-1]} images")

# %%
# Plot sizes and learning
# -----------------------

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(list(sizes.values()), list(accuracies.values()), "o-")
for bits, size in sizes.items():
    left.annotate(
        f"{bits} bits", (size, accuracies[bits]), (6, -12), textcoords="offset points"
    )
left.set(
    xlabel="bytes of constants",
    ylabel="validation accuracy",
    title="Weights of few bits",
)
right.plot(numbers, learned)
right.set(
    xlabel="images learned",
    ylabel="validation accuracy",
    title="Learning on the device",
)
for ax in (left, right):
    ax.spines[["top", "right"]].set_visible(False)

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================================================
In a few kilobytes of C, many templates are better than large weights
=====================================================================

:func:`~skbit.codegen.to_c` writes a fitted pipeline as C99 without floating point and
without allocation. The size of the C code's constants depends on the number of
templates and on the bits of a weight. Of two models of the same size, the one with more
templates and smaller weights is the more accurate.

The folder that ``save`` writes has a self-test, which compares the C code with what
Python computes. Here it is compiled and run, so the example needs a C compiler.

The models classify the images of Fashion-MNIST. They learn from the first 10,000 images
of the training file, and the last 10,000 validate.

See :ref:`codegen`.
"""

# %%
# Fit models of several sizes
# ---------------------------
# Models with the same templates share the encoded images.

import subprocess
import tempfile

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skbit.codegen import to_c
from skbit.datasets import fetch_fashion_mnist
from skbit.pipeline import image_pipeline

X, y = fetch_fashion_mnist("train", return_X_y=True)
X_train, y_train, X_val, y_val = X[:10_000], y[:10_000], X[50_000:], y[50_000:]

n_bits = [2, 4, 8]
n_templates = [16, 32, 64, 128]
kilobytes, accuracies = np.empty((2, len(n_bits), len(n_templates)))
for column, number in enumerate(n_templates):
    model = image_pipeline((28, 28), "tiny", random_state=0, n_jobs=2)
    pixels, patches, classifier = model.set_params(patches__n_templates=number)
    bits_train = make_pipeline(pixels, patches).fit_transform(X_train)
    bits_val = model[:-1].transform(X_val)
    for row, weight_bits in enumerate(n_bits):
        fitted = clone(classifier).set_params(weight_bits=weight_bits)
        fitted.fit(bits_train, y_train)
        in_c = to_c(make_pipeline(pixels, patches, fitted), "clothes")
        kilobytes[row, column] = in_c.flash_bytes / 1000
        accuracies[row, column] = 100 * fitted.score(bits_val, y_val)
        print(
            f"{number} templates, weights of {weight_bits} bits: "
            f"{kilobytes[row, column]:.1f} kB, accuracy {accuracies[row, column]:.1f} %"
        )

# %%
# Write a folder, and run its self-test
# -------------------------------------
# The folder is a CMake project, an Arduino library and a Zephyr module. Here the
# system's compiler makes a program of the self-test, which returns 0 if all integers
# are equal.

folder = tempfile.mkdtemp()
in_c.save(folder, X_val[:1000])
command = "cc -std=c99 -O2 -I src src/*.c test/main.c -o test/run && test/run"
print("status", subprocess.run(command, shell=True, cwd=folder).returncode)

# %%
# Call the C code from Python
# ---------------------------
# ``compile`` makes a library of the code, which is called here for all images.

differ = in_c.compile().predict(X_val) != fitted.predict(bits_val)
print(f"{differ.sum()} of {len(differ):,} labels differ")

# %%
# Plot size and accuracy
# ----------------------
# A line connects models with weights of as many bits.

fig, ax = plt.subplots(figsize=(7.5, 4.6), layout="constrained")
for row, marker in enumerate("os^"):
    ax.plot(
        kilobytes[row],
        accuracies[row],
        marker=marker,
        ms=8,
        label=f"weights of {n_bits[row]} bits",
    )
for column, number in enumerate(n_templates):
    ax.annotate(
        f"{number} templates",
        (kilobytes[0, column], accuracies[0, column]),
        (-8, 4),
        textcoords="offset points",
        ha="right",
    )
ax.set(
    xscale="log",
    xlim=(0.45, 28),
    xlabel="constants of the C code (kB)",
    ylabel="validation accuracy (%)",
    title="Fashion-MNIST in C",
)
ax.set_xticks([0.5, 1, 2, 4, 8, 16], ["0.5", "1", "2", "4", "8", "16"])
ax.minorticks_off()
ax.grid(alpha=0.3)
ax.spines[["top", "right"]].set_visible(False)
ax.legend(loc="lower right", frameon=False)

plt.show()

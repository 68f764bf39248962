# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
Tuning with a margin is more accurate on new rows
============================================================

Tuning corrects rows that are misclassified, so it stops changing the model when all
training rows are classified correctly. A positive ``margin`` also corrects rows that
are classified correctly by a small lead, which increases the validation accuracy.

Early stopping sets aside a part of the training data and keeps the corrections of the
pass with the highest accuracy on this part.

See :ref:`classification`.
"""

# %%
# Project the digits
# ------------------
#
# The example uses 20,000 digits of the training file. ``fit`` sets aside 4,000 of them.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist
from skbit.inspection import TuningDisplay

X, y = fetch_mnist("train", return_X_y=True)
X, y = X[:20_000], y[:20_000]
bits = make_pipeline(
    ThermometerEncoder(curve="exp", feature_range=(0, 255)),
    RandomMAJ3Projection(512, random_state=0, n_jobs=2),
).fit_transform(X)

# %%
# Tune with and without a margin
# ------------------------------
#
# ``max_iter`` is an upper limit. With ``early_stopping``, a fit ends when the
# validation accuracy has not risen for ``n_iter_no_change`` passes.

models = {}
for margin in (0, 2):
    models[margin] = OttoScoreClassifier(
        max_iter=31,
        learning_rate="constant",
        margin=margin,
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=8,
        random_state=0,
        n_jobs=2,
    ).fit(bits, y)
    print(
        f"margin {margin}: accuracy {100 * models[margin].train_scores_[-1]:.2f} % in "
        f"the last pass over the training rows,\n  at most "
        f"{100 * max(models[margin].validation_scores_):.2f} % on the rows set aside"
    )

# %%
# Plot the accuracy
# -----------------
#
# Pass 0 counts. The training accuracy scores each row when it is visited, before it is
# corrected. The ring marks the pass whose corrections are kept.

fig, axes = plt.subplots(1, 2, figsize=(9, 4.4), sharey=True, layout="constrained")
for ax, (margin, model) in zip(axes, models.items(), strict=True):
    TuningDisplay.from_estimator(model, ax=ax)
    validation = 100 * np.array(model.validation_scores_)
    best = int(np.argmax(validation))
    ax.plot(best, validation[best], "o", ms=13, mfc="none", mec="C3", mew=2)
    ax.annotate(
        f"kept: pass {best}, {validation[best]:.2f} %",
        (best, validation[best]),
        xytext=(0, -34),
        textcoords="offset points",
        ha="center",
        color="C3",
        arrowprops={"arrowstyle": "-", "color": "C3", "shrinkB": 7},
    )
    ax.set_title(f"margin {margin}")
    ax.spines[["top", "right"]].set_visible(False)
axes[1].set_ylabel("")
fig.suptitle("Tuning on 16,000 digits, 512 components, 4,000 digits set aside")

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================================
One search chooses the parameters of encoder and classifier
==================================================================

All steps of a pipeline are estimators of scikit-learn's kind, so
:class:`~sklearn.model_selection.GridSearchCV` compares the parameters of several steps
together. Here it chooses the number of bits that a fern reads, and the margin that the
classifier is tuned to.

The table is "MAGIC Gamma Telescope" of the UCI repository: showers of light in the
atmosphere, and whether a gamma ray caused them. It is read from the folder ``tabular``
of ``SKBIT_DATA_HOME`` or, without this folder, from the web site of UCI.

See :ref:`tabular`.
"""

# %%
# Search
# ------
# The search uses 4,000 showers only, and three folds.

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, train_test_split

from skbit.pipeline import tabular_pipeline

source = Path(os.environ.get("SKBIT_DATA_HOME", "")) / "tabular/magic04.data.gz"
if not source.exists():
    uci = "https://archive.ics.uci.edu/ml/machine-learning-databases"
    source = f"{uci}/magic/magic04.data"
showers = pd.read_csv(source, header=None)
X, X_later, y, y_later = train_test_split(
    showers.iloc[:, :-1], showers.iloc[:, -1], train_size=4000, random_state=0
)

sizes, margins = [1, 2, 4, 6, 8, 10], [0, 1, 2, 4, 8, 16]
model = tabular_pipeline(random_state=0, n_jobs=2).set_params(ferns__n_ferns=256)
grid = {"ferns__fern_size": sizes, "classifier__margin": margins}
search = GridSearchCV(model, grid, cv=3).fit(X, y)
print(search.best_params_)

# %%
# Compare on other showers
# ------------------------
# The pair that the search has chosen is compared with two others on the showers that
# the search has not seen.

pairs = {
    "chosen": search.best_params_,
    "default": model.get_params(),
    "single bits, no margin": {"ferns__fern_size": 1, "classifier__margin": 0},
}
for name, params in pairs.items():
    fitted = clone(model).set_params(**{key: params[key] for key in grid}).fit(X, y)
    print(f"{name}: accuracy {fitted.score(X_later, y_later):.3f}")

# %%
# Plot the accuracy of all pairs
# ------------------------------
# The red square marks the pair that is chosen.

accuracy = np.empty((len(margins), len(sizes)))
for params, score in zip(
    search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
):
    row = margins.index(params["classifier__margin"])
    accuracy[row, sizes.index(params["ferns__fern_size"])] = 100 * score

fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
image = ax.imshow(accuracy, origin="lower", cmap="viridis", aspect="auto")
middle = (accuracy.min() + accuracy.max()) / 2
for (row, column), value in np.ndenumerate(accuracy):
    color = "white" if value < middle else "black"
    ax.text(column, row, f"{value:.1f}", color=color, ha="center", va="center")
row, column = np.unravel_index(accuracy.argmax(), accuracy.shape)
ax.plot(column, row, "s", ms=44, mfc="none", mec="C3", mew=3)
ax.set_xticks(range(len(sizes)), sizes)
ax.set_yticks(range(len(margins)), margins)
ax.set(
    xlabel="encoder: bits that a fern reads",
    ylabel="classifier: margin (nats)",
    title="Gamma rays, accuracy of every pair",
)
fig.colorbar(image, label="accuracy in cross-validation (%)")

plt.show()

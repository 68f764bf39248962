# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
================================================================
Thresholds in the tails of a column are needed to see novel rows
================================================================

``tabular_pipeline("novelty")`` is fitted on normal rows and detects others. Its
:class:`~skbit.preprocessing.TableEncoder` has thresholds that reach beyond the lowest
and the highest number of each column (``strategy="tails"``). With thresholds at
quantiles, which suit classifiers, all large numbers have the same bits, and rows far
away from everything look normal.

The table has 30 measurements of cell nuclei. The detector is fitted on benign samples,
and malignant ones are novel. Twenty random halves of the benign samples are compared.

See :ref:`novelty_tables`.
"""

# %%
# Fit on benign samples
# ---------------------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbit.pipeline import tabular_pipeline

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
benign, malignant = X[y == 1], X[y == 0]
tails = tabular_pipeline("novelty", random_state=0).fit(benign[::2])
alarms = 100 * np.mean(tails.predict(benign[1::2]) == -1)
found = 100 * np.mean(tails.predict(malignant) == -1)
print(f"novel: {alarms:.0f} % of benign samples, {found:.0f} % of malignant ones")

# %%
# Compare with other thresholds and detectors
# -------------------------------------------

quantiles = tabular_pipeline("novelty", random_state=0)
quantiles.set_params(table__strategy="quantile")
models = {
    "quantiles": quantiles,
    "tails": tails,
    "IsolationForest": IsolationForest(random_state=0),
    "LocalOutlierFactor": make_pipeline(
        StandardScaler(), LocalOutlierFactor(novelty=True)
    ),
}
rng, areas = np.random.default_rng(0), {name: [] for name in models}
for _ in range(20):
    order = rng.permutation(len(benign))
    train, rest = benign.iloc[order[::2]], benign.iloc[order[1::2]]
    is_normal = np.repeat([True, False], [len(rest), len(malignant)])
    for name, model in models.items():
        model.fit(train)
        scores = [model.score_samples(rows) for rows in (rest, malignant)]
        areas[name].append(roc_auc_score(is_normal, np.concatenate(scores)))
for name, values in areas.items():
    print(f"{name}: area under the ROC curve {np.mean(values):.3f}")

# %%
# Plot the bits of a column, and the areas
# ----------------------------------------

column = "mean area"
grid = np.linspace(0, X[column].max(), 400)
rows = benign[:1].loc[np.repeat(benign.index[0], len(grid))].assign(**{column: grid})
fig, (left, right) = plt.subplots(
    1, 2, figsize=(10, 4), layout="constrained", width_ratios=(3, 2)
)
place = X.columns.get_loc(column)
for name, label, color in (
    ("quantiles", "thresholds at quantiles", "C1"),
    ("tails", "thresholds in the tails", "C0"),
):
    n_ones = np.bitwise_count(models[name]["table"].transform(rows)[:, place])
    left.plot(grid, n_ones, color=color, label=label)
for samples, height in ((benign, -3), (malignant, -6)):
    left.plot(samples[column], np.full(len(samples), height), "|", ms=6, alpha=0.4)
left.set(xlabel=column, ylabel="ones of 32 bits", title="Codes of one column")
left.set_yticks([-6, -3, *range(0, 33, 8)], ["malignant", "benign", *range(0, 33, 8)])
left.legend(frameon=False, loc="center right")
right.boxplot(list(areas.values()), orientation="horizontal", tick_labels=list(areas))
right.set(xlabel="area under the ROC curve", title="Malignant samples as novel rows")
for ax in (left, right):
    ax.spines[["top", "right"]].set_visible(False)

plt.show()

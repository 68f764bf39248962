# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
================================================================
A table of numbers and categories needs no preparation
================================================================

:func:`~skbit.pipeline.tabular_pipeline` takes a data frame as it is. Its first step, a
:class:`~skbit.preprocessing.TableEncoder`, gives every column 32 bits: a number is
compared with quantiles, and a category has bits of its own. Missing values stay in the
table.

The table is "Adult" of the UCI repository: people of the US census of 1994, and whether
they earn more than 50,000 dollars a year. It is read from the folder ``tabular`` of
``SKBIT_DATA_HOME`` or, without this folder, from the web site of UCI.

See :ref:`tabular`.
"""

# %%
# Read the table
# --------------

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier

from skbit.bits import unpack_bits
from skbit.pipeline import tabular_pipeline

source = Path(os.environ.get("SKBIT_DATA_HOME", "")) / "tabular/adult-train.csv.gz"
if not source.exists():
    source = (
        "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/adult.data"
    )
columns = ["age", "work", "weight", "education", "years of school", "marriage"]
columns += ["occupation", "relation", "race", "sex", "gain", "loss", "hours", "country"]
people = pd.read_csv(
    source, names=[*columns, "income"], na_values="?", skipinitialspace=True
)
X, y = people[columns], people["income"]
is_number = [pd.api.types.is_numeric_dtype(X[name]) for name in columns]
print(f"{sum(is_number)} columns of numbers, {14 - sum(is_number)} of categories")
print(f"{100 * X.isna().any(axis=1).mean():.1f} % of the rows have missing values")

# %%
# Fit the pipeline and compare it
# -------------------------------
# The first 10,000 rows train, and 10,000 later ones validate. The gradient boosting of
# scikit-learn needs a type that marks the categories.

train, validation = slice(0, 10_000), slice(20_000, 30_000)
marked = X.astype(
    {name: "category" for name, n in zip(columns, is_number, strict=True) if not n}
)
models = {
    "most frequent class": (DummyClassifier(), X),
    "skbit, small": (tabular_pipeline(random_state=0, n_jobs=2), X),
    "skbit, large": (tabular_pipeline(size="large", random_state=0, n_jobs=2), X),
    "gradient boosting": (HistGradientBoostingClassifier(random_state=0), marked),
}
accuracies = {}
for name, (model, table) in models.items():
    model.fit(table[train], y[train])
    accuracies[name] = 100 * model.score(table[validation], y[validation])
    print(f"{name}: {accuracies[name]:.1f} %")

# %%
# Plot the bits of some people
# ----------------------------
# A line of the picture is a person, and the youngest is at the top. A number sets as
# many bits as there are quantiles below it, so the bits of the age, by which the people
# are sorted, form a triangle.

shown = ["age", "education", "marriage", "occupation", "hours"]
sample = X[validation][:150].sort_values("age")
bits = unpack_bits(models["skbit, small"][0]["table"].transform(sample))
bits = bits.reshape(len(sample), len(columns), 32)

fig, axes = plt.subplots(
    1, 6, figsize=(10, 4.2), layout="constrained", width_ratios=[1] * 5 + [2.4]
)
for ax, name in zip(axes, shown, strict=False):
    place = columns.index(name)
    color = (0.12, 0.47, 0.71) if is_number[place] else (0.85, 0.37, 0.01)
    ones = bits[:, place, :, np.newaxis]
    ax.imshow(np.where(ones, color, 0.95), aspect="auto", interpolation="nearest")
    ax.set(title=name, xticks=[0, 31], xticklabels=["1", "32"], yticks=[])
    ax.set_xlabel("bit", labelpad=-8)
    ax.spines[:].set_visible(False)
axes[0].set_ylabel(f"{len(sample)} people, sorted by age")
for name, accuracy in accuracies.items():
    color = "C0" if name.startswith("skbit") else "0.45"
    axes[5].plot(accuracy, name, "o", ms=9, color=color)
    axes[5].annotate(
        f"{accuracy:.1f}",
        (accuracy, name),
        (0, 8),
        textcoords="offset points",
        ha="center",
    )
axes[5].set(
    xlabel="validation accuracy (%)",
    xlim=(74, 89),
    title="Income above 50,000 $",
)
axes[5].grid(axis="x", alpha=0.3)
axes[5].margins(y=0.15)
axes[5].invert_yaxis()
axes[5].spines[["top", "right"]].set_visible(False)
fig.suptitle("Bits of numbers (blue) and categories (orange)", x=0.3)

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
====================================================
A prediction is a sum, and its terms can be shown
====================================================

The score of a class is a sum of integers, one for each bit of a row.
:func:`~skbit.inspection.explain` lists them, and adds them up by columns of a table or
by pixels of an image. Nothing is approximated: the terms add up to the score to the
last digit.

See :ref:`inspection`.
"""

# %%
# Why is this income predicted to be high?
# ----------------------------------------
# The table is "Adult" of the UCI repository: people of the US census of 1994, and
# whether they earn more than 50,000 dollars a year. It is read from the folder
# ``tabular`` of ``SKBIT_DATA_HOME`` or, without this folder, from the web site of UCI.

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skbit.datasets import fetch_mnist
from skbit.inspection import (
    ExplanationDisplay,
    ImageExplanationDisplay,
    ImportanceDisplay,
    explain,
)
from skbit.pipeline import image_pipeline, tabular_pipeline

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
model = tabular_pipeline(random_state=0).fit(X[:10_000], y[:10_000])

# %%
# A bar is what a column of the row contributes to the score of the predicted class,
# minus what it contributes to the other class. The unit is the nat: e times as likely.

rows = X[20_000:20_200]
explanation = explain(model, rows).by_feature()
predicted = model.predict(rows)
high = int(np.flatnonzero(predicted == ">50K")[1])
low = int(np.flatnonzero(predicted == "<=50K")[0])
_, ax = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for row, panel in zip((high, low), ax, strict=True):
    ExplanationDisplay.from_explanation(explanation, row, n_shown=10, ax=panel)
    panel.title.set(x=1, horizontalalignment="right")
plt.show()

# %%
# The same as numbers. The contributions themselves are integers, or parts of integers,
# whose sums are the scores of the classes, exactly.

print(explanation.to_frame(high).round(2).head(4))
sums = explanation.offset_ + explanation.contributions_.sum(axis=1)
scores = model[-1].integer_scores(model[:-1].transform(rows))
print("the sums are the scores:", (sums == scores).all())

# %%
# A contribution compares the row with the training rows. With ``reference``, it
# compares it with another row: what would have to change for a high income?

other = explain(model, rows[low : low + 1], reference=rows[high : high + 1])
frame = other.by_feature().to_frame(target=">50K", rival="<=50K")
frame["other value"] = [*rows.iloc[high][frame.index[:-1]], ""]
print(frame[["value", "other value", "lead"]].round(2).head(4))

# %%
# What does the whole model look at?
# ----------------------------------
# The importance of a column is how much its contributions vary between rows.

ImportanceDisplay.from_estimator(model, rows)
plt.show()

# %%
# Which pixels make this digit what it is?
# ----------------------------------------
# Blue pixels speak for the class and red ones against it, compared with the mean of
# all classes. A template counts where it has won.

images, digits = fetch_mnist(subset="train", return_X_y=True)
model = image_pipeline((28, 28), random_state=0).fit(images[:4000], digits[:4000])
ImageExplanationDisplay.from_estimator(model, images[5000:5001])
plt.show()

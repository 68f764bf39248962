# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
Merged counts are equal to those of one pass over all rows
============================================================

An :class:`~skbit.naive_bayes.OttoScoreClassifier` without tuning is determined by
counts, which can be added. In this example, four workers each read a quarter of the
digits as a stream. Their classifiers can be merged at any time, and the merged
classifier is equal to the bit to a classifier that is fitted on all of their rows. Each
worker sees some digits far more often than others, and its own classifier needs many
rows to learn the others.

See :ref:`classification`.
"""

# %%
# Distribute the rows
# -------------------
#
# The first 50,000 rows of the training file are distributed to the workers. Worker
# ``w`` gets most of the digits whose remainder modulo 4 is ``w``. The last 10,000 rows
# are the validation part.

from copy import deepcopy

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist

X, y = fetch_mnist("train", return_X_y=True)
bits = make_pipeline(
    ThermometerEncoder(curve="exp", feature_range=(0, 255)),
    RandomMAJ3Projection(128, random_state=0, n_jobs=2),
).fit_transform(X)
bits_validation, y_validation = bits[50_000:], y[50_000:]

n_workers = 4
rng = np.random.default_rng(0)
worker_of = rng.integers(n_workers, size=50_000)
prefers = rng.random(50_000) < 0.9
worker_of[prefers] = y[:50_000][prefers] % n_workers
streams = [np.flatnonzero(worker_of == w) for w in range(n_workers)]

# %%
# Count and merge
# ---------------
#
# The first call of ``partial_fit`` needs the list of all classes. ``merge`` changes the
# classifier that it is called on, so it is called on a copy.

workers = [OttoScoreClassifier(n_jobs=2) for _ in range(n_workers)]
shares = np.geomspace(0.001, 1, 16)
alone, merged, n_rows = [], [], []
read = [0] * n_workers
for share in shares:
    for w, stream in enumerate(streams):
        until = int(np.ceil(share * len(stream)))
        rows = stream[read[w] : until]
        read[w] = until
        if len(rows):
            workers[w].partial_fit(bits[rows], y[rows], classes=np.arange(10))
    together = deepcopy(workers[0]).merge(*workers[1:])
    n_rows.append(sum(read))
    alone.append([model.score(bits_validation, y_validation) for model in workers])
    merged.append(together.score(bits_validation, y_validation))
for place in (0, 6, 11, 15):
    print(
        f"{n_rows[place]:,} rows: accuracy {min(alone[place]):.2f} to "
        f"{max(alone[place]):.2f} alone, {merged[place]:.2f} merged"
    )

# %%
# Compare with one classifier
# ---------------------------

whole = OttoScoreClassifier(n_jobs=2).fit(bits[:50_000], y[:50_000])
for name in ("feature_count_", "coef_", "intercept_"):
    equal = np.array_equal(getattr(together, name), getattr(whole, name))
    print(f"{name} of merged and whole are equal: {equal}")
    assert equal

# %%
# Plot the accuracy
# -----------------

fig, ax = plt.subplots(figsize=(8, 5), layout="constrained")
for w, accuracies in enumerate(100 * np.array(alone).T):
    favourites = ", ".join(str(d) for d in range(10) if d % n_workers == w)
    ax.plot(n_rows, accuracies, lw=1.3, label=f"worker {w}, prefers {favourites}")
ax.plot(n_rows, 100 * np.array(merged), "ko-", lw=2, ms=4, label="merged")
ax.plot(
    n_rows[-1],
    100 * whole.score(bits_validation, y_validation),
    "o",
    ms=13,
    mfc="none",
    mec="C3",
    mew=2,
    label="one classifier, all rows",
)
ax.set_xscale("log")
ax.xaxis.set_major_formatter("{x:,.0f}")
ax.set(
    xlabel="rows read by all workers together",
    ylabel="validation accuracy (%)",
    title="One counting pass over MNIST in four streams",
    ylim=(0, 100),
)
ax.grid(alpha=0.3)
ax.spines[["top", "right"]].set_visible(False)
ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)

plt.show()

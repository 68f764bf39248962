# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
===========================================================
The memory of training on a file hardly grows with its rows
===========================================================

Quantiles and counts can be learned in parts, so a pipeline of an encoder and a
classifier never needs more than one batch of rows. In this example,
:func:`skbit.pipeline.partial_fit` trains a pipeline on a file of 60,000 images. The
result is the same to the bit as that of one ``fit`` with all rows in memory, whose
memory grows with every row.

See :ref:`larger_than_memory`.
"""

# %%
# Write a file
# ------------
#
# The training images of MNIST are written to a Parquet file, in groups of 5,000 rows.
# An image is a list of 784 bytes.

import tempfile
import tracemalloc
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, ThermometerEncoder
from skbit.datasets import fetch_mnist
from skbit.pipeline import partial_fit

folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "images.parquet"

X, y = fetch_mnist("train", return_X_y=True)
pixels = pa.FixedSizeListArray.from_arrays(X.astype(np.uint8).reshape(-1), 784)
table = pa.table({"pixels": pixels, "digit": y.astype(np.uint8)})
pq.write_table(table, path, row_group_size=5000)
print(f"The file has {path.stat().st_size / 1e6:.0f} MB.")
del X, y, pixels, table

# %%
# Train in batches
# ----------------
#
# ``batches`` returns a new iterator for each pass: one for the quantiles of the
# encoder, and one for the counts of the classifier. The arrays share memory with what
# pyarrow has read.


def rows_of(batch):
    X = batch["pixels"].flatten().to_numpy().reshape(-1, 784)
    return X, batch["digit"].to_numpy()


def read(n_rows):
    def batches():
        file = ds.dataset(path)
        n_left = n_rows
        for batch in file.to_batches(batch_size=5000, batch_readahead=1):
            if n_left <= 0:
                return
            yield rows_of(batch[:n_left])
            n_left -= len(batch)

    return batches


def make():
    return make_pipeline(
        ThermometerEncoder(4, strategy="quantile"), OttoScoreClassifier(calibrate=None)
    )


def stream(n_rows):
    return partial_fit(make(), read(n_rows), classes=range(10))


def load(n_rows):
    X, y = (np.concatenate(parts) for parts in zip(*read(n_rows)(), strict=True))
    return make().fit(X, y)


# %%
# Compare memory
# --------------
#
# ``tracemalloc`` reports the memory of NumPy's arrays. In batches, pyarrow holds a few
# megabytes in addition.


def peak_memory(train, n_rows):
    tracemalloc.start()
    model = train(n_rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return model, peak / 1e6


stream(1000)  # Compiled code is loaded.
sizes = np.array([7_500, 15_000, 30_000, 60_000])
streamed, of_stream = zip(*(peak_memory(stream, n) for n in sizes), strict=True)
loaded, of_load = zip(*(peak_memory(load, n) for n in sizes), strict=True)
for n, *peaks in zip(sizes, of_stream, of_load, strict=True):
    print(f"{n:7,} rows: {peaks[0]:3.0f} MB in batches, {peaks[1]:3.0f} MB at once")

pairs = zip(streamed, loaded, strict=True)
print("equal:", all(np.array_equal(a[-1].coef_, b[-1].coef_) for a, b in pairs))
folder.cleanup()

fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
ax.plot(sizes / 1000, of_load, "o-", color="C3", label="all rows in memory")
ax.plot(sizes / 1000, of_stream, "o-", color="C0", label="batches of 5,000 rows")
ax.set(
    xlabel="rows of the file (thousands)",
    ylabel="peak memory (MB)",
    ylim=(0, None),
    title="The memory of training on a file hardly grows with its rows",
)
ax.legend()
plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================================
A projection in DRAM saves energy in large batches only
============================================================

If the random containers of a projection are stored in DRAM and compared there, most of
the bits do not have to be moved. "DRAM-Native &|~ Classification" claims that this
saves energy (see :ref:`reproduction`). This example trains a model on digits and
estimates its cost in three ways: with the constants of that document, with the row
commands of processing-using-DRAM, and on a processor.

The saving exists in two of three layouts. It reduces the energy only if tens of
thousands of samples share every command. A processor that keeps the weights in its
cache saves as many transfers.

See :ref:`dram`.
"""

# %%
# Train a model
# -------------
#
# A thermometer of 32 levels turns every pixel into one container, 784 in total.

import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist
from skbit.dram import compare_dram_costs, workload_of
from skbit.inspection import DRAMCostDisplay

X, y = fetch_mnist("train", return_X_y=True)
model = make_pipeline(
    ThermometerEncoder(32, curve="exp", feature_range=(0, 255)),
    RandomMAJ3Projection(512, random_state=0, n_jobs=2),
    OttoScoreClassifier(max_iter=4, random_state=0, n_jobs=2),
).fit(X[:20_000], y[:20_000])
print(f"validation accuracy: {100 * model.score(X[50_000:], y[50_000:]):.1f} %")

# %%
# Compare the costs
# -----------------
#
# The first figure counts the transfers of the projection. The second one includes the
# log-odds of ten classes, which are also read from memory: all of them, or only those
# of the bits that are 1.

n_in, n_out = 784 * 32, 512 * 32
print(f"{n_in:,} bits go in, {n_out:,} come out, and {512 * n_in:,} are compared")
costs = compare_dram_costs(**workload_of(model))
for cost in costs:
    whole = cost.end_to_end_reduction
    print(
        f"{cost.name:14}{100 * cost.transfer_reduction:5.1f} % fewer transfers, "
        f"with the log-odds {100 * whole.low:.1f} to {100 * whole.high:.1f} %"
    )

# %%
# Plot the costs
# --------------
#
# Bars show the central estimates, and whiskers show the range of the published sources.
# The whisker of the row "seed" shows two interpretations of the document's constants.

display = DRAMCostDisplay.from_costs(costs)
display.figure_.suptitle("512 neurons on 784 containers and ten classes, DDR4-2400")

plt.show()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================================
99.7 % fewer transfers, and what they cost
=====================================================

If the random containers of a projection lay in DRAM and were compared there, 99.7 %
of the bits would not move: 25,088 go in and 16,384 come out, while 12.8 million stay.
That is the seed document's argument for energy. Here is a model for which it is made,
trained on digits, and what it would cost by the author's constants, by the row commands
of processing-using-DRAM, and on a processor.

The saving is real in two of three layouts. It buys energy only where tens of thousands
of samples share every command. A processor that keeps its weights in a cache saves as
many transfers.

See :ref:`dram`.
"""

# %%
# A model
# -------
#
# A thermometer of 32 levels makes one container of every pixel: 784 of them.

import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist
from skbit.dram import compare_dram_costs, shape_of
from skbit.inspection import DRAMCostDisplay

X, y = fetch_mnist("train", return_X_y=True)
model = make_pipeline(
    ThermometerEncoder(32, curve="exp", feature_range=(0, 255)),
    RandomMAJ3Projection(512, random_state=0, n_jobs=2),
    OttoScoreClassifier(max_iter=4, random_state=0, n_jobs=2),
).fit(X[:20_000], y[:20_000])
print(f"validation accuracy: {100 * model.score(X[50_000:], y[50_000:]):.1f} %")

# %%
# What it costs
# -------------
#
# The transfers of the projection alone, and with the log-odds of ten classes, which are
# read from memory too: all of them, or only those of the bits that are 1.

costs = compare_dram_costs(**shape_of(model))
for cost in costs:
    whole = cost.end_to_end_reduction
    print(
        f"{cost.name:14}{100 * cost.transfer_reduction:5.1f} % fewer transfers, "
        f"with the log-odds {100 * whole.low:.1f} to {100 * whole.high:.1f} %"
    )

# %%
# The figure
# ----------
#
# Bars are the central figures, whiskers the range that published sources support. The
# seed document has constants instead of a range; its whisker is the two ways to read
# them.

display = DRAMCostDisplay.from_costs(costs)
display.figure_.suptitle("512 neurons on 784 containers and ten classes, DDR4-2400")

plt.show()

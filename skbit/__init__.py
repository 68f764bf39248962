# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Machine learning with bits, the scikit-learn way.

=====================  ==========================================================
bits                   the packed bit matrix that all estimators pass on
preprocessing          encoders that turn numbers and tables into bits
feature_selection      selection of the bits that tell classes apart
random_projection      frozen random projection and ferns, bits to bits
feature_extraction     templates that compete for the patches of images
naive_bayes            classifier of integer log-odds
neural_network         classifier of binary weights
cluster                clusters and memory by competition
ensemble               a classifier that adds the scores of several
neighbors              a classifier of prototypes, compared patch by patch
novelty                what resembles nothing that was learned
pipeline               pipelines of images and series that are ready to use
distributed            training and prediction on the workers of Dask and Spark
metrics                bits of a model's weights
datasets               MNIST and Fashion-MNIST, clusters and noise of bits
dram                   what a projection would cost in DRAM
inspection             explanations of predictions, and plots
codegen                fitted models as C99
onnx                   fitted models as ONNX graphs
state                  models as plain arrays, and back
compile                compiles all kernels before their first use
show_versions          prints versions, for reports of problems
=====================  ==========================================================
"""

from skbit._compile import compile as compile
from skbit._show_versions import show_versions as show_versions
from skbit.cluster import BitWTAClusterer
from skbit.ensemble import BitEnsembleClassifier
from skbit.feature_extraction import BitPatchEncoder
from skbit.feature_selection import BitSelector
from skbit.naive_bayes import OttoScoreClassifier
from skbit.neighbors import BitPatchClassifier
from skbit.neural_network import BitHebbianClassifier
from skbit.novelty import BitNoveltyDetector
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    PixelEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.random_projection import RandomFernEncoder, RandomMAJ3Projection

__version__ = "0.1.0"

__all__ = [
    "BitEnsembleClassifier",
    "BitHebbianClassifier",
    "BitNoveltyDetector",
    "BitPatchClassifier",
    "BitPatchEncoder",
    "BitSelector",
    "BitWTAClusterer",
    "DirectionalEdgeEncoder",
    "OttoScoreClassifier",
    "PixelEncoder",
    "RandomFernEncoder",
    "RandomMAJ3Projection",
    "RankDensityEncoder",
    "ScalarEncoder",
    "TableEncoder",
    "ThermometerEncoder",
]

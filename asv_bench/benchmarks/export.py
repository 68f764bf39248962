# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""One image, from bytes to a class: in Python, as an ONNX graph, in C; one thread."""

import tempfile

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from sklearn.pipeline import make_pipeline

from benchmarks.common import full_or_smoke, images
from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.codegen import to_c
from skbit.codegen._compiler import load
from skbit.onnx import to_onnx


class OneImage:
    params = (full_or_smoke([50, 512, 2048], [50]),)
    param_names = ["n_neurons"]

    def setup(self, n_neurons):
        X = images(1000)
        self.x = X[:1]
        self.model = make_pipeline(
            ThermometerEncoder(curve="exp", feature_range=(0, 255)),
            RandomMAJ3Projection(n_neurons, random_state=0),
            OttoScoreClassifier(),
        ).fit(X, np.arange(1000) % 10)
        options = SessionOptions()
        options.intra_op_num_threads = 1
        graph = to_onnx(self.model, X).SerializeToString()
        self.session = InferenceSession(graph, options)
        with tempfile.TemporaryDirectory() as folder:
            (compiled,) = load(folder, to_c(self.model))
        self.in_c, self.address = compiled.address("predict"), self.x.ctypes.data
        self.model.predict(self.x)

    def time_python(self, n_neurons):
        self.model.predict(self.x)

    def time_onnxruntime(self, n_neurons):
        self.session.run(None, {"X": self.x})

    def time_c(self, n_neurons):
        self.in_c(self.address)

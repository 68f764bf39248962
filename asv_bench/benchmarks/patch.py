# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates that compete for patches of images."""

from benchmarks.common import IMAGE_SHAPE, N_ROWS, N_WARM_UP, full_or_smoke, images
from skbit.feature_extraction import BitPatchEncoder
from skbit.preprocessing import PixelEncoder

N_TEMPLATES = full_or_smoke([32, 128, 512], [32])


class Patches:
    params = (N_TEMPLATES, ["or", (1, 4)])
    param_names = ["n_templates", "pooling"]

    def setup(self, n_templates, pooling):
        self.X = PixelEncoder((64, 160)).fit_transform(images(N_ROWS))
        self.encoder = BitPatchEncoder(
            n_templates, pooling=pooling, image_shape=IMAGE_SHAPE, random_state=0
        ).fit(self.X)
        self.encoder.transform(self.X[:N_WARM_UP])

    def time_fit(self, n_templates, pooling):
        self.encoder.fit(self.X)

    def time_transform(self, n_templates, pooling):
        self.encoder.transform(self.X)

    def time_transform_one(self, n_templates, pooling):
        self.encoder.transform(self.X[:1])

    def peakmem_transform(self, n_templates, pooling):
        self.encoder.transform(self.X)

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random ferns and permuted projections beside the codebook of images, or behind it.

The first 15,000 training images are learned from, and the last 10,000 validate.
"""

from sklearn.pipeline import FeatureUnion, Pipeline

from examples.reproduce.figures import SEEDS, Figure, images
from skbit import RandomMAJ3Projection
from skbit.pipeline import image_pipeline
from skbit.random_projection import RandomFernEncoder

_N_TRAIN, _N_VALIDATION = 15_000, 10_000


def _ferns(n_ferns, fern_size):
    return RandomFernEncoder(n_ferns, fern_size, input_format="packed")


def _majorities(n_components, receptive_field):
    return RandomMAJ3Projection(
        n_components,
        permute_bits=True,
        receptive_field=receptive_field,
        input_format="packed",
    )


# What is added, and whether it reads the bits of pixels or of patches.
ADDED = {
    "codebook alone": (None, ""),
    "512 ferns of 5 pixel bits beside": (_ferns(512, 5), "patches"),
    "2,048 ferns of 5 pixel bits beside": (_ferns(2048, 5), "patches"),
    "512 majorities of 9 pixel bits beside": (_majorities(512, 9), "patches"),
    "512 ferns of 3 bits of patches behind": (_ferns(512, 3), "mixed"),
    "2,048 ferns of 3 bits of patches behind": (_ferns(2048, 3), "mixed"),
}


def pipeline(size, added, place, seed):
    """Return a pipeline of images, to which something is added."""
    model = image_pipeline((28, 28), size, random_state=seed)
    model.set_params(classifier__calibrate=None)
    if added is None:
        return model
    added.set_params(random_state=seed)
    pixels, (name, patches), classifier = model.steps
    if place == "patches":
        union = FeatureUnion([(name, patches), ("added", added)])
        return Pipeline([pixels, (place, union), classifier])
    union = FeatureUnion([("plain", "passthrough"), ("added", added)])
    return Pipeline([pixels, (name, patches), (place, union), classifier])


def ferns_of_images(quick):
    """Validation accuracy of the pipeline of images, with more features."""
    n_train = 500 if quick else _N_TRAIN
    for data in ("MNIST", "Fashion-MNIST"):
        X, y = images(data)[:2]
        for size in ["small"] if quick else ["small", "large"]:
            for name, (added, place) in ADDED.items():
                seeds = SEEDS[: 1 if quick or size == "large" else 2]
                values = []
                for seed in seeds:
                    model = pipeline(size, added, place, seed)
                    model.fit(X[:n_train], y[:n_train])
                    correct = model.score(X[-_N_VALIDATION:], y[-_N_VALIDATION:])
                    values.append(round(100 * correct, 2))
                yield Figure(
                    f"{data}, {size}, {name}: validation",
                    values,
                    "%",
                    setting={"data": data, "size": size, "added": name},
                    seeds=seeds,
                )


MEASUREMENTS = {"ferns-of-images": ferns_of_images}

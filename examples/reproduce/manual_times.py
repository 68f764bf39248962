# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Times that the manual states: permuted projections, and prototypes of patches.

They are those that the processor works on one thread, so other work on the machine
changes them little.
"""

import time

import numpy as np

from examples.reproduce.accuracy import bits
from examples.reproduce.figures import Figure, images
from skbit import BitPatchClassifier, RandomMAJ3Projection
from skbit.bits import pack_bits

N_COMPONENTS, N_RUNS = 512, 5


def seconds(function, *args):
    """Return the time of the processor that one call takes."""
    start = time.process_time()
    function(*args)
    return time.process_time() - start


def permuted(quick):
    """Project MNIST as it is, and with permuted bits, in turns."""
    X = bits("exp", quick)[0]
    structures = {
        "as it is": {},
        "permuted": {"permute_bits": True},
        "9 permuted bits": {"permute_bits": True, "receptive_field": 9},
    }
    projections = {
        name: RandomMAJ3Projection(N_COMPONENTS, random_state=0, **params).fit(X)
        for name, params in structures.items()
    }
    for projection in projections.values():
        projection.transform(X[:1000])
    times = [
        [seconds(projection.transform, X) for projection in projections.values()]
        for _ in range(N_RUNS)
    ]
    for name, values in zip(projections, np.transpose(times), strict=True):
        what = f"a row, H = {N_COMPONENTS}, {name}"
        setting = {"H": N_COMPONENTS, "rows": len(X), "threads": 1}
        yield Figure(what, tuple(1e6 * values / len(X)), "us", None, setting)


def patch_prototypes(quick):
    """Fit and predict with 32 prototypes per class, on one thread."""
    X, y, X_test, _ = images("MNIST", quick)
    packed, packed_test = pack_bits(X > 127), pack_bits(X_test > 127)
    for similarity in ("jaccard", "overlap"):
        model = BitPatchClassifier(
            similarity=similarity, image_shape=(28, 28), random_state=0, n_jobs=1
        )
        model.fit(packed[:1000], y[:1000]).predict(packed_test[:100])
        times = [
            (seconds(model.fit, packed, y), seconds(model.predict, packed_test))
            for _ in range(N_RUNS)
        ]
        fits, predictions = np.transpose(times)
        setting = {"similarity": similarity, "threads": 1}
        what = f"{model.n_prototypes} prototypes per class, {similarity}"
        yield Figure(f"{what}: fit {len(X):,} images", fits, "s", None, setting)
        milliseconds = 1000 * predictions / len(X_test)
        yield Figure(f"{what}: predict an image", milliseconds, "ms", None, setting)


MEASUREMENTS = {"permuted-times": permuted, "patch-times": patch_prototypes}

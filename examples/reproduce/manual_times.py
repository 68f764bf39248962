# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Times that the manual states: permuted projections, and prototypes of patches."""

import numpy as np

from examples.reproduce.accuracy import bits
from examples.reproduce.figures import Figure, images, seconds
from examples.reproduce.speed import in_turns
from skbit import BitPatchClassifier, RandomMAJ3Projection
from skbit.bits import pack_bits

N_COMPONENTS, N_RUNS = 512, 5


def permuted(quick):
    """Project MNIST with permuted bits, in turns with bits as they are; one thread."""
    X = bits("exp", quick)[0]
    plain = RandomMAJ3Projection(N_COMPONENTS, random_state=0).fit(X[:100])
    for name, params in (("all bits", {}), ("9 bits", {"receptive_field": 9})):
        other = RandomMAJ3Projection(
            N_COMPONENTS, permute_bits=True, random_state=0, **params
        ).fit(X)
        plain.transform(X[:1000]), other.transform(X[:1000])
        times = in_turns(
            lambda: plain.transform(X), lambda o=other: o.transform(X), N_RUNS
        )
        setting = {"H": N_COMPONENTS, "rows": len(X), "threads": 1, "permuted": name}
        what = f"a row, H = {N_COMPONENTS}"
        for ending, values, unit in zip(
            ("as it is", f"permuted, {name}", f"permuted, {name}: takes"),
            times,
            ("us", "us", "times"),
            strict=True,
        ):
            scale = 1e6 / len(X) if unit == "us" else 1
            values = tuple(scale * np.array(values))
            yield Figure(f"{what}, {ending}", values, unit, None, setting)


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

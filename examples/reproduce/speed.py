# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Times and memory on MNIST, in turns within one process, several runs each."""

import sys
import tracemalloc
from pathlib import Path

import numpy as np
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline

from examples.reproduce.accuracy import WINDOWS, bits, projected
from examples.reproduce.figures import AUTHORS_SEED, Figure, images, seconds
from examples.reproduce.one_pass import SIZES
from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.bits import unpack_bits

# The direct kernels stand with the benchmarks.
sys.path.insert(0, str(Path(__file__).parents[2] / "asv_bench"))
from benchmarks import direct

# Claimed times of encoding, projecting, counting and evaluating, on another machine.
AUTHOR_SECONDS = (0.024, 0.043, 0.084, 0.194, 0.382, 0.688, 1.2, 2.4, 4.8)


def in_turns(first, second, n_runs):
    """Time two functions in turns; both have run before."""
    times = np.array([(seconds(first), seconds(second)) for _ in range(n_runs)])
    return tuple(times[:, 0]), tuple(times[:, 1]), tuple(times[:, 1] / times[:, 0])


def compared(what, ours, times, setting):
    """Make figures of what ``in_turns`` found."""
    for name, values, unit in zip(
        (ours, what, f"{what}: takes"), times, ("s", "s", "times"), strict=True
    ):
        yield Figure(name, values, unit, None, setting)


def projection_against_direct(quick):
    """All rows, one thread each: the direct kernels are serial."""
    X = bits("exp", quick)[0]
    for n_components, n_runs in ((512, 5), (2048, 3)):
        projection = RandomMAJ3Projection(n_components, random_state=AUTHORS_SEED).fit(
            X
        )
        for name, kernel in (
            ("plain", direct.project_plain),
            ("with planes", direct.project_planes),
        ):
            expected = kernel(X[:2000], projection.W0_)
            assert np.array_equal(projection.transform(X[:2000]), expected)
            times = in_turns(
                lambda projection=projection: projection.transform(X),
                lambda kernel=kernel, projection=projection: kernel(X, projection.W0_),
                1 if quick else n_runs,
            )
            what = f"projection of {len(X):,} rows, H = {n_components}"
            setting = {"H": n_components, "rows": len(X), "threads": 1}
            yield from compared(f"{what}, direct kernel {name}", what, times, setting)


def whole_pipeline(quick):
    """Encode, project, count five sixths of the training file, predict the rest."""
    X, y = images("MNIST", quick)[:2]
    n = 5 * len(X) // 6
    for n_components, claimed in zip(SIZES, AUTHOR_SECONDS, strict=True):
        model = make_pipeline(
            ThermometerEncoder(curve="raw"),
            RandomMAJ3Projection(n_components, random_state=AUTHORS_SEED, n_jobs=2),
            OttoScoreClassifier(n_jobs=2),
        )

        def run(model=model):
            model.fit(X[:n], y[:n]).predict(X[n:])

        run()
        times = tuple(seconds(run) for _ in range(2 if quick else 5))
        what = f"encode, project, count and predict, H = {n_components}"
        setting = {"H": n_components, "rows": len(X), "threads": 2}
        yield Figure(what, times, "s", claimed, setting)


def tuning(quick):
    """20 epochs, H = 2048, on 50,000 rows of projected bits."""
    X, y = projected("raw", 2048, quick=quick)[:2]
    n = 5 * len(X) // 6
    for batch_size in (1, 64):
        model = OttoScoreClassifier(max_iter=2, batch_size=batch_size, random_state=0)
        model.fit(X[:1000], y[:1000])
        model.set_params(max_iter=21)
        found = seconds(model.fit, X[:n], y[:n])
        setting = {"H": 2048, "rows": n, "batch_size": batch_size, "threads": 1}
        what = f"20 epochs, {n:,} rows, H = 2048, batch_size={batch_size}"
        yield Figure(what, (found,), "s", None, setting)


def against_bernoulli_nb(quick):
    """Fitting rows of 64 containers, packed against unpacked, in two dtypes.

    BernoulliNB multiplies whole numbers slowly and floats fast, but floats take eight
    times the memory.
    """
    X, y = projected("exp", 64, quick=quick)[:2]
    ours = OttoScoreClassifier().fit(X, y)
    for dtype in (np.uint8, np.float64):
        theirs, unpacked = BernoulliNB(), unpack_bits(X).astype(dtype)
        times = in_turns(
            lambda: ours.fit(X, y),
            lambda theirs=theirs, unpacked=unpacked: theirs.fit(unpacked, y),
            3,
        )
        what = f"fit, {len(X):,} rows of 2,048 bits"
        name = f"{what}, BernoulliNB on {np.dtype(dtype)}"
        setting = {"rows": len(X), "H": 64, "threads": 1}
        yield from compared(name, what, times, setting)
        for model_name, model, rows in ((what, ours, X), (name, theirs, unpacked)):
            tracemalloc.start()
            model.fit(rows, y)
            peak = (tracemalloc.get_traced_memory()[1] + rows.nbytes) / 2**20
            tracemalloc.stop()
            peak_name = f"{model_name}: peak memory with the data"
            yield Figure(peak_name, (peak,), "MiB", None, setting)


def one_image(quick):
    """Predict one image through the whole pipeline, validation included."""
    X, y = images("MNIST", quick)[:2]
    for name, structure in (("all pixels", {}), ("windows 5-9", WINDOWS)):
        for n_components in (512, 2048):
            model = make_pipeline(
                ThermometerEncoder(curve="exp", feature_range=(0, 255)),
                RandomMAJ3Projection(
                    n_components, random_state=AUTHORS_SEED, **structure
                ),
                OttoScoreClassifier(),
            ).fit(X[:5000], y[:5000])
            image = X[:1]
            model.predict(image)
            times = [1000 * seconds(model.predict, image) for _ in range(200)]
            projection = model[1]
            words = model[0].transform(image)
            alone = [1000 * seconds(projection.transform, words) for _ in range(200)]
            what = f"predict one image, H = {n_components}, {name}"
            setting = {"H": n_components, "rows": 1, "threads": 1, "runs": 200}
            yield Figure(what, (np.median(times),), "ms", None, setting)
            yield Figure(
                f"{what}: the projection alone",
                (np.median(alone),),
                "ms",
                None,
                setting,
            )


MEASUREMENTS = {
    "projection": projection_against_direct,
    "pipeline": whole_pipeline,
    "tuning": tuning,
    "bernoulli": against_bernoulli_nb,
    "one-image": one_image,
}

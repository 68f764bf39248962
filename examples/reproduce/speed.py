# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Times and memory on MNIST, in turns within one process, medians of several runs."""

import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline

from examples.reproduce.accuracy import SEED, WINDOWS, bits, projected
from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.bits import unpack_bits
from skbit.datasets import fetch_mnist

# The direct kernels stand with the benchmarks.
sys.path.insert(0, str(Path(__file__).parents[2] / "asv_bench"))
from benchmarks import direct


def seconds(function, *args):
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def in_turns(first, second, n_runs):
    """Time two functions in turns; both have run before."""
    times = np.array([(seconds(first), seconds(second)) for _ in range(n_runs)])
    return np.median(times, axis=0), np.median(times[:, 1] / times[:, 0])


def projection_against_direct():
    """60,000 rows, one thread each: the direct kernels are serial."""
    X = bits("exp")[0]
    for n_components, n_runs in ((512, 5), (2048, 3)):
        projection = RandomMAJ3Projection(n_components, random_state=SEED).fit(X)
        for name, kernel in (
            ("plain", direct.project_plain),
            ("with planes", direct.project_planes),
        ):
            expected = kernel(X[:2000], projection.W0_)
            assert np.array_equal(projection.transform(X[:2000]), expected)
            times, ratio = in_turns(
                lambda projection=projection: projection.transform(X),
                lambda kernel=kernel, projection=projection: kernel(X, projection.W0_),
                n_runs,
            )
            yield (
                f"projection of 60,000 rows, H = {n_components}, direct kernel {name}",
                f"{times[0]:.3f} s against {times[1]:.3f} s: {ratio:.1f} times",
            )


def whole_pipeline():
    """Encode, project, count 50,000, predict 10,000; H = 2048, two threads."""
    X, y = fetch_mnist("train", return_X_y=True)
    model = make_pipeline(
        ThermometerEncoder(curve="raw"),
        RandomMAJ3Projection(2048, random_state=SEED, n_jobs=2),
        OttoScoreClassifier(n_jobs=2),
    )

    def run():
        model.fit(X[:50_000], y[:50_000]).predict(X[50_000:])

    run()
    times = [seconds(run) for _ in range(5)]
    yield "encode + project + count + predict, H = 2048", f"{np.median(times):.2f} s"


def tuning():
    """20 epochs, H = 2048, 50,000 rows."""
    X, y = projected("raw", 2048)[:2]
    for batch_size in (1, 64):
        model = OttoScoreClassifier(max_iter=1, batch_size=batch_size, random_state=0)
        model.fit(X[:1000], y[:1000])
        model.set_params(max_iter=20)
        found = seconds(model.fit, X[:50_000], y[:50_000])
        yield f"20 epochs, H = 2048, batch_size={batch_size}", f"{found:.1f} s"


def against_bernoulli_nb():
    """Fitting 60,000 rows of 64 containers, packed against unpacked, in two dtypes.

    BernoulliNB multiplies whole numbers slowly and floats fast, but floats take eight
    times the memory.
    """
    X, y = projected("exp", 64)[:2]
    ours = OttoScoreClassifier().fit(X, y)
    for dtype in (np.uint8, np.float64):
        theirs, unpacked = BernoulliNB(), unpack_bits(X).astype(dtype)
        times, ratio = in_turns(
            lambda: ours.fit(X, y),
            lambda theirs=theirs, unpacked=unpacked: theirs.fit(unpacked, y),
            3,
        )
        peaks = []
        for model, rows in ((ours, X), (theirs, unpacked)):
            tracemalloc.start()
            model.fit(rows, y)
            peaks.append(tracemalloc.get_traced_memory()[1] + rows.nbytes)
            tracemalloc.stop()
        name = f"fit, H = 64, against BernoulliNB on {np.dtype(dtype)}"
        yield (
            f"{name}: time",
            f"{1000 * times[0]:.1f} ms against {times[1]:.2f} s: {ratio:.0f} times",
        )
        yield (
            f"{name}: peak memory with the data",
            f"{peaks[0] / 2**20:.0f} MiB against {peaks[1] / 2**20:.0f} MiB: "
            f"{peaks[1] / peaks[0]:.0f} times",
        )


def one_image():
    """Predict one image through the whole pipeline, validation included."""
    X, y = fetch_mnist("train", return_X_y=True)
    for name, structure in (("all pixels", {}), ("windows 5-9", WINDOWS)):
        for n_components in (512, 2048):
            model = make_pipeline(
                ThermometerEncoder(curve="exp", feature_range=(0, 255)),
                RandomMAJ3Projection(n_components, random_state=SEED, **structure),
                OttoScoreClassifier(),
            ).fit(X[:5000], y[:5000])
            image = X[:1]
            model.predict(image)
            times = [seconds(model.predict, image) for _ in range(200)]
            projection = model[1]
            words = model[0].transform(image)
            alone = [seconds(projection.transform, words) for _ in range(200)]
            yield (
                f"predict one image, H = {n_components}, {name}",
                f"{1000 * np.median(times):.2f} ms, of which the projection "
                f"{1000 * np.median(alone):.2f} ms",
            )


MEASUREMENTS = {
    "projection": projection_against_direct,
    "pipeline": whole_pipeline,
    "tuning": tuning,
    "bernoulli": against_bernoulli_nb,
    "one-image": one_image,
}

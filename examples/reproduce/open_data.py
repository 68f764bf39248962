# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Does a uniform density carry to other data, and what is skbit worth beside images?

Clusters are scored on the rows that they were learned from, classifiers by five-fold
cross-validation, in which every choice is made within the training folds.
"""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler, minmax_scale
from threadpoolctl import threadpool_limits

from examples.reproduce.figures import SEEDS, Figure, images, purity
from examples.reproduce.open_sets import SERIES, TABLES, rows
from skbit import (
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.bits import pack_bits
from skbit.cluster import FlipRule

IMAGES = ("MNIST", "Fashion-MNIST", "digits")
RULES = {
    "the rule of B": {
        "learning": FlipRule(init="random"),
        "similarity": "jaccard",
        "reassignment_interval": None,
    },
    "counters": {},
}
# Small sets are seen until about so many inputs were learned.
N_INPUTS = 10_000


def portable(quick):
    """Two clusters for each class, of five codes, by the rule of B and by counters.

    The complement is the control: a code and its complement side by side say no more
    than the code, but have the same number of ones in every row.
    """
    for name in (*IMAGES, *TABLES, *SERIES):
        X, y = some_rows(name, quick)
        n = 2 * len(np.unique(y))
        of = {"data": name, "clusters": n}
        yield Figure(
            f"{name}: share of the largest class",
            (np.bincount(y).max() / len(y),),
            setting={**of, "code": "none"},
        )
        standard = X if name in IMAGES else StandardScaler().fit_transform(X)
        with threadpool_limits(1):
            seeds = SEEDS[: 2 if quick else 3]
            found = [
                purity(KMeans(n, random_state=seed).fit_predict(standard), y)
                for seed in seeds
            ]
        yield Figure(
            f"{name}, KMeans({n}) on numbers: purity",
            found,
            setting={**of, "code": "numbers"},
            seeds=seeds,
        )
        for code, bits in codes(X, name in IMAGES).items():
            density = np.bitwise_count(bits).sum(axis=1)
            yield Figure(
                f"{name}, {code}: ones in a row, spread over mean",
                (density.std() / density.mean(),),
                setting={**of, "code": code, "score": "spread"},
            )
            yield Figure(
                f"{name}, {code}: Jaccard similarity of any two rows, mean",
                (similarity(bits),),
                setting={**of, "code": code, "score": "similarity"},
            )
            for rule, params in RULES.items():
                passes = max(1, N_INPUTS // len(X))
                seeds = SEEDS[: 2 if quick else 5]
                found = [
                    purity(
                        BitWTAClusterer(
                            n, random_state=seed, max_iter=passes, **params
                        ).fit_predict(bits),
                        y,
                    )
                    for seed in seeds
                ]
                yield Figure(
                    f"{name}, {code}, {rule}, {n} neurons: purity",
                    found,
                    setting={**of, "code": code, "rule": rule, "score": "purity"},
                    seeds=seeds,
                )


def some_rows(name, quick):
    """Return the rows of a small set, or the first training images of a large one."""
    if name in ("MNIST", "Fashion-MNIST"):
        X, y = (part[: 1000 if quick else 10_000] for part in images(name)[:2])
        return X.astype(np.float32), y.astype(int)
    return rows(name)


def codes(X, are_images):
    """Encode numbers in five ways.

    Pixels have one scale, from 0 to the brightest; columns of tables and series each
    have their own, and quantiles of their own.
    """
    scaled = X / X.max() if are_images else minmax_scale(X)
    strategy = "uniform" if are_images else "quantile"
    is_high = scaled > 0.5
    return {
        "threshold": pack_bits(is_high),
        "threshold and complement": pack_bits(np.hstack([is_high, ~is_high])),
        "rank, 15 %": RankDensityEncoder(0.15).fit_transform(scaled),
        "thermometer": ThermometerEncoder(strategy=strategy).fit_transform(scaled),
        "scalar, 6 of 32": ScalarEncoder(strategy=strategy).fit_transform(scaled),
    }


def similarity(bits):
    """Return the mean Jaccard similarity of two rows, over 2,000 pairs."""
    a, b = bits[np.random.default_rng(0).integers(len(bits), size=(2, 2000))]
    shared, either = (np.bitwise_count(x).sum(axis=1) for x in (a & b, a | b))
    # Two empty rows are alike.
    return np.mean(np.where(either == 0, 1, shared / np.maximum(either, 1)))


def not_images(quick):
    """Tables and series: accuracy by cross-validation, and as many clusters as classes.

    Whatever has parameters to choose chooses them by three folds of the training rows.
    """
    for name in (*TABLES, *SERIES)[:: 2 if quick else 1]:
        X, y = rows(name)
        for method, make in CLASSIFIERS.items():
            found, seeds = [], SEEDS[: 1 if quick else 3]
            for seed in seeds:
                folds = StratifiedKFold(5, shuffle=True, random_state=seed)
                with threadpool_limits(1):
                    scores = cross_val_score(make(seed), X, y, cv=folds)
                found.append(100 * scores.mean())
            yield Figure(
                f"{name}, {method}: accuracy",
                found,
                "%",
                setting={"data": name, "method": method, "score": "accuracy"},
                seeds=seeds,
            )
        n = len(np.unique(y))
        passes = N_INPUTS // len(X)
        for method, make, encoder in (
            (
                "BitWTAClusterer",
                lambda seed, n=n, passes=passes: BitWTAClusterer(
                    n, max_iter=passes, random_state=seed
                ),
                ScalarEncoder(),
            ),
            (
                "KMeans",
                lambda seed, n=n: KMeans(n, n_init=10, random_state=seed),
                StandardScaler(),
            ),
        ):
            data, seeds = encoder.fit_transform(X), SEEDS[: 2 if quick else 5]
            with threadpool_limits(1):
                found = [
                    adjusted_rand_score(y, make(seed).fit_predict(data))
                    for seed in seeds
                ]
            yield Figure(
                f"{name}, {method}, {n} clusters: adjusted Rand index",
                found,
                setting={"data": name, "method": method, "score": "rand"},
                seeds=seeds,
            )


def choosing(steps, **grid):
    """Make a pipeline that chooses its parameters by folds of its training rows."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return GridSearchCV(Pipeline(steps), grid, cv=folds)


def tuned_bits(*projection):
    """Encode, perhaps project, count and tune."""
    encoders = [
        ThermometerEncoder(8, strategy="quantile"),
        ThermometerEncoder(32, strategy="quantile"),
        ScalarEncoder(),
    ]
    classifier = OttoScoreClassifier(max_iter=21, random_state=0)
    steps = [("code", encoders[0]), *projection, ("classifier", classifier)]
    return choosing(steps, code=encoders, classifier__margin=[0, 2])


def projected_bits(seed):
    return tuned_bits(("projection", RandomMAJ3Projection(512, random_state=seed)))


def logistic_regression(seed):
    steps = [
        ("scaler", StandardScaler()),
        ("regression", LogisticRegression(max_iter=2000)),
    ]
    return choosing(steps, regression__C=[0.01, 0.1, 1, 10])


def naive_bayes(seed):
    encoder = ThermometerEncoder(strategy="quantile", packed_output=False)
    return make_pipeline(encoder, BernoulliNB())


CLASSIFIERS = {
    "OttoScoreClassifier": lambda seed: tuned_bits(),
    "projection and OttoScoreClassifier": projected_bits,
    "BernoulliNB on thermometers": naive_bayes,
    "LogisticRegression": logistic_regression,
    "HistGradientBoosting": lambda seed: HistGradientBoostingClassifier(
        random_state=seed
    ),
}

MEASUREMENTS = {"portable": portable, "not-images": not_images}

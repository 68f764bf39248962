# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Figures of pages of the user guide that no claim rests on."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.preprocessing import OrdinalEncoder

from examples.reproduce.c_export import classifier
from examples.reproduce.codebooks import ensemble
from examples.reproduce.figures import SEEDS, Figure, images
from examples.reproduce.many_classes import N_TEST, text
from examples.reproduce.onnx_export import session
from examples.reproduce.speed import compared, in_turns
from examples.reproduce.tables import table
from examples.reproduce.unlabelled import CLUSTERED
from examples.reproduce.unlabelled import _clusterer as clusterer
from skbit import DirectionalEdgeEncoder, OttoScoreClassifier, ThermometerEncoder
from skbit.bits import unpack_bits
from skbit.codegen import to_c
from skbit.onnx import to_onnx
from skbit.pipeline import image_pipeline, tabular_pipeline

ORDERS = range(SEEDS[0], SEEDS[0] + 10)
# Changes of the preset of tables: its encoder and the parameters of both steps.
CLUSTERERS = {
    "preset": {},
    "as many neurons as clusters": {"clusterer__n_neurons": None},
    "32 neurons or more": {"clusterer__n_neurons": 32},
    "cosine": {"clusterer__similarity": "cosine"},
    "quantiles": {"table__strategy": "quantile"},
    "tails": {"table__strategy": "tails"},
}


def digits_in_folds(quick):
    """Errors on scikit-learn's digits by ten folds, by the rise of edges."""
    X, y = load_digits(return_X_y=True)
    seeds = SEEDS[:1] if quick else SEEDS[:3]
    for name, params in (
        ("large", {}),
        ("large, min_rise=1/8", {"pixels__min_rise": 1 / 8}),
    ):
        model = image_pipeline((8, 8), "large", random_state=0).set_params(**params)
        errors = []
        for seed in seeds:
            folds = StratifiedKFold(10, shuffle=True, random_state=seed)
            errors.append(100 - 100 * cross_val_score(model, X, y, cv=folds).mean())
        yield Figure(f"{name}: error", tuple(errors), "%", seeds=seeds)


def clusterers_tried(quick):
    """Adjusted Rand indices of changes of the preset of tables, means of orders."""
    tables = [_rows(name, quick) for name in CLUSTERED[: 2 if quick else None]]
    others = [_mean_index(X, y, "KMeans") for X, y in tables]
    yield Figure("KMeans: adjusted Rand index, mean of the tables", (np.mean(others),))
    for what, params in CLUSTERERS.items():
        found = [_mean_index(X, y, "preset", params) for X, y in tables]
        what = f"{what}: adjusted Rand index"
        yield Figure(f"{what}, mean of the tables", (np.mean(found),))
        n_above = int(np.sum(np.array(found) > others))
        yield Figure(f"{what}, tables above KMeans", (n_above,), "tables")


def _rows(name, quick):
    X, y = table(name)
    rows = np.random.default_rng(0).permutation(len(X))[: 300 if quick else 5000]
    return X.iloc[rows], y[rows]


def _mean_index(X, y, kind, params=None):
    """Return the mean of the orders of the rows."""
    n_clusters = len(np.unique(y))
    params = dict(params or {})
    if params.get("clusterer__n_neurons"):
        params["clusterer__n_neurons"] = max(32, 4 * n_clusters)
    models = [clusterer(kind, n_clusters, seed).set_params(**params) for seed in ORDERS]
    return np.mean([adjusted_rand_score(y, m.fit_predict(X)) for m in models])


def leads(quick):
    """Mean leads of members on rows that they learned, over those on other rows."""
    X, y = images("MNIST", quick)[:2]
    learned = slice(0, 1000 if quick else 10_000)
    X_new = X[-500:] if quick else X[-5000:]
    model = ensemble("MNIST", SEEDS[0]).fit(X[learned], y[learned])
    for name, member in model.named_estimators_.items():
        old, new = (_mean_lead(member, part) for part in (X[learned], X_new))
        yield Figure(
            f"{name}: lead on learned rows, above others", (100 * (old / new - 1),), "%"
        )


def _mean_lead(member, X):
    scores = np.sort(member[-1].integer_scores(member[:-1].transform(X)), axis=1)
    return float(np.mean(scores[:, -1] - scores[:, -2]))


def codes(quick):
    """Shares of ones of codes of images, and the bytes of a sketch."""
    for name in ("MNIST", "Fashion-MNIST"):
        # Neighbours in the file of MNIST are by different groups of writers.
        X = images(name, quick)[0][::7]
        yield Figure(f"{name} above 127: zeros", (100 * np.mean(X <= 127),), "%")
        for dilation in (0, 1):
            bits = unpack_bits(
                DirectionalEdgeEncoder(dilation=dilation).fit_transform(X)
            )
            share = 100 * bits[:, : 4 * X.shape[1]].mean()
            yield Figure(f"{name}, edges, dilation={dilation}: ones", (share,), "%")
    numbers = np.random.default_rng(0).normal(size=(200_000, 1))
    encoder = ThermometerEncoder(strategy="quantile").partial_fit(numbers)
    n_bytes = int(encoder.summary_["n_bytes"][0])
    yield Figure("a sketch of 200,000 numbers", (n_bytes,), "bytes")


def table_in_c(quick):
    """Bytes of the preset of tables in C, and accuracy by five folds."""
    X, y = table("credit")
    texts = X.select_dtypes(exclude="number").columns
    X[texts] = OrdinalEncoder(encoded_missing_value=-1).fit_transform(X[texts])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for name, params in (
        ("preset", {}),
        ("4 bits", {"classifier__weight_bits": 4}),
        ("4 bits, 32 ferns", {"classifier__weight_bits": 4, "ferns__n_ferns": 32}),
    ):
        model = tabular_pipeline(random_state=0).set_params(
            table__categorical_features=list(texts), **params
        )
        accuracy = 100 * cross_val_score(model, X, y, cv=folds).mean()
        yield Figure(f"credit, {name}: accuracy", (accuracy,), "%")
        flash = to_c(model.fit(X, y)).flash_bytes
        yield Figure(f"credit, {name}: constants", (flash,), "bytes")


def alpha_of_text(quick):
    """Accuracy on hashed text of 1,000 classes, if alpha outweighs the counts."""
    X, y = text(5000 if quick else 20_000, 1000)
    model = OttoScoreClassifier(1.0, calibrate=None).fit(X[N_TEST:], y[N_TEST:])
    accuracy = 100 * model.score(X[:N_TEST], y[:N_TEST])
    yield Figure("1000 classes, alpha = 1: accuracy", (accuracy,), "%")


def onnx_of_rows(quick):
    """Time all test images in Python and in onnxruntime, one thread, in turns."""
    X = images("MNIST", quick)[2]
    model = classifier(512, 0, quick)
    run = session(to_onnx(model, X[:1])).run
    model.predict(X), run(None, {"X": X[:100]})
    times = in_turns(lambda: model.predict(X), lambda: run(None, {"X": X}), n_runs=3)
    yield from compared("10,000 images in onnxruntime", "10,000 images", times, {})


MEASUREMENTS = {
    "onnx-of-rows": onnx_of_rows,
    "digits-in-folds": digits_in_folds,
    "clusterers-tried": clusterers_tried,
    "leads": leads,
    "codes": codes,
    "table-in-c": table_in_c,
    "alpha-of-text": alpha_of_text,
}

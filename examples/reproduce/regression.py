# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a regressor from classifiers of ordered classes would explain of a target.

Targets are numbers of tables. Classes are the ranges between quantiles of the target,
and a prediction is the expected mean of the range of a row.
"""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from examples.reproduce.figures import Figure
from examples.reproduce.tables import table
from skbit.pipeline import tabular_pipeline

# The column that is the target; None is the class.
TARGETS = {
    "wine quality": None,
    "german": 4,
    "satimage": 16,
    "magic": 0,
    "adult": 0,
    "glass": 0,
    "credit": 1,
}
_N_ROWS = 6000


def regression(quick):
    """Coefficient of determination, by two of five folds, of forests and ranges."""
    for data in ["diabetes"] if quick else ["diabetes", *TARGETS]:
        X, target = rows(data)
        folds = list(KFold(5, shuffle=True, random_state=1).split(X))[:2]
        for name, predict in METHODS.items():
            values = [
                r2_score(
                    target[test], predict(X.iloc[train], target[train], X.iloc[test])
                )
                for train, test in folds
            ]
            yield Figure(
                f"{data}, {name}: share of the variance explained",
                (round(float(np.mean(values)), 3),),
                setting={"data": data, "method": name},
            )


def rows(name):
    """Return up to ``_N_ROWS`` rows of a table, and a target."""
    if name == "diabetes":
        X, target = load_diabetes(return_X_y=True, as_frame=True)
        return X, target.to_numpy()
    X, y = table(name)
    place = TARGETS[name]
    if place is None:
        target = y.astype(float)
    else:
        column = X.columns[place]
        X = X[X[column].notna()]
        X, target = X.drop(columns=column), X[column].to_numpy(float)
    chosen = np.random.default_rng(1).permutation(len(target))[:_N_ROWS]
    return X.iloc[chosen], target[chosen]


def _columns(model):
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, model)


def by_forest(X, target, X_test):
    forest = RandomForestRegressor(100, random_state=0)
    return _columns(forest).fit(X, target).predict(X_test)


def by_ridge(X, target, X_test):
    model = RidgeCV(np.logspace(-3, 3, 7))
    return _columns(model).fit(X, target).predict(X_test)


def ranges(target, n):
    """Return the range between quantiles of each row, and the means of ranges."""
    quantiles = np.unique(np.quantile(target, np.arange(1, n) / n))
    _, numbers = np.unique(np.searchsorted(quantiles, target), return_inverse=True)
    return numbers, np.bincount(numbers, target) / np.bincount(numbers)


def by_one_classifier(X, target, X_test):
    """Eight ranges are the classes of one classifier."""
    numbers, means = ranges(target, 8)
    model = tabular_pipeline(random_state=0)
    with warnings.catch_warnings():
        # Many classes for few rows.
        warnings.simplefilter("ignore", UserWarning)
        model.fit(X, numbers)
    return model.predict_proba(X_test) @ means


def by_fifteen_classifiers(X, target, X_test):
    """Each of the limits of sixteen ranges has a classifier of the rows above it."""
    numbers, means = ranges(target, 16)
    model = tabular_pipeline(random_state=0)
    bits, bits_test = model[:-1].fit_transform(X), model[:-1].transform(X_test)
    expected = np.full(len(X_test), means[0])
    for number in range(1, len(means)):
        classifier = clone(model[-1]).fit(bits, numbers >= number)
        above = classifier.predict_proba(bits_test)[:, 1]
        expected += above * (means[number] - means[number - 1])
    return expected


METHODS = {
    "random forest of 100 trees": by_forest,
    "ridge": by_ridge,
    "one classifier of 8 ranges": by_one_classifier,
    "15 classifiers of limits": by_fifteen_classifiers,
}
MEASUREMENTS = {"regression": regression}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The classifiers of tables that are compared, with fixed settings.

Words are one-hot and numbers are imputed by the median and scaled for all that need it.
LightGBM takes words as categories and missing values as they are.
"""

from itertools import product

from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from asv_bench.suite import Row
from skbit.pipeline import tabular_pipeline


def as_numbers(model):
    """Return a pipeline that scales numbers and takes words apart."""
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, model)


def _as_categories(X):
    words = X.select_dtypes(exclude="number").columns
    return X.astype(dict.fromkeys(words, "category"))


def _lightgbm():
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(n_estimators=100, n_jobs=1, random_state=0, verbosity=-1)
    return make_pipeline(FunctionTransformer(_as_categories), model)


def large(fern_size, margin, **params):
    """Return the large preset with other settings of all members."""
    model = tabular_pipeline(size="large", random_state=0)
    params = {"ferns__fern_size": fern_size, "classifier__margin": margin, **params}
    for _, member in model["classifier"].estimators:
        member.set_params(**params)
    return model


def _searched():
    """Return the large preset with a search of six settings by three folds."""
    settings = product((6, 8), (2.0, 4.0, 8.0))
    grid = {"classifier": [large(*setting)["classifier"] for setting in settings]}
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return GridSearchCV(tabular_pipeline(size="large", random_state=0), grid, cv=folds)


ROWS = [
    Row("skbit small", lambda: tabular_pipeline(random_state=0)),
    Row("skbit large", lambda: tabular_pipeline(size="large", random_state=0)),
    Row("skbit grid of 6", _searched),
    Row("LightGBM(100)", _lightgbm, "lightgbm"),
    Row(
        "RandomForest(100)",
        lambda: as_numbers(RandomForestClassifier(100, random_state=0)),
    ),
    Row(
        "ExtraTrees(100)",
        lambda: as_numbers(ExtraTreesClassifier(100, random_state=0)),
    ),
    Row("kNN(5)", lambda: as_numbers(KNeighborsClassifier(5))),
    Row(
        "logistic regression",
        lambda: as_numbers(LogisticRegression(max_iter=1000)),
    ),
    Row("SVC(RBF)", lambda: as_numbers(SVC())),
    Row("GaussianNB", lambda: as_numbers(GaussianNB())),
    Row("BernoulliNB", lambda: as_numbers(BernoulliNB())),
]

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The caller's joblib context changes no result."""

import contextlib
import copy

import pytest
from joblib import parallel_config
from sklearn.base import ClassifierMixin, clone
from sklearn.model_selection import GridSearchCV

import skbit._utils.blocks
from tests.kinds.estimators import KINDS, answers, assert_same_answers, name_of

CONTEXTS = {
    "threading": [{"backend": "threading", "n_jobs": 2}],
    "threading, all": [{"backend": "threading", "n_jobs": -1}],
    "loky": [{"backend": "loky", "n_jobs": 2}],
    "loky, one": [{"backend": "loky", "n_jobs": 1}],
    "loky, inner": [{"backend": "loky", "n_jobs": 2, "inner_max_num_threads": 1}],
    "multiprocessing": [{"backend": "multiprocessing", "n_jobs": 2}],
    "nested": [{"backend": "threading", "n_jobs": 2}, {"backend": "loky", "n_jobs": 2}],
}


@pytest.fixture
def small_blocks(monkeypatch):
    """Cut work into many blocks, as that of large data is."""
    slices = skbit._utils.blocks.slices

    def cut(n, size):
        return slices(n, min(size, max(1, n // 3)))

    monkeypatch.setattr(skbit._utils.blocks, "slices", cut)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_contexts_change_nothing(kind):
    X, y = kind.data()
    expected = answers(kind.fitted(), X)
    for name, settings in CONTEXTS.items():
        with contextlib.ExitStack() as stack:
            for setting in settings:
                stack.enter_context(parallel_config(**setting))
            model = clone(kind.estimator).fit(X, y)
            found = answers(model, X)
        assert_same_answers(found, expected), name
        assert_same_answers(answers(model, X), expected)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("n_jobs", [1, 2, -1])
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_numbers_of_threads_change_nothing(kind, n_jobs):
    if "n_jobs" not in kind.estimator.get_params():
        return
    X, y = kind.data()
    expected = answers(kind.fitted(), X)
    model = clone(kind.estimator).set_params(n_jobs=n_jobs).fit(X, y)
    assert_same_answers(answers(model, X), expected)


CLASSIFIERS = [kind for kind in KINDS if isinstance(kind.estimator, ClassifierMixin)]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("kind", CLASSIFIERS[::3], ids=name_of)
def test_searches_under_contexts(kind):
    X, y = kind.data()
    has_threshold = "binarize" in kind.estimator.get_params()
    grid = {"binarize": [0.0]} if has_threshold else {}
    search = GridSearchCV(kind.estimator, grid, cv=2)
    expected = copy.deepcopy(search).fit(X, y)
    with parallel_config(backend="loky", n_jobs=2):
        search.fit(X, y)
    assert search.best_score_ == expected.best_score_
    assert_same_answers(
        answers(search.best_estimator_, X), answers(expected.best_estimator_, X)
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("processes", [True, False])
def test_under_dask(processes):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2 if processes else 1,
            threads_per_worker=1 if processes else 2,
            processes=processes,
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster),
    ):
        for kind in KINDS:
            X, y = kind.data(100)
            expected = answers(kind.fitted(100), X)
            with parallel_config(backend="dask", n_jobs=2):
                model = clone(kind.estimator).fit(X, y)
                found = answers(model, X)
            assert_same_answers(found, expected)

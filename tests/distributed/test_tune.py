# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Averaged tuning by Dask, beside the same rounds by hand."""

import copy
import pickle

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.pipeline import Pipeline, make_pipeline

from skbit import (
    OttoScoreClassifier,
    RandomFernEncoder,
    ThermometerEncoder,
    distributed,
)
from skbit.distributed._tune import Tuning
from tests.distributed.models import X, assert_equal_models, y

# By chance, so that parts have all classes.
ROWS = np.random.default_rng(0).permutation(len(y))
X, y = X[ROWS], y[ROWS]
PARTS = np.array_split(np.arange(len(y)), 10)


@pytest.fixture(autouse=True)
def synchronous():
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture(scope="module")
def model():
    return make_pipeline(
        ThermometerEncoder(4, feature_range=(0, 16)),
        "passthrough",
        RandomFernEncoder(60, random_state=0),
        OttoScoreClassifier(max_iter=4, random_state=0),
    ).fit(X, y)


def by_hand(model, n_rounds):
    model = copy.deepcopy(model)
    bits = model[:-1].transform(X)
    for _ in range(n_rounds):
        tuned = [copy.deepcopy(model[-1]).tune(bits[p], y[p]) for p in PARTS]
        model[-1].merge_corrections(*tuned)
    return model


def arrays():
    # The last block has no rows.
    sizes = (*map(len, PARTS), 0)
    return da.from_array(X, (sizes, X.shape[1])), da.from_array(y, (sizes,))


def test_rounds_are_those_by_hand(model):
    before = pickle.dumps(model)
    found = distributed.tune(model, *arrays(), n_rounds=2)
    assert pickle.dumps(model) == before
    assert isinstance(found, Pipeline)
    assert [key for key, _ in found.steps] == [key for key, _ in model.steps]
    expected = by_hand(model, 2)
    assert_equal_models(found, expected, X)
    assert found[-1].train_scores_ == expected[-1].train_scores_
    assert found[-1].n_iter_ == 4 + 2 * 3


def test_frames_and_a_classifier_alone(model):
    bits = model[:-1].transform(X)
    classifier = model[-1]
    table = pd.DataFrame(bits).rename(columns=str).assign(label=y)
    frame = dd.from_pandas(table, npartitions=1)
    with pytest.warns(UserWarning, match="feature names"):
        found = distributed.tune(
            classifier, frame.drop(columns="label"), frame.label, n_rounds=1
        )
    expected = copy.deepcopy(classifier).tune(bits, y)
    assert type(found) is OttoScoreClassifier
    assert_array_equal(found.weights_, expected.weights_)
    assert found.units_per_nat_ == expected.units_per_nat_


def test_batches_of_a_partition_are_parts(model):
    bits = model[:-1].transform(X)
    lesson = Tuning(model[-1], [])
    states = [lesson.add(None, bits[part], y[part]) for part in PARTS[:2]]
    both = lesson.add(states[0], bits[PARTS[1]], y[PARTS[1]])
    for found, expected in zip(both, lesson.join(states), strict=True):
        assert_array_equal(found, expected)


def test_bad_input(model):
    rows = arrays()
    for wrong, error, match in (
        ((model[:-1], *rows), TypeError, "got RandomFernEncoder"),
        ((OttoScoreClassifier(max_iter=2), *rows), ValueError, "not fitted"),
        ((OttoScoreClassifier(), *rows), ValueError, "max_iter=1"),
        ((model, rows[0], None), ValueError, "but y is None"),
        ((model, X, y), TypeError, "must be a Dask array"),
    ):
        with pytest.raises(error, match=match):
            distributed.tune(*wrong)
    with pytest.raises(ValueError, match="n_rounds == 0, must be >= 1"):
        distributed.tune(model, *rows, n_rounds=0)

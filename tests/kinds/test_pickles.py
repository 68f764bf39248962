# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pickles hold public attributes of plain types, and are loaded without numba."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from tests.kinds.estimators import KINDS, answers, differing, name_of

# The version of the format, and an attribute of scikit-learn's own.
PRIVATE = {"_skbit_format", "_n_features_out"}
PLAIN = (bool, int, float, str, type(None), np.ndarray, np.generic)


def check_plain(value, path):
    """Raise if a value has parts that are no plain data."""
    if isinstance(value, BaseEstimator):
        # Inner estimators hold what skbit fitted, and parameters that a user set.
        params = value.get_params(deep=False)
        found = {k: v for k, v in value.__getstate__().items() if k not in params}
        private = {name for name in found if name.startswith("_")}
        assert private <= PRIVATE | {"_sklearn_version"}, (path, private)
        value = found
    if type(value) is dict:
        for key, part in value.items():
            check_plain(part, f"{path}.{key}")
    elif type(value) in (list, tuple):
        for number, part in enumerate(value):
            check_plain(part, f"{path}[{number}]")
    else:
        assert isinstance(value, PLAIN) or is_parameters(path), (path, type(value))


def is_parameters(path):
    """Tell whether a path leads to recorded values of parameters."""
    return ".fitted_params_." in path


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_fitted_state_is_public_and_plain(kind):
    model = kind.fitted(100)
    answers(model, kind.data()[0][:20])
    check_plain(model, type(model).__name__)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_loaded_models_compute_again_what_is_not_pickled(kind):
    X, _ = kind.data(100)
    model = kind.fitted(100)
    expected = answers(model, X)
    assert not differing(answers(pickle.loads(pickle.dumps(model)), X), expected)


def test_loading_does_not_import_numba(tmp_path):
    paths = []
    for number, kind in enumerate(KINDS):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(pickle.dumps(kind.fitted(100)))
    code = """
import pickle, sys
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        pickle.load(file)
    assert "numba" not in sys.modules, path
"""
    subprocess.run([sys.executable, "-c", code, *map(str, paths)], check=True)

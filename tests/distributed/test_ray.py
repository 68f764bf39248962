# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training of Dask's arrays by Ray."""

import os
import sys

import dask.array as da
import pytest

from tests.distributed.models import PIPELINES, X, assert_equal_models, fitted, y
from tests.distributed.recipes import fit_with_ray


@pytest.mark.filterwarnings("ignore")
def test_equals_one_fit(monkeypatch):
    ray = pytest.importorskip("ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    path = os.pathsep.join(filter(None, sys.path))
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}},
    )
    try:
        rows, labels = da.from_array(X, (300, X.shape[1])), da.from_array(y, 300)
        found = fit_with_ray(PIPELINES["projection"], rows, labels)
    finally:
        ray.shutdown()
    assert_equal_models(found, fitted("projection"))

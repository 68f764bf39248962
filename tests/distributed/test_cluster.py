# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training on a cluster of Dask of two processes, one of which may be killed."""

import concurrent.futures
import os
import pickle
import signal

import dask.array as da
import distributed as dask_distributed
import numpy as np
import pytest
from dask.delayed import Delayed
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skbit import distributed
from tests.distributed.models import PIPELINES, X, assert_equal_models, fitted, y

# A job takes a second or two; one that hangs fails.
TIMEOUT = 120


@pytest.fixture(scope="module")
def client():
    with (
        dask_distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            # Workers do not turn warnings into errors.
            env={"PYTHONWARNINGS": "ignore"},
        ) as cluster,
        dask_distributed.Client(cluster) as client,
    ):
        yield client


def read(block, path, parent):
    """Return a block, and kill the worker if there is a file, which is deleted."""
    assert os.getpid() != parent, "rows are read by workers"
    try:
        path.unlink()
    except FileNotFoundError:
        return block
    os.kill(os.getpid(), signal.SIGKILL)


def rows_of_workers(path):
    """Return X and y, whose blocks only workers can read."""
    rows = da.from_array(X, (200, X.shape[1]))
    keywords = {"path": path, "parent": os.getpid()}
    return (
        rows.map_blocks(read, **keywords, meta=rows._meta),
        da.from_array(y, 200).map_blocks(read, **keywords, meta=np.empty(0, y.dtype)),
    )


def in_time(function, *args):
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        return executor.submit(function, *args).result(TIMEOUT)


@pytest.mark.usefixtures("client")
def test_only_states_come_to_the_caller(tmp_path, monkeypatch):
    rows, labels = rows_of_workers(tmp_path / "absent")
    received = []
    compute = Delayed.compute

    def spy(self):
        received.append(compute(self))
        return received[-1]

    monkeypatch.setattr(Delayed, "compute", spy)
    found = in_time(distributed.fit, PIPELINES["projection"], rows, labels)
    assert_equal_models(found, fitted("projection"))
    # Labels, the encoder, two rows, the projection and the classifier.
    assert len(received) == 5
    assert max(len(pickle.dumps(state)) for state in received) < X.nbytes / 4
    answers = distributed.predict(found, rows)
    assert_array_equal(answers.compute(), found.predict(X))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", [PIPELINES["projection"], PIPELINES["ferns"][-1:]])
def test_a_killed_worker_changes_nothing(client, model, tmp_path):
    path = tmp_path / "kill"
    rows, labels = rows_of_workers(path)
    before = {worker["pid"] for worker in client.run(_info).values()}
    path.touch()
    found = in_time(distributed.fit, model, rows, labels)
    assert not path.exists()
    assert_equal_models(found, clone(model).fit(X, y))
    client.wait_for_workers(2, timeout=TIMEOUT)
    after = {worker["pid"] for worker in client.run(_info).values()}
    assert len(before - after) == 1


def _info():
    return {"pid": os.getpid()}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training and prediction in a local session of Spark."""

import os
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skbit import distributed
from tests.distributed.models import PIPELINES, X, assert_equal_models, y
from tests.distributed.recipes import predict_with_spark

# Spark warns of pandas 3 and of its own use of other packages.
pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = [f"pixel_{i}" for i in range(X.shape[1])]
TABLE = pd.DataFrame(X, columns=NAMES).assign(label=y)


@pytest.fixture(scope="module")
def spark():
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    sql = pytest.importorskip("pyspark.sql")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        # Workers find the same modules as this process.
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        builder = sql.SparkSession.builder.master("local[2]")
        for key, value in {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
        }.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


def test_equals_one_fit(spark):
    # More partitions than groups of states, some without rows.
    frame = spark.createDataFrame(TABLE.iloc[::3]).repartitionByRange(9, "label")
    found = distributed.fit(PIPELINES["ferns"], frame, "label")
    expected = PIPELINES["ferns"].fit(TABLE[NAMES].iloc[::3], y[::3])
    assert found.feature_names_in_.tolist() == NAMES
    assert_equal_models(found, expected, TABLE[NAMES])
    labels = predict_with_spark(found, frame, NAMES).select("predicted").toPandas()
    assert_array_equal(
        np.sort(labels["predicted"]), np.sort(expected.predict(TABLE[NAMES].iloc[::3]))
    )


def test_a_column_of_arrays(spark):
    frame = spark.createDataFrame(
        pd.DataFrame({"row": [*X[::5]], "label": y[::5].astype(str)})
    )
    classifier = PIPELINES["ferns"][-1:]
    found = distributed.fit(
        classifier, frame, "label", classes=np.arange(10).astype(str)
    )
    assert_equal_models(found, classifier.fit(X[::5], y[::5].astype(str)))


def test_tuning(spark):
    model = PIPELINES["ferns"].fit(TABLE[NAMES].iloc[::3], y[::3])
    model[-1].set_params(max_iter=3, random_state=0)
    frame = spark.createDataFrame(TABLE.iloc[::3]).coalesce(1)
    found = distributed.tune(model, frame, "label", n_rounds=1)
    bits = model[:-1].transform(TABLE[NAMES].iloc[::3])
    model[-1].tune(bits, y[::3])
    assert_equal_models(found, model, TABLE[NAMES])
    with pytest.raises(ValueError, match="but y is None"):
        distributed.tune(model, frame, None)


def test_bad_input(spark):
    frame = spark.range(3)
    with pytest.raises(ValueError, match=r"one of \['id'\], or None, got 'label'"):
        distributed.fit(PIPELINES["ferns"], frame, "label")
    with pytest.raises(ValueError, match="X has no rows"):
        distributed.fit(PIPELINES["ferns"], frame.limit(0), "id")

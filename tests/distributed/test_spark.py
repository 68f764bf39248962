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
from sklearn.base import clone

from skbit import distributed
from tests.distributed.models import PIPELINES, X, assert_equal_models, y
from tests.distributed.recipes import predict_with_spark

# Spark warns of pandas 3 and of its own use of other packages.
pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = [f"pixel_{i}" for i in range(X.shape[1])]
TABLE = pd.DataFrame(X, columns=NAMES).assign(label=y)


@pytest.fixture
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


def test_training_and_prediction(spark):
    # In one test, so that there is one session.
    check_a_table(spark)
    check_a_column_of_arrays(spark)
    check_tuning(spark)
    check_bad_input(spark)


def check_a_table(spark):
    # More partitions than groups of states, some without rows.
    table = TABLE.iloc[::3]
    rows = table[NAMES]
    frame = spark.createDataFrame(table).repartitionByRange(9, "label")
    found = distributed.fit(PIPELINES["ferns"], frame, "label")
    expected = clone(PIPELINES["ferns"]).fit(rows, table["label"])
    assert found.feature_names_in_.tolist() == NAMES
    assert_equal_models(found, expected, rows)
    labels = predict_with_spark(found, frame, NAMES).select("predicted").toPandas()
    assert_array_equal(np.sort(labels["predicted"]), np.sort(expected.predict(rows)))


def check_a_column_of_arrays(spark):
    labels = y[::5].astype(str)
    table = pd.DataFrame({"row": X[::5].tolist(), "label": labels})
    model = clone(PIPELINES["ferns"][-1:])
    frame = spark.createDataFrame(table)
    found = distributed.fit(model, frame, "label", classes=np.unique(labels))
    assert_equal_models(found, model.fit(X[::5], labels))


def check_tuning(spark):
    table = TABLE.iloc[::3]
    rows, labels = table[NAMES], table["label"]
    model = clone(PIPELINES["ferns"]).fit(rows, labels)
    model[-1].set_params(max_iter=3, random_state=0)
    frame = spark.createDataFrame(table).coalesce(1)
    found = distributed.tune(model, frame, "label", n_rounds=1)
    model[-1].tune(model[:-1].transform(rows), labels)
    assert_equal_models(found, model, rows)
    with pytest.raises(ValueError, match="but y is None"):
        distributed.tune(model, frame, None)


def check_bad_input(spark):
    frame = spark.range(3)
    with pytest.raises(ValueError, match=r"one of \['id'\], or None, got 'label'"):
        distributed.fit(PIPELINES["ferns"], frame, "label")
    with pytest.raises(ValueError, match="X has no rows"):
        distributed.fit(PIPELINES["ferns"], frame.limit(0), "id")

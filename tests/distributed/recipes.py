# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The recipes of the manual for Spark and Ray, which the tests of this folder run."""


def predict_with_spark(model, frame, features):
    """Add the labels that a model predicts to a data frame of Spark."""

    def with_labels(batches):
        for batch in batches:
            yield batch.assign(predicted=model.predict(batch[features]))

    columns = [
        f"{column.name} {column.dataType.simpleString()}" for column in frame.schema
    ]
    return frame.mapInPandas(with_labels, ", ".join([*columns, "predicted long"]))


def fit_with_ray(model, X, y):
    """Fit a model on arrays of Dask, whose blocks are computed by Ray."""
    import dask
    from ray.util.dask import ray_dask_get

    from skbit import distributed

    with dask.config.set(scheduler=ray_dask_get):
        return distributed.fit(model, X, y)

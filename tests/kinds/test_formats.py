# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models in skops files, and rows in data frames."""

import io
import warnings

import pandas as pd
import pytest
import sklearn
from sklearn.base import clone

from skbit._utils.registry import collect
from skbit.cluster import FlipRule
from tests.kinds.estimators import (
    KINDS,
    answers,
    assert_same_answers,
    differing,
    name_of,
)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_skops_needs_no_trust_in_others(kind):
    skops = pytest.importorskip("skops.io")
    X, _ = kind.data()
    model = kind.fitted()
    data = skops.dumps(model)
    untrusted = skops.get_untrusted_types(data=data)
    public = {
        f"{cls.__module__}.{cls.__qualname__}"
        for cls in (*collect("_examples", "EXAMPLES"), FlipRule)
    }
    assert set(untrusted) <= public
    loaded = skops.loads(data, trusted=untrusted)
    assert_same_answers(answers(loaded, X), answers(model, X))


def frames(X):
    """Yield a name and the rows in another container, by which nothing is lost."""
    columns = [f"c{j}" for j in range(X.shape[1])]
    frame = pd.DataFrame(X, columns=columns)
    yield "pandas", frame
    yield "nullable", frame.convert_dtypes()
    yield "csv", pd.read_csv(io.StringIO(frame.to_csv(index=False)))
    yield (
        "csv, nullable",
        pd.read_csv(
            io.StringIO(frame.to_csv(index=False)), dtype_backend="numpy_nullable"
        ),
    )
    if pytest.importorskip("pyarrow"):
        yield "pyarrow", frame.convert_dtypes(dtype_backend="pyarrow")
        for backend in ("numpy_nullable", "pyarrow"):
            file = io.BytesIO()
            frame.to_parquet(file)
            yield f"parquet, {backend}", pd.read_parquet(file, dtype_backend=backend)
    polars = pytest.importorskip("polars")
    yield "polars", polars.from_numpy(X, schema=columns)
    yield (
        "csv, polars",
        polars.read_csv(io.BytesIO(frame.to_csv(index=False).encode())),
    )


# These fit data frames and give arrays to their models.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_frames_are_equal_refused_or_warned_of(kind):
    X, y = kind.data(100)
    expected = answers(kind.fitted(100), X)
    expected.pop("get_feature_names_out", None)
    for name, frame in frames(X):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                model = clone(kind.estimator).fit(frame, y)
                found = answers(model, frame)
            except (ValueError, TypeError):
                assert name != "pandas"
                continue
        if any("packed" in str(w.message) for w in caught):
            assert "csv" in name
            continue
        assert not differing(found, expected), name


@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_output_containers_change_no_number(kind, library):
    pytest.importorskip(library)
    X, y = kind.data(100)
    expected = answers(kind.fitted(100), X)
    with sklearn.config_context(transform_output=library):
        found = answers(clone(kind.estimator).fit(X, y), X)
    assert not differing(found, expected)
    estimator = clone(kind.estimator)
    inner = getattr(estimator, "clusterer", None)
    for part in (estimator, inner):
        if hasattr(part, "transform"):
            part.set_output(transform=library)
    assert not differing(answers(estimator.fit(X, y), X), expected)

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""One call from a fitted model to an ONNX model."""

import json

import numpy as np
import skl2onnx
from onnx import helper
from skl2onnx.common.data_types import (
    DoubleTensorType,
    StringTensorType,
    guess_data_type,
)
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_array, check_is_fitted

import skbit
from skbit import BitEnsembleClassifier, OttoScoreClassifier
from skbit._onnx.converters import OLDEST_OPSET
from skbit._onnx.enclosing import META_CLASSIFIERS
from skbit._onnx.graph import large_constants_later
from skbit._utils.input import with_numpy_types
from skbit._utils.steps import without_searches
from skbit.preprocessing._columns import columns_of, numbers_of, values_of

INPUT_CONVENTION = (
    "Numbers as they are, one column per feature. Tables with text have an input for "
    "each column, and a text that is missing is empty. A tensor of uint32 is a packed "
    "bit matrix: bit j of a row is (row[j // 32] >> (j % 32)) & 1, and padding bits "
    "are 0. Input is not checked: no NaN, except in tables, and padding must be 0."
)


def to_onnx(model, X, *, target_opset=OLDEST_OPSET, options=None):
    """Convert a fitted estimator or pipeline to ONNX, to the bit.

    The graph consists of standard operators and gives the same integers as the
    estimator does. It is what ``skl2onnx.to_onnx`` makes, with an opset that has
    bitwise operators, plain scores instead of a ZipMap, and metadata.

    Read more in the :ref:`User Guide <onnx>`.

    Parameters
    ----------
    model : estimator or Pipeline
        Fitted. Steps of scikit-learn may be among those of skbit.

    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Rows of what the model will get, or none; only dtype and width matter. A data
        frame with text is for a :class:`~skbit.preprocessing.TableEncoder`.

    target_opset : int, default=18
        Version of the operators, at least 18. Graphs are tested with onnxruntime 1.22
        and later.

    options : dict, default=None
        Options of converters, as in skl2onnx; ``{OttoScoreClassifier: {"zipmap":
        True}}`` gives a map from classes to scores, which are rounded to float32.

    Returns
    -------
    onnx_model : onnx.ModelProto
        Its input is called ``X``, with a free number of rows; with text, there is an
        input of one column for each column, called as it is. Outputs are ``bits`` of
        transformers, ``label`` and ``scores`` (int64) of a classifier, ``label``,
        ``scores`` (the similarity with every neuron, float64) and ``pattern`` (what is
        recalled) of a clusterer, ``label`` and ``scores`` (how far above the offset,
        float64) of a novelty detector, ``label`` and ``probabilities`` of a classifier
        of scikit-learn around one of skbit. The metadata have the versions of skbit and
        scikit-learn, the parameters as JSON, and the convention of the input.

    Raises
    ------
    ValueError
        If X is packed and the model was fitted on numbers, or the other way round, or
        its width is another, or the model is too large for ONNX.
    NotImplementedError
        If an estimator, a parameter or a combination of estimators cannot be converted,
        or the opset is too old.

    Examples
    --------
    >>> from onnxruntime import InferenceSession
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, ThermometerEncoder
    >>> from skbit.onnx import to_onnx
    >>> X, y = load_digits(return_X_y=True)
    >>> model = make_pipeline(ThermometerEncoder(), OttoScoreClassifier()).fit(X, y)
    >>> onnx_model = to_onnx(model, X)
    >>> session = InferenceSession(onnx_model.SerializeToString())
    >>> label, scores = session.run(None, {"X": X})
    >>> bool((label == model.predict(X)).all())
    True
    """
    check_is_fitted(model)
    types = _types_of_columns(X)
    X = check_array(
        with_numpy_types(X),
        accept_sparse=True,
        dtype=None,
        ensure_all_finite=False,
        ensure_min_samples=0,
    )
    converted = without_searches(model)
    with large_constants_later() as put_in:
        try:
            onnx_model = skl2onnx.to_onnx(
                converted,
                # Only the type matters, and there may be no rows.
                None if types else np.zeros((1, X.shape[1]), X.dtype.newbyteorder("=")),
                initial_types=types,
                target_opset=target_opset,
                options=_options(model, converted, options or {}),
            )
        except (NotImplementedError, ValueError):
            raise
        except (AttributeError, LookupError, RuntimeError, TypeError) as error:
            _check_width(model, X)
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise NotImplementedError(
                f"skl2onnx cannot convert this {type(model).__name__} ({reason})"
            ) from error
        _check_width(model, X)
        put_in(onnx_model)
    metadata = {
        "skbit_version": skbit.__version__,
        "model": " ".join(repr(model).split()),
        "parameters": json.dumps(model.get_params(), default=repr),
        "input_convention": INPUT_CONVENTION,
    }
    helper.set_model_props(onnx_model, metadata)
    return onnx_model


def _types_of_columns(X):
    """Return the names and types of inputs if there is text; otherwise None."""
    if not hasattr(X, "columns"):
        return None
    columns = zip(X.columns, columns_of(X), strict=True)
    types = [(str(name), _type_of(column)) for name, column in columns]
    has_text = any(isinstance(kind, StringTensorType) for _, kind in types)
    return types if has_text else None


def _type_of(column):
    """Return the type of a column as the input of a graph."""
    if numbers_of(column) is not None:
        [(_, kind)] = guess_data_type(np.zeros((1, 1), np.asarray(column).dtype))
        return type(kind)([None, 1])
    values = values_of(column, column.name)
    is_number = values.uniques and not values.is_text
    return (DoubleTensorType if is_number else StringTensorType)([None, 1])


def _check_width(model, X):
    n_features = getattr(model, "n_features_in_", X.shape[1])
    if X.shape[1] != n_features:
        raise ValueError(
            f"{type(model).__name__} expects {n_features} columns, but X has "
            f"{X.shape[1]}."
        )


def _options(model, converted, options):
    """Join a user's options with plain scores where skl2onnx would make a ZipMap."""
    joined = {
        OttoScoreClassifier: {"zipmap": False},
        BitEnsembleClassifier: {"zipmap": False},
    }
    last = converted
    while isinstance(last, Pipeline):
        *selectors, last = (step for _, step in last.steps)
        # skl2onnx asks RFE for this option, which its converter does not have.
        joined |= {id(step): {} for step in selectors if is_classifier(step)}
    if is_classifier(last) and (
        type(last) in META_CLASSIFIERS or isinstance(last, GridSearchCV)
    ):
        joined[id(last)] = {"zipmap": False}
    for key, values in options.items():
        key = id(converted) if key == id(model) else key
        joined[key] = {**joined.get(key, {}), **values}
    return joined

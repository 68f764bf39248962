# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What an estimator holds as plain arrays, and the estimator from these arrays.

One entry of a state, ``"skbit"``, is a text in JSON: the format and a tree of
estimators, parameters and numbers. The tree names the other entries, which are arrays.
"""

import functools
import inspect
import json
import math
from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer

from skbit._base import SkbitEstimator
from skbit._utils.registry import collect
from skbit.cluster import FlipRule

__all__ = ["from_state", "to_state"]

# The format of states. It is raised when the tree or the names of arrays change; the
# format of the attributes of an estimator is a number of its own.
FORMAT = 1

_TREE = "skbit"
# Kinds of dtypes that a file takes without pickle.
_KINDS = frozenset("biufcSUmM")


def to_state(estimator):
    """Return what an estimator holds, as a dict of arrays.

    Parameters, what was learned and all inner estimators become arrays of numbers and
    one text. They can be written by :func:`numpy.savez`, or sent by anything that
    carries arrays, and :func:`from_state` makes an equal estimator of them. Neither
    uses pickle.

    Read more in the :ref:`User Guide <distributed>`.

    Parameters
    ----------
    estimator : estimator
        An estimator of skbit, or a :class:`~sklearn.pipeline.Pipeline` or
        :class:`~sklearn.pipeline.FeatureUnion` of such, fitted or not.

    Returns
    -------
    state : dict of {str: ndarray}
        Copies of all arrays by the path of their attribute, such as
        ``"steps.1.1.feature_count_"``, and under ``"skbit"`` a text in JSON with
        everything else. No array is of dtype object.

    Raises
    ------
    TypeError
        If the estimator, or one inside of it, is of another class, or if a parameter
        is neither a number, text, array or such an estimator nor a tuple, list or dict
        of these. A RandomState and a function are examples; set ``random_state`` to an
        int before.

    See Also
    --------
    from_state : The estimator from its state.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skbit.pipeline import image_pipeline
    >>> from skbit.state import from_state, to_state
    >>> X, y = load_digits(return_X_y=True)
    >>> model = image_pipeline((8, 8), "tiny", random_state=0).fit(X, y)
    >>> file = io.BytesIO()
    >>> np.savez(file, **to_state(model))
    >>> _ = file.seek(0)
    >>> same = from_state(np.load(file))
    >>> bool((same.decision_function(X) == model.decision_function(X)).all())
    True
    """
    if type(estimator) not in _classes().values():
        raise TypeError(
            "Only estimators of skbit, and pipelines and unions of scikit-learn, have "
            f"a state, got {type(estimator).__name__}."
        )
    arrays = {}
    tree = _write(estimator, (), arrays)
    text = json.dumps({"format": FORMAT, "estimator": tree}, allow_nan=False)
    return {_TREE: np.array(text)} | arrays


def from_state(state):
    """Return the estimator that a state was taken from.

    Read more in the :ref:`User Guide <distributed>`.

    Parameters
    ----------
    state : mapping of {str: ndarray}
        What :func:`to_state` returned, or a file that :func:`numpy.load` opened. Other
        entries are ignored.

    Returns
    -------
    estimator : estimator
        A new estimator with arrays of its own, which gives the same answers to the bit,
        and learns on if the first one could.

    Raises
    ------
    ValueError
        If the state is damaged or incomplete, if it names an unknown class or if it was
        written in a newer format. Classes are looked up in a list of those that have a
        state; nothing is imported or run by a name from a file.

    See Also
    --------
    to_state : The state of an estimator.

    Examples
    --------
    >>> import numpy as np
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.state import from_state, to_state
    >>> X, y = np.eye(4), np.array([0, 1, 0, 1])
    >>> model = OttoScoreClassifier().fit(X, y)
    >>> from_state(to_state(model)).predict(X)
    array([0, 1, 0, 1])
    """
    if not isinstance(state, Mapping):
        raise TypeError(
            "state must be a dict of arrays or a file that numpy.load opened, got "
            f"{type(state).__name__}."
        )
    tree = _read_tree(state)
    try:
        estimator = _read(tree, state)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"This state is damaged: {error}.") from error
    if not isinstance(estimator, BaseEstimator):
        raise ValueError("This state is damaged: it holds no estimator.")
    return estimator


@functools.cache
def _classes():
    """Return the classes that have a state, by name."""
    known = (*collect("_examples", "EXAMPLES"), FlipRule)
    known += (Pipeline, FeatureUnion, FunctionTransformer)
    return {cls.__name__: cls for cls in known}


def _write(value, path, arrays):
    """Return the node of a value in the tree, and add its arrays by path."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind in (list, tuple):
        parts = [_write(part, (*path, i), arrays) for i, part in enumerate(value)]
        return parts if kind is list else {"tuple": parts}
    if kind is dict:
        return {"dict": _write_items(value, path, arrays)}
    if kind in (np.ndarray, np.memmap) and value.dtype == object:
        parts = [_write(part, (*path, i), arrays) for i, part in enumerate(value.flat)]
        return {"objects": [list(value.shape), parts]}
    if kind in (np.ndarray, np.memmap) or isinstance(value, np.generic):
        array = np.array(value, order="C")
        if array.dtype.kind in _KINDS:
            tag = "scalar" if isinstance(value, np.generic) else "array"
            key = ".".join(map(str, path))
            arrays[key] = array
            return {tag: [key, array.dtype.str, list(array.shape)]}
    if kind in _classes().values():
        return {"estimator": [kind.__name__, _write_attributes(value, path, arrays)]}
    raise TypeError(
        f"{'.'.join(map(str, path))} is of type {kind.__name__}, which has no state. "
        "Replace it before, for example a RandomState by an int."
    )


def _write_items(items, path, arrays):
    """Return the pairs of a dict, whose keys may be more than names."""
    pairs = []
    for i, (key, part) in enumerate(items.items()):
        # Paths stay different, and such that they can be names of files.
        is_name = isinstance(key, str) and key.isascii() and key.isidentifier()
        inner = (*path, key if is_name else i)
        pairs.append(
            [_write(key, (*inner, "key"), arrays), _write(part, inner, arrays)]
        )
    return pairs


def _write_attributes(estimator, path, arrays):
    attributes = estimator.__getstate__()
    # These classes of scikit-learn learn nothing that depends on its version.
    attributes.pop("_sklearn_version", None)
    return {
        name: _write(value, (*path, name), arrays) for name, value in attributes.items()
    }


def _read_tree(state):
    """Return the tree of a state, whose format is known."""
    if _TREE not in state:
        raise ValueError(f"This is no state of an estimator: it has no {_TREE!r}.")
    text = _load(state, _TREE)
    if text.shape != () or text.dtype.kind != "U":
        raise ValueError(f"This state is damaged: {_TREE!r} is no text.")
    try:
        content = json.loads(text.item())
        number, tree = content["format"], content["estimator"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"This state is damaged: {_TREE!r}: {error}.") from error
    if type(number) is not int or not 1 <= number <= FORMAT:
        raise ValueError(
            f"This state has format {number!r}, but this version of skbit reads "
            f"formats up to {FORMAT}. Read it with the version of skbit that wrote it, "
            "or with a newer one."
        )
    return tree


def _read(node, state):
    """Return the value of a node of the tree."""
    if isinstance(node, list):
        return [_read(part, state) for part in node]
    if not isinstance(node, dict):
        return node
    if len(node) != 1:
        raise TypeError(f"a node has the entries {sorted(node)}")
    ((tag, content),) = node.items()
    if tag == "float":
        return float(content)
    if tag == "tuple":
        return tuple(_read(part, state) for part in content)
    if tag == "dict":
        return {_read(key, state): _read(part, state) for key, part in content}
    if tag == "objects":
        shape, parts = content
        objects = np.empty(len(parts), dtype=object)
        objects[:] = [_read(part, state) for part in parts]
        return objects.reshape(shape)
    if tag == "array":
        return _read_array(state, *content)
    if tag == "scalar":
        return _read_array(state, *content)[()]
    if tag == "estimator":
        return _read_estimator(state, *content)
    raise TypeError(f"a node is {tag!r}")


def _read_array(state, key, dtype, shape):
    """Return an array of its own, in the byte order of this machine."""
    array = _load(state, key)
    if array.dtype.str != dtype or list(array.shape) != shape:
        raise ValueError(
            f"This state is damaged: {key!r} should have dtype {dtype} and shape "
            f"{tuple(shape)}, but has dtype {array.dtype.str} and shape {array.shape}."
        )
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")


def _load(state, key):
    """Return an array of a state, whose file may be damaged."""
    try:
        array = state[key]
    except KeyError:
        raise ValueError(f"This state is incomplete: it has no {key!r}.") from None
    except Exception as error:
        # What damaged files raise is not limited to the errors that modules name.
        raise ValueError(f"This state is damaged: {key!r}: {error}") from error
    if not isinstance(array, np.ndarray):
        raise ValueError(
            f"This state is damaged: {key!r} is no array, but {type(array).__name__}."
        )
    return array


def _read_estimator(state, name, attributes):
    """Return an estimator, whose own checks see what it is to hold."""
    if name not in _classes():
        raise ValueError(
            f"This state holds an estimator {name!r}, which this version of skbit does "
            "not know. Read it with the version of skbit that wrote it, or a newer one."
        )
    cls = _classes()[name]
    parameters = inspect.signature(cls).parameters
    for attribute in attributes:
        # Attributes that a class computes are never set.
        is_known = (
            attribute in parameters or attribute[-1:] == "_" or attribute[:1] == "_"
        )
        if hasattr(cls, attribute) or not is_known:
            raise ValueError(
                f"This state holds a {name} with {attribute!r}, which this version of "
                "skbit does not know. Read it with the version that wrote it."
            )
    values = {key: _read(node, state) for key, node in attributes.items()}
    estimator = cls.__new__(cls)
    if issubclass(cls, SkbitEstimator):
        # It checks the attributes, and adds the defaults of later parameters.
        estimator.__setstate__(values)
        return estimator
    defaults = {
        key: parameter.default
        for key, parameter in parameters.items()
        if parameter.default is not parameter.empty
    }
    vars(estimator).update(defaults | values)
    if not vars(estimator).keys() >= parameters.keys():
        raise ValueError(f"This state is damaged: a {name} lacks parameters.")
    return estimator

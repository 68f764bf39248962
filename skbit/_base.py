# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Base classes of all estimators: fitted state, checks of X, packed output.

``SkbitEstimator`` records and checks fitted state, and reads and writes pickles.
``BitInputMixin`` checks and packs X, and ``BitOutputMixin`` returns bits.
``all_or_nothing`` restores an estimator after a call that fails.
"""

import copy
import functools
import inspect
from numbers import Real

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skbit._numba.memory import read_only
from skbit._utils.docs import fill_docstring
from skbit._utils.input import (
    as_containers,
    check_auto_numbers,
    check_auto_packed,
    check_numbers,
    dense_rows,
    in_type_of,
    pack_sparse_rows,
    row_blocks,
    validate_rows,
    with_numpy_types,
)
from skbit._utils.sklearn import Interval, StrOptions, validate_parameter_constraints
from skbit._utils.state import check_choice, check_number, raise_damaged
from skbit.bits import CONTAINER_BITS, n_containers, pack_bits, unpack_bits

# The format of pickled estimators. It is raised whenever fitted attributes change.
FORMAT = 1


def all_or_nothing(method):
    """Decorate a method so that the estimator is unchanged if the method fails.

    The attributes are restored, but not the contents of arrays and inner estimators. So
    the method must not change these in place: it makes new ones, or copies those that
    it changes, and assigns them when it is done.
    """

    @functools.wraps(method)
    def guarded(self, *args, **kwargs):
        before = vars(self).copy()
        try:
            return method(self, *args, **kwargs)
        except BaseException:
            # A single assignment, which a second interrupt cannot divide.
            self.__dict__ = before
            raise

    return guarded


class SkbitEstimator(BaseEstimator):
    """Base class of all estimators: recorded parameters, and checks of fitted state.

    Fitting records the parameters that the results of a fitted estimator depend on
    (``_fixed_parameters``) in ``fitted_params_``, and methods read them there. A later
    change of such a parameter has no effect until the next ``fit``, and ``partial_fit``
    raises an error.

    Fitted attributes have public names and are arrays, scalars and estimators. Values
    that are computed on first access are a ``functools.cached_property`` with a private
    name; pickles and copies do not contain them. ``_check_state`` checks everything
    that compiled code relies on, before every call and when a pickle is loaded.
    """

    _doc_link_module = "skbit"
    _doc_link_template = (
        "https://skbit.readthedocs.io/en/stable/generated/"
        "{estimator_module}.{estimator_name}.html"
    )
    _fixed_parameters = ()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        fill_docstring(cls)
        # Methods of mixins are filled with the first class that inherits them.
        for base in cls.__mro__:
            if base.__module__.startswith("skbit."):
                for method in filter(inspect.isfunction, vars(base).values()):
                    fill_docstring(method)

    def _fix_parameters(self):
        """Record the parameters that stay in effect until the next ``fit``."""
        self.fitted_params_ = {
            name: copy.deepcopy(_plain(getattr(self, name)))
            for name in self._fixed_parameters
        }

    def _check_parameters_are_as_fitted(self):
        """Raise if a parameter is invalid, or differs from the one recorded by ``fit``.

        scikit-learn does not validate the parameters in ``partial_fit`` of an estimator
        that is fitted.
        """
        self._validate_params()
        for name, fitted in self.fitted_params_.items():
            now = _plain(getattr(self, name))
            if not _is_same(now, fitted):
                raise ValueError(
                    f"{name} was {fitted!r} when this {type(self).__name__} began to "
                    f"learn, but is {now!r} now. Set it back to learn more, or call "
                    "fit to begin anew."
                )

    def _check_fitted(self):
        """Raise if the estimator is not fitted, or if fitted attributes are damaged."""
        check_is_fitted(self)
        try:
            if type(self.fitted_params_) is not dict or set(self.fitted_params_) != set(
                self._fixed_parameters
            ):
                raise_damaged(
                    self,
                    "fitted_params_",
                    f"a dict of {list(self._fixed_parameters)}",
                    repr(self.fitted_params_),
                )
            self._check_state()
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(
                f"The fitted attributes of this {type(self).__name__} are damaged: "
                f"{error}. Fit the estimator again, or load it anew."
            ) from error

    def _check_state(self):
        """Raise if compiled code cannot rely on the fitted attributes."""
        check_number(self, "n_features_in_", 1)

    @property
    def _learns_from(self):
        """What :meth:`fit` needs of rows that come in parts.

        "parts" are all rows, which ``partial_fit`` learns part by part. "extremes" is
        which bits differ between rows, and nothing else. "first" are the rows of the
        first part, for estimators to which only the shape of X matters.
        """
        return "parts"

    def _count_weights(self):
        """Return the sizes that ``skbit.metrics.bit_mass`` sums up.

        Returns
        -------
        layers : tuple of (n_inputs, n_outputs, n_bits_per_weight)
        n_other_bits : int
            Bits of thresholds, offsets and the like.
        """
        return (), 0

    def __getstate__(self):
        state = {
            name: value
            for name, value in super().__getstate__().items()
            if not isinstance(
                getattr(type(self), name, None), functools.cached_property
            )
        }
        return state | {"_skbit_format": FORMAT}

    def __setstate__(self, state):
        state = dict(state)
        found = state.pop("_skbit_format", None)
        if found is None:
            raise ValueError(
                f"This {type(self).__name__} was saved without a format, by a version "
                "of skbit before 0.1. Load it with that version, or fit it again."
            )
        if type(found) is not int or found > FORMAT:
            raise ValueError(
                f"This {type(self).__name__} was saved in format {found!r}, but this "
                f"version of skbit reads formats up to {FORMAT}. Load it with the "
                "version of skbit that saved it, or with a newer one."
            )
        super().__setstate__(self._with_later_parameters(state))
        try:
            check_is_fitted(self)
        except NotFittedError:
            return
        self._check_fitted()
        validate_parameter_constraints(
            {name: self._parameter_constraints[name] for name in self.fitted_params_},
            self.fitted_params_,
            caller_name=type(self).__name__,
        )

    def _with_later_parameters(self, state):
        """Add the defaults of parameters that are younger than a pickle."""
        later = {
            name: parameter.default
            for name, parameter in inspect.signature(type(self)).parameters.items()
            if name not in state
        }
        if type(state.get("fitted_params_")) is dict:
            fixed = {
                name: later[name] for name in self._fixed_parameters if name in later
            }
            state = state | {"fitted_params_": fixed | state["fitted_params_"]}
        return later | state


def _plain(value):
    """Return the part of a parameter's value that fitting fixes.

    A number of NumPy's becomes one of Python's, so that both are of one type. Of an
    object that bundles parameters, its method ``_fixed_part`` says which are fixed.
    """
    if isinstance(value, np.generic):
        return value.item()
    return value._fixed_part() if hasattr(value, "_fixed_part") else value


def _is_same(a, b):
    """Return whether two values of a parameter are equal, arrays included."""
    if a is b:
        return True
    try:
        return type(a) is type(b) and bool(np.all(np.asarray(a == b)))
    except ValueError:
        # Arrays of different shapes.
        return False


class BitInputMixin:
    """Mixin for estimators whose X is bits, packed or one column of numbers per bit.

    ``_validate_bits`` is where X is checked, and refused, in this order:

    1. ``with_numpy_types`` gives the columns of a data frame NumPy's types,
    2. ``validate_rows`` calls scikit-learn's ``validate_data``, which checks shape,
       finite numbers, number and names of features,
    3. ``check_numbers`` checks the dtype,
    4. ``_check_input_format`` decides whether X is packed, as ``input_format`` or the
       dtype says. While fitting, it warns if the dtype may be misleading, and records
       the format in ``input_format_``; later it compares X with that,
    5. ``as_containers`` checks that packed X holds containers.

    Then ``_as_words`` or ``_word_blocks`` pack X: numbers above ``binarize`` are ones.
    The functions are in ``skbit._utils.input``.
    """

    _bit_input_constraints = {
        "input_format": [StrOptions({"auto", "packed", "dense"})],
        "binarize": [Interval(Real, None, None, closed="neither")],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _validate_bits(self, X, *, reset):
        """Check X; packed X is returned as C-contiguous uint32.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        reset : bool
            Whether ``fit`` begins. Otherwise X must be like that of the last ``fit``.

        Returns
        -------
        X : array or sparse matrix
        """
        X = with_numpy_types(X)
        X = validate_rows(self, X, reset=reset)
        return self._check_input_format(X, reset)

    def _check_input_format(self, X, reset):
        """Make the checks of ``_validate_bits`` that follow those of scikit-learn."""
        X = check_numbers(X)
        if reset:
            self._fix_parameters()
        found = self.input_format
        if found == "auto":
            is_packed = X.dtype == np.uint32 and not sparse.issparse(X)
            found = "packed" if is_packed else "dense"
            if reset:
                check = check_auto_packed if is_packed else check_auto_numbers
                check(X, self.binarize)
        if type(found) is not str or found not in _INPUT_FORMATS:
            # scikit-learn validates parameters in fit only.
            raise ValueError(
                f"input_format must be 'auto', 'packed' or 'dense', got {found!r}."
            )
        if reset:
            self.input_format_ = found
        elif found != self.input_format_:
            raise ValueError(
                f"X is {_INPUT_FORMATS[found]}, but this {type(self).__name__} was "
                f"fitted on {_INPUT_FORMATS[self.input_format_]}. Encode X as for "
                "fitting; if it went through something that changes its dtype, set "
                f"input_format={self.input_format_!r}."
            )
        return as_containers(X) if found == "packed" else X

    def _check_state(self):
        super()._check_state()
        check_choice(self, "input_format_", tuple(_INPUT_FORMATS))

    @property
    def _n_input_containers(self):
        if self.input_format_ == "packed":
            return self.n_features_in_
        return n_containers(self.n_features_in_)

    @property
    def _n_input_bits(self):
        """Number of bits of a row, including the padding of packed rows."""
        if self.input_format_ == "packed":
            return self.n_features_in_ * CONTAINER_BITS
        return self.n_features_in_

    def _as_words(self, X):
        """Pack all rows of X, as ``_validate_bits`` returned it."""
        if self.input_format_ == "packed":
            return read_only(X)
        words = np.empty((X.shape[0], self._n_input_containers), dtype=np.uint32)
        for rows, packed in self._word_blocks(X):
            words[rows] = packed
        return read_only(words)

    def _word_blocks(self, X):
        """Yield slices of rows, and these rows packed.

        It saves the memory of all packed rows where each is needed only once.
        """
        if self.input_format_ == "packed":
            for rows in row_blocks(X):
                yield rows, read_only(X[rows])
            return
        binarize = in_type_of(X, self.fitted_params_["binarize"])
        if sparse.issparse(X) and binarize >= 0:
            for rows, words in pack_sparse_rows(X, binarize):
                yield rows, read_only(words)
            return
        for rows in row_blocks(X):
            yield rows, read_only(pack_bits(dense_rows(X, rows) > binarize))

    def _bits_that_vary(self, X):
        """Return for each bit whether it differs between rows of X."""
        some = np.zeros(self._n_input_containers, dtype=np.uint32)
        every = ~some
        for _, words in self._word_blocks(X):
            some |= np.bitwise_or.reduce(words, axis=0)
            every &= np.bitwise_and.reduce(words, axis=0)
        return unpack_bits([some & ~every], self._n_input_bits)[0].astype(bool)


_INPUT_FORMATS = {
    "packed": "a packed bit matrix (dtype uint32)",
    "dense": "a matrix of numbers, one column per bit",
}


class BitOutputMixin:
    """Mixin for transformers that return bits, packed or one uint8 column per bit."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    @property
    def _n_features_out(self):
        return n_containers(self._n_bits) if self.packed_output else self._n_bits

    def _names_of_containers(self):
        """Return the names of the columns of packed output."""
        prefix = type(self).__name__.lower()
        return [f"{prefix}{c}" for c in range(n_containers(self._n_bits))]

    def _as_output(self, words, n_bits):
        return words if self.packed_output else unpack_bits(words, n_bits)

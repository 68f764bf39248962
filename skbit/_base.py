# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all estimators share: the door for X, the way out, and undoing failed fits."""

import copy
import functools
import inspect
import math

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted, validate_data

from skbit._utils.docs import fill_docstring
from skbit._utils.input import (
    as_containers,
    check_auto_numbers,
    check_auto_packed,
    check_numbers,
    dense_rows,
    row_blocks,
    with_numpy_types,
)
from skbit._utils.sklearn import StrOptions, validate_parameter_constraints
from skbit._utils.state import check_choice, check_number, raise_damaged
from skbit.bits import CONTAINER_BITS, n_containers, pack_bits, unpack_bits

# The format of pickled estimators. It is raised whenever fitted attributes change.
FORMAT = 1


def read_only(array):
    """Return a view that cannot be written to.

    Kernels are compiled for the types of their arguments, of which this is a part.
    Rows that come from a read-only map must not have every kernel compiled again, so
    all rows are handed over as read-only.
    """
    view = array.view()
    view.flags.writeable = False
    return view


def all_or_nothing(method):
    """Put an estimator back as it was when a method that changes it fails.

    The attributes are put back, not the arrays and estimators in them: a method makes
    new ones, or copies those it changes, and assigns them when it is done.
    """

    @functools.wraps(method)
    def guarded(self, *args, **kwargs):
        before = vars(self).copy()
        try:
            return method(self, *args, **kwargs)
        except BaseException:
            # One assignment, which a second interrupt cannot cut in two.
            self.__dict__ = before
            raise

    return guarded


class SkbitEstimator(BaseEstimator):
    """The base of all estimators: what fitting fixes, and checks of what was learned.

    Fitting records the parameters that decide what a fitted estimator computes
    (``_fixed_parameters``) in ``fitted_params_``, and methods read them there. Changing
    such a parameter afterwards has no effect until the next ``fit``; ``partial_fit``
    refuses it.
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
        """Record the parameters that are fixed until the next ``fit``."""
        self.fitted_params_ = {
            name: copy.deepcopy(_plain(getattr(self, name)))
            for name in self._fixed_parameters
        }

    def _check_parameters_are_as_fitted(self):
        """Raise if a parameter differs from what was fitted, or is none.

        scikit-learn does not check parameters when fitted estimators learn more.
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
        """Raise if nothing was fitted yet, or if fitted attributes are damaged."""
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

    def _count_weights(self):
        """Return what ``skbit.metrics.bit_mass`` counts.

        Returns
        -------
        layers : tuple of (n_inputs, n_outputs, n_bits_per_weight)
        n_other_bits : int
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
        if type(found) is not int or found > FORMAT:
            raise ValueError(
                f"This {type(self).__name__} was saved in format {found!r}, but this "
                f"version of skbit reads formats up to {FORMAT}. Load it with the "
                "version of skbit that saved it, or with a newer one."
            )
        super().__setstate__(state)
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


def _plain(value):
    """Return the part of a parameter's value that fitting fixes.

    A number of NumPy's becomes one of Python's, so that both are of one type. Of an
    object that bundles parameters, its method ``_fixed_part`` says which are fixed.
    """
    if isinstance(value, np.generic):
        return value.item()
    return value._fixed_part() if hasattr(value, "_fixed_part") else value


def _is_same(a, b):
    """Tell whether two values of a parameter are equal, arrays included."""
    if a is b:
        return True
    try:
        return type(a) is type(b) and bool(np.all(np.asarray(a == b)))
    except ValueError:
        # Arrays of different shapes.
        return False


class BitInputMixin:
    """Estimators that take bits: packed containers, or numbers to compare.

    They have the parameters ``input_format`` and ``binarize``; fitting records in
    ``input_format_`` which of the two X was.
    """

    _bit_input_constraints = {
        "input_format": [StrOptions({"auto", "packed", "dense"})],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _validate_bits(self, X, *, reset):
        """Validate X; what is packed comes back as C-contiguous uint32."""
        X = with_numpy_types(X)
        return self._check_kind(
            validate_data(self, X, reset=reset, accept_sparse="csr"), reset
        )

    def _check_kind(self, X, reset):
        X = check_numbers(X)
        if reset:
            self._fix_parameters()
        kind = self.input_format
        if kind == "auto":
            packed = X.dtype == np.uint32 and not sparse.issparse(X)
            kind = "packed" if packed else "dense"
            if reset:
                check = check_auto_packed if packed else check_auto_numbers
                check(X, self.binarize)
        if type(kind) is not str or kind not in _KINDS:
            # Calls that learn more or answer come without a check of parameters.
            raise ValueError(
                f"input_format must be 'auto', 'packed' or 'dense', got {kind!r}."
            )
        if reset:
            self.input_format_ = kind
        elif kind != self.input_format_:
            raise ValueError(
                f"X is {_KINDS[kind]}, but this {type(self).__name__} was fitted on "
                f"{_KINDS[self.input_format_]}. Encode X as for fitting; "
                "if it went through something that changes its dtype, set "
                f"input_format={self.input_format_!r}."
            )
        return as_containers(X) if kind == "packed" else X

    def _check_state(self):
        super()._check_state()
        check_choice(self, "input_format_", tuple(_KINDS))

    @property
    def _n_input_containers(self):
        if self.input_format_ == "packed":
            return self.n_features_in_
        return n_containers(self.n_features_in_)

    @property
    def _n_input_bits(self):
        """Bits of a row, those of containers including the padding."""
        if self.input_format_ == "packed":
            return self.n_features_in_ * CONTAINER_BITS
        return self.n_features_in_

    def _as_words(self, X):
        """Pack what ``_validate_bits`` returned, all rows at once."""
        if self.input_format_ == "packed":
            return read_only(X)
        words = np.empty((X.shape[0], self._n_input_containers), dtype=np.uint32)
        for rows, packed in self._word_blocks(X):
            words[rows] = packed
        return read_only(words)

    def _word_blocks(self, X):
        """Yield slices of rows, and the packed rows, of what ``_validate_bits`` gave.

        Where rows need to be seen only once, this spares the memory of all of them.
        """
        if self.input_format_ == "packed":
            for rows in row_blocks(X):
                yield rows, read_only(X[rows])
            return
        binarize = in_type_of(X, self.fitted_params_["binarize"])
        if sparse.issparse(X) and binarize >= 0:
            yield from _sparse_word_blocks(X, binarize)
            return
        for rows in row_blocks(X):
            yield rows, read_only(pack_bits(dense_rows(X, rows) > binarize))


def in_type_of(X, binarize):
    """Return a threshold with which the numbers of X are compared exactly."""
    if X.dtype.kind in "biu":
        # Compared in their own type, also large whole numbers keep all digits.
        binarize = math.floor(binarize)
    if X.dtype == bool:
        # NumPy compares truth values with small numbers only.
        binarize = min(max(binarize, -1), 1)
    return binarize


def _sparse_word_blocks(X, binarize):
    """Pack rows of which what is not stored is 0, in time by what is stored."""
    from skbit._numba.rows import set_bits

    if X.nnz and not (
        0 <= X.indices.min() <= X.indices.max() < X.shape[1]
        and X.indptr[0] == 0
        and np.all(X.indptr[:-1] <= X.indptr[1:])
    ):
        raise ValueError("X is no valid sparse matrix: its indices are out of range.")
    if not X.has_canonical_format:
        # Numbers at the same place are added up, in a copy.
        X = X.copy()
        X.sum_duplicates()
    n_words = n_containers(X.shape[1])
    for rows in row_blocks(X, n_words):
        places = X.indptr[rows.start : rows.stop + 1]
        stored = slice(places[0], places[-1])
        words = np.zeros((len(places) - 1, n_words), dtype=np.uint32)
        set_bits(
            read_only(X.indices[stored]),
            places - places[0],
            X.data[stored] > binarize,
            words,
        )
        yield rows, read_only(words)


_KINDS = {
    "packed": "a packed bit matrix (dtype uint32)",
    "dense": "a matrix of numbers, one column per bit",
}


class BitOutputMixin:
    """Transformers that answer in bits, packed or one uint8 column per bit."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _as_output(self, words, n_bits):
        return words if self.packed_output else unpack_bits(words, n_bits)

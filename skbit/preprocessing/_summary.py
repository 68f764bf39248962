# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What is kept of columns of numbers, so that thresholds can be found in parts.

Of a column with few different values, each value is kept with its weight: nothing is
lost. Of others, a KLL sketch [1]_ of the package datasketches is kept, whose size does
not grow with the number of rows.

References
----------
.. [1] Z. Karnin, K. Lang, E. Liberty, "Optimal Quantile Approximation in Streams",
   FOCS 2016.
"""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from scipy import sparse

from skbit._utils.blocks import slices
from skbit._utils.input import BLOCK_SIZE
from skbit._utils.state import check_array
from skbit.preprocessing._table_thresholds import distinct

# The largest number of different values of a column that are kept exactly.
MAX_VALUES = 1024

# The size of a sketch. With 2,048, the share of rows that are not above a value is off
# by less than 0.0014 with a probability of 99 %, whatever the values are.
SKETCH_SIZE = 2048

# Sums of weights below it are exact.
_MOST_ROWS = 2**53


class Summary(NamedTuple):
    """A summary of a column.

    Parameters
    ----------
    values : ndarray of shape (n_values,), dtype float64
        Different values in rising order; empty if there is a sketch.
    weights : ndarray of shape (n_values,), dtype int64 or float64
        The number of rows, or the sum of their weights.
    sketch : bytes
        A sketch of all rows; empty if there are values.
    """

    values: np.ndarray
    weights: np.ndarray
    sketch: bytes = b""

    def distinct(self):
        """Return values in rising order and the weight that each stands for.

        Those of a sketch stand for others close to them. The lowest and the highest
        value are among them, with weight 0 if the sketch does not retain them.
        """
        if not self.sketch:
            return self.values, self.weights
        sketch = _opened(self.sketch)
        retained = [value for value, _ in sketch]
        values = np.unique([*retained, sketch.get_min_value(), sketch.get_max_value()])
        # The weights that the sketch lists are wrong where it has merged others, but
        # not the shares of rows.
        shares = sketch.get_cdf(values, inclusive=True)[:-1]
        n_up_to = np.rint(np.array(shares) * sketch.n).astype(np.int64)
        return values, np.diff(n_up_to, prepend=0)


def summary_of(numbers, weights=None):
    """Return the summary of a column.

    Parameters
    ----------
    numbers : ndarray of shape (n_rows,)
        Numbers that float64 represents exactly. NaN is left out.
    weights : ndarray of shape (n_rows,), default=None

    Raises
    ------
    ImportError
        If there are many different values, and datasketches is not installed.
    ValueError
        If there are many different values, and fractional weights.
    """
    numbers = numbers.astype(np.float64, copy=False)
    if weights is None and len(np.unique(numbers[: 2 * MAX_VALUES])) > MAX_VALUES + 1:
        # Sorting all numbers would not change what is known.
        sketch = _new_sketch()
        sketch.update(numbers[~np.isnan(numbers)])
        return _of_sketch(sketch)
    return _limited(*distinct(numbers, weights))


def joined(one, other):
    """Return the summary of the rows of two."""
    if one.sketch or other.sketch:
        one, other = (_as_sketch(part) for part in (one, other))
        one.merge(other)
        return _of_sketch(one)
    return _limited(*join_weights(one.values, one.weights, other.values, other.weights))


def join_weights(values, weights, other_values, other_weights):
    """Return the different values of two arrays of such, and the sums of weights."""
    found, places = np.unique(
        np.concatenate([values, other_values]), return_inverse=True
    )
    sums = np.zeros(len(found), dtype=np.result_type(weights, other_weights))
    sums[places[: len(values)]] = weights
    sums[places[len(values) :]] += other_weights
    return found, sums


def summaries_of(X, names):
    """Return the summary of each column of a matrix of finite numbers."""
    X = X.tocsc() if sparse.issparse(X) else X
    summaries = []
    for columns in slices(X.shape[1], max(1, BLOCK_SIZE // X.shape[0])):
        block = X[:, columns]
        block = block.toarray() if sparse.issparse(block) else block
        of_column = _summary_of_bytes if block.dtype == np.uint8 else summary_of
        for name, column in zip(
            names[columns], np.ascontiguousarray(block.T), strict=True
        ):
            with naming(name):
                summaries.append(of_column(column))
    return summaries


def _summary_of_bytes(numbers):
    """Return the summary of a column of bytes, by counting, which takes no sorting."""
    counts = np.bincount(numbers)
    values = np.flatnonzero(counts)
    return Summary(values.astype(np.float64), counts[values])


def packed(summaries):
    """Return the summaries of all columns as a few arrays, by name."""
    sketches = b"".join(part.sketch for part in summaries)
    return {
        "n_values": np.array([len(part.values) for part in summaries]),
        "values": np.concatenate([part.values for part in summaries]),
        "weights": np.concatenate([part.weights for part in summaries]),
        "n_bytes": np.array([len(part.sketch) for part in summaries]),
        "sketches": np.frombuffer(sketches, dtype=np.uint8).copy(),
    }


def unpacked(arrays):
    """Return the summaries that :func:`packed` has packed."""
    ends = np.cumsum(arrays["n_values"])[:-1]
    values, weights = (np.split(arrays[name], ends) for name in ("values", "weights"))
    ends = np.cumsum(arrays["n_bytes"])[:-1]
    sketches = (part.tobytes() for part in np.split(arrays["sketches"], ends))
    return list(map(Summary, values, weights, sketches))


def check_packed(estimator, name, n_columns, of_weights=np.int64):
    """Raise if an attribute is not what :func:`packed` returns.

    Parameters
    ----------
    estimator : estimator
    name : str
    n_columns : int
    of_weights : dtype or tuple of dtypes
    """
    lengths = []
    for size in ("n_values", "n_bytes"):
        sizes = check_array(estimator, f"{name}.{size}", np.int64, (n_columns,), 0)
        lengths.append(int(sizes.sum()))
    check_array(estimator, f"{name}.values", np.float64, tuple(lengths[:1]))
    check_array(estimator, f"{name}.weights", of_weights, tuple(lengths[:1]), 0, 2**52)
    check_array(estimator, f"{name}.sketches", np.uint8, tuple(lengths[1:]))


def _limited(values, weights):
    """Return the summary of different values; a sketch if they are too many."""
    found = Summary(values, weights)
    return found if len(values) <= MAX_VALUES else _of_sketch(_as_sketch(found))


def _as_sketch(summary):
    """Return a sketch of the rows of a summary."""
    if summary.sketch:
        return _opened(summary.sketch)
    weights = summary.weights
    if not (np.all(weights == np.floor(weights)) and weights.sum() < _MOST_ROWS):
        raise ValueError(
            f"Columns of more than {MAX_VALUES:,} different values can be learned in "
            "parts only if sample_weight holds whole numbers, of which the sum is "
            "below 2**53."
        )
    weights, sketch = weights.astype(np.int64), _new_sketch()
    # Doubled for each binary digit of the weights, from the highest to the lowest.
    for digit in reversed(range(int(weights.max(initial=0)).bit_length())):
        sketch.merge(_opened(sketch.serialize()))
        sketch.update(summary.values[(weights >> digit) % 2 == 1])
    return sketch


def _of_sketch(sketch):
    return Summary(np.empty(0), np.empty(0, dtype=np.int64), sketch.serialize())


def _opened(sketch):
    """Return the sketch that bytes hold."""
    sketches = _sketches()
    try:
        return sketches.deserialize(sketch)
    except Exception as error:
        # What the package raises for damaged bytes is not documented.
        raise ValueError(
            f"What this encoder has learned in parts is damaged: {error}."
        ) from error


def _new_sketch():
    return _sketches()(SKETCH_SIZE)


def _sketches():
    """Return the class of sketches, which is in a package of its own."""
    try:
        from datasketches import kll_doubles_sketch
    except ImportError as error:
        raise _lacks_sketches("A column") from error
    return kll_doubles_sketch


@contextmanager
def naming(column):
    """Return a context in which an error about a missing package names a column."""
    try:
        yield
    except ImportError as error:
        raise _lacks_sketches(f"Column {column!r}") from error


def _lacks_sketches(what):
    return ImportError(
        f"{what} has more than {MAX_VALUES:,} different values. To learn its "
        "thresholds in parts, install datasketches: pip install 'skbit[sketch]'."
    )

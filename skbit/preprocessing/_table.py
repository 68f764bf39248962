# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder of tables with numbers, categories and missing values."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets

from skbit._base import all_or_nothing, read_only
from skbit._utils.input import refuse_missing_labels, row_blocks
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_array, check_number
from skbit.bits import n_containers
from skbit.naive_bayes._row_weights import check_sample_weight
from skbit.preprocessing._categories import (
    bits_of_categories,
    check_categories,
    counted,
    marked_as_categorical,
    most_frequent,
)
from skbit.preprocessing._columns import (
    are_float64,
    check_table,
    columns_of,
    numbers_of,
    only_numbers,
    rows_of,
    values_of,
)
from skbit.preprocessing._encoder import BitEncoder
from skbit.preprocessing._parts import MergesParts, can_learn_on
from skbit.preprocessing._table_names import names_of_categories, names_of_numbers
from skbit.preprocessing._table_parts import (
    Table,
    check_packed_table,
    column_of,
    join_tables,
    pack_table,
    unpack_table,
)
from skbit.preprocessing._table_thresholds import STRATEGIES, distinct, supervised

# Rows whose numbers are compared with one threshold after the other.
_ROWS_AT_ONCE = 512


class TableEncoder(MergesParts, BitEncoder):
    """Encode the columns of a table: numbers, categories and missing values.

    A table is a data frame of pandas or Polars, or an array. Every column becomes the
    same number of adjacent bits, ``n_bits``; bit ``c * n_bits + b`` of a row is bit
    ``b`` of column ``c``.

    - A column of numbers has up to ``n_bits - 1`` thresholds. Bit ``b`` is 1 if the
      number is above threshold ``b``, and the last bit is 1 if the number is missing.
    - A column of categories has one bit for each of its most frequent values. The last
      bit is 1 for every other value, whether it is rare or was not seen in
      :term:`fit`. Missing values count as a category.

    Bits that a column does not need are always 0.

    Read more in the :ref:`User Guide <tables>`.

    Parameters
    ----------
    n_bits : int, default=32
        Bits per feature, at most 65,536. More bits tell numbers more finely and give
        more categories a bit of their own.

    categorical_features : "from_dtype", None or array-like of {bool, int, str}, \
            default="from_dtype"
        The columns whose values are categories. Text is always taken as categories, and
        truth values are the numbers 0 and 1 unless they are listed here.

        - "from_dtype": columns of a data frame whose type is categorical,
        - None: no others than text,
        - truth values, one per column, that tell which ones are,
        - indices of columns,
        - names of columns.

    strategy : {"quantile", "uniform", "tails", "supervised"}, default="quantile"
        How the thresholds of a number are placed. If a column has not more than
        ``n_bits`` different values, there is one threshold between any two of them.
        Otherwise, "quantile" puts equally many training samples between thresholds, as
        far as equal values allow, so that it suits numbers of any scale and skewness.
        "uniform" divides the range of the numbers evenly, which keeps distances [1]_.
        "supervised" takes the first splits of a decision tree that sees the column
        and the classes ``y``; it suits few bits before a classifier that counts.
        "tails" places thresholds for novelty detection: also beyond
        the lowest and the highest number, and further apart in long tails, whatever the
        number of different values.

    %(packed_output)s

    Attributes
    ----------
    thresholds_ : ndarray of shape (`n_features_in_`, n_bits - 1), dtype float64
        Thresholds of each number in rising order, which a value passes if it is above
        them. Unused ones, and those of categories, are infinite.

    categories_ : list of ndarray
        The values of each column that have a bit of their own, in the order of these
        bits; None for columns of numbers. A missing value is None among texts, and NaN
        among numbers.

    summary_ : dict
        What further parts are joined with, after :meth:`partial_fit`: numbers and how
        often they occur, or sketches of them. All categories are kept likewise.

    %(n_features_in_)s

    See Also
    --------
    ThermometerEncoder : Encodes numbers as thermometers.
    sklearn.preprocessing.OneHotEncoder : Encodes categories as one column each.
    sklearn.preprocessing.KBinsDiscretizer : Bins as one-hot or ordinal codes.

    Notes
    -----
    Missing values are None, NaN, and those of pandas and Polars. Infinite numbers are
    ordinary numbers that are below or above all others. Numbers are compared as
    float64.

    Categories are ordered by their frequency, and those of the same frequency
    alphabetically or by value, a missing one last.

    Fitting sorts one column at a time, and :meth:`transform` reads the table block by
    block, so that no second copy of it is made.

    References
    ----------
    .. [1] J. Dougherty, R. Kohavi, M. Sahami, "Supervised and Unsupervised
       Discretization of Continuous Features", ICML 1995.

    Examples
    --------
    >>> import numpy as np
    >>> from skbit.preprocessing import TableEncoder
    >>> X = np.array([[20, "red"], [30, "red"], [None, "blue"]], dtype=object)
    >>> encoder = TableEncoder(n_bits=3, packed_output=False)
    >>> encoder.fit_transform(X)
    array([[0, 0, 0, 1, 0, 0],
           [1, 0, 0, 1, 0, 0],
           [0, 0, 1, 0, 1, 0]], dtype=uint8)
    >>> encoder.get_feature_names_out(["size", "color"]).tolist()
    ['size > 25', 'size unused 1', 'size is missing', 'color = red', 'color = blue',
     'color is another value']
    """

    _parameter_constraints = {
        "n_bits": [Interval(Integral, 1, 2**16, closed="both")],
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "strategy": [StrOptions({*STRATEGIES, "supervised"})],
        "packed_output": ["boolean"],
    }
    _fixed_parameters = ("n_bits",)

    def __init__(
        self,
        n_bits=32,
        *,
        categorical_features="from_dtype",
        strategy="quantile",
        packed_output=True,
    ):
        self.n_bits = n_bits
        self.categorical_features = categorical_features
        self.strategy = strategy
        self.packed_output = packed_output

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.target_tags.required = self.strategy == "supervised"
        return tags

    @property
    def _column_bits(self):
        return self.fitted_params_["n_bits"]

    @property
    def _n_bits(self):
        return self.n_features_in_ * self._column_bits

    @property
    def _is_category(self):
        return np.array([values is not None for values in self.categories_])

    def _check_state(self):
        super()._check_state()
        check_number(self, "_column_bits", 1, 2**16)
        shape = (self.n_features_in_, self._column_bits - 1)
        check_array(self, "thresholds_", np.float64, shape)
        check_categories(self, shape)
        if hasattr(self, "summary_"):
            check_packed_table(self, "summary_")

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None, sample_weight=None):
        """Learn the thresholds and the categories.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Numbers, texts and missing values.

        y : array-like of shape (n_samples,), default=None
            Class labels. They are used with ``strategy="supervised"`` only.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples. A whole weight has the effect of that many equal
            samples.

        Returns
        -------
        self : TableEncoder
            The fitted encoder.
        """
        X = check_table(self, X, reset=True)
        self._fix_parameters()
        vars(self).pop("summary_", None)
        weights = check_sample_weight(sample_weight, X)
        if self.strategy == "supervised":
            _, y = self._validate_classes(X, y)
        is_marked = marked_as_categorical(self, X)
        shape = (self.n_features_in_, self._column_bits - 1)
        self.thresholds_, self.categories_ = np.full(shape, np.inf), []
        columns = zip(self._column_names, columns_of(X), strict=True)
        for f, (name, column) in enumerate(columns):
            categories = None
            numbers = None if is_marked[f] else numbers_of(column)
            if numbers is None:
                values = values_of(column, name)
                if is_marked[f] or values.is_text or not values.uniques:
                    counts = counted(values, weights)
                    categories = most_frequent(values.uniques, counts, shape[1])
                else:
                    numbers = values.as_numbers()
            if categories is None:
                if self.strategy == "supervised":
                    found = supervised(numbers, y, weights, shape[1])
                else:
                    rule = STRATEGIES[self.strategy]
                    found = rule(*distinct(numbers, weights), shape[1])
                self.thresholds_[f, : len(found)] = found
            self.categories_.append(categories)
        return self

    @available_if(can_learn_on)
    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y=None, sample_weight=None):
        """Learn from a part of the rows.

        The result is that of one :meth:`fit` of all parts, to the bit, in any order of
        the parts, if weights are whole numbers. The exception are columns with more
        than 1,024 different numbers. These are learned by a sketch of the package
        datasketches: the share of rows below a value is then known to 0.0014 with a
        probability of 99 %, and differs a little from run to run. All different
        categories are kept.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Numbers, texts and missing values.

        y : array-like of shape (n_samples,), default=None
            Class labels. They are used with ``strategy="supervised"`` only. A part may
            lack classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples; whole numbers if a column has more than 1,024
            different numbers.

        Returns
        -------
        self : TableEncoder
            The encoder with the thresholds and categories of all rows.

        Raises
        ------
        AttributeError
            If the encoder has learned by :meth:`fit`, which keeps nothing that could
            be joined with other rows.
        ImportError
            If a column needs a sketch, and datasketches is not installed.
        TypeError
            If a column holds text in one part and numbers in another.
        """
        is_first = not hasattr(self, "fitted_params_")
        if not is_first:
            self._check_fitted()
            self._check_parameters_are_as_fitted()
            self._check_parts(self)
        X = check_table(self, X, reset=is_first)
        if is_first:
            self._fix_parameters()
        part = self._read_part(X, y, check_sample_weight(sample_weight, X))
        if not is_first:
            past = unpack_table(self.summary_)
            part = join_tables(past, part, self._column_names)
        return self._set_parts(part)

    def _read_part(self, X, y, weights):
        labels, classes = None, (None, 1)
        if self.strategy == "supervised":
            labels, places = self._validate_classes(X, y)
            classes = places, len(labels)
        is_marked = marked_as_categorical(self, X)
        parts = zip(columns_of(X), self._column_names, is_marked, strict=True)
        columns = [column_of(*part, classes, weights) for part in parts]
        return Table(columns, is_marked, labels)

    def _join(self, others):
        for model in (self, *others):
            self._check_parts(model)
        table = unpack_table(self.summary_)
        for other in others:
            table = join_tables(table, unpack_table(other.summary_), self._column_names)
        return self._set_parts(table)

    @property
    def _keeps_parts(self):
        return hasattr(self, "summary_")

    def _check_parts(self, model):
        """Raise if an encoder has learned its parts by another strategy."""
        strategy = model.summary_["strategy"]
        if strategy != self.strategy:
            raise ValueError(
                "Parts can be joined only if all are learned by the same strategy, but "
                f"strategy is {self.strategy!r} here and was {strategy!r} there."
            )

    def _set_parts(self, table):
        self.summary_ = {"strategy": self.strategy} | pack_table(table)
        n_most = self._column_bits - 1
        self.thresholds_ = np.full((self.n_features_in_, n_most), np.inf)
        self.categories_ = []
        for thresholds, column in zip(self.thresholds_, table.columns, strict=True):
            categories = None
            if not column.summaries:
                categories = most_frequent(column.values, column.counts, n_most)
            elif self.strategy == "supervised":
                found = supervised(*column.numbers(), n_most)
                thresholds[: len(found)] = found
            else:
                (summary,) = column.summaries
                found = STRATEGIES[self.strategy](*summary.distinct(), n_most)
                thresholds[: len(found)] = found
            self.categories_.append(categories)
        return self

    def _validate_classes(self, X, y):
        if y is None:
            raise ValueError(
                "strategy='supervised' requires y to be passed, but the target y is "
                "None."
            )
        refuse_missing_labels(y)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        check_classification_targets(y)
        return np.unique(y, return_inverse=True)

    def transform(self, X):
        """Encode a table as bits.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Numbers, texts and missing values.

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            The packed bits, or one uint8 column per bit with ``packed_output=False``.
        """
        from skbit.preprocessing._kernels.encode import runs_of_columns

        self._check_fitted()
        X = check_table(self, X, reset=False)
        n_bits, is_category = self._column_bits, self._is_category
        bits = [
            None if categories is None else bits_of_categories(categories, n_bits)
            for categories in self.categories_
        ]
        words = np.zeros((X.shape[0], n_containers(self._n_bits)), dtype=np.uint32)
        is_plain = not is_category.any() and are_float64(X)
        columns = None if is_plain else columns_of(X)
        passed = np.empty(_ROWS_AT_ONCE, dtype=np.int64)
        for rows in row_blocks(X):
            numbers = np.empty((X.shape[1], rows.stop - rows.start))
            if is_plain:
                # One column after the other takes longer than the rest for few rows.
                numbers[:] = X.iloc[rows].to_numpy().T
            else:
                for f, name in enumerate(self._column_names):
                    column = rows_of(columns[f], rows)
                    if is_category[f]:
                        numbers[f] = bits[f].of(values_of(column, name), name)
                    else:
                        numbers[f] = only_numbers(column, name)
            runs_of_columns(
                read_only(numbers),
                self.thresholds_,
                is_category,
                n_bits,
                passed,
                words[rows],
            )
        return self._as_output(words, self._n_bits)

    def _bit_names(self, names):
        bits = []
        columns = zip(names, self.thresholds_, self.categories_, strict=True)
        for name, thresholds, categories in columns:
            if categories is None:
                bits += names_of_numbers(name, thresholds)
            else:
                bits += names_of_categories(name, categories, self._column_bits)
        return bits

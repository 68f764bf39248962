# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What is kept of the columns of a table, so that it can be learned in parts."""

from typing import NamedTuple

import numpy as np

from skbit._utils.state import check_array, raise_damaged
from skbit.naive_bayes._merging import join_labels
from skbit.preprocessing import _summary
from skbit.preprocessing._categories import counted
from skbit.preprocessing._columns import numbers_of, values_of
from skbit.preprocessing._summary import Summary, naming, summary_of

_NOTHING = Summary(np.empty(0), np.empty(0, dtype=np.int64))


class Column(NamedTuple):
    """What is kept of a column.

    Parameters
    ----------
    summaries : list of Summary
        Of the numbers of each class of rows; empty if the column holds categories.
    values : list of str or list of float
        Different categories, in any order.
    counts : ndarray of shape (n_values + 1,)
        The number of rows of each category, or the sum of their weights. Missing values
        are in the last place, also if the column holds numbers.
    """

    summaries: list
    values: list
    counts: np.ndarray

    def numbers(self):
        """Return the different numbers of each class, their classes and weights."""
        found = [summary.distinct() for summary in self.summaries]
        values, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
        classes = np.repeat(np.arange(len(found)), [len(part) for part, _ in found])
        return values, classes, weights


class Table(NamedTuple):
    """What is kept of a table.

    Parameters
    ----------
    columns : list of Column
    is_marked : ndarray of shape (n_columns,), dtype bool
        Which columns are categories, whatever they hold.
    labels : ndarray of shape (n_classes,) or None
        The classes that numbers are kept of; None if they are kept of all rows at once.
    """

    columns: list
    is_marked: np.ndarray
    labels: np.ndarray | None


def column_of(entries, name, is_marked, classes, weights):
    """Return what is kept of a column.

    Parameters
    ----------
    entries : column
        As its library has it.
    name : str or int
    is_marked : bool
        Whether numbers are categories.
    classes : tuple (places, n_classes)
        The class of each row, or None, and the number of classes.
    weights : ndarray of shape (n_samples,) or None
    """
    numbers = None if is_marked else numbers_of(entries)
    if numbers is None:
        values = values_of(entries, name)
        if is_marked or values.is_text or not values.uniques:
            return Column([], values.uniques, counted(values, weights))
        numbers = values.as_numbers()
    is_missing = np.isnan(numbers)
    n_missing = is_missing.sum() if weights is None else weights[is_missing].sum()
    places, n_classes = classes
    summaries = []
    for place in range(n_classes):
        rows = slice(None) if places is None else places == place
        part = None if weights is None else weights[rows]
        with naming(name):
            summaries.append(summary_of(numbers[rows], part))
    return Column(summaries, [], np.array([n_missing]))


def join_columns(one, other, name):
    """Return what is kept of the rows of two parts.

    Raises
    ------
    TypeError
        If one of them has text, and the other numbers.
    """
    if one.summaries and other.summaries:
        pairs = zip(one.summaries, other.summaries, strict=True)
        with naming(name):
            summaries = [_summary.joined(*pair) for pair in pairs]
        return Column(summaries, [], one.counts + other.counts)
    for part in (one, other):
        if part.summaries and not (one.values or other.values):
            # Nothing but missing values tells nothing about the kind of a column.
            return part._replace(counts=one.counts + other.counts)
        if any(len(summary.distinct()[0]) for summary in part.summaries):
            raise _of_two_kinds(name)
    values = dict.fromkeys([*one.values, *other.values])
    if len({type(value) for value in values}) > 1:
        raise _of_two_kinds(name)
    places = {value: place for place, value in enumerate(values)}
    counts = np.zeros(len(places) + 1, np.result_type(one.counts, other.counts))
    for part in (one, other):
        counts[[*map(places.__getitem__, part.values), -1]] += part.counts
    return Column([], list(places), counts)


def _of_two_kinds(name):
    return TypeError(
        f"Column {name!r} holds both text and numbers: one in some parts, and the "
        "other in others. Give it the same type in all parts, for example by dtype of "
        "pandas.read_csv."
    )


def join_tables(one, other, names):
    """Return what is kept of the rows of two parts of a table.

    Raises
    ------
    ValueError
        If other columns are categories, or if class labels are of different types.
    """
    if not np.array_equal(one.is_marked, other.is_marked):
        place = np.flatnonzero(one.is_marked != other.is_marked)[0]
        raise ValueError(
            f"Column {names[place]!r} is marked as categorical in one part of the "
            "table, but not in another."
        )
    labels = None
    if one.labels is not None:
        labels = join_labels([one.labels, other.labels])
        one, other = (_with_labels(part, labels) for part in (one, other))
    triples = zip(one.columns, other.columns, names, strict=True)
    return Table([join_columns(*triple) for triple in triples], one.is_marked, labels)


def _with_labels(table, labels):
    """Return a table whose columns have a place for each of more classes."""
    places = np.searchsorted(labels, table.labels)
    columns = []
    for column in table.columns:
        if column.summaries:
            summaries = [_NOTHING] * len(labels)
            for place, summary in zip(places, column.summaries, strict=True):
                summaries[place] = summary
            column = column._replace(summaries=summaries)
        columns.append(column)
    return Table(columns, table.is_marked, labels)


def pack_table(table):
    """Return what is kept of a table as arrays and lists, by name."""
    n_classes = 1 if table.labels is None else len(table.labels)
    columns = table.columns
    full = [column.summaries or [_NOTHING] * n_classes for column in columns]
    return {
        "are_numbers": np.array([bool(column.summaries) for column in columns]),
        "is_marked": table.is_marked,
        "labels": table.labels,
        "numbers": [_summary.packed(part) for part in zip(*full, strict=True)],
        "values": [_as_array(column.values) for column in columns],
        "counts": [column.counts for column in columns],
    }


def unpack_table(arrays):
    """Return the table that :func:`pack_table` has packed."""
    summaries = zip(*map(_summary.unpacked, arrays["numbers"]), strict=True)
    parts = zip(
        arrays["are_numbers"],
        summaries,
        arrays["values"],
        arrays["counts"],
        strict=True,
    )
    columns = [
        Column(list(part) if are_numbers else [], values.tolist(), counts)
        for are_numbers, part, values, counts in parts
    ]
    return Table(columns, arrays["is_marked"], arrays["labels"])


def check_packed_table(estimator, name):
    """Raise if an attribute is not what :func:`pack_table` returns."""
    arrays, n_columns = getattr(estimator, name), estimator.n_features_in_
    for part in ("are_numbers", "is_marked"):
        check_array(estimator, f"{name}.{part}", np.bool_, (n_columns,))
    labels, n_classes = arrays["labels"], len(arrays["numbers"])
    if n_classes != (1 if labels is None else len(labels)):
        expected = "as many summaries as classes"
        raise_damaged(estimator, name, expected, str(n_classes))
    for place in range(n_classes):
        part, of_weights = f"{name}.numbers.{place}", (np.int64, np.float64)
        _summary.check_packed(estimator, part, n_columns, of_weights)
    if not len(arrays["values"]) == len(arrays["counts"]) == n_columns:
        expected = f"values of {n_columns} columns"
        raise_damaged(estimator, name, expected, str(len(arrays["values"])))
    for f, values in enumerate(arrays["values"]):
        check_array(estimator, f"{name}.values.{f}", (object, np.float64), (None,))
        shape = (len(values) + 1,)
        check_array(estimator, f"{name}.counts.{f}", (np.int64, np.float64), shape)


def _as_array(values):
    if values and not isinstance(values[0], str):
        return np.array(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array

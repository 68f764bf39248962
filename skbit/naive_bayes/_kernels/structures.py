# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Arrays that belong together, as the tuning kernel and its caller hand them over."""

from typing import NamedTuple

import numpy as np


class Block(NamedTuple):
    """Rows in the order in which tuning visits them.

    Attributes
    ----------
    rows : (n_rows, n_containers) uint32 array
    classes : (n_rows,) intp array
    steps : (n_rows,) int64 array
        What the correction of each row adds, from 0 to 2**31 - 1.
    scores : (n_rows, n_classes) int64 array
        The kernel keeps those of later batches up to date.
    rivals : (n_classes,) intp array
        Scratch memory for the classes that lose by a correction.
    """

    rows: np.ndarray
    classes: np.ndarray
    steps: np.ndarray
    scores: np.ndarray
    rivals: np.ndarray


class Rule(NamedTuple):
    """Which rows are corrected, and which classes lose.

    Attributes
    ----------
    margin : int
        Lead of the true class over every other with which a row is left alone.
    batch_size : int
        Number of rows that are scored before corrections for any of them are made.
    all_rivals : bool
        Whether all classes within the margin lose, or the strongest of them alone.
    """

    margin: int
    batch_size: int
    all_rivals: bool


class Weights(NamedTuple):
    """The weights of a model in tuning, int32 arrays of shape (n_classes, n_bits).

    Attributes
    ----------
    log_odds
        Weights before tuning. ``n_bits`` is at most ``32 * n_containers``.
    corrections
        What tuning has added.
    sums
        ``log_odds + corrections``, saturated: the weights that rows are scored by.
    """

    log_odds: np.ndarray
    corrections: np.ndarray
    sums: np.ndarray


class Lists(NamedTuple):
    """Rows as lists of the places of their ones.

    Attributes
    ----------
    bounds : (n_rows, n_lists + 1) intp array
        Where the lists of each row begin in ``columns``, and where the last one ends.
        Each list has the ones of 65,536 bits.
    columns : (n_ones,) uint16 array
        Places of ones, from the first bit of their list on.
    """

    bounds: np.ndarray
    columns: np.ndarray


class Visits(NamedTuple):
    """Which rows tuning visits, with their classes and steps.

    Attributes
    ----------
    order : (n_visits,) intp array
    classes : (n_visits,) intp array
    steps : (n_visits,) int64 array
        What the correction of each visited row adds, from 0 to 2**31 - 1.
    """

    order: np.ndarray
    classes: np.ndarray
    steps: np.ndarray


class Scratch(NamedTuple):
    """Memory for the scores of a row and what its correction adds.

    Attributes
    ----------
    scores, changes : (n_groups, 8) tables of planes
        For eight classes each.
    rivals : (n_classes,) intp array
        For the classes that lose.
    """

    scores: np.ndarray
    changes: np.ndarray
    rivals: np.ndarray

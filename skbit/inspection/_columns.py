# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Names of the columns or bits between the steps of a model, and what they depend on.

Both are computed only where they are asked for, because encoders can make a million
bits.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from skbit.bits import CONTAINER_BITS, n_containers


@dataclass(frozen=True)
class Columns:
    """Columns of numbers, or bits, that a step of a model takes or returns.

    Parameters
    ----------
    n : int
        Their number. For packed bits, it counts the padding.
    names : callable
        Returns a list of the names of some columns, given their places.
    sources : callable
        Returns a sparse matrix of shape (n_places, n_features), dtype float64, given
        places: 1 for each feature of the user's input that a column depends on.
    features : list of str
        The names of the features.
    are_bits : bool
    """

    n: int
    names: Callable
    sources: Callable
    features: list
    are_bits: bool = False
    row: object = None

    def all_names(self):
        """Return the names of all columns."""
        return self.names(np.arange(self.n))

    def all_sources(self):
        """Return the sources of all columns."""
        return self.sources(np.arange(self.n))


def features(names, *, are_bits=False):
    """Return the columns of a model's input."""
    identity = sparse.eye_array(len(names), format="csr")
    return Columns(len(names), _of(names), lambda at: identity[at], names, are_bits)


def derived(columns, names, groups, reads, *, packed):
    """Return the bits that an encoder makes of columns.

    Parameters
    ----------
    columns : Columns
    names : callable
        Returns the names of some bits.
    groups : ndarray of shape (n_bits,)
        A number for each bit. Bits with equal numbers depend on the same columns.
    reads : callable
        Returns a sparse matrix of shape (n, n_features): above 0 for the features that
        the bits of given groups depend on.
    packed : bool
        Whether the bits are followed by padding.

    Returns
    -------
    bits : Columns
    """
    n_bits = len(groups)
    n = n_containers(n_bits) * CONTAINER_BITS if packed else n_bits

    def names_of(places):
        found = iter(names(places[places < n_bits]))
        return [next(found) if at < n_bits else "padding" for at in places]

    def sources_of(places):
        inside = places < n_bits
        chosen, group = np.unique(groups[places[inside]], return_inverse=True)
        found = _is_above_0(reads(chosen))[group]
        spread = sparse.csr_array(
            (np.ones(inside.sum()), (np.flatnonzero(inside), np.arange(inside.sum()))),
            shape=(len(places), inside.sum()),
        )
        return sparse.csr_array(spread @ found)

    return Columns(n, names_of, sources_of, columns.features, True)


def beside(parts):
    """Return the columns of several transformers side by side."""
    starts = np.cumsum([0] + [part.n for part in parts])
    # Parts that depend on the same features share the list of their names.
    lists = list({id(part.features): part.features for part in parts}.values())
    own_features = (
        lists[0] if len(lists) == 1 else [n for names in lists for n in names]
    )

    def widened(part, sources):
        blocks = [
            sources
            if names is part.features
            else sparse.csr_array((sources.shape[0], len(names)))
            for names in lists
        ]
        return sparse.hstack(blocks, format="csr")

    def shares(places):
        owner = np.searchsorted(starts, places, side="right") - 1
        for i in np.unique(owner):
            at = np.flatnonzero(owner == i)
            yield at, parts[i], places[at] - starts[i]

    def names(places):
        found = np.empty(len(places), dtype=object)
        for at, part, own in shares(places):
            found[at] = part.names(own)
        return found.tolist()

    def sources(places):
        found = [
            (at, widened(part, part.sources(own))) for at, part, own in shares(places)
        ]
        if not found:
            return sparse.csr_array((0, len(own_features)))
        order = np.concatenate([at for at, _ in found]).argsort()
        return sparse.csr_array(sparse.vstack([part for _, part in found]))[order]

    return Columns(
        int(starts[-1]),
        names,
        sources,
        own_features,
        all(part.are_bits for part in parts),
    )


def taken(columns, places, prefix=""):
    """Return some of the columns, with something before their names."""
    places = np.asarray(places)

    def names(at):
        return [prefix + name for name in columns.names(places[at])]

    return Columns(
        len(places),
        names,
        lambda at: columns.sources(places[at]),
        columns.features,
        columns.are_bits,
    )


def incidence(lists, n):
    """Return a sparse matrix with a row per list, and 1 where it has a number."""
    lengths = [len(part) for part in lists]
    rows = np.repeat(np.arange(len(lists)), lengths)
    places = np.concatenate([*lists, np.empty(0, dtype=np.intp)]).astype(np.intp)
    ones = np.ones(len(places))
    return _is_above_0(sparse.csr_array((ones, (rows, places)), (len(lists), n)))


def _is_above_0(matrix):
    matrix = sparse.csr_array(matrix)
    matrix.data = (matrix.data > 0).astype(np.float64)
    return matrix


def _of(names):
    return lambda places: [names[at] for at in places]

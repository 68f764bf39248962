# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pickled models of this format, kept for tests of later versions.

``python -m tests.compat.pickles`` writes those of the current format. Run it when the
format was raised, and never again for a format that was released.
"""

import pickle
from pathlib import Path

from skbit._base import FORMAT
from tests.kinds.estimators import KINDS, answers

ROOT = Path(__file__).parent / "pickles"
# Rows that the models learn, and of these the first ones that they answer.
N_ROWS, N_ANSWERED = 60, 20


def path_of(kind, number=FORMAT):
    """Return the file of a kind in a format."""
    return ROOT / f"format-{number}" / f"{kind.name.replace(', ', '-')}.pkl"


def main():
    """Write a fitted model of each kind, and its answers."""
    for kind in KINDS:
        X, _ = kind.data(N_ROWS)
        model = kind.fitted(N_ROWS)
        path = path_of(kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        # The protocol that every supported Python reads.
        content = pickle.dumps((model, answers(model, X[:N_ANSWERED])), protocol=4)
        path.write_bytes(content)
        print(f"{path.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pickled models of this format, kept for tests of later versions.

``python -m tests.compat.pickles`` writes those of the current format that do not exist
yet. Run it when the format was raised, or when an example was added. Files that exist
stay as they are; those of a format that was not released may be deleted before.
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
    """Write a fitted model of each kind that has no file, and its answers."""
    for kind in KINDS:
        if path_of(kind).exists():
            continue
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

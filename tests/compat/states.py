# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""States of models in files, kept for tests of later versions.

``python -m tests.compat.states`` writes those that do not exist yet. Each file holds
the state of a fitted model and its answers. Run it when the format of estimators or of
states was raised, or when an example was added. Files that exist stay as they are;
those of a format that was not released may be deleted before.
"""

from functools import partial
from pathlib import Path

import numpy as np

from skbit._base import FORMAT
from skbit.state import to_state
from tests.compat.pickles import N_ANSWERED, N_ROWS
from tests.kinds.estimators import KINDS, answers

ROOT = Path(__file__).parent / "states"
# Stands before the names of answers, which are not part of the state.
ANSWER = "answer "


# Encoders that can learn on only if they have learned in parts.
IN_PARTS = [
    kind
    for kind in KINDS
    if hasattr(kind.estimator, "partial_fit")
    and not getattr(kind.estimator, "_keeps_parts", True)
]


def path_of(kind, number=FORMAT, ending=""):
    """Return the file of a kind in a format."""
    name = kind.name.replace(", ", "-")
    return ROOT / f"format-{number}" / f"{name}{ending}.npz"


def models():
    """Yield the file of each model that is kept, its kind, and a call that makes it."""
    for kind in KINDS:
        yield path_of(kind), kind, kind.fitted
    for kind in IN_PARTS:
        yield path_of(kind, ending="-parts"), kind, partial(kind.begun, "partial_fit")


def main():
    """Write the state of each kind that has no file, and its answers to rows."""
    for path, kind, make in models():
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        X, _ = kind.data(N_ROWS)
        model = make(n_rows=N_ROWS)
        found = {
            ANSWER + name: value
            for name, value in answers(model, X[:N_ANSWERED]).items()
            if isinstance(value, np.ndarray) and value.dtype != object
        }
        np.savez_compressed(path, **to_state(model), **found)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

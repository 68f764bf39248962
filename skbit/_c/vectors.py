# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the functions of a model must answer for some rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Vector:
    """What a function must answer for each row.

    Parameters
    ----------
    function : str
        Name without the prefix.
    returned : ndarray of shape (n_rows,), or None
        What it returns; None if it returns nothing.
    written : ndarray of shape (n_rows, size), or None
        What it writes to its second argument, in the C type of its dtype.
    is_learned : bool
        Whether it answers so after all rows were learned. With classes, the first row
        is of the first class, and so on, and after the last class again of the first.
    """

    function: str
    returned: NDArray[np.int64] | None = None
    written: NDArray[Any] | None = None
    is_learned: bool = False


def as_bytes(words: Any) -> NDArray[np.uint8]:
    """Return packed bits as the bytes of containers, the lowest byte first."""
    return np.ascontiguousarray(words).astype("<u4").view(np.uint8)

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fitted models as C99, for machines without Python.

==========  =====================================================================
_export     the entry point: ``to_c``
_compiler   compiles exported models and calls them, to compare them with Python
==========  =====================================================================
"""

from skbit._c.source import CSource
from skbit.codegen._export import to_c

__all__ = ["CSource", "to_c"]

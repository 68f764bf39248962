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
from skbit.naive_bayes._rounding import round_log_odds

__all__ = ["CSource", "round_log_odds", "to_c"]

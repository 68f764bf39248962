# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fitted models as C99, for machines without Python.

=============  ==================================================================
_export        the way in: to_c
_source        what a source is put together from, and the source
_input         input that no encoder has seen
_thresholds    thermometers and scalar codes
_ranks         encoders that mark the highest of many bytes
_projection    the random majority projection
_log_odds      the classifier, and round_log_odds
_competition   the clusterer
_helpers       C functions that steps share
_c             pieces of C: constants, buffers, comments
_compiler      exported models compiled and called, to compare them with Python
=============  ==================================================================
"""

from skbit.codegen._export import to_c
from skbit.codegen._log_odds import round_log_odds
from skbit.codegen._source import CSource

__all__ = ["CSource", "round_log_odds", "to_c"]

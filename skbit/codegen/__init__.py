# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fitted models as C99, for machines without Python.

==============  =====================================================================
_export         the entry point: ``to_c``
_union          feature unions
_probabilities  probabilities of classes in whole numbers
_source         the source file of a model: ``CSource``
_vectors        rows of the self-test, and what Python computes for them
_folder         the files that ``CSource.save`` writes
_templates      their contents
_compiler       compiles exported models and calls them: ``CModel``
_size_report    sizes by part, and variants of a model: ``size_report``
_budget         the choice of models by size: ``fit_to`` and ``size_scoring``
_to_verilog     fitted pipelines as Verilog: ``to_verilog``
==============  =====================================================================
"""

from skbit.codegen._budget import fit_to, size_scoring
from skbit.codegen._compiler import CModel
from skbit.codegen._export import to_c
from skbit.codegen._size_report import SizeReport, size_report
from skbit.codegen._source import CSource
from skbit.codegen._to_verilog import VerilogSource, to_verilog

__all__ = [
    "CModel",
    "CSource",
    "SizeReport",
    "VerilogSource",
    "fit_to",
    "size_report",
    "size_scoring",
    "to_c",
    "to_verilog",
]

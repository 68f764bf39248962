# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every example of every family that has C, on numbers and on packed bits."""

import pytest

from skbit import TableEncoder
from skbit._utils.registry import collect
from skbit.codegen import size_report, to_c
from tests.codegen.test_budget import assert_parts_add_up
from tests.codegen.test_parity import assert_same
from tests.kinds.estimators import KINDS, name_of

WITH_C = [
    kind
    for kind in KINDS
    if type(kind.estimator) in collect("_c", "WRITERS")
    # Quotients of means are no whole numbers.
    and getattr(kind.estimator, "normalization", None) != "local"
]


def test_every_estimator_with_c_is_here():
    """A family whose examples are missing has neither a test of C nor of its report."""
    assert {type(kind.estimator) for kind in WITH_C} == set(collect("_c", "WRITERS"))


@pytest.mark.parametrize("kind", WITH_C, ids=name_of)
def test_examples(compiled, kind):
    X, _ = kind.data(100)
    if not kind.packed:
        is_table = isinstance(kind.estimator, TableEncoder)
        X = X.astype("float32" if is_table else "uint8")
    model = kind.fitted(100)
    source = to_c(model)
    (c_model,) = compiled(source)
    assert_same(model, X, c_model)
    assert_parts_add_up(size_report(model), source)

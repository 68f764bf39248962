# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every example of every family that has C, on numbers and on packed bits."""

import pytest

from skbit import TableEncoder
from skbit._utils.registry import collect
from skbit.codegen import to_c
from tests.codegen.test_parity import assert_same
from tests.kinds.estimators import KINDS, name_of

WITH_C = [
    kind
    for kind in KINDS
    if type(kind.estimator) in collect("_c", "WRITERS")
    # Quotients of means are no whole numbers.
    and getattr(kind.estimator, "normalization", None) != "local"
]


@pytest.mark.parametrize("kind", WITH_C, ids=name_of)
def test_examples(compiled, kind):
    X, _ = kind.data(100)
    if not kind.packed:
        is_table = isinstance(kind.estimator, TableEncoder)
        X = X.astype("float32" if is_table else "uint8")
    model = kind.fitted(100)
    (c_model,) = compiled(to_c(model))
    assert_same(model, X, c_model)

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a model needs in C, by part, and what smaller variants of it would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_classifier, is_outlier_detector
from sklearn.pipeline import Pipeline

from skbit._c.text import Code
from skbit._utils.steps import steps_of, without_searches
from skbit.codegen._export import Options, _write_steps, to_c
from skbit.naive_bayes import OttoScoreClassifier, round_log_odds

_BITS = 8, 4, 3, 2


class SizePart(NamedTuple):
    """A part of a model: a constant array, a buffer, or the computation of a step.

    Parameters
    ----------
    step : str
        The step, and its size.
    part : str
        What the array or buffer holds.
    flash_bytes : int
    ram_bytes : int
    operations : int
    """

    step: str
    part: str
    flash_bytes: int = 0
    ram_bytes: int = 0
    operations: int = 0


class SizeVariant(NamedTuple):
    """A variant of a model.

    Parameters
    ----------
    change : str
        What is changed.
    flash_bytes : int
    ram_bytes : int
    operations : int
    accuracy : float
        On the rows that were given, or NaN.
    """

    change: str
    flash_bytes: int
    ram_bytes: int
    operations: int
    accuracy: float


@dataclass(frozen=True)
class SizeReport:
    """The sizes of a model in C.

    ``repr`` shows them as tables. Both lists can be passed to ``pandas.DataFrame``.

    Read more in the :ref:`User Guide <codegen_budget>`.

    Parameters
    ----------
    parts : list of SizePart
        Every byte and every operation is counted once.

    variants : list of SizeVariant
        The model as it is, and variants that need no fit.

    See Also
    --------
    size_report : Makes the report of a fitted model.
    """

    parts: list[SizePart]
    variants: list[SizeVariant]

    def __repr__(self) -> str:
        return "\n".join([*self._lines_of_parts(), "", *self._lines_of_variants()])

    def _lines_of_parts(self) -> Iterator[str]:
        yield f"{'part':60}{'flash':>9}{'RAM':>8}{'operations':>13}"
        step = None
        for part in self.parts:
            if part.step != step:
                step = part.step
                yield step
            about = shorten(part.part, 57, placeholder=" ...")
            yield f"  {about:58}" + _numbers(*part[2:])

    def _lines_of_variants(self) -> Iterator[str]:
        yield f"{'variant':60}{'flash':>9}{'RAM':>8}{'operations':>13}{'accuracy':>10}"
        for variant in self.variants:
            accuracy = "" if np.isnan(variant.accuracy) else f"{variant.accuracy:.4f}"
            yield f"{variant.change:60}{_numbers(*variant[1:4])}{accuracy:>10}".rstrip()


def _numbers(flash: int, ram: int, operations: int) -> str:
    return f"{flash:>9,}{ram:>8,}{operations:>13,}"


def size_report(
    estimator: Any,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    input_dtype: str | None = None,
) -> SizeReport:
    """Report what a fitted model needs in C, by part, and what smaller variants do.

    Read more in the :ref:`User Guide <codegen>`.

    Parameters
    ----------
    estimator : estimator
        A fitted model that :func:`to_c` can export.

    X : array-like of shape (n_samples, n_features), default=None
        Rows on which variants of a classifier or a novelty detector are judged. They
        should not be those of ``fit``.

    y : array-like of shape (n_samples,), default=None
        Classes of the rows. With a detector, 1 for normal rows, and -1 for others.

    input_dtype : str, default=None
        As of :func:`to_c`.

    Returns
    -------
    report : SizeReport
        ``report.parts`` lists constant arrays, buffers and the computation of each
        step. ``report.variants`` lists the model as it is, with the random words of
        the seed where it stores them, and with weights of fewer bits where it ends in
        an :class:`~skbit.naive_bayes.OttoScoreClassifier`. A clusterer, a detector or
        an encoder has the first two only.

    Raises
    ------
    ValueError
        If rows are given for a clusterer or an encoder, which have no accuracy, or
        without their classes. Also the errors of :func:`to_c`.

    See Also
    --------
    fit_to : Chooses among settings by their size.
    skbit.naive_bayes.round_log_odds : Rounds weights.

    Notes
    -----
    Sizes are those of :func:`to_c`: machine code and stack come on top. Rounded weights
    are not tuned again. A fit with ``weight_bits`` loses less accuracy.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.codegen import size_report
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7).fit(X[:1400], y[:1400])
    >>> report = size_report(model, X[1400:], y[1400:], input_dtype="uint8")
    >>> [(v.change, v.flash_bytes, round(v.accuracy, 2)) for v in report.variants[:2]]
    [('none', 2208, 0.85), ('weights of 8 bits', 588, 0.85)]
    """
    if (X is None) != (y is None):
        raise ValueError("X and y must be given together, or neither of them.")
    estimator = without_searches(estimator)
    if X is not None and not (
        is_classifier(estimator) or is_outlier_detector(estimator)
    ):
        raise ValueError(
            f"{type(steps_of(estimator)[-1]).__name__} has no accuracy: leave X and y "
            "out."
        )
    options: dict[str, Any] = {"input_dtype": input_dtype}
    as_it_is = to_c(estimator, **options)
    blocks, _ = _write_steps(steps_of(estimator), Code("model"), Options(**options))
    parts = []
    for block in blocks:
        for table in block.tables:
            parts.append(
                SizePart(block.title, _about(table.about), flash_bytes=table.n_bytes)
            )
        for buffer in block.buffers:
            parts.append(
                SizePart(block.title, _about(buffer.about), ram_bytes=buffer.n_bytes)
            )
        if block.operations:
            parts.append(
                SizePart(block.title, "Computation", operations=block.operations)
            )
    variants = [_judge("none", estimator, as_it_is, X, y)]
    from_seed = to_c(estimator, random_words="seed", **options)
    if from_seed.flash_bytes < as_it_is.flash_bytes:
        change = 'random words of the seed: to_c(..., random_words="seed")'
        variants.append(_judge(change, estimator, from_seed, X, y))
    for bits in _fewer_bits(estimator):
        rounded = round_log_odds(estimator, bits)
        change = f"weights of {bits} bits"
        variants.append(_judge(change, rounded, to_c(rounded, **options), X, y))
    return SizeReport(parts, variants)


def _about(text: str) -> str:
    """Return the first sentence of a comment, without its full stop."""
    return text.split(".")[0]


def _judge(change: str, model: Any, source: Any, X: Any, y: Any) -> SizeVariant:
    accuracy = float("nan")
    if X is not None:
        accuracy = float(np.mean(np.asarray(model.predict(X)) == np.asarray(y)))
    return SizeVariant(
        change, source.flash_bytes, source.ram_bytes, source.operations, accuracy
    )


def _fewer_bits(estimator: Any) -> list[int]:
    """Return numbers of bits that are below those of the weights."""
    last: Any = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    has_log_odds = isinstance(last, OttoScoreClassifier)
    if not has_log_odds:
        return []
    now = last.fitted_params_["weight_bits"] or 32
    return [bits for bits in _BITS if bits < now]

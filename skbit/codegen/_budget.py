# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A search for the most accurate model that fits a budget, by scikit-learn's means."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import get_scorer

from skbit.codegen._export import to_c


class _Scores(dict[str, float]):
    """Scores by name. Searches ask for one by their ``refit``, which is a callable."""

    def __missing__(self, key: Any) -> float:
        if isinstance(key, FitTo):
            return self["score"]
        raise KeyError(key)


@dataclass(frozen=True)
class SizeScoring:
    """What :func:`size_scoring` returns: a scorer of several numbers."""

    scoring: str | Callable[..., float]
    options: tuple[tuple[str, Any], ...]

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> dict[str, float]:
        source = to_c(estimator, **dict(self.options))
        return _Scores(
            score=float(get_scorer(self.scoring)(estimator, X, y)),
            flash=source.flash_bytes,
            ram=source.ram_bytes,
            operations=source.operations,
        )


@dataclass(frozen=True)
class FitTo:
    """What :func:`fit_to` returns: a choice among the results of a search."""

    budget: tuple[tuple[str, int], ...]

    def __call__(self, cv_results: Mapping[str, Any]) -> int:
        score = cv_results.get("mean_test_score")
        if score is None or "split0_test_flash" not in cv_results:
            if score is not None and not np.isfinite(score).any():
                raise ValueError(
                    "No model of the search has a size; the warnings of the search say "
                    "why. size_scoring takes arguments of to_c, such as input_dtype."
                )
            raise ValueError("fit_to needs a search with scoring=size_scoring(...).")
        fits = np.isfinite(score)
        for name, limit in self.budget:
            # A size that is not a number does not fit.
            fits &= _largest(cv_results, name) <= limit
        if not fits.any():
            raise ValueError(self._explain(cv_results))
        flash = _largest(cv_results, "flash")
        candidates = np.flatnonzero(fits)
        # The highest score, then the smallest, then the first.
        return int(min(candidates, key=lambda i: (-score[i], flash[i])))

    def _explain(self, cv_results: Mapping[str, Any]) -> str:
        asked, found = [], []
        for name, limit in self.budget:
            sizes = _largest(cv_results, name)
            asked.append(f"{name}={limit:,}")
            if np.isfinite(sizes).any():
                found.append(f"{name} {int(np.nanmin(sizes)):,}")
        smallest = ", ".join(found) or "not known, because no fit succeeded"
        return (
            f"No candidate of the search fits to {', '.join(asked)}. The smallest "
            f"numbers of any candidate are: {smallest}."
        )


def _largest(cv_results: Mapping[str, Any], name: str) -> NDArray[np.float64]:
    """Return the largest size of each candidate over the splits; NaN stays NaN."""
    sizes: list[NDArray[np.float64]] = []
    while (key := f"split{len(sizes)}_test_{name}") in cv_results:
        sizes.append(np.asarray(cv_results[key], dtype=np.float64))
    return np.max(sizes, axis=0)


def size_scoring(
    scoring: str | Callable[..., float] = "accuracy", **options: Any
) -> SizeScoring:
    """Make a scorer that also measures the size of models in C.

    Use it as ``scoring`` of :class:`~sklearn.model_selection.GridSearchCV` or
    :class:`~sklearn.model_selection.RandomizedSearchCV`, together with :func:`fit_to`
    as ``refit``.

    Read more in the :ref:`User Guide <codegen_budget>`.

    Parameters
    ----------
    scoring : str or callable, default="accuracy"
        A scorer of scikit-learn, or its name.

    **options : dict
        Further arguments of :func:`to_c`, such as ``input_dtype="int16"`` or
        ``random_words="seed"``.

    Returns
    -------
    scorer : callable
        It takes a fitted estimator, X and y, and returns a dict with the keys
        ``"score"``, ``"flash"``, ``"ram"`` and ``"operations"``. So ``cv_results_`` of
        a search has ``"mean_test_flash"`` and so on. Its ranks of sizes put the largest
        first.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.codegen import size_scoring
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7, weight_bits=4).fit(X[:1400], y[:1400])
    >>> scoring = size_scoring("accuracy", input_dtype="uint8")
    >>> found = scoring(model, X[1400:], y[1400:])
    >>> found["flash"], round(found["score"], 2)
    (318, 0.84)
    """
    get_scorer(scoring)
    unknown = options.keys() - inspect.signature(to_c).parameters.keys()
    if unknown:
        raise TypeError(f"to_c has no arguments {', '.join(sorted(unknown))}.")
    return SizeScoring(scoring, tuple(options.items()))


def fit_to(
    *,
    flash: int | None = None,
    ram: int | None = None,
    operations: int | None = None,
) -> FitTo:
    """Make the rule that chooses the most accurate model that fits a budget.

    Use it as ``refit`` of :class:`~sklearn.model_selection.GridSearchCV` or
    :class:`~sklearn.model_selection.RandomizedSearchCV`, together with
    :func:`size_scoring` as ``scoring``. A candidate fits if its models of all splits
    do. Of equally accurate candidates the one with the least flash is chosen.

    Read more in the :ref:`User Guide <codegen>`.

    Parameters
    ----------
    flash : int, default=None
        Bytes of constants, at most. Leave room for the machine code, which needs 0.5 to
        2 kB more on an ARM Cortex-M0, and most with patches.

    ram : int, default=None
        Bytes of static buffers, at most. Leave room for 200 bytes of stack.

    operations : int, default=None
        Operations per inference, at most. An ARM Cortex-M0 executes up
        to several instructions for each of them.

    Returns
    -------
    choose : callable
        It takes ``cv_results_`` and returns the index of a candidate.

    Raises
    ------
    ValueError
        By the search, if no candidate fits.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skbit.codegen import fit_to, size_scoring, to_c
    >>> from skbit.pipeline import image_pipeline
    >>> X, y = load_digits(return_X_y=True)
    >>> search = GridSearchCV(
    ...     image_pipeline((8, 8), "tiny", random_state=0),
    ...     {"patches__n_templates": [16, 32, 64, 128]},
    ...     scoring=size_scoring("accuracy"),
    ...     refit=fit_to(flash=2000),
    ...     cv=2,
    ... ).fit(X, y)
    >>> search.best_params_
    {'patches__n_templates': 32}
    >>> to_c(search.best_estimator_).flash_bytes < 2000
    True
    """
    budget = []
    limits: dict[str, Any] = {"flash": flash, "ram": ram, "operations": operations}
    for name, limit in limits.items():
        if limit is None:
            continue
        if not isinstance(limit, Integral) or limit <= 0:
            raise ValueError(f"{name} must be a whole number above 0, got {limit!r}.")
        budget.append((name, int(limit)))
    if not budget:
        raise ValueError("fit_to needs at least one of flash, ram and operations.")
    return FitTo(tuple(budget))

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of tables, with settings that suit most of them.

The settings were chosen on twelve tables together, by folds that the figures of the
manual do not use.
"""

from dataclasses import dataclass
from numbers import Integral

from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state

from skbit.ensemble import BitEnsembleClassifier
from skbit.naive_bayes import OttoScoreClassifier
from skbit.pipeline._unlabelled import clusters, novelty
from skbit.preprocessing import TableEncoder
from skbit.random_projection import RandomFernEncoder

_ESTIMATORS = ["classifier", "novelty", "clusterer"]


@dataclass(frozen=True)
class _Size:
    """Settings of a size of classifiers: of members, ferns and margins."""

    n_members: int
    fern_size: int
    margin: float


_SIZES = {"small": _Size(1, 6, 4.0), "large": _Size(4, 8, 2.0)}
_N_BITS = 32
_N_FERNS = 512
_MAX_ITER = 11
# Nats that the first pass of tuning adds: as much as many ferns count together, because
# ferns that see the same columns agree.
_LEARNING_RATE = 1.0


def tabular_pipeline(
    estimator="classifier",
    size="small",
    *,
    n_clusters=None,
    random_state=None,
    n_jobs=None,
):
    """Make a pipeline of tables: a classifier, a novelty detector or a clusterer.

    The first step is a :class:`~skbit.preprocessing.TableEncoder`, which takes data
    frames and arrays of numbers, categories and missing values. All parameters can be
    changed with ``set_params``.

    Read more in the :ref:`User Guide <tabular>`.

    Parameters
    ----------
    estimator : {"classifier", "novelty", "clusterer"}, default="classifier"
        What the pipeline does. "classifier" adds a
        :class:`~skbit.random_projection.RandomFernEncoder`, whose bits stand for
        combinations of values of several columns, and an
        :class:`~skbit.naive_bayes.OttoScoreClassifier`. "novelty" has thresholds that
        reach into the tails of each column, and a
        :class:`~skbit.novelty.BitNoveltyDetector` of 512 prototypes, which is fitted on
        normal rows and calls about a tenth of them novel
        (``detector__contamination=0.1``). "clusterer" has a
        :class:`~skbit.cluster.BitWTAClusterer` with four linked neurons per cluster.

    size : {"small", "large"}, default="small"
        How large a classifier is. "small" has 512 ferns of 6 bits. "large" adds the
        scores of four classifiers, each of which has 512 ferns of 8 bits of its own; it
        is more accurate, and takes six to ten times as long. It has no effect
        otherwise.

    n_clusters : int, default=None
        The number of clusters, which "clusterer" needs. It has no effect otherwise.

    random_state : int, RandomState instance or None, default=None
        Seed of the ferns and of the order of the rows. Pass an int for the same model
        in each call.

    n_jobs : int, default=None
        Number of threads of the steps after the first. None means 1 unless in a
        :obj:`joblib.parallel_config` context, and -1 means all processors.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        The pipeline, not fitted. Its steps are ``"table"``, ``"ferns"`` and
        ``"classifier"``, or, if "large", ``"table"`` and ``"classifier"``, a
        :class:`~skbit.ensemble.BitEnsembleClassifier` of pipelines ``"member_0"`` to
        ``"member_3"`` of ``"ferns"`` and ``"classifier"``; or ``"table"`` and
        ``"detector"``; or ``"table"`` and ``"clusterer"``.

    See Also
    --------
    image_pipeline : The same for images.
    series_pipeline : The same for series.
    tune : Trains the classifier on batches, such as those of a file.

    Notes
    -----
    The ferns read bits of different columns, so they have to know how many bits a
    column has: change ``table__n_bits`` and ``ferns__bits_per_feature`` together.

    While a member is fitted, the bits of the ferns take 4 kB per row in "small" and
    16 kB in "large".

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import cross_val_score
    >>> from skbit.pipeline import tabular_pipeline
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> model = tabular_pipeline(random_state=0)
    >>> f"{cross_val_score(model, X, y).mean():.2f}"
    '0.98'

    A detector of novel rows, here of malignant samples, after 200 benign ones:

    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> benign, malignant = X[y == 1], X[y == 0]
    >>> detector = tabular_pipeline("novelty", random_state=0).fit(benign[:200])
    >>> alarms = [detector.predict(rows) == -1 for rows in (benign[200:], malignant)]
    >>> " and ".join(f"{rows.mean():.2f}" for rows in alarms)
    '0.08 and 0.85'

    Clusters:

    >>> from sklearn.metrics import adjusted_rand_score
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> clusterer = tabular_pipeline("clusterer", n_clusters=3, random_state=0)
    >>> f"{adjusted_rand_score(y, clusterer.fit_predict(X)):.2f}"
    '0.81'
    """
    if estimator not in _ESTIMATORS:
        raise ValueError(f"estimator must be one of {_ESTIMATORS}, got {estimator!r}.")
    if estimator == "clusterer":
        if not isinstance(n_clusters, Integral) or n_clusters < 1:
            raise ValueError(
                "estimator='clusterer' needs n_clusters, a whole number above 0, got "
                f"{n_clusters!r}."
            )
        return clusters(n_clusters, random_state, n_jobs)
    if estimator == "novelty":
        return novelty(random_state, n_jobs)
    if size not in _SIZES:
        raise ValueError(f"size must be one of {[*_SIZES]}, got {size!r}.")
    return Pipeline(
        [
            ("table", TableEncoder(_N_BITS)),
            *_classifier_steps(_SIZES[size], random_state, n_jobs),
        ]
    )


def _classifier_steps(settings, random_state, n_jobs):
    """Return ferns and a classifier, or an ensemble of pipelines of both."""
    if settings.n_members == 1:
        return _member_steps(settings, random_state, n_jobs)
    # Threads are those of the ensemble.
    members = [
        (f"member_{number}", Pipeline(_member_steps(settings, seed, None)))
        for number, seed in enumerate(_seeds(random_state, settings.n_members))
    ]
    return [("classifier", BitEnsembleClassifier(members, n_jobs=n_jobs))]


def _seeds(random_state, n):
    """Return a seed for each member, because equal ones would be equal members."""
    if random_state is None:
        return [None] * n
    return check_random_state(random_state).randint(2**31 - 1, size=n).tolist()


def _member_steps(settings, random_state, n_jobs):
    ferns = RandomFernEncoder(
        _N_FERNS,
        settings.fern_size,
        bits_per_feature=_N_BITS,
        input_format="packed",
        random_state=random_state,
        n_jobs=n_jobs,
    )
    classifier = OttoScoreClassifier(
        input_format="packed",
        max_iter=_MAX_ITER,
        learning_rate_init=_LEARNING_RATE,
        margin=settings.margin,
        rivals="all",
        random_state=random_state,
        n_jobs=n_jobs,
    )
    return [("ferns", ferns), ("classifier", classifier)]

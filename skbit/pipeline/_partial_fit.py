# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training of a whole pipeline on batches, one after the other."""

import itertools
from collections.abc import Iterable, Iterator

from skbit._utils.sklearn import _num_samples
from skbit.pipeline._walk import Walk, check_tasks, tasks_of, warn_of_counting


def partial_fit(pipeline, batches, classes=None):
    """Fit a pipeline on batches of rows, of which only one is in memory at a time.

    Steps learn one after the other, by their ``partial_fit``. Each takes one pass over
    the batches, as transformed by the steps before. Encoders and projections that only
    need to know the shape of the rows take none. Steps that are fitted already stay as
    they are, except that the last one learns on.

    Read more in the :ref:`User Guide <distributed>`.

    Parameters
    ----------
    pipeline : estimator
        A :class:`~sklearn.pipeline.Pipeline` or a single estimator of skbit or
        scikit-learn. It may contain other pipelines, unions and a
        :class:`~sklearn.compose.ColumnTransformer`.

    batches : iterable, or callable that returns one
        Tuples ``(X, y)``, or X alone if there are no labels. Each X is what the
        pipeline takes: an array, a sparse matrix, a data frame or a table of pyarrow.
        A list ``[X, y]`` is taken for ``(X, y)`` if its first item is a table, and for
        two rows otherwise. If several passes are needed, it must be possible to iterate
        again, as over a list; a callable is called for each pass.

    classes : array-like of shape (n_classes,), default=None
        All labels. If None, they are found by a pass over the batches, unless the
        classifier is fitted already. Batches may lack classes.

    Returns
    -------
    pipeline : estimator
        The pipeline that was given. If the call fails, it is as it was.

    Raises
    ------
    TypeError
        If a step cannot learn from batches; or if ``batches`` can be iterated only
        once, and more passes are needed. Nothing has been read then.

    Warns
    -----
    UserWarning
        If a classifier has ``max_iter > 1``, because tuning takes other passes: those
        of :func:`tune`. Nothing has been read then.

    See Also
    --------
    tune : Counts and tunes, as ``fit`` does with ``max_iter > 1``.
    skbit.distributed.fit : The same on many workers.

    Notes
    -----
    A step without ``partial_fit`` can be fitted on a sample of the rows, and take part
    as ``sklearn.frozen.FrozenEstimator(step)``. Steps that draw from the rows what they
    do not learn, such as a :class:`~skbit.feature_extraction.BitPatchEncoder` with
    ``codebook="sample"``, draw from the first batch.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
    >>> from skbit.pipeline import partial_fit
    >>> X, y = load_digits(return_X_y=True)
    >>> def batches():
    ...     for start in range(0, 1500, 100):
    ...         yield X[start : start + 100], y[start : start + 100]
    >>> model = make_pipeline(
    ...     ThermometerEncoder(feature_range=(0, 16)),
    ...     RandomMAJ3Projection(256, random_state=0),
    ...     OttoScoreClassifier(),
    ... )
    >>> partial_fit(model, batches).score(X[1500:], y[1500:])
    0.8...
    """
    tasks = list(tasks_of(pipeline))
    check_tasks(tasks, is_merged=False)
    warn_of_counting(tasks, "Call skbit.pipeline.tune afterwards")
    engine = Batches(batches, n_passes_of(tasks, classes))
    fitted = Walk(engine, classes).fit(pipeline)
    vars(pipeline).update(vars(fitted))
    return pipeline


def n_passes_of(tasks, classes=None):
    """Return how many passes over the batches tasks need."""
    n_passes = sum(task.source in ("extremes", "parts") for task in tasks)
    if classes is None:
        n_passes += any(task.needs_classes for task in tasks)
    return n_passes


class Batches:
    """The engine that takes one batch after the other."""

    def __init__(self, batches, n_passes):
        if not (callable(batches) or isinstance(batches, Iterable)):
            raise TypeError(
                "batches must be an iterable of (X, y) or a callable that returns one, "
                f"got {type(batches).__name__}."
            )
        is_table = len(getattr(batches, "shape", ())) == 2
        is_sequence = isinstance(batches, list | tuple)
        if is_table or (is_sequence and [*map(_n_dimensions, batches)] == [2, 1]):
            raise TypeError(
                "batches is a single table or a single (X, y), but must be an iterable "
                "of such. Pass [X] or [(X, y)]."
            )
        if isinstance(batches, Iterator) and n_passes > 1:
            raise TypeError(
                f"The steps need {n_passes} passes over the batches, but batches is an "
                "iterator, which takes only one. Pass a list, or a function that "
                "returns an iterator."
            )
        self._batches = batches
        self._iterator = None
        self.first = next(self._pass(), None)
        if self.first is None:
            raise ValueError("There are no rows in any of the batches.")
        if isinstance(batches, Iterator):
            # It is read once, so the first batch is put back.
            self._batches = itertools.chain([self.first], batches)

    def learn_first(self, lesson):
        """Return the state of a lesson of the first batch with rows."""
        return lesson.add(None, *self.first)

    def learn(self, lesson):
        """Return the state of a lesson of all batches."""
        state = None
        for X, y in self.parts():
            state = lesson.add(state, X, y)
        return state

    def parts(self):
        """Yield X and y of all batches with rows, by a new pass over them."""
        is_empty = True
        for part in self._pass():
            is_empty = False
            yield part
        if is_empty:
            raise ValueError("There are no rows in a later pass over the batches.")

    def _pass(self):
        """Yield X and y of batches with rows."""
        batches = self._batches() if callable(self._batches) else self._batches
        iterator = iter(batches)
        if iterator is self._iterator:
            raise TypeError(
                "batches returned the iterator of an earlier pass, which has no more "
                "rows. Return a new one each time."
            )
        self._iterator = iterator
        for batch in iterator:
            X, y = batch if _is_pair(batch) else (batch, None)
            if _num_samples(X):
                yield X, y


def _is_pair(batch):
    """Return whether a batch is X and y, and not X alone."""
    if isinstance(batch, list):
        # X alone as a list has rows, which are not tables.
        return len(batch) == 2 and _n_dimensions(batch[0]) == 2
    if isinstance(batch, tuple) and len(batch) != 2:
        raise TypeError(
            f"A batch must be a tuple (X, y), or X alone, got a tuple of {len(batch)}."
        )
    return isinstance(batch, tuple)


def _n_dimensions(X):
    """Return the number of dimensions of a table or labels in any container."""
    if hasattr(X, "shape"):
        return len(X.shape)
    is_nested = isinstance(X, list | tuple) and len(X)
    return 1 + _n_dimensions(X[0]) if is_nested else 0

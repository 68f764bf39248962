# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Progress of ``fit``: the callbacks of scikit-learn, and the lines of ``verbose``.

scikit-learn has callbacks since version 1.9. With an older version, estimators have no
method ``set_callbacks``, and ``verbose`` works all the same. Importing
``sklearn.callback`` takes time, so it is imported when callbacks are set.
"""

import functools
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec


class CallbackSupportMixin:
    """Estimators whose ``fit`` can be followed by callbacks of scikit-learn."""

    if find_spec("sklearn.callback") is not None:

        def set_callbacks(self, *callbacks):
            """Set the callbacks that follow the progress of :meth:`fit`.

            Parameters
            ----------
            *callbacks : callback instances
                For example a :class:`~sklearn.callback.ProgressBar`. They replace the
                callbacks that were set before. Without any, :meth:`fit` has none.

            Returns
            -------
            self : estimator
                The estimator itself.
            """
            from sklearn.callback import CallbackSupportMixin

            return CallbackSupportMixin.set_callbacks(self, *callbacks)


def with_callbacks(method):
    """Decorate ``fit`` so that callbacks are torn down when it ends or fails."""

    @functools.wraps(method)
    def managed(self, *args, **kwargs):
        if not _has_callbacks(self):
            return method(self, *args, **kwargs)
        from sklearn.callback import with_callbacks

        return with_callbacks(method)(self, *args, **kwargs)

    return managed


def _has_callbacks(estimator):
    return bool(getattr(estimator, "_skl_callbacks", ()))


class Progress:
    """The steps of a call of ``fit``, which callbacks and ``verbose`` follow.

    It is a context manager around all that ``fit`` computes. Iterating over it runs the
    steps that are left.

    Parameters
    ----------
    estimator : estimator
        It has a parameter ``verbose``. Its method ``fit`` is decorated by
        ``with_callbacks``, below ``all_or_nothing``.
    n_steps : int
    X, y : array-like
        The arguments of ``fit``.
    metadata : dict, default=None
        Further arguments of ``fit``, such as ``sample_weight``.
    name : str, default="pass"
        The name of a step.

    Attributes
    ----------
    n_done : int
        Number of steps that were made.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbit._utils.callbacks import Progress
    >>> with Progress(SimpleNamespace(verbose=1), 3, None, None) as progress:
    ...     for number in progress:
    ...         progress.report(training=0.9 + number / 100)
    ...         if number == 1:
    ...             progress.stop()
    Pass 1/3, training 0.9000
    Pass 2/3, training 0.9100
    """

    def __init__(self, estimator, n_steps, X, y, *, metadata=None, name="pass"):
        self._estimator = estimator
        self._n_steps = n_steps
        self._data = {"X": X, "y": y, "metadata": metadata}
        self._name = name
        self._task = self._subtask = None
        self._is_stopped = False
        self.n_done = 0

    def __enter__(self):
        if _has_callbacks(self._estimator):
            from sklearn.callback import CallbackSupportMixin

            self._task = CallbackSupportMixin._init_callback_context(
                self._estimator, max_subtasks=self._n_steps
            )
            self._task.call_on_fit_task_begin(estimator=self._estimator, **self._data)
        return self

    def __exit__(self, error, *args):
        if self._task is not None and error is None:
            self._end(self._task, dict)

    def __iter__(self):
        while self.n_done < self._n_steps and not self._is_stopped:
            with self.step():
                yield self.n_done

    @contextmanager
    def step(self):
        """Return a context for the next step."""
        self._fitted, self._figures = None, {}
        if self._task is not None:
            self._subtask = self._task.subcontext(task_name=self._name)
            self._subtask.call_on_fit_task_begin(
                estimator=self._estimator, **self._data
            )
        yield
        self.n_done += 1
        if self._estimator.verbose > 0:
            self._print()
        if self._task is not None and self._end(self._subtask, self._fitted):
            self._is_stopped = self._is_stopped or self._fitted is not None

    def report(self, fitted=None, **figures):
        """Describe the result of the current step.

        Parameters
        ----------
        fitted : callable, default=None
            A function that returns, as a dict, the attributes with which a copy of the
            estimator can predict as after this step. It is called if a callback needs
            such a copy. A callback can stop the iteration only if it is given.
        **figures : float
            Numbers by name, for the line that ``verbose`` prints.
        """
        self._fitted, self._figures = fitted, figures

    def stop(self):
        """End the iteration after the current step."""
        self._is_stopped = True

    def propagate(self, estimator):
        """Return a context in which callbacks follow an inner estimator's fit, too.

        The current step consists of this fit.
        """
        if self._subtask is None:
            return nullcontext()
        return self._subtask.propagate_callback_context(estimator)

    def _end(self, task, fitted):
        """Tell callbacks that a task has ended; return whether one asks to stop."""
        return task.call_on_fit_task_end(
            estimator=self._estimator,
            **self._data,
            reconstruction_attributes=fitted,
        )

    def _print(self):
        figures = (f", {name} {value:.4f}" for name, value in self._figures.items())
        step = f"{self._name.capitalize()} {self.n_done}/{self._n_steps}"
        print(step + "".join(figures), flush=True)

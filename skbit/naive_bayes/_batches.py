# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning on batches: the passes of ``fit``, each over one batch after the other."""

from types import SimpleNamespace

from sklearn.utils import check_random_state

from skbit._utils.callbacks import Progress
from skbit.naive_bayes._tuning import Start


def check_can_tune_on_batches(classifier):
    """Raise if a classifier, fitted or not, could not be tuned on batches."""
    classifier._validate_params()
    classifier._check_can_tune()
    if classifier.early_stopping and classifier.max_iter > 1:
        raise ValueError(
            "early_stopping=True needs all rows at once, to set some of them aside. "
            "Set it to False to tune on batches."
        )


class TuningOnBatches:
    """Tuning of a copy of a fitted classifier.

    With a single batch, the copy is what ``tune`` makes of the classifier, to the bit.

    Parameters
    ----------
    classifier : OttoScoreClassifier
        It is not changed.
    """

    def __init__(self, classifier):
        # A copy by copy.copy would be checked as one that is loaded. The methods that
        # are called make new arrays.
        self._model = object.__new__(type(classifier))
        vars(self._model).update(vars(classifier))
        self._random_state = classifier.random_state
        # All passes draw from one stream, as those of fit do.
        self._model.random_state = check_random_state(classifier.random_state)
        self._model._forget_calibration()
        self._shift = None

    def passes(self):
        """Yield the number of each pass, in which all batches have to be added."""
        model = self._model
        printer = SimpleNamespace(verbose=model.verbose)
        with Progress(printer, model.max_iter - 1, None, None) as progress:
            for number in progress:
                self._n_correct = 0
                n_iter, n_seen = model.n_iter_, model.n_samples_seen_
                scores = model.train_scores_
                yield number
                # A pass over all batches counts as one.
                score = self._n_correct / (model.n_samples_seen_ - n_seen)
                model.n_iter_, model.train_scores_ = n_iter + 1, [*scores, score]
                progress.report(training=score)

    def add(self, number, X, y):
        """Tune on a batch in a pass."""
        model = self._model
        n_seen, n_passes = model.n_samples_seen_, model.max_iter - 1
        silent = SimpleNamespace(verbose=0)
        with Progress(silent, 1, None, None) as progress:
            start = Start(number, self._shift)
            model._tune(self._rows_of(X, y), None, progress, start)
        if model.weight_bits is not None and number >= n_passes // 2:
            self._shift = model.weight_shift_
        n_rows = model.n_samples_seen_ - n_seen
        self._n_correct += round(model.train_scores_[-1] * n_rows)

    def finish(self, X, y):
        """Calibrate on a batch, and return the copy."""
        model = self._model
        model._calibrate(self._rows_of(X, y), None, model.max_iter - 1)
        model.random_state = self._random_state
        return model

    def _rows_of(self, X, y):
        rows, classes, _ = self._model._validate_part(X, y, None)
        return self._model._as_rows_to_tune(rows), classes, None

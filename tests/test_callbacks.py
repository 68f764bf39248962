# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Progress of iterative estimators: callbacks of scikit-learn, and verbose."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skbit import (
    BitHebbianClassifier,
    BitPatchClassifier,
    BitWTAClusterer,
    OttoScoreClassifier,
)
from tests.kinds.estimators import answers, differing, state

try:
    from sklearn.callback import ProgressBar, ScoringMonitor
except ImportError:
    ProgressBar = ScoringMonitor = None
needs_callbacks = pytest.mark.skipif(
    ProgressBar is None, reason="needs scikit-learn 1.9 or later"
)

ESTIMATORS = {
    "network": BitHebbianClassifier(20, max_iter=3, random_state=0),
    "flat network": BitHebbianClassifier(0, max_iter=3),
    "classifier": OttoScoreClassifier(
        max_iter=3, learning_rate="constant", random_state=0
    ),
    "counts": OttoScoreClassifier(),
    "clusterer": BitWTAClusterer(4, n_neurons=20, max_iter=3, random_state=0),
    "patches": BitPatchClassifier(2, patch_size=4, max_iter=2, random_state=0),
}
# The steps of each: their name, and how many there are.
STEPS = {
    "network": ("pass", 3),
    "flat network": ("pass", 1),
    "classifier": ("pass", 3),
    "counts": ("pass", 1),
    "clusterer": ("pass", 3),
    "patches": ("class", 10),
}
LEARNERS = ["network", "classifier"]


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X > 7)[:600], y[:600]


class Recorder:
    """Write down what happens, and ask to stop after some tasks."""

    def __init__(self, stop_after=None, fail_after=None):
        self.events = []
        self.stop_after, self.fail_after = stop_after, fail_after

    def setup(self, estimator, context):
        self.events.append(("setup", context.task_name, context.max_subtasks))

    def teardown(self, estimator, context):
        self.events.append(("teardown", context.task_name, None))

    def on_fit_task_begin(self, estimator, context):
        self.events.append(("begin", context.task_name, context.task_id))

    def on_fit_task_end(self, estimator, context):
        self.events.append(("end", context.task_name, context.task_id))
        n_ended = sum(event[0] == "end" for event in self.events)
        if n_ended == self.fail_after:
            raise KeyboardInterrupt
        return n_ended == self.stop_after


def expected_events(name, n_steps, n_done):
    steps = [(when, name, i) for i in range(n_done) for when in ("begin", "end")]
    return [
        ("setup", "fit", n_steps),
        ("begin", "fit", 0),
        *steps,
        ("end", "fit", 0),
        ("teardown", "fit", None),
    ]


@needs_callbacks
@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_step_is_a_task_and_changes_nothing(name, digits):
    plain = clone(ESTIMATORS[name]).fit(*digits)
    recorder = Recorder()
    watched = clone(ESTIMATORS[name]).set_callbacks(recorder).fit(*digits)
    step, n_steps = STEPS[name]
    assert recorder.events == expected_events(step, n_steps, n_steps)
    assert not differing(answers(watched, digits[0]), answers(plain, digits[0]))
    watched.set_callbacks()
    assert state(watched) == state(plain)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_verbose_prints_a_line_per_step(name, digits, capsys):
    quiet = clone(ESTIMATORS[name]).fit(*digits)
    assert capsys.readouterr().out == ""
    loud = clone(ESTIMATORS[name]).set_params(verbose=1).fit(*digits)
    step, n_steps = STEPS[name]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == n_steps
    for number, line in enumerate(lines, start=1):
        assert line.startswith(f"{step.capitalize()} {number}/{n_steps}")
    if name == "network":
        scores = [float(line.rpartition(" ")[2]) for line in lines]
        assert scores == pytest.approx(loud.train_scores_, abs=6e-5)
    assert not differing(answers(loud, digits[0]), answers(quiet, digits[0]))


@needs_callbacks
@pytest.mark.parametrize("name", [*LEARNERS, "clusterer"])
def test_a_callback_can_stop_passes(name, digits):
    model = clone(ESTIMATORS[name]).set_callbacks(recorder := Recorder(2))
    model.fit(*digits)
    assert recorder.events == expected_events("pass", 3, 2)
    assert model.n_iter_ == 2
    shorter = clone(ESTIMATORS[name]).set_params(max_iter=2).fit(*digits)
    assert not differing(answers(model, digits[0]), answers(shorter, digits[0]))


@needs_callbacks
def test_a_callback_can_stop_after_counting(digits):
    model = clone(ESTIMATORS["classifier"]).set_callbacks(Recorder(1)).fit(*digits)
    assert model.n_iter_ == 1
    counted = clone(ESTIMATORS["counts"]).fit(*digits)
    assert_array_equal(
        model.integer_scores(digits[0]), counted.integer_scores(digits[0])
    )


@needs_callbacks
def test_a_callback_cannot_leave_classes_out(digits):
    model = clone(ESTIMATORS["patches"]).set_callbacks(recorder := Recorder(2))
    model.fit(*digits)
    assert recorder.events == expected_events("class", 10, 10)


@needs_callbacks
@pytest.mark.parametrize("name", ESTIMATORS)
def test_interrupted_callbacks_are_torn_down(name, digits):
    model = clone(ESTIMATORS[name]).fit(digits[0][:200], digits[1][:200])
    before = state(model)
    model.set_callbacks(recorder := Recorder(fail_after=1))
    with pytest.raises(KeyboardInterrupt):
        model.fit(*digits)
    assert recorder.events[-1] == ("teardown", "fit", None)
    assert state(model.set_callbacks()) == before


@needs_callbacks
@pytest.mark.parametrize("name", LEARNERS)
def test_scores_after_every_pass(name, digits):
    X, y = digits
    monitor = ScoringMonitor(scoring="accuracy")
    names = np.array([f"digit {label}" for label in range(10)])
    model = clone(ESTIMATORS[name]).set_callbacks(monitor).fit(X, names[y])
    found = [row["accuracy"] for row in monitor.get_logs().data]
    expected = [
        clone(model).set_params(max_iter=n).set_callbacks().fit(X, y).score(X, y)
        for n in (1, 2, 3)
    ]
    # The first score is that of the whole fit.
    assert found == [expected[-1], *expected]


class Watcher(Recorder):
    """Write down what the estimator answers after every task."""

    def on_fit_task_end(self, estimator, context, *, X, fitted_estimator):
        if fitted_estimator is not None:
            self.events.append(fitted_estimator.score_samples(X))


@needs_callbacks
def test_similarities_after_every_pass(digits):
    X, _ = digits
    model = clone(ESTIMATORS["clusterer"]).set_callbacks(watcher := Watcher()).fit(X)
    found = [event for event in watcher.events if isinstance(event, np.ndarray)]
    shorter = [
        clone(model).set_callbacks().set_params(max_iter=n).fit(X) for n in (1, 2, 3, 3)
    ]
    for scores, other in zip(found, shorter, strict=True):
        assert_array_equal(scores, other.score_samples(X))
    assert_array_equal(model.labels_, shorter[-1].labels_)


@needs_callbacks
def test_callbacks_follow_the_clusterers_of_patches(digits, capsys):
    pytest.importorskip("rich")
    bar = ProgressBar(max_propagation_depth=None)
    clone(ESTIMATORS["patches"]).set_callbacks(bar).fit(*digits)
    assert "BitWTAClusterer - fit" in capsys.readouterr().out


@needs_callbacks
def test_progress_bars_inside_of_other_estimators(digits, capsys):
    pytest.importorskip("rich")
    X, y = digits
    bar = ProgressBar(max_propagation_depth=None)
    model = ESTIMATORS["network"]
    pipeline = make_pipeline("passthrough", clone(model)).set_callbacks(bar)
    expected = clone(model).fit(X, y).integer_scores(X)
    assert_array_equal(pipeline.fit(X, y)[-1].integer_scores(X), expected)
    assert "BitHebbianClassifier - fit" in capsys.readouterr().out
    search = GridSearchCV(clone(model), {"margin": [0.1, 0.3]}, cv=2, refit=False)
    search.set_callbacks(bar).fit(X, y)
    assert capsys.readouterr().out.count("BitHebbianClassifier") >= 1
    assert np.all(np.isfinite(search.cv_results_["mean_test_score"]))

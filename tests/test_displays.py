# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plots of what models have learned, and of explanations."""

import matplotlib
import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline, make_union

from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitPatchEncoder,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.inspection import (
    BitDensityDisplay,
    ExplanationDisplay,
    ImageExplanationDisplay,
    ImportanceDisplay,
    LogOddsDisplay,
    NoveltyDisplay,
    PrototypeDisplay,
    ReceptiveFieldDisplay,
    TuningDisplay,
    explain,
    importances,
)
from tests import reference

matplotlib.use("agg")
X, Y = load_digits(return_X_y=True)
TRAIN, LABELS, ROWS = X[:300], Y[:300], X[300:400]
PIXELS = OttoScoreClassifier(binarize=7).fit(TRAIN, LABELS)


@pytest.fixture(autouse=True)
def pyplot():
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_bars_of_an_explanation_are_the_lead():
    display = ExplanationDisplay.from_estimator(PIXELS, ROWS[:1], n_shown=5)
    scores = np.sort(PIXELS.integer_scores(ROWS[:1])[0])
    widths = np.array([bar.get_width() for bar in display.bars_])
    lead = (scores[-1] - scores[-2]) / PIXELS.units_per_nat_
    np.testing.assert_allclose(widths.sum(), lead)
    assert np.all(np.diff(np.abs(widths[:5])) <= 0)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert len(labels) == 7
    assert labels[5].endswith(" others")
    name, value = labels[0].split(" = ")
    assert float(value) == ROWS[0, int(name[1:])]
    assert display.ax_.get_title("right").endswith(f": {lead:.3g} nats")
    # Of bits, the names say enough.
    display = ExplanationDisplay.from_explanation(
        explain(PIXELS, ROWS), 3, target=2, rival=8, n_shown=100
    )
    label = display.ax_.get_yticklabels()[0].get_text()
    assert label.startswith("x")
    assert label.endswith(" > 7")
    scores = PIXELS.integer_scores(ROWS[3:4])[0] / PIXELS.units_per_nat_
    widths = [bar.get_width() for bar in display.bars_]
    np.testing.assert_allclose(sum(widths), scores[2] - scores[8])


def test_integers_without_units_and_long_names():
    model = BitHebbianClassifier(0, binarize=7).fit(TRAIN, LABELS)
    display = ExplanationDisplay.from_estimator(model, ROWS[:1])
    assert "integer scores" in display.ax_.get_xlabel()
    names = np.array(["a" * 60, "b"], dtype=object)
    display = ExplanationDisplay(
        np.array([3, -1]), 2, names, classes=("a", "b"), units_per_nat=None
    ).plot()
    label = display.ax_.get_yticklabels()[0].get_text()
    assert len(label) == 48
    assert label.endswith("…")


def test_bars_of_importances():
    found = importances(PIXELS, ROWS)
    display = ImportanceDisplay.from_estimator(PIXELS, ROWS, n_shown=6)
    widths = [bar.get_width() for bar in display.bars_]
    np.testing.assert_array_equal(widths, np.sort(found.importances_)[::-1][:6])
    frame = found.to_frame()
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == frame.index[:6].tolist()
    assert repr(found) == "<FeatureImportances of 64 features for 10 classes>"


def test_maps_of_an_image_are_what_its_pixels_contribute():
    display = ImageExplanationDisplay.from_estimator(PIXELS, ROWS[:1], classes=[4, 7])
    contributions = explain(PIXELS, ROWS[:1]).by_feature().contributions_[0]
    centered = contributions - contributions.mean(axis=1, keepdims=True)
    expected = centered.T[[4, 7]].reshape(2, 8, 8) / PIXELS.units_per_nat_
    np.testing.assert_allclose(display.maps, expected)
    np.testing.assert_array_equal(display.image, ROWS[0].reshape(8, 8))
    titles = [ax.get_title() for ax in display.ax_]
    assert [title.split(":")[0] for title in titles] == ["image", "4", "7"]
    scores = PIXELS.integer_scores(ROWS[:1])[0] / PIXELS.units_per_nat_
    assert float(titles[1].split(":")[1]) == pytest.approx(
        scores[4] - scores.mean(), 5e-3
    )
    display = ImageExplanationDisplay.from_estimator(PIXELS, ROWS[:1])
    order = np.argsort(-PIXELS.integer_scores(ROWS[:1])[0])
    assert [ax.get_title().split(":")[0] for ax in display.ax_[1:]] == [
        str(k) for k in order[:2]
    ]
    with pytest.raises(ValueError, match="must be one row"):
        ImageExplanationDisplay.from_estimator(PIXELS, ROWS[:2])
    with pytest.raises(ValueError, match="as many axes as there are panels, 3"):
        display.plot(ax=display.ax_[:2])


def test_log_odds_of_pixels_and_of_a_table():
    display = LogOddsDisplay.from_estimator(PIXELS, image_shape=(8, 8))
    p = (TRAIN > 7).mean(axis=0)
    expected = PIXELS.weights_ - PIXELS.weights_.mean(axis=0)
    expected = expected * np.sqrt(p * (1 - p)) / PIXELS.units_per_nat_
    np.testing.assert_allclose(display.log_odds, expected, atol=1e-12)
    shown = display.ax_[3].images[0].get_array()
    np.testing.assert_allclose(shown, expected[3].reshape(8, 8), atol=1e-12)
    model = make_pipeline(PixelEncoder(3), OttoScoreClassifier()).fit(TRAIN, LABELS)
    assert len(LogOddsDisplay.from_estimator(model).ax_) == 10
    display = LogOddsDisplay.from_estimator(PIXELS, n_shown=4)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels[0] == f"x{np.abs(expected).max(axis=0).argmax()}"
    assert len(labels) == 4
    with pytest.raises(TypeError, match="Only an OttoScoreClassifier"):
        LogOddsDisplay.from_estimator(BitHebbianClassifier(0).fit(TRAIN, LABELS))


FERNS = FrozenEstimator(RandomFernEncoder(5).fit(TRAIN))


@pytest.mark.parametrize(
    "encoder",
    [
        RandomFernEncoder(5, binarize=7),
        RandomMAJ3Projection(5, binarize=7),
        make_union(PixelEncoder(1), ScalarEncoder(8, n_active=2)),
        make_column_transformer((FERNS, slice(0, 64))),
        BitPatchEncoder(5, patch_size=3, binarize=7, image_shape=(8, 8)),
        TableEncoder(4, categorical_features=[63]),
        PixelEncoder(2, min_rise=3, image_shape=(8, 8)),
        DirectionalEdgeEncoder(image_shape=(8, 8)),
    ],
)
def test_log_odds_without_a_direction(encoder):
    model = make_pipeline(encoder, OttoScoreClassifier()).fit(TRAIN, LABELS)
    with pytest.raises(ValueError, match="have no direction"):
        LogOddsDisplay.from_estimator(model)


def test_log_odds_of_numbers_in_a_table_have_their_direction():
    rows = np.random.default_rng(0).normal(size=(300, 3))
    labels = rows[:, 1] - rows[:, 2] > 0
    for encoder in (TableEncoder(8), ThermometerEncoder(8)):
        model = make_pipeline(encoder, OttoScoreClassifier()).fit(rows, labels)
        of_false, of_true = LogOddsDisplay.from_estimator(model).log_odds
        np.testing.assert_allclose(of_false, -of_true)
        assert of_true[1] > 1 > abs(of_true[0])
        assert of_true[2] < -1


def test_log_odds_with_a_transformer_of_no_columns():
    columns = (ThermometerEncoder(8), slice(0, 64))
    model = make_pipeline(make_column_transformer(columns), OttoScoreClassifier())
    expected = LogOddsDisplay.from_estimator(model.fit(TRAIN, LABELS)).log_odds
    for unfitted in (TableEncoder(), RandomFernEncoder(5)):
        both = make_column_transformer(columns, (unfitted, []))
        model = make_pipeline(both, OttoScoreClassifier()).fit(TRAIN, LABELS)
        found = LogOddsDisplay.from_estimator(model).log_odds
        np.testing.assert_array_equal(found, expected)


def test_density_is_the_share_of_ones():
    encoder = ThermometerEncoder(3, feature_range=(0, 16)).fit(TRAIN)
    display = BitDensityDisplay.from_estimator(encoder, ROWS)
    bits = encoder.set_params(packed_output=False).transform(ROWS)
    np.testing.assert_allclose(display.density, bits.mean(axis=0))
    np.testing.assert_allclose(
        display.line_.get_ydata(), 100 * np.sort(display.density)
    )
    n_constant = int((np.ptp(bits, axis=0) == 0).sum())
    assert display.ax_.get_title() == f"192 bits, of which {n_constant} never change"
    # Of a pipeline, the classifier is left out; 65 bits leave padding.
    model = make_pipeline(encoder, OttoScoreClassifier()).fit(TRAIN, LABELS)
    dense = BitDensityDisplay.from_estimator(model, ROWS)
    np.testing.assert_array_equal(dense.density, display.density)
    narrow = ThermometerEncoder(3).fit(TRAIN[:, :7])
    assert len(BitDensityDisplay.from_estimator(narrow, ROWS[:, :7]).density) == 21


def test_passes_of_tuning():
    model = OttoScoreClassifier(
        binarize=7, max_iter=6, early_stopping=True, random_state=0
    ).fit(TRAIN, LABELS)
    display = TuningDisplay.from_estimator(make_pipeline(model))
    training, validation = (line.get_xydata() for line in display.lines_)
    np.testing.assert_allclose(training[:, 1], 100 * np.array(model.train_scores_))
    assert training[0, 0] == 1
    np.testing.assert_allclose(
        validation[:, 1], 100 * np.array(model.validation_scores_)
    )
    assert validation[0, 0] == 0
    hidden = BitHebbianClassifier(20, max_iter=2).fit(TRAIN, LABELS)
    assert len(TuningDisplay.from_estimator(hidden).lines_) == 1
    with pytest.raises(ValueError, match="no passes to plot"):
        TuningDisplay.from_estimator(PIXELS)


def test_histograms_of_novelty():
    detector = BitNoveltyDetector(BitWTAClusterer(8), binarize=7, random_state=0)
    detector.fit(TRAIN)
    groups = {"rows": ROWS, "noise": np.random.default_rng(0).permuted(ROWS, axis=1)}
    display = NoveltyDisplay.from_estimator(make_pipeline(detector), groups)
    scores = detector.score_samples(ROWS)
    np.testing.assert_array_equal(display.scores["rows"], scores)
    assert display.threshold == detector.offset_
    heights = [[bar.get_height() for bar in bars] for bars in display.ax_.containers]
    np.testing.assert_allclose(np.sum(heights, axis=1), 100)
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    share = np.mean(detector.predict(ROWS) == -1)
    assert labels[0] == f"rows: {100 * share:.0f} % below the threshold"


def test_pictures_of_prototypes():
    clusterer = BitWTAClusterer(6, binarize=7, random_state=0).fit(TRAIN)
    display = PrototypeDisplay.from_estimator(clusterer, prototypes=[4, 1])
    expected = reference.unpack(clusterer.patterns_)[[4, 1], :64].reshape(2, 8, 8)
    np.testing.assert_array_equal(display.pictures, expected)
    assert [text.get_text() for text in display.ax_.texts] == ["4", "1"]
    classifier = BitPatchClassifier(3, patch_size=4, binarize=7).fit(TRAIN, LABELS)
    display = PrototypeDisplay.from_estimator(classifier)
    assert display.pictures.shape == (30, 8, 8)
    assert display.labels == [str(k) for k in range(10) for _ in range(3)]
    packed = make_pipeline(PixelEncoder(4), BitWTAClusterer(6)).fit(TRAIN)
    display = PrototypeDisplay.from_estimator(packed, bits=[0])
    patterns = reference.unpack(packed[-1].patterns_).reshape(6, 8, 8, 4)
    np.testing.assert_array_equal(display.pictures, patterns[..., 0])
    detector = BitNoveltyDetector(clusterer, binarize=7).fit(TRAIN)
    assert len(PrototypeDisplay.from_estimator(detector).images_) == 6
    with pytest.raises(TypeError, match="must be a BitWTAClusterer"):
        PrototypeDisplay.from_estimator(PIXELS)


def test_receptive_fields_are_the_windows():
    projection = RandomMAJ3Projection(
        20,
        receptive_field=(2, 4),
        image_shape=(8, 8),
        container_bits=8,
        random_state=0,
    )
    encoder = make_pipeline(ThermometerEncoder(8), projection).fit(TRAIN)
    display = ReceptiveFieldDisplay.from_estimator(encoder, bits=range(0, 160, 8))
    expected = np.zeros((20, 8, 8))
    for field, window in zip(expected, projection.receptive_fields_, strict=True):
        top, left, height, width = window
        field[top : top + height, left : left + width] = 1
    np.testing.assert_array_equal(display.fields, expected)
    np.testing.assert_array_equal(display.counts, 8 * expected.sum(axis=0))
    fields = ReceptiveFieldDisplay.from_estimator(encoder).fields
    assert len(fields) == len(np.unique(expected, axis=0))
    assert len(np.unique(fields, axis=0)) == len(fields)

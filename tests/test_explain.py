# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Explanations add up to the scores, and name what they are made of."""

import re
from itertools import permutations

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone, is_classifier
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits, load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbit import (
    BitEnsembleClassifier,
    BitHebbianClassifier,
    BitPatchClassifier,
    BitPatchEncoder,
    BitSelector,
    OttoScoreClassifier,
    PixelEncoder,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit._utils.registry import collect
from skbit.inspection import explain, importances
from skbit.inspection._terms import parts_of, terms_of
from skbit.inspection._walk import columns_of
from skbit.pipeline import image_pipeline, series_pipeline, tabular_pipeline

X, Y = load_digits(return_X_y=True)
TRAIN, LABELS, ROWS = X[:200], Y[:200], X[300:304]
CLASSIFIERS = [
    pytest.param(kind(**params), id=f"{kind.__name__}-{name}")
    for kind, examples in collect("_examples", "EXAMPLES").items()
    for name, params in examples.items()
    if is_classifier(kind())
]
BITS = ThermometerEncoder(4, feature_range=(0, 16))
ENCODERS = {
    "thermometer": BITS,
    "quantiles": ThermometerEncoder(3, strategy="quantile", packed_output=False),
    "scalar": ScalarEncoder(12, n_active=4),
    "table": TableEncoder(5),
    "pixels": PixelEncoder(3),
    "ferns": make_pipeline(BITS, RandomFernEncoder(50, random_state=0)),
    "large ferns": make_pipeline(
        BITS, RandomFernEncoder(9, fern_size=7, packed_output=False, random_state=0)
    ),
    "patches": make_pipeline(
        PixelEncoder(2),
        BitPatchEncoder(
            20, patch_size=3, padding=1, pooling=(1, 2), image_shape=(8, 8)
        ),
    ),
    "projection": make_pipeline(BITS, RandomMAJ3Projection(30, random_state=0)),
    "windows": make_pipeline(
        BITS,
        RandomMAJ3Projection(
            30,
            receptive_field=(2, 2),
            image_shape=(8, 8),
            container_bits=8,
            random_state=0,
        ),
    ),
    "permuted": make_pipeline(
        BITS,
        RandomMAJ3Projection(
            40, receptive_field=3, permute_bits=True, packed_output=False
        ),
    ),
    "selected": make_pipeline(BITS, BitSelector(20, n_rounds=1)),
    "union": make_union(BITS, make_pipeline(PixelEncoder(1), RandomFernEncoder(5))),
    "columns": make_column_transformer(
        (BITS, slice(0, 30)), (TableEncoder(5), [3, 40]), ("drop", [50])
    ),
}


def scores_of(model, X):
    transformers, classifier = parts_of(model)
    for transformer in transformers:
        X = transformer.transform(X)
    return classifier.integer_scores(X)


def assert_adds_up(model, X):
    explanation = explain(model, X)
    assert explanation.contributions_.dtype == np.int64
    assert explanation.contributions_.any(axis=2).any(axis=0).all()
    total = explanation.offset_ + explanation.contributions_.sum(axis=1)
    np.testing.assert_array_equal(total, scores_of(model, X))
    assert len(explanation.feature_names_) == explanation.contributions_.shape[1]
    return explanation


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_every_classifier_adds_up(classifier):
    adds_to_one_base = not isinstance(classifier, BitPatchClassifier)
    model = classifier.fit(TRAIN > 7, LABELS)
    explanation = assert_adds_up(model, ROWS > 7)
    if adds_to_one_base:
        np.testing.assert_array_equal(np.ptp(explanation.offset_, axis=0), 0)


@pytest.mark.parametrize("name", ENCODERS)
def test_every_encoder_adds_up(name):
    model = make_pipeline(ENCODERS[name], OttoScoreClassifier()).fit(TRAIN, LABELS)
    explanation = assert_adds_up(model, ROWS)
    names = explanation.feature_names_
    # Quantiles can be equal.
    assert len(set(names)) == len(names) or name == "quantiles"
    assert not np.any(names == "padding")
    by_feature = explanation.by_feature()
    total = by_feature.offset_ + by_feature.contributions_.sum(axis=1)
    np.testing.assert_array_equal(total, explanation.scores_)
    assert by_feature.contributions_.shape == (4, 64, 10)
    assert by_feature.feature_names_[63] == "x63"


@pytest.mark.parametrize("name", ENCODERS)
def test_bits_depend_on_their_sources_alone(name):
    encoder = ENCODERS[name].fit(TRAIN, LABELS)
    columns = columns_of([encoder])
    before = _as_bits(encoder.transform(ROWS))
    assert columns.n == before.shape[1]
    sources = columns.all_sources().toarray()
    rng = np.random.default_rng(0)
    found = np.zeros_like(sources, dtype=bool)
    for feature in range(64):
        changed = ROWS.copy()
        changed[:, feature] = rng.permutation([0, 5, 11, 16])
        found[:, feature] = (_as_bits(encoder.transform(changed)) != before).any(axis=0)
    assert found.any()
    assert not (found & (sources == 0)).any()
    assert sources.mean() < 0.5
    assert len(columns.all_names()) == columns.n


def test_templates_depend_on_the_patches_that_they_won():
    encoder = ENCODERS["patches"].fit(TRAIN)
    bits = _as_bits(encoder.transform(ROWS))
    sources = columns_of([encoder]).all_sources().toarray()
    for row, found in zip(ROWS, bits, strict=True):
        of_row = columns_of([encoder], row[None]).all_sources().toarray()
        assert not (of_row > sources).any()
        won = np.repeat(found[: 16 * 40].reshape(16, 2, 20)[:, :1], 2, axis=1).ravel()
        is_narrower = (of_row < sources).any(axis=1)[: len(won)]
        assert (won[is_narrower] == 1).all()
        assert is_narrower.any()
        # The other pixels do not matter to a bit of one patch that is 1.
        ones = np.flatnonzero((of_row.sum(axis=1) <= 9) & (found == 1))
        assert len(ones)
        changed = np.where(of_row[ones] == 1, row, 16 - row)
        changed = _as_bits(encoder.transform(changed))
        assert changed[np.arange(len(ones)), ones].all()


def test_templates_within_frozen_steps_of_unions():
    encoder = clone(ENCODERS["patches"])
    encoder.set_params(bitpatchencoder__random_state=0).fit(TRAIN)
    rest = RandomFernEncoder(9, random_state=0).fit(BITS.fit_transform(TRAIN))
    found = []
    for part in (encoder, FrozenEstimator(encoder), make_pipeline(encoder)):
        union = make_union(part, make_pipeline(BITS, FrozenEstimator(rest)))
        model = make_pipeline(union, OttoScoreClassifier())
        model.fit(TRAIN, LABELS)
        explanation = explain(model, ROWS[:3])
        found.append(explanation.by_feature().contributions_)
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def _as_bits(encoded):
    if encoded.dtype == np.uint32:
        words = np.ascontiguousarray(encoded)
        return np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
    return encoded


@pytest.mark.parametrize(
    "pipeline",
    [
        image_pipeline((8, 8), random_state=0),
        series_pipeline(64, random_state=0),
        tabular_pipeline(random_state=0),
    ],
)
def test_presets(pipeline):
    pipeline.set_params(classifier__max_iter=2)
    explanation = assert_adds_up(pipeline.fit(TRAIN, LABELS), ROWS)
    by_feature = explanation.by_feature()
    total = by_feature.offset_ + by_feature.contributions_.sum(axis=1)
    np.testing.assert_array_equal(total, explanation.scores_)


@pytest.mark.parametrize("similarity", ["overlap", "jaccard"])
def test_patches_leave_no_more_than_rounding_to_the_offset(similarity):
    model = BitPatchClassifier(
        3, patch_size=4, stride=2, similarity=similarity, binarize=7, random_state=0
    ).fit(TRAIN, LABELS)
    explanation = assert_adds_up(model, ROWS)
    n_patches = explanation.contributions_.shape[1]
    assert n_patches == 9
    assert explanation.offset_.min() >= 0
    assert explanation.offset_.max() < (1 if similarity == "overlap" else n_patches)
    assert explanation.feature_names_[5] == "patch at (2, 4)"


@pytest.mark.parametrize(
    "encoder",
    [
        BITS,
        ThermometerEncoder(5, curve="log"),
        ENCODERS["quantiles"],
        TableEncoder(4),
        PixelEncoder(2, min_rise=3),
    ],
)
def test_names_tell_when_a_bit_is_one(encoder):
    names = columns_of([encoder.fit(TRAIN)]).all_names()
    bits = _as_bits(encoder.transform(ROWS))
    n_compared = 0
    for name, bit in zip(names, bits.T, strict=True):
        found = re.fullmatch(r"x(\d+) (>=|>) (\S+)", name)
        if found:
            feature, sign, threshold = found.groups()
            compare = {">": np.greater, ">=": np.greater_equal}[sign]
            expected = compare(ROWS[:, int(feature)], float(threshold))
            np.testing.assert_array_equal(bit, expected, err_msg=name)
            n_compared += 1
    assert n_compared >= 64 * 2


def test_ensemble_of_pipelines_and_search():
    members = [
        ("bits", make_pipeline(BITS, OttoScoreClassifier())),
        ("flat", BitHebbianClassifier(0, binarize=7)),
        ("ferns", make_pipeline(ENCODERS["ferns"], OttoScoreClassifier())),
    ]
    ensemble = BitEnsembleClassifier(members).fit(TRAIN, LABELS)
    assert ensemble.shifts_.any()
    explanation = assert_adds_up(ensemble, ROWS)
    assert "flat: x60 > 7" in explanation.feature_names_
    search = GridSearchCV(members[0][1], {"ottoscoreclassifier__alpha": [1, 2]}, cv=2)
    assert_adds_up(search.fit(TRAIN, LABELS), ROWS)


def test_a_bit_contributes_by_its_difference_from_the_usual_one():
    bits = TRAIN > 7
    model = OttoScoreClassifier(max_iter=3, weight_bits=4, random_state=0)
    model.fit(bits, LABELS)
    explanation = explain(model, ROWS > 7)
    usual = bits.mean(axis=0) > 0.5
    expected = (ROWS > 7) * 1 - usual
    places = [int(name.split()[0][1:]) for name in explanation.feature_names_]
    expected = expected[:, places, None] * model.weights_.T[places].astype(int)
    np.testing.assert_array_equal(explanation.contributions_, expected)
    base = model.integer_scores(usual[None].astype(np.uint8))
    np.testing.assert_array_equal(explanation.offset_[:1], base)


def test_reference_row():
    model = make_pipeline(BITS, OttoScoreClassifier()).fit(TRAIN, LABELS)
    explanation = explain(model, ROWS, reference=ROWS[:1])
    np.testing.assert_array_equal(explanation.offset_[:1], scores_of(model, ROWS[:1]))
    np.testing.assert_array_equal(explanation.contributions_[0], 0)
    np.testing.assert_array_equal(explanation.scores_, scores_of(model, ROWS))
    patches = BitPatchClassifier(2, patch_size=4, binarize=7).fit(TRAIN, LABELS)
    with pytest.raises(ValueError, match="leave it out"):
        explain(patches, ROWS, reference=ROWS[:1])


def test_frame_of_a_table():
    pytest.importorskip("pandas")
    table, y = load_iris(return_X_y=True, as_frame=True)
    model = make_pipeline(
        ThermometerEncoder(4, strategy="quantile"), OttoScoreClassifier()
    ).fit(table, y)
    explanation = explain(model, table[:2])
    frame = explanation.to_frame(1)
    scores = scores_of(model, table[1:2])[0] / model[-1].units_per_nat_
    np.testing.assert_allclose(frame[[0, 1, 2]].sum(), scores)
    lead = scores[0] - np.delete(scores, 0).max()
    np.testing.assert_allclose(frame["lead"].sum(), lead)
    leads = frame["lead"].abs().to_numpy()[:-1]
    assert np.all(np.diff(leads) <= 0)
    assert frame.index[-1] == "(offset)"
    assert "petal width (cm) > 0.2" in frame.index
    frame = explanation.by_feature().to_frame(target=2, rival=1)
    scores = scores_of(model, table[:1])[0] / model[-1].units_per_nat_
    np.testing.assert_allclose(frame["lead"].sum(), scores[2] - scores[1])
    assert frame["value"]["petal width (cm)"] == 0.2
    with pytest.raises(ValueError, match="none of the classes"):
        explanation.to_frame(target=7)


def test_names_of_ferns_of_thresholds():
    names = columns_of([ENCODERS["ferns"].fit(TRAIN)]).all_names()
    assert names[0].startswith("fern 0 code 0: not x")
    assert " >= " in names[0]
    assert "fern 1 code 3" in names[35]


def test_digits_of_ferns_share_the_weight_by_their_shapley_values():
    bits = TRAIN[:, 20:26] > 7
    ferns = RandomFernEncoder(2, fern_size=3, random_state=0).fit(bits)
    model = make_pipeline(ferns, OttoScoreClassifier()).fit(bits, LABELS)
    row = bits[:1]
    found = explain(model, row).by_feature().contributions_[0]
    expected = np.zeros((6, 10))
    for f, fern in enumerate(ferns.ferns_):
        weights = model[-1].weights_[:, 8 * f : 8 * f + 8]
        counts = model[-1].feature_count_[:, 8 * f : 8 * f + 8].sum(axis=0) + 1
        digits = np.arange(8)[:, None] >> np.arange(3) & 1

        def value(chosen, fern=fern, weights=weights, counts=counts, digits=digits):
            agrees = (digits == row[0, fern])[:, chosen].all(axis=1)
            return weights[:, agrees] @ counts[agrees] / counts[agrees].sum()

        for order in permutations(range(3)):
            for i, digit in enumerate(order):
                change = value(list(order[: i + 1])) - value(list(order[:i]))
                expected[fern[digit]] += change / 6
    np.testing.assert_allclose(found, expected, atol=2**-17)
    # With a reference, digits that are equal have no share.
    other = bits[Y[:200] == 7][:1]
    found = explain(model, row, reference=other).by_feature().contributions_[0]
    expected = np.zeros((6, 10))
    for f, fern in enumerate(ferns.ferns_):
        for order in permutations(range(3)):
            mixed = other[0, fern].copy()
            for digit in order:
                before = model[-1].weights_[:, 8 * f + mixed @ [1, 2, 4]]
                mixed[digit] = row[0, fern[digit]]
                after = model[-1].weights_[:, 8 * f + mixed @ [1, 2, 4]]
                expected[fern[digit]] += (after.astype(int) - before) / 6
    np.testing.assert_allclose(found, expected, atol=2**-17)
    assert not found[(row == other)[0]].any()
    assert found.any()


@pytest.mark.parametrize(
    ("name", "n_rows"), [("ferns", 300), ("large ferns", 300), ("patches", 9)]
)
def test_terms_are_divided_alike_in_few_and_in_many_rows(name, n_rows):
    model = make_pipeline(ENCODERS[name], OttoScoreClassifier()).fit(TRAIN, LABELS)
    rows = X[300 : 300 + n_rows]
    found = explain(model, rows).by_feature()
    for i in [0, 1, n_rows // 2, n_rows - 1]:
        alone = explain(model, rows[i : i + 1]).by_feature()
        np.testing.assert_array_equal(found.contributions_[i], alone.contributions_[0])
    np.testing.assert_array_equal(found.scores_, scores_of(model, rows))


@pytest.mark.parametrize("n_rows", [40, 1100])
def test_importances_of_ferns(n_rows):
    members = [
        ("ferns", make_pipeline(BITS, RandomFernEncoder(9), OttoScoreClassifier())),
        ("bits", make_pipeline(BITS, OttoScoreClassifier())),
    ]
    rows = np.tile(X, (2, 1))[200 : 200 + n_rows]
    for model in (members[0][1], BitEnsembleClassifier(members)):
        found = importances(model.fit(TRAIN, LABELS), rows)
        explanation = explain(model, rows).by_feature()
        part = explanation.contributions_
        part = part - part.mean(axis=2, keepdims=True)
        part = np.abs(part - part.mean(axis=0)).mean(axis=0)
        part /= explanation.units_per_nat_
        np.testing.assert_allclose(found.by_class_, part, rtol=1e-3, atol=1e-5)


def test_features_of_ferns_in_an_ensemble_with_a_reference():
    members = []
    for size in (2, 3):
        ferns = RandomFernEncoder(20, size, random_state=0)
        classifier = OttoScoreClassifier(precision=10 ** (2 * size), calibrate=None)
        members.append((f"ferns{size}", make_pipeline(BITS, ferns, classifier)))
    model = BitEnsembleClassifier(members).fit(TRAIN, LABELS)
    assert model.shifts_.any()
    explanation = explain(model, ROWS, reference=ROWS[:1]).by_feature()
    total = explanation.offset_ + explanation.contributions_.sum(axis=1)
    scores = model.integer_scores(ROWS)
    np.testing.assert_array_equal(total, scores)
    np.testing.assert_array_equal(explanation.contributions_[0], 0)
    # The offset is the score of the reference, but for rounding.
    np.testing.assert_allclose(explanation.offset_, scores[[0] * 4], atol=1e-2)


def test_importances_find_the_features_that_decide():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(400, 5))
    y = (noise[:, 3] > 0).astype(int)
    model = make_pipeline(ThermometerEncoder(8), OttoScoreClassifier()).fit(noise, y)
    found = importances(model, noise[:100])
    assert found.importances_.argmax() == 3
    assert found.importances_[3] > 3 * np.delete(found.importances_, 3).max()
    explanation = explain(model, noise[:100]).by_feature()
    part = explanation.contributions_
    part = part - part.mean(axis=2, keepdims=True)
    part = np.abs(part - part.mean(axis=0)).mean(axis=0) / explanation.units_per_nat_
    np.testing.assert_allclose(found.by_class_, part, rtol=1e-4)


def test_words_of_texts():
    texts = ["the cat sat", "a cat ran", "the dog sat", "a dog ran"] * 5
    model = make_pipeline(CountVectorizer(), OttoScoreClassifier())
    model.fit(texts, ["cat", "cat", "dog", "dog"] * 5)
    explanation = assert_adds_up(model, ["one cat sat"])
    assert "cat > 0" in explanation.feature_names_
    frame = explanation.by_feature().to_frame()
    assert frame.index[0] in ("cat", "dog")
    assert "value" not in frame
    # Of hashed words, numbers are all that is known.
    model = make_pipeline(HashingVectorizer(n_features=64), OttoScoreClassifier())
    model.fit(texts, ["cat", "cat", "dog", "dog"] * 5)
    explanation = assert_adds_up(model, ["one cat sat"])
    assert all(name.endswith(" > 0") for name in explanation.feature_names_)
    assert explanation.by_feature().contributions_.shape == (1, 64, 2)


def test_steps_of_others():
    model = make_pipeline(
        StandardScaler(),
        FunctionTransformer(lambda X: X[:, ::2]),
        ThermometerEncoder(4),
        OttoScoreClassifier(),
    ).fit(TRAIN, LABELS)
    explanation = assert_adds_up(model, ROWS)
    assert explanation.by_feature().feature_names_.tolist()[-1] == "x31"
    scaled = make_pipeline(StandardScaler(), BITS, OttoScoreClassifier())
    explanation = assert_adds_up(scaled.fit(TRAIN, LABELS), ROWS)
    assert explanation.by_feature().contributions_.shape[1] == 64
    # Sparse rows, and packed ones, whose features are bits.
    sparse_model = OttoScoreClassifier(binarize=7).fit(TRAIN, LABELS)
    explanation = assert_adds_up(sparse_model, csr_array(ROWS)).by_feature()
    np.testing.assert_array_equal(explanation.values_, ROWS)
    packed = BITS.fit_transform(TRAIN)
    explanation = assert_adds_up(OttoScoreClassifier().fit(packed, LABELS), packed[:3])
    assert explanation.by_feature().feature_names_[255] == "bit 255"


def test_what_cannot_be_explained():
    hidden = BitHebbianClassifier(20, binarize=7, max_iter=1).fit(TRAIN, LABELS)
    with pytest.raises(ValueError, match="depends on all features"):
        explain(hidden, ROWS).by_feature()
    with pytest.raises(TypeError, match="classifier of skbit"):
        explain(LogisticRegression(), ROWS)
    with pytest.raises(ValueError, match="a row or more"):
        importances(hidden, ROWS[:0])
    bagging = BaggingClassifier(OttoScoreClassifier(binarize=7), 2)
    with pytest.raises(NotFittedError, match="BaggingClassifier"):
        explain(bagging, ROWS)
    with pytest.raises(TypeError, match="classifier of skbit"):
        explain(bagging.fit(TRAIN, LABELS), ROWS)
    search = GridSearchCV(OttoScoreClassifier(binarize=7), {}, cv=2, refit=False)
    with pytest.raises(ValueError, match="refit=True"):
        importances(search.fit(TRAIN, LABELS), ROWS)


@pytest.mark.parametrize("name", ["ferns", "templates"])
def test_sparse_matrices_of_any_format(name):
    steps = {
        "ferns": RandomFernEncoder(50, random_state=0),
        "templates": BitPatchEncoder(5, patch_size=3, image_shape=(8, 8)),
    }
    model = make_pipeline(steps[name], OttoScoreClassifier()).fit(TRAIN > 7, LABELS)
    rows = csr_array(ROWS > 7)
    contributions = explain(model, rows).by_feature().contributions_
    found = importances(model, rows).by_class_
    for other in (rows.tocoo(), rows.tobsr()):
        same = explain(model, other).by_feature().contributions_
        np.testing.assert_array_equal(same, contributions)
        np.testing.assert_array_equal(importances(model, other).by_class_, found)


def test_saturated_scores_are_refused():
    model = BitEnsembleClassifier([("a", OttoScoreClassifier(binarize=7))])
    model.fit(TRAIN, LABELS)
    model.shifts_ = np.array([62])
    with pytest.raises(OverflowError, match="saturate"):
        explain(model, ROWS)
    ferns = make_pipeline(RandomFernEncoder(5), OttoScoreClassifier())
    of_ferns = BitEnsembleClassifier([("a", ferns)]).fit(TRAIN > 7, LABELS)
    of_ferns.shifts_ = np.array([62])
    with pytest.raises(OverflowError, match="saturate"):
        importances(of_ferns, ROWS > 7)
    assert len(terms_of(model.estimators_[0], ROWS)) == 1


@pytest.mark.parametrize(
    "join", [lambda step: make_column_transformer((step, [0, 1])), make_union]
)
def test_a_row_of_usual_bits_has_no_terms(join):
    rows = np.repeat([[0.0, 0.0], [1.0, 1.0]], [30, 10], axis=0)
    model = make_pipeline(join(ThermometerEncoder(2)), OttoScoreClassifier())
    model.fit(rows, np.arange(40) % 2)
    explanation = explain(model, rows[:1]).by_feature()
    np.testing.assert_array_equal(explanation.contributions_, np.zeros((1, 2, 2)))
    np.testing.assert_array_equal(explanation.scores_, scores_of(model, rows[:1]))
    np.testing.assert_array_equal(importances(model, rows[:3]).importances_, [0, 0])


@pytest.mark.parametrize("name", ENCODERS)
def test_an_explanation_stays_as_it_is_when_the_model_is_fitted_again(name):
    model = make_pipeline(clone(ENCODERS[name]), OttoScoreClassifier())
    model.fit(TRAIN, LABELS)
    before, expected = (explain(model, ROWS) for _ in range(2))
    names, by_feature = expected.feature_names_, expected.by_feature()
    model.fit(TRAIN[::-1, ::-1] * 3 // 2, LABELS[::-1] + 1)
    np.testing.assert_array_equal(before.feature_names_, names)
    found = before.by_feature()
    np.testing.assert_array_equal(found.contributions_, by_feature.contributions_)
    assert np.any(explain(model, ROWS).by_feature().scores_ != found.scores_)


def test_an_explanation_stays_as_it_is_when_the_model_learns_more():
    model = make_pipeline(ThermometerEncoder(4), RandomFernEncoder(9, random_state=0))
    bits = model.fit_transform(TRAIN)
    classifier = OttoScoreClassifier().fit(bits, LABELS)
    model = make_pipeline(*model, classifier)
    before, expected = explain(model, ROWS), explain(model, ROWS).by_feature()
    classifier.partial_fit(bits[::3], LABELS[::3])
    model[0].partial_fit(TRAIN * 9)
    found = before.by_feature()
    np.testing.assert_array_equal(found.contributions_, expected.contributions_)
    assert before.feature_names_[0] != explain(model, ROWS).feature_names_[0]


def test_values_are_those_of_the_named_columns():
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(TRAIN[:, 18:21], columns=["a", "b", "c"])
    encoder = make_column_transformer((ThermometerEncoder(4), ["a", "b"]))
    model = make_pipeline(encoder, OttoScoreClassifier()).fit(table, LABELS)
    expected = explain(model, table[:9]).by_feature()
    np.testing.assert_array_equal(expected.values_, table[:9])
    other = table[:9].assign(d=7)[["d", "c", "b", "a"]]
    found = explain(model, other).by_feature()
    np.testing.assert_array_equal(found.values_, expected.values_)
    np.testing.assert_array_equal(found.contributions_, expected.contributions_)
    assert found.feature_names_.tolist() == ["a", "b", "c"]
    # A column that is not used need not be there, and has no value then.
    without = explain(model, other.drop(columns="c")).by_feature()
    assert without.values_ is None


def test_features_that_are_no_columns_have_no_values():
    rows, labels = TRAIN[:, 18:22] + 0.0, LABELS % 2
    pca = PCA(random_state=0)
    steps = ThermometerEncoder(4), OttoScoreClassifier()
    model = make_pipeline(pca, *steps).fit(rows, labels)
    explanation = explain(model, rows[:5]).by_feature()
    assert explanation.feature_names_.tolist() == ["pca0", "pca1", "pca2", "pca3"]
    assert explanation.values_ is None
    reverse = FunctionTransformer(lambda X: X[:, ::-1])
    model = make_pipeline(reverse, *steps).fit(rows, labels)
    assert explain(model, rows[:5]).by_feature().values_ is None
    # Imputers and selectors keep columns.
    choice = SelectKBest(k=2).fit(rows, labels)
    model = make_pipeline(SimpleImputer(), choice, *steps).fit(rows, labels)
    explanation = explain(model, rows[:5]).by_feature()
    np.testing.assert_array_equal(explanation.values_, rows[:5])
    used = explanation.contributions_.any(axis=(0, 2))
    np.testing.assert_array_equal(used, choice.get_support())


def test_components_beside_columns():
    rows, labels = TRAIN[:, 18:20] + 0.0, LABELS % 2
    encoder = make_pipeline(PCA(), ThermometerEncoder(4, packed_output=False))
    both = make_column_transformer(
        (encoder, [0, 1]),
        (ThermometerEncoder(4, packed_output=False), [0, 1]),
        verbose_feature_names_out=False,
    )
    model = make_pipeline(both, OttoScoreClassifier()).fit(rows, labels)
    explanation = explain(model, rows[:5])
    found = explanation.by_feature()
    assert found.feature_names_.tolist() == ["pca0", "pca1", "x0", "x1"]
    assert found.values_ is None
    features = [name.split()[-3] for name in explanation.feature_names_]
    for i, feature in enumerate(found.feature_names_):
        own = [name == feature for name in features]
        total = explanation.contributions_[:, own].sum(axis=1)
        np.testing.assert_array_equal(found.contributions_[:, i], total)
    members = [
        ("columns", make_pipeline(ThermometerEncoder(4), OttoScoreClassifier())),
        ("pca", make_pipeline(encoder, OttoScoreClassifier())),
    ]
    ensemble = BitEnsembleClassifier(members).fit(rows, labels)
    with pytest.raises(ValueError, match="different features"):
        explain(ensemble, rows[:5]).by_feature()


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        ([False, True], [False, True]),
        (["lead", "zinc"], ["class lead", "class zinc"]),
        (["price", "value"], ["class price", "class value"]),
    ],
)
def test_labels_that_are_no_plain_names_of_columns(labels, columns):
    pytest.importorskip("pandas")
    y = np.array(labels)[(LABELS > 4).astype(int)]
    model = OttoScoreClassifier(binarize=7).fit(TRAIN, y)
    explanation = explain(model, ROWS)
    frame = explanation.to_frame(1)
    assert frame.columns.tolist() == ["value", "lead", *columns]
    scores = explanation.scores_[1] / model.units_per_nat_
    for column, score in zip(columns, scores, strict=True):
        np.testing.assert_allclose(frame[column].sum(), score)
    np.testing.assert_allclose(frame["lead"].sum(), np.ptp(scores))
    assert set(frame["value"]) == {0, 1, ""}


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        ([False, True], []),
        (["a", "b", "c"], ["a", "b", "c"]),
        (["a", "gain", "importance"], ["class a", "class gain", "class importance"]),
    ],
)
def test_labels_in_a_frame_of_importances(labels, columns):
    pytest.importorskip("pandas")
    y = np.array(labels)[LABELS % len(labels)]
    found = importances(OttoScoreClassifier(binarize=7).fit(TRAIN, y), ROWS)
    frame = found.to_frame()
    assert frame.columns.tolist() == ["importance", *columns]
    np.testing.assert_array_equal(frame["importance"], -np.sort(-found.importances_))
    order = np.argsort(-found.importances_, kind="stable")
    np.testing.assert_array_equal(
        frame[columns], found.by_class_[order][:, : len(columns)]
    )


def test_frozen_steps_are_what_they_hold():
    X, y = load_iris(return_X_y=True, as_frame=True)
    encoder = ThermometerEncoder(4).fit(X)
    plain = make_pipeline(encoder, OttoScoreClassifier()).fit(X, y)
    frozen = make_pipeline(FrozenEstimator(encoder), FrozenEstimator(plain[-1]))
    expected, found = (explain(model, X[:9]) for model in (plain, frozen))
    np.testing.assert_array_equal(found.feature_names_, expected.feature_names_)
    np.testing.assert_array_equal(found.contributions_, expected.contributions_)
    np.testing.assert_array_equal(found.by_feature().feature_names_, X.columns)

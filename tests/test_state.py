# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators as plain arrays, and back."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from skbit import (
    BitEnsembleClassifier,
    BitPatchEncoder,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    TableEncoder,
    ThermometerEncoder,
)
from skbit._base import FORMAT as ESTIMATOR_FORMAT
from skbit.pipeline import image_pipeline, tabular_pipeline
from skbit.state import FORMAT, from_state, to_state
from tests.kinds.estimators import (
    KINDS,
    answers,
    assert_same_answers,
    digits,
    name_of,
    state,
)

N_ROWS = 60


def write(model, **arrays):
    """Return the bytes of a file with the state of a model."""
    file = io.BytesIO()
    np.savez(file, **{**to_state(model), **arrays})
    return file.getvalue()


def read(data):
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return from_state(file)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_all_estimators_return_from_a_file(kind):
    X, _ = kind.data(N_ROWS)
    model = kind.fitted(N_ROWS)
    before = state(model)
    loaded = read(write(model))
    assert type(loaded) is type(model)
    assert state(loaded) == before
    assert_same_answers(answers(loaded, X), answers(model, X))
    assert state(model) == before


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_estimators_that_learned_nothing_have_a_state(kind):
    loaded = from_state(to_state(kind.estimator))
    assert state(loaded) == state(clone(kind.estimator))
    X, y = kind.data(N_ROWS)
    assert state(loaded.fit(X, y)) == state(kind.fitted(N_ROWS))


def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "number": rng.normal(size=N_ROWS),
            "text": rng.choice(["a", "b", "ä\x00"], N_ROWS).astype(object),
            "code": pd.Categorical(rng.integers(3, size=N_ROWS)),
        }
    )
    X.loc[:5, "text"] = None
    X.loc[3:9, "number"] = np.nan
    return X, rng.choice(["yes", "no"], N_ROWS)


def models():
    """Yield nested models, with the rows that they are fitted on."""
    X, y = digits()
    X, y = X[:N_ROWS], y[:N_ROWS]
    yield "image", image_pipeline((8, 8), random_state=0), X, y
    yield "table", tabular_pipeline(random_state=0), *table()
    members = [
        ("plain", OttoScoreClassifier(class_weight={"yes": 2.0, "no": 0.5})),
        ("ferns", make_pipeline(RandomFernEncoder(8), OttoScoreClassifier())),
    ]
    bits = FeatureUnion(
        [("as it is", "passthrough"), ("maj", RandomMAJ3Projection(32))]
    )
    model = BitEnsembleClassifier(
        [*members, ("b", make_pipeline(bits, clone(members[0][1])))]
    )
    yield "ensemble", make_pipeline(TableEncoder(8), model), *table()
    yield (
        "weights",
        make_pipeline(
            ThermometerEncoder(
                3, feature_range=(0, np.float32(16)), packed_output=False
            ).set_output(transform="pandas"),
            OttoScoreClassifier(class_weight={0: 1.0, 1: np.float64(3)}),
        ),
        X[y < 2],
        y[y < 2],
    )
    images = BitPatchEncoder(8, patch_size=np.int64(3), image_shape=[8, np.int8(8)])
    yield (
        "arrays",
        make_pipeline(images, OttoScoreClassifier()),
        X,
        y.astype(str).astype(object),
    )


MODELS = {name: rest for name, *rest in models()}


@pytest.mark.parametrize("name", MODELS)
def test_nested_models_answer_in_a_fresh_process(name, tmp_path):
    model, X, y = MODELS[name]
    model = clone(model).fit(X, y)
    assert state(read(write(model))) == state(model)
    np.savez(tmp_path / "model.npz", **to_state(model))
    pd.to_pickle(X, tmp_path / "rows")
    code = (
        "import sys, numpy as np, pandas as pd\n"
        "from skbit.state import from_state\n"
        "folder = sys.argv[1]\n"
        "X = pd.read_pickle(f'{folder}/rows')\n"
        "model = from_state(np.load(f'{folder}/model.npz', allow_pickle=False))\n"
        "np.save(f'{folder}/scores.npy', model.decision_function(X))\n"
        "np.save(f'{folder}/labels.npy', model.predict(X).astype(str))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code, tmp_path]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
    scores = np.load(tmp_path / "scores.npy")
    assert_array_equal(scores, model.decision_function(X), strict=True)
    labels = np.load(tmp_path / "labels.npy")
    assert_array_equal(labels, model.predict(X).astype(str), strict=True)


def test_a_state_is_made_of_plain_arrays_with_names_of_attributes():
    X, y = digits()
    model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()).fit(X, y)
    found = to_state(model)
    assert {type(value) for value in found.values()} == {np.ndarray}
    assert "O" not in {value.dtype.kind for value in found.values()}
    counts = found["steps.1.1.feature_count_"]
    assert_array_equal(counts, model[-1].feature_count_, strict=True)
    # Neither the state nor the estimator that was read changes with the other.
    counts[:] = 0
    assert model[-1].feature_count_.any()
    found = to_state(model)
    loaded = from_state(found)
    found["steps.1.1.feature_count_"][:] = 0
    assert state(loaded) == state(model)


def test_arrays_of_another_byte_order_are_read():
    model = OttoScoreClassifier().fit(np.eye(4), [0, 1, 0, 1])
    swapped = to_state(model)
    text = str(swapped["skbit"]).replace('"<', '"#').replace('"#', '">')
    for key, value in swapped.items():
        if value.dtype.str.startswith("<") and key != "skbit":
            swapped[key] = value.astype(value.dtype.newbyteorder(">"))
    swapped["skbit"] = np.array(text)
    assert state(from_state(swapped)) == state(model)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_wrong_array_is_refused(kind):
    whole = to_state(kind.fitted(N_ROWS))
    for key, array in whole.items():
        if key == "skbit":
            continue
        other = np.float16 if array.dtype.kind != "f" else np.int8
        for wrong in (
            np.zeros(array.shape, other),
            array[None],
            np.concatenate([array, array]) if array.ndim else array[None],
        ):
            with pytest.raises(ValueError, match=r"state is damaged: .* dtype"):
                from_state({**whole, key: wrong})
        missing = {name: value for name, value in whole.items() if name != key}
        with pytest.raises(ValueError, match="state is incomplete"):
            from_state(missing)
        with pytest.raises(ValueError, match="is no array, but list"):
            from_state({**whole, key: array.tolist() if array.ndim else [0]})


def test_the_estimator_checks_what_it_is_to_hold():
    whole = to_state(RandomMAJ3Projection(40, random_state=0).fit(*digits()))
    whole["receptive_fields_"][0, 0] = 2**30
    with pytest.raises(ValueError, match=r"receptive_fields_ .* is damaged"):
        from_state(whole)


def small():
    return OttoScoreClassifier().fit(np.eye(4), [0, 1, 0, 1])


def test_damaged_files_are_refused():
    data = write(small())
    n_refused = 0
    for place in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[place] ^= 0x55
        try:
            file = np.load(io.BytesIO(damaged), allow_pickle=False)
        except (ValueError, zipfile.BadZipFile, NotImplementedError):
            # NumPy does not take it for a file of arrays.
            n_refused += 1
            continue
        try:
            loaded = from_state(file)
        except ValueError:
            n_refused += 1
        else:
            # Times, attributes of files and the like.
            assert state(loaded) == state(small())
    assert n_refused > len(data) // 7 // 2
    for length in range(0, len(data), 50):
        with pytest.raises((ValueError, EOFError, zipfile.BadZipFile)):
            read(data[:length])


def changed(change):
    """Return the state of a small model with its tree changed."""
    whole = to_state(small())
    tree = json.loads(str(whole["skbit"]))
    _, attributes = tree["estimator"]["estimator"]
    change(tree, attributes)
    return {**whole, "skbit": np.array(json.dumps(tree))}


def rename(tree, attributes):
    tree["estimator"]["estimator"][0] = "Unpickler"


TREES = {
    "unknown class": (rename, "estimator 'Unpickler', which this version"),
    "newer states": (
        lambda tree, _: tree.update(format=FORMAT + 1),
        f"format {FORMAT + 1}, .* up to {FORMAT}",
    ),
    "newer estimators": (
        lambda _, attributes: attributes.update(_skbit_format=ESTIMATOR_FORMAT + 1),
        f"format {ESTIMATOR_FORMAT + 1}, .* up to {ESTIMATOR_FORMAT}",
    ),
    "format of text": (lambda tree, _: tree.update(format="1"), "format '1'"),
    "format true": (lambda tree, _: tree.update(format=True), "format True"),
    "no format": (lambda tree, _: tree.pop("format"), "damaged: 'skbit'"),
    "no estimator": (lambda tree, _: tree.update(estimator=3), "holds no estimator"),
    "unknown node": (
        lambda _, attributes: attributes.update(alpha={"call": "exit"}),
        "a node is 'call'",
    ),
    "two nodes": (
        lambda _, attributes: attributes.update(alpha={"float": "1", "tuple": []}),
        "a node has the entries",
    ),
    "no number": (
        lambda _, attributes: attributes.update(alpha={"float": "one"}),
        "could not convert",
    ),
    "unknown parameter": (
        lambda _, attributes: attributes.update(depth=3),
        "'depth', which this version",
    ),
    "a method": (
        lambda _, attributes: attributes.update(_check_state=None),
        "'_check_state', which this version",
    ),
    "a computed attribute": (
        lambda _, attributes: attributes.update(_offset_corrections=[]),
        "'_offset_corrections', which this version",
    ),
    "an attribute less": (
        lambda _, attributes: attributes.pop("feature_count_"),
        "damaged",
    ),
    "no fitted parameter": (
        lambda _, attributes: attributes.update(fitted_params_={"dict": []}),
        "fitted_params_",
    ),
}


@pytest.mark.parametrize("name", TREES)
def test_wrong_trees_are_refused(name):
    change, message = TREES[name]
    with pytest.raises(ValueError, match=message):
        from_state(changed(change))


def test_other_things_are_refused():
    whole = to_state(small())
    with pytest.raises(TypeError, match="a dict of arrays or a file"):
        from_state([1])
    with pytest.raises(ValueError, match="no state of an estimator"):
        from_state({"a": np.zeros(3)})
    for wrong in (np.zeros(2), np.array(b"{}"), np.array(["{}"])):
        with pytest.raises(ValueError, match="'skbit' is no text"):
            from_state({**whole, "skbit": wrong})
    for text in ("", "{", "[]", "{}", "[" * 100_000):
        with pytest.raises(ValueError, match="damaged: 'skbit'"):
            from_state({**whole, "skbit": np.array(text)})
    nested = '{"format": 1, "estimator": ' + "[" * 900 + "]" * 900 + "}"
    with pytest.raises(ValueError, match="damaged"):
        from_state({**whole, "skbit": np.array(nested)})
    with pytest.raises(ValueError, match="damaged"):
        read(write(small(), feature_count_=np.array([None])))


def test_what_has_no_state_is_refused():
    class Own(OttoScoreClassifier):
        pass

    for estimator in (LogisticRegression(), Own(), 3):
        with pytest.raises(TypeError, match="have a state, got"):
            to_state(estimator)
    with pytest.raises(TypeError, match=r"steps.1.1 is of type LogisticRegression"):
        to_state(make_pipeline(ThermometerEncoder(), LogisticRegression()))
    with pytest.raises(TypeError, match="random_state is of type RandomState"):
        to_state(OttoScoreClassifier(random_state=np.random.RandomState(0)))
    with pytest.raises(TypeError, match="alpha is of type function"):
        to_state(OttoScoreClassifier(alpha=lambda: 1))
    with pytest.raises(TypeError, match="alpha is of type ndarray"):
        to_state(OttoScoreClassifier(alpha=np.zeros(1, "i4,i4")))


def test_names_of_arrays_do_not_collide():
    weights = {"a.b": np.zeros(1), "a": {"b": np.ones(2)}, 0: np.zeros(3), "0": None}
    model = OttoScoreClassifier(class_weight=weights)
    found = from_state(to_state(model)).class_weight
    assert list(found) == list(weights)
    assert_array_equal(found["a.b"], np.zeros(1))
    assert_array_equal(found["a"]["b"], np.ones(2))
    assert_array_equal(found[0], np.zeros(3))

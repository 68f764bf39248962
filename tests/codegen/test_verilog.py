# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines as Verilog, simulated by Icarus Verilog and checked by Yosys."""

import os
import re
import shutil
import subprocess

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skbit import (
    BitPatchEncoder,
    BitSelector,
    BitWTAClusterer,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit._utils.registry import collect
from skbit.codegen import to_verilog
from skbit.pipeline import image_pipeline
from tests.kinds.estimators import KINDS

DIGITS = (8, 8)


def need(tool):
    """Skip a test if a tool is missing, but not in CI, which installs it."""
    if shutil.which(tool) is None and "CI" not in os.environ:
        pytest.skip(f"needs {tool}")


def digits():
    X, y = load_digits(return_X_y=True)
    return X.astype(np.uint8), y


def tuned(weight_bits=2):
    return OttoScoreClassifier(max_iter=6, weight_bits=weight_bits, random_state=0)


def simulate(source, X, folder, change=lambda text: text):
    """Return how many scores and labels of rows differ from those of Python."""
    need("iverilog")
    (folder / "model.v").write_text(change(source.text), encoding="ascii")
    (folder / "test.v").write_text(source.test_bench(X), encoding="ascii")
    command = ["iverilog", "-g2005", "-Wall", "-o", "run", "model.v", "test.v"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = subprocess.run(
        ["vvp", "run"], cwd=folder, capture_output=True, text=True, check=True
    )
    pattern = r"(\d+) of (\d+) rows, (\d+) scores: (\d+) differ, (\d+) cycles a row"
    found = re.search(pattern, done.stdout)
    assert found, done.stdout
    n_answered, n_rows, n_scores, n_wrong, cycles = map(int, found.groups())
    assert n_answered == n_rows == len(X)
    assert n_scores == n_rows * len(source.model.classes_)
    assert cycles <= source.cycles + 8
    return n_wrong


MODELS = {
    "thermometer": (
        lambda: make_pipeline(ThermometerEncoder(feature_range=(0, 16)), tuned()),
        600,
    ),
    "pixels": (
        lambda: make_pipeline(
            PixelEncoder((4, 8, 12), min_rise=2, image_shape=DIGITS), tuned(3)
        ),
        370,
    ),
    "patches": (lambda: image_pipeline(DIGITS, "tiny", random_state=0), 30),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_thousand_rows(name, tmp_path):
    make, n_rows = MODELS[name]
    X, y = digits()
    model = make().fit(X[:1000], y[:1000])
    assert simulate(to_verilog(model, name), X[-n_rows:], tmp_path) == 0


@pytest.mark.parametrize(
    "encoder",
    [
        ThermometerEncoder(4, feature_range=(0, 255)),
        ThermometerEncoder(5, strategy="quantile"),
        ThermometerEncoder(3, curve="log", feature_range=(0, 200)),
        PixelEncoder((100, 200), min_rise=None, image_shape=(5, 4)),
        PixelEncoder((-3, 255), min_rise=0, n_directions=4, image_shape=(1, 20)),
        PixelEncoder(0, min_rise=254, distance=(1, 30), image_shape=(20, 1)),
    ],
)
@pytest.mark.parametrize("weight_bits", [None, 4])
def test_encoders(encoder, weight_bits, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.integers(256, size=(60, 20)).astype(np.uint8)
    X[:8] = np.array([[0], [1], [99], [100], [101], [254], [255], [128]])
    X[8:12, ::2], X[8:12, 1::2] = 255, 0
    y = X[:, :10].sum(axis=1, dtype=int) // 800
    model = make_pipeline(clone(encoder), tuned(weight_bits)).fit(X, y)
    assert simulate(to_verilog(model), X, tmp_path) == 0


def test_scalers(tmp_path):
    X, y = digits()
    model = make_pipeline(
        StandardScaler(), MinMaxScaler(), ThermometerEncoder(3), tuned()
    ).fit(X[:500], y[:500])
    assert simulate(to_verilog(model), X[500:540], tmp_path) == 0


@pytest.mark.parametrize(
    "params",
    [
        {"n_templates": 1, "patch_size": 1, "padding": 0, "grid": 1, "n_winners": 1},
        {"n_templates": 5, "patch_size": (3, 2), "padding": (2, 1), "grid": (2, 3)},
        {"n_templates": 9, "patch_size": (6, 5), "padding": 0, "grid": 1},
        {"n_templates": 4, "patch_size": (2, 4), "padding": 1, "min_ones": 9},
        {"n_templates": 3, "patch_size": 3, "n_winners": 3, "min_ones": 0},
    ],
)
@pytest.mark.parametrize("thresholds", [1, 3])
def test_patches(params, thresholds, tmp_path):
    rng = np.random.default_rng(0)
    shape = 6, 5
    X = rng.integers(256, size=(40, 30)).astype(np.uint8)
    X[:6] //= 16
    X[6:9] = np.array([[0], [255], [128]])
    y = rng.integers(3, size=40)
    pixels = PixelEncoder(thresholds, min_rise=None, image_shape=shape)
    patches = BitPatchEncoder(
        **{"pooling": "or", "random_state": 0, "grid": 2, **params},
        image_shape=shape,
        input_format="packed",
    )
    model = make_pipeline(pixels, patches, tuned(4)).fit(X, y)
    assert simulate(to_verilog(model), X[:20], tmp_path) == 0


def test_faults_are_noticed(tmp_path):
    X, y = digits()
    model = MODELS["thermometer"][0]().fit(X[:1000], y[:1000])
    source = to_verilog(model)
    for old, new in [
        (r"LIMITS\[1\] = 9'h\w+", "LIMITS[1] = 9'h00f"),
        (r"OFFSETS\[3\] = (\d+'h)\w+", r"OFFSETS[3] = \g<1>0"),
        (r"score > best", "score < best"),
    ]:
        assert len(re.findall(old, source.text)) == 1

        def change(text, old=old, new=new):
            return re.sub(old, new, text)

        assert simulate(source, X[:50], tmp_path, change) > 0


@pytest.mark.parametrize("name", MODELS)
def test_synthesis_finds_no_fault(name, tmp_path):
    need("yosys")
    X, y = digits()
    source = to_verilog(MODELS[name][0]().fit(X[:300], y[:300]), "model")
    (tmp_path / "model.v").write_text(str(source), encoding="ascii")
    # Latches, loops and wires with several drivers are errors.
    script = "read_verilog model.v; hierarchy -check -top model; proc; flatten; "
    script += "opt_clean; select -assert-none t:$dlatch; check -assert"
    done = subprocess.run(
        ["yosys", "-q", "-p", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_real_images(mnist, tmp_path):
    X, y, *_ = mnist
    model = image_pipeline((28, 28), "tiny", random_state=0).fit(X[:3000], y[:3000])
    X = X[3000:3005].astype(np.uint8)
    assert simulate(to_verilog(model), X, tmp_path) == 0


def test_names_that_are_keywords_are_refused():
    X, y = digits()
    model = make_pipeline(ThermometerEncoder(feature_range=(0, 16)), tuned())
    model.fit(X[:200], y[:200])
    for name in "module", "small", "if":
        with pytest.raises(ValueError, match="no keyword of Verilog"):
            to_verilog(model, name)


def pipeline_of(estimator):
    """Return a pipeline with an encoder and a classifier around an estimator."""
    writer = collect("_c", "WRITERS").get(type(estimator))
    steps = [clone(estimator)]
    if not (writer and writer.reads_numbers):
        steps.insert(0, ThermometerEncoder(2, feature_range=(0, 16)))
    if not hasattr(estimator, "predict"):
        steps.append(tuned())
    return make_pipeline(*steps)


WRITTEN = {
    "BitPatchEncoder-default, dense",
    "BitSelector-default, dense",
    "BitSelector-once, dense",
    "OttoScoreClassifier-default, dense",
    "OttoScoreClassifier-tuned, dense",
    "OttoScoreClassifier-batches, dense",
    "OttoScoreClassifier-rounded, dense",
    "OttoScoreClassifier-offsets, dense",
    "PixelEncoder-default, dense",
    "PixelEncoder-edges, dense",
    "PixelEncoder-scales, dense",
    "ThermometerEncoder-default, dense",
    "ThermometerEncoder-dense, dense",
    "ThermometerEncoder-quantile, dense",
    "ThermometerEncoder-range, dense",
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_every_example_is_written_or_refused_by_name(tmp_path):
    """And each error of parameters says which one it is."""
    X, y = digits()
    written, refused = set(), {}
    for kind in KINDS:
        if kind.packed:
            continue
        model = pipeline_of(kind.estimator).fit(X[:100], y[:100])
        try:
            source = to_verilog(model)
        except TypeError as error:
            refused[kind.name] = type(kind.estimator).__name__, str(error)
            continue
        written.add(kind.name)
        assert simulate(source, X[100:103], tmp_path) == 0
    assert written == WRITTEN
    for name, message in refused.values():
        assert re.match(rf"There is no Verilog for {name}(,| with \w+=)", message)


@pytest.mark.parametrize("packed", [True, False])
def test_selectors(packed, tmp_path):
    """Before a classifier, and before patches."""
    X, y = digits()
    for steps in (
        [BitSelector(40, packed_output=packed)],
        [
            BitSelector(0.5, packed_output=packed),
            BitPatchEncoder(9, patch_size=3, image_shape=(8, 8, 2), random_state=0),
        ],
    ):
        encoder = ThermometerEncoder(2, feature_range=(0, 16), packed_output=packed)
        model = make_pipeline(encoder, *steps, tuned()).fit(X[:300], y[:300])
        assert 0 < model[1].support_.sum() < 70
        assert simulate(to_verilog(model), X[300:312], tmp_path) == 0


def test_what_is_refused():
    X, y = digits()
    fitted = make_pipeline(ThermometerEncoder(feature_range=(0, 16)), tuned())
    fitted.fit(X[:200], y[:200])
    for model, message in [
        (fitted[-1], "of a pipeline of an encoder"),
        (fitted[:1], "of a pipeline of an encoder"),
        (
            make_pipeline(
                ThermometerEncoder(), RandomMAJ3Projection(8, random_state=0), tuned()
            ).fit(X[:200], y[:200]),
            "no Verilog for RandomMAJ3Projection",
        ),
        (
            make_pipeline(ThermometerEncoder(), BitWTAClusterer(2)).fit(X[:200]),
            "no Verilog for BitWTAClusterer",
        ),
        (
            make_pipeline(PixelEncoder(image_shape=(8, 4, 2)), tuned()).fit(
                X[:200], y[:200]
            ),
            "of several channels",
        ),
        (image_pipeline(DIGITS, random_state=0).fit(X[:200], y[:200]), "pooling="),
    ]:
        with pytest.raises(TypeError, match=message):
            to_verilog(model)
    with pytest.raises(ValueError, match="name must be"):
        to_verilog(fitted, "2 digits")
    for rows in (X[:0], X[:5] + 0.5, X[:5] + 300.0):
        with pytest.raises(ValueError, match="whole numbers from 0 to 255"):
            to_verilog(fitted).test_bench(rows)
    source = to_verilog(fitted)
    assert_array_equal(source.model.classes_, np.arange(10))
    wide = make_pipeline(ThermometerEncoder(), tuned()).fit(X[:200] * 30.0, y[:200])
    with pytest.raises(ValueError, match="255"):
        to_verilog(wide)

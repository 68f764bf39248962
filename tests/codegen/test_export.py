# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What an exported source is like: clean, alone, of the size that it says."""

import platform
import shutil
import subprocess

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from skbit import (
    BitEnsembleClassifier,
    BitPatchEncoder,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit._c.text import comment, string_literal
from skbit.codegen import size_report, to_c, to_verilog
from skbit.codegen._compiler import compile_c
from skbit.naive_bayes import round_log_odds

rng = np.random.default_rng(0)
IMAGES = rng.integers(256, size=(60, 24), dtype=np.uint8)
CLASSES = np.array(["*/ no", "yes ??/", "möglich"])
Y = CLASSES[np.arange(60) % 3]
WINDOWS = {"receptive_field": (2, 3), "image_shape": (4, 6)}
MODELS = {
    "tree": (
        make_pipeline(
            ThermometerEncoder(feature_range=(0, 255)),
            RandomMAJ3Projection(5, random_state=0),
            RandomMAJ3Projection(7, container_bits=128, random_state=1),
            OttoScoreClassifier(max_iter=3, random_state=0),
        ).fit(IMAGES, np.arange(60) % 3),
        "seed",
    ),
    "counts": (
        make_pipeline(
            ScalarEncoder(16, 3),
            RandomMAJ3Projection(
                5, majority="exact", container_bits=16, random_state=0, **WINDOWS
            ),
            OttoScoreClassifier(),
        ).fit(IMAGES, Y),
        "stored",
    ),
    "windows": (
        make_pipeline(
            ThermometerEncoder(16),
            RandomMAJ3Projection(9, container_bits=8, random_state=0, **WINDOWS),
        ).fit(IMAGES),
        "stored",
    ),
    "edges": (
        make_pipeline(
            DirectionalEdgeEncoder(image_shape=(4, 6)),
            BitWTAClusterer(2, n_neurons=9, random_state=0),
        ).fit(IMAGES),
        "stored",
    ),
    "ranks": (
        make_pipeline(
            RankDensityEncoder([0.2, 0.4]),
            BitWTAClusterer(5, similarity="overlap", random_state=0),
        ).fit(IMAGES),
        "stored",
    ),
    "patches": (
        round_log_odds(
            make_pipeline(
                ThermometerEncoder(3, feature_range=(0, 255)),
                BitPatchEncoder(
                    70, patch_size=2, padding=1, image_shape=(4, 6), random_state=0
                ),
                BitPatchEncoder(
                    33,
                    patch_size=(2, 3),
                    pooling=(1, 2, 3),
                    codebook="random",
                    image_shape=(4, 4),
                    random_state=1,
                ),
                OttoScoreClassifier(max_iter=3, random_state=0),
            ).fit(IMAGES, np.arange(60) % 3),
            3,
        ),
        "seed",
    ),
    "members": (
        BitEnsembleClassifier(
            [
                ("tree", make_pipeline(ThermometerEncoder(3), BitEnsembleClassifier())),
                ("bytes", OttoScoreClassifier(binarize=100, precision=3)),
            ]
        ).fit(IMAGES, Y),
        "seed",
    ),
    "union": (
        make_pipeline(
            PixelEncoder(2, image_shape=(4, 6)),
            make_union(
                BitPatchEncoder(9, patch_size=2, image_shape=(4, 6), random_state=0),
                RandomMAJ3Projection(3, random_state=0),
                BitPatchEncoder(
                    33, patch_size=3, pooling="none", image_shape=(4, 6), random_state=1
                ),
            ),
        ).fit(IMAGES),
        "stored",
    ),
    "bytes": (OttoScoreClassifier(binarize=100).fit(IMAGES, Y), "stored"),
}
INPUT_DTYPES = {"bytes": "uint8", "members": "uint8"}


@pytest.fixture(scope="module")
def sources():
    return {
        name: to_c(model, name, random_words=words, input_dtype=INPUT_DTYPES.get(name))
        for name, (model, words) in MODELS.items()
    }


MAIN = """\
#include <stdio.h>
{includes}
int main(int n_arguments, char **paths)
{{
    FILE *file;
    (void)n_arguments;
{calls}
    return 0;
}}
"""
CALL = """\
    {{
        uint8_t row[{NAME}_INPUT_BYTES];
        {buffer}
        file = fopen(paths[{i}], "rb");
        while (fread(row, 1, sizeof row, file) == sizeof row) {{
            {call}
        }}
        fclose(file);
    }}
"""


@pytest.mark.usefixtures("compiled")
def test_runs_clean_under_sanitizers(sources, tmp_path):
    """A program of all models, with headers, overflows and addresses checked."""
    calls, files, expected = "", {}, []
    for i, (name, source) in enumerate(sources.items(), 1):
        files[f"{name}.c"], files[f"{name}.h"] = source.text, source.header
        model = MODELS[name][0]
        values = {"name": name, "NAME": name.upper(), "i": i}
        if f"{name}_transform" in source.text:
            values["buffer"] = f"uint8_t answer[{name.upper()}_OUTPUT_BYTES];"
            call = f"{name}_transform(row, answer); "
            call += 'printf("%d\\n", answer[1]);'
            answers = model.transform(IMAGES).astype("<u4").view(np.uint8)[:, 1]
        else:
            values["buffer"] = ""
            call = f'printf("%d\\n", {name}_predict(row));'
            answers = model.predict(IMAGES)
            if answers.dtype.kind == "U":
                answers = np.searchsorted(np.sort(CLASSES), answers)
        expected.extend(answers)
        calls += CALL.format(call=call, **values)
    includes = "\n".join(f'#include "{name}.h"' for name in sources)
    files["main.c"] = MAIN.format(includes=includes, calls=calls)
    checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    compile_c(tmp_path, files, ["-O1", "-g", *checks, "-o", "program"])
    (tmp_path / "rows").write_bytes(IMAGES.tobytes())
    done = subprocess.run(
        [tmp_path / "program", *[tmp_path / "rows"] * len(sources)],
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert_array_equal(np.array(done.stdout.split(), dtype=int), expected)


@pytest.mark.usefixtures("compiled")
def test_sizes_are_those_of_the_object_file(sources, tmp_path):
    for name, source in sources.items():
        compile_c(tmp_path, {f"{name}.c": source.text}, ["-O0", "-c"])
        sizes = {"r": 0, "b": 0}
        for line in symbols(tmp_path / f"{name}.o", "-S", "--defined-only"):
            *_, size, kind, _ = line.split()
            if kind.lower() in sizes:
                sizes[kind.lower()] += int(size, 16)
        assert sizes == {"r": source.flash_bytes, "b": source.ram_bytes}


@pytest.mark.usefixtures("compiled")
def test_needs_no_library(sources, tmp_path):
    # Compilers may call these on their own, whatever the source says.
    allowed = {"memcpy", "memset"}
    targets = [[]]
    if platform.machine() == "x86_64":
        # Addresses and long of 32 bits. Its 64-bit products may be functions.
        targets.append(["-m32"])
    for target in targets:
        for name, source in sources.items():
            files = {f"{name}.c": source.text}
            compile_c(tmp_path, files, ["-O2", "-ffreestanding", "-c", *target])
            lines = symbols(tmp_path / f"{name}.o", "--undefined-only")
            undefined = {line.split()[-1] for line in lines}
            assert undefined <= allowed | {"_GLOBAL_OFFSET_TABLE_"}
            assert source.text.count("#include") == 1


def symbols(path, *arguments):
    nm = subprocess.run(
        [shutil.which("nm"), *arguments, path],
        check=True,
        capture_output=True,
        text=True,
    )
    return nm.stdout.splitlines()


def test_exports_nothing_but_what_is_declared(sources):
    for name, source in sources.items():
        for line in source.text.splitlines():
            is_definition = line[:1].isalpha() and ("(" in line or "=" in line)
            if is_definition and not line.startswith("static "):
                assert f"{name}_" in line
                assert line.rstrip(" ={;") in source.header


def test_no_floats_and_no_memory(sources):
    for source in sources.values():
        code = source.text.partition("*/")[2]
        for word in ("float", "double", "malloc", "free("):
            assert word not in code


def test_class_names(compiled):
    model, _ = MODELS["bytes"]
    (c_model,) = compiled(to_c(model, "named", input_dtype="uint8"))
    raw = (np.ctypeslib.ctypes.c_char * 27).in_dll(c_model.library, "named_classes")
    names = [part.rstrip(b"\0").decode() for part in np.frombuffer(raw, "S9")]
    assert names == sorted(CLASSES)


@pytest.mark.parametrize(
    ("labels", "returned"),
    [
        ([0, 1], [0, 1]),
        ([False, True], [0, 1]),
        ([-32767.0, 3.0], [-32767, 3]),
        ([-32768, 3], [0, 1]),
        ([0, 2**40], [0, 1]),
        (["no", "yes"], [0, 1]),
    ],
)
def test_class_labels(compiled, labels, returned):
    X = np.array([[0, 255], [255, 0]], dtype=np.uint8)
    model = OttoScoreClassifier().fit(X, np.array(labels))
    (c_model,) = compiled(to_c(model))
    predict = c_model.address("predict")
    assert [predict(row.ctypes.data) for row in X] == returned
    assert c_model.predict(X).tolist() == labels
    assert c_model.predict(X).dtype == model.classes_.dtype


def test_probabilities_as_of_scikit_learn(compiled):
    X = np.array([[0, 255], [255, 0], [255, 255]], dtype=np.uint8)
    model = OttoScoreClassifier().fit(X, ["no", "yes", "no"])
    (c_model,) = compiled(to_c(model, probabilities=True))
    found = c_model.predict_proba(X)
    np.testing.assert_allclose(found, model.predict_proba(X), atol=1e-3)
    assert c_model.decision_function(X).shape == (3,)


def test_functions_that_the_model_does_not_have(compiled):
    X = np.array([[0, 255], [255, 0]], dtype=np.uint8)
    (c_model,) = compiled(to_c(OttoScoreClassifier().fit(X, [0, 1])))
    with pytest.raises(AttributeError, match=r"by to_c\(..., probabilities=True\)"):
        c_model.predict_proba(X)
    with pytest.raises(AttributeError, match=r'by to_c\(..., learn="tune"\)'):
        c_model.tune(X, [0, 1])
    with pytest.raises(AttributeError, match="no function model_transform"):
        c_model.transform(X)


def test_searches():
    X, y = load_digits(return_X_y=True)
    X, y = X[:300], y[:300]
    encoder = ThermometerEncoder(4, feature_range=(0, 16))
    pipeline = make_pipeline(encoder, OttoScoreClassifier())
    grid = {"ottoscoreclassifier__alpha": [0.5, 2.0]}
    search = GridSearchCV(pipeline, grid, cv=2)
    for export in (to_c, to_verilog, size_report):
        with pytest.raises(NotFittedError, match="GridSearchCV"):
            export(search)
    best = search.fit(X, y).best_estimator_
    assert str(to_c(search)) == str(to_c(best))
    assert str(to_verilog(search)) == str(to_verilog(best))
    assert repr(size_report(search, X, y)) == repr(size_report(best, X, y))
    # A search of one step of a pipeline.
    inner = GridSearchCV(OttoScoreClassifier(), {"alpha": [0.5, 2.0]}, cv=2)
    nested = make_pipeline(encoder, inner).fit(X, y)
    whole = make_pipeline(nested[0], nested[1].best_estimator_)
    # The comment at the beginning has the names of the steps.
    found, expected = (str(to_c(model)) for model in (nested, whole))
    assert found.partition("#include")[2] == expected.partition("#include")[2]
    search.set_params(refit=False)
    del search.best_estimator_
    with pytest.raises(ValueError, match="fit it with refit=True"):
        to_c(search)


def test_rounding_takes_the_power_of_two_with_the_smallest_error():
    X = np.eye(4)
    model = OttoScoreClassifier().fit(X, [0, 1, 0, 1])
    weights = np.array([[1, 1, 1, 3], [-1, -1, -1, -3]], dtype=np.int32)
    model.weights_ = weights + 9
    rounded = round_log_odds(model, 2)
    # With steps of 1, two weights are clipped, with errors of 2 and 1. With steps of 2,
    # all errors are 1.
    assert_array_equal(rounded.weights_, [[1, 1, 1, 1], [-1, -1, -1, -2]])
    assert_array_equal(model.weights_, weights + 9)
    assert_array_equal(round_log_odds(model, 3).weights_, weights)


@pytest.mark.parametrize("bits", range(2, 17))
def test_rounding_is_no_worse_than_any_other_power_of_two(bits):
    X, y = load_digits(return_X_y=True)
    model = OttoScoreClassifier(binarize=7).fit(X, y)
    exact = model.weights_ - np.floor(model.weights_.mean(axis=0))
    rounded = round_log_odds(model, bits).weights_.astype(np.int64)
    assert len(np.unique(rounded)) <= 2**bits
    parts = 1024 * model.feature_count_.sum(axis=0) // len(y)
    error = np.sum((rounded - exact) ** 2 @ (parts * (1024 - parts)))
    ends = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    for step in 2 ** np.arange(20):
        other = np.clip(np.floor(exact / step + 0.5), *ends) * step
        assert error <= np.sum((other - exact) ** 2 @ (parts * (1024 - parts)))


def test_rounding_to_16_bits_changes_no_label():
    X, y = load_digits(return_X_y=True)
    model = OttoScoreClassifier(binarize=7, max_iter=3, random_state=0).fit(X, y)
    rounded = round_log_odds(model, 16)
    assert_array_equal(rounded.predict(X), model.predict(X))
    assert_allclose(rounded.predict_proba(X), model.predict_proba(X), rtol=0.01)


@pytest.mark.parametrize("bits", [8, 16])
def test_rounding_never_wraps_around(bits):
    model = OttoScoreClassifier().fit([[1, 0], [0, 1]], [0, 1])
    ends = np.iinfo(np.int32)
    model.weights_ = np.array([[ends.max, ends.min], [ends.max - 2, 1]], dtype=np.int32)
    rounded = round_log_odds(model, bits).weights_.astype(np.int64)
    exact = model.weights_ - np.floor(model.weights_.mean(axis=0))
    unit = 2 ** (31 - bits)
    assert_array_equal(rounded % unit, 0)
    assert_array_equal(np.abs(rounded - exact) <= unit, True)
    assert to_c(round_log_odds(model, bits)).flash_bytes <= 4 * bits // 8 + 2 * 8


def test_rounding_needs_log_odds():
    with pytest.raises(TypeError, match="has log-odds to round, got BitWTAClusterer"):
        round_log_odds(MODELS["edges"][0], 8)
    for bits in (1, 17, 4.0):
        with pytest.raises(ValueError, match=f"from 2 to 16, got {bits}"):
            round_log_odds(MODELS["bytes"][0], bits)
    with pytest.raises(NotFittedError):
        round_log_odds(OttoScoreClassifier(), 8)


BYTES = OttoScoreClassifier().fit(IMAGES, Y)


class Renamed(OttoScoreClassifier):
    pass


@pytest.mark.parametrize(
    ("model", "error", "match"),
    [
        (PCA(2), TypeError, "no C for PCA, only for BitWTAClusterer"),
        (Renamed(), TypeError, "no C for Renamed"),
        (OttoScoreClassifier(), NotFittedError, "not fitted"),
        (Pipeline([("nothing", "passthrough")]), ValueError, "no steps"),
        (
            make_pipeline(MODELS["ranks"][0][1], BYTES),
            TypeError,
            "BitWTAClusterer can only be the last step",
        ),
        (
            make_pipeline(MODELS["ranks"][0][0], MODELS["edges"][0][0]),
            TypeError,
            "DirectionalEdgeEncoder can only be the first step",
        ),
        (
            make_pipeline(MODELS["ranks"][0][0], BYTES),
            ValueError,
            r"fitted on 24 columns \(dense\), but the step before answers 2 \(packed\)",
        ),
        (
            OttoScoreClassifier(binarize=-0.5).fit(IMAGES - 1.0, Y),
            ValueError,
            "binarize=-0.5 makes all numbers the same bit",
        ),
        (
            make_pipeline(
                RankDensityEncoder(packed_output=False),
                OttoScoreClassifier(binarize=-1),
            ).fit(IMAGES, Y),
            ValueError,
            "Choose one from 0 to below 1",
        ),
    ],
)
def test_what_cannot_be_exported(model, error, match):
    with pytest.raises(error, match=match):
        to_c(model)


@pytest.mark.parametrize("name", ["", "2x", "a b", "_x", "a-b", "x;", "ä"])
def test_names_are_identifiers(name):
    with pytest.raises(ValueError, match="name must be a C identifier"):
        to_c(BYTES, name)


def test_parameters():
    with pytest.raises(ValueError, match="'stored' or 'seed', got 'flash'"):
        to_c(BYTES, random_words="flash")


def test_random_words_that_no_seed_gives_are_stored():
    projection = RandomMAJ3Projection(2, random_state=0).fit(IMAGES)
    projection.W0_[0, 0] ^= np.uint32(1)
    to_c(projection)
    with pytest.raises(ValueError, match="W0_ is not what seed_ gives"):
        to_c(projection, random_words="seed")


@pytest.mark.parametrize("n_bits", [3, 63, 64, 65, 300])
def test_patches_with_more_ones_than_are_listed_at_once(compiled, n_bits):
    X = (
        np.random.default_rng(0).random((60, 2 * n_bits))
        < np.linspace(0, 1, 60)[:, None]
    )
    X = X.astype(np.uint8)
    encoder = BitPatchEncoder(
        40, patch_size=(1, n_bits), stride=n_bits, image_shape=(1, -1), random_state=0
    ).fit(X)
    (c_model,) = compiled(to_c(encoder))
    assert_array_equal(c_model.transform(X), encoder.transform(X))


def test_templates_that_no_seed_gives_are_stored():
    encoder = BitPatchEncoder(9, codebook="random", image_shape=(4, 6), random_state=0)
    encoder.fit(IMAGES).codebook_[0, 0] ^= np.uint32(1)
    to_c(encoder)
    with pytest.raises(ValueError, match="codebook_ is not what seed_ gives"):
        to_c(encoder, random_words="seed")


def test_comments_hold_no_surprises():
    text = comment(["a */ b /* c ??/", "é"])
    assert text.count("*/") == 1
    assert text.count("/*") == 1
    assert "??" not in text
    assert text.isascii()


def test_strings_hold_no_surprises():
    assert string_literal('a"\\?\n0é') == '"a\\042\\134\\077\\0120\\303\\251"'


def test_frozen_steps_and_pipelines_as_steps_are_what_they_hold():
    encoder = ThermometerEncoder(4).fit(IMAGES)
    plain = make_pipeline(encoder, OttoScoreClassifier()).fit(IMAGES, Y)
    expected = to_c(plain, "model")
    for model in (
        make_pipeline(FrozenEstimator(encoder), plain[-1]),
        make_pipeline(FrozenEstimator(encoder), FrozenEstimator(plain[-1])),
        FrozenEstimator(plain),
        make_pipeline(make_pipeline(encoder), plain[-1]),
    ):
        # The comment names the steps.
        _, code = to_c(model, "model").text.split("*/", 1)
        assert code == expected.text.split("*/", 1)[1]

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The folders that ``CSource.save`` writes, on all kinds of processors."""

import os
import re
import subprocess

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import (
    BitNoveltyDetector,
    BitWTAClusterer,
    OttoScoreClassifier,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from tests.codegen.targets import TARGETS, missing_tools
from tests.codegen.test_export import MODELS

X, Y = load_digits(return_X_y=True)
TABLE = np.where(X[:, :9] == 3, np.nan, X[:, :9] - 1.5).astype(np.float32)
WORDS = X[:, :20].astype(np.uint32) << 16
MORE_MODELS = {
    "table": (
        make_pipeline(
            TableEncoder(9, categorical_features=[2]), OttoScoreClassifier()
        ).fit(TABLE, Y),
        "stored",
    ),
    "novelty": (
        make_pipeline(
            ThermometerEncoder(2),
            BitNoveltyDetector(BitWTAClusterer(6, random_state=0)),
        ).fit(X[Y < 7]),
        "stored",
    ),
    "learner": (OttoScoreClassifier(binarize=7).fit(X[:99, 24:40], Y[:99]), "stored"),
    "tuner": (
        OttoScoreClassifier(binarize=7, max_iter=3, random_state=0).fit(
            X[:99, 24:40], Y[:99]
        ),
        "stored",
    ),
    "neurons": (
        BitWTAClusterer(
            8, vigilance=0.8, reassignment_interval=20, binarize=7, random_state=0
        ).partial_fit(X[:3, 24:40]),
        "stored",
    ),
    "packed": (OttoScoreClassifier().fit(WORDS, Y), "stored"),
}
LEARNERS = {"learner": True, "tuner": "tune", "neurons": True}
# Names of classes, whose strings an AVR keeps in RAM, are in "bytes".
NAMES = [
    "tree",
    "counts",
    "edges",
    "ranks",
    "union",
    "bytes",
    "table",
    "packed",
    "novelty",
    *LEARNERS,
]
DIGITS = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()).fit(X, Y)


def skip_without(target):
    missing = missing_tools(target)
    if missing and "CI" not in os.environ:
        pytest.skip(f"needs {', '.join(missing)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folders of all models, and a program that runs their self-tests."""
    folder = tmp_path_factory.mktemp("models")
    includes = calls = ""
    for name in NAMES:
        model, random_words = (MODELS | MORE_MODELS)[name]
        rows = {
            "table": TABLE[:40],
            "packed": WORDS[:9],
            "novelty": X[-40:],
        }.get(name, X[-30:, 24:40] if name in LEARNERS else None)
        options = {
            "random_words": random_words,
            "probabilities": name == "table",
            "learn": LEARNERS.get(name, False),
            "input_dtype": "uint8" if name in (*LEARNERS, "bytes") else None,
        }
        to_c(model, name, **options).save(folder / name, rows)
        includes += f'#include "{name}_test.h"\n'
        calls += f"    if ({name}_test() != 0) {{\n        return 1;\n    }}\n"
    main = f"{includes}int main(void)\n{{\n{calls}    return 0;\n}}\n"
    (folder / "main.c").write_text(main)
    return folder


@pytest.mark.parametrize("target", TARGETS)
def test_self_tests_pass(target, folder, tmp_path):
    skip_without(target)
    files = [folder / "main.c", *folder.glob("*/src/*.c")]
    assert len(files) == 2 * len(NAMES) + 1
    includes = [f"-I{folder / name / 'src'}" for name in NAMES]
    TARGETS[target].compile(files, tmp_path / "program", includes)
    assert TARGETS[target].run(tmp_path / "program") == 0


def compile_and_run(folder, target="gcc", options=()):
    """Return what the self-test prints; check that its status says the same."""
    files = [*(folder / "src").glob("*.c"), folder / "test" / "main.c"]
    options = [f"-I{folder / 'src'}", *options]
    TARGETS[target].compile(files, folder / "program", options)
    done = TARGETS[target].call(folder / "program")
    printed = done.stdout + done.stderr
    assert done.returncode == (1 if printed else 0)
    return printed


def test_a_self_test_notices_the_first_row_that_differs(tmp_path):
    skip_without("gcc")
    source = to_c(DIGITS, "digits")
    source.save(tmp_path, X[:60])
    path = tmp_path / "src" / "digits_test.c"
    text = path.read_text()
    last = text.index("What digits_predict")
    last = text.index(",", text.index("{", last) + 100)
    path.write_text(f"{text[:last]} + 1{text[last:]}")
    row = text[:last].rpartition("{")[2].count(",") + 1
    message = f"digits_predict differs in row {row}\n"
    assert row > 9
    assert compile_and_run(tmp_path) == message
    skip_without("cortex-m0")
    assert compile_and_run(tmp_path, "cortex-m0", ["-DSEMIHOSTING"]) == message


def test_a_late_row_is_noticed(tmp_path):
    """The status of a program has 8 bits."""
    skip_without("gcc")
    to_c(DIGITS, "digits").save(tmp_path, X[:260])
    path = tmp_path / "src" / "digits_test.c"
    head, *rows = path.read_text().partition("WRITTEN_SCORES[260][10] = {\n")
    lines = rows[-1].split("},\n")
    lines[255] = lines[255].replace("{", "{1 + ")
    path.write_text(head + rows[0] + "},\n".join(lines))
    assert compile_and_run(tmp_path) == "digits_scores differs in row 256\n"


def test_tests_and_sources_are_of_one_moment(tmp_path):
    skip_without("gcc")
    model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()).fit(X, Y)
    source = to_c(model, "digits")
    model.fit(X[:, ::-1], Y)
    source.save(tmp_path)
    assert compile_and_run(tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "code", "fault", "function"),
    [
        ("learner", "class_count[k]++;", "class_count[k] += 2u;", "scores"),
        ("learner", "return 1;", "return 0;", "partial_fit"),
        ("tuner", "lead < MARGIN", "lead < 0", "scores"),
        ("neurons", "n_neurons++;", "n_neurons += 0u;", "predict"),
        ("neurons", "count(n, 1u)", "count(n, 3u)", "recall"),
    ],
)
def test_a_self_test_notices_what_is_learned_wrongly(
    tmp_path, name, code, fault, function
):
    skip_without("gcc")
    model, _ = MORE_MODELS[name]
    source = to_c(model, name, learn=LEARNERS[name], input_dtype="uint8")
    source.save(tmp_path, X[-30:, 24:40])
    assert compile_and_run(tmp_path) == ""
    path = tmp_path / "src" / f"{name}.c"
    text = path.read_text()
    assert code in text
    path.write_text(text.replace(code, fault))
    when = " after learning" if function != "partial_fit" else ""
    message = compile_and_run(tmp_path)
    assert message.startswith(f"{name}_{function}{when} differs in row ")


def test_files_of_others_are_kept(tmp_path):
    source = to_c(DIGITS, "digits")
    paths = source.save(tmp_path, X[:3])
    assert len(paths) == len(set(paths)) == 14
    before = [path.read_text() for path in paths]
    # Files of an earlier call are replaced.
    source.save(tmp_path, X[:4])
    assert "ROWS[4][64]" in (tmp_path / "src" / "digits_test.c").read_text()
    source.save(tmp_path, X[:3])
    assert [path.read_text() for path in paths] == before
    (tmp_path / "CMakeLists.txt").write_text("project(mine)\n")
    with pytest.raises(FileExistsError, match=r"CMakeLists.txt exists and was not"):
        source.save(tmp_path, X[:4])
    assert [path.read_text() for path in paths].count("project(mine)\n") == 1
    assert "ROWS[3][64]" in (tmp_path / "src" / "digits_test.c").read_text()


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        (X[:2] + 0.5, "X holds 0.5, which the input of the C code, of type uint8"),
        (X[:2] - 1, r"X holds -1.0, which"),
        (X[:2, 1:], "X has 63 columns, but the model takes others: 64"),
        (X[0], "Expected 2D array"),
    ],
)
def test_rows_that_are_no_input(tmp_path, rows, match):
    source = to_c(DIGITS, "digits")
    with pytest.raises(ValueError, match=match):
        source.save(tmp_path, rows)
    assert not list(tmp_path.iterdir())
    if rows.ndim == 2:
        with pytest.raises(ValueError, match=match):
            source.taken.convert(rows)


def test_the_readme_has_the_sizes(tmp_path):
    source = to_c(DIGITS, "digits")
    source.save(tmp_path)
    text = (tmp_path / "README.md").read_text()
    for cost in (source.flash_bytes, source.ram_bytes, source.operations):
        assert f"| {cost:,}" in text
    assert "$" not in text


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_cmake(tmp_path):
    to_c(DIGITS, "digits").save(tmp_path / "digits", X[:5])
    build = tmp_path / "build"
    run("cmake", "-S", tmp_path / "digits", "-B", build)
    run("cmake", "--build", build)
    output = run("ctest", "--test-dir", build)
    assert "100% tests passed, 0 tests failed out of 1" in output


ZEPHYR = """\
cmake_minimum_required(VERSION 3.13)
project(app C)
set(CONFIG_DIGITS y)
set(CONFIG_DIGITS_TEST y)
function(zephyr_library_named name)
  add_library(${name} STATIC)
  set(library ${name} PARENT_SCOPE)
endfunction()
function(zephyr_library_sources)
  target_sources(${library} PRIVATE ${ARGN})
endfunction()
function(zephyr_library_sources_ifdef option)
  if(${option})
    target_sources(${library} PRIVATE ${ARGN})
  endif()
endfunction()
function(zephyr_include_directories)
  target_include_directories(${library} PUBLIC ${ARGN})
endfunction()
add_subdirectory(digits/zephyr)
add_executable(app digits/test/main.c)
target_link_libraries(app digits)
"""


PARENT = """\
cmake_minimum_required(VERSION 3.13)
project(app C)
include(CTest)
$options
add_subdirectory(digits)
add_executable(app main.c)
target_link_libraries(app digits)
add_test(NAME app COMMAND app)
"""
APP = """\
#include "digits.h"
static uint8_t pixels[DIGITS_INPUT_BYTES];
int main(void)
{
    return digits_predict(pixels) < 0;
}
"""


@pytest.mark.parametrize(
    ("options", "tests"),
    [("", {"app"}), ("set(DIGITS_BUILD_TEST ON)", {"app", "digits_test"})],
)
def test_cmake_in_another_project(tmp_path, options, tests):
    """The self-test does not join the project's tests unless it is asked for."""
    to_c(DIGITS, "digits").save(tmp_path / "digits", X[:5])
    parent = PARENT.replace("$options", options)
    (tmp_path / "CMakeLists.txt").write_text(parent)
    (tmp_path / "main.c").write_text(APP)
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build")
    run("cmake", "--build", tmp_path / "build")
    output = run("ctest", "--test-dir", tmp_path / "build")
    assert set(re.findall(r"Test +#\d+: (\w+) ", output)) == tests
    assert f"0 tests failed out of {len(tests)}" in output


def test_zephyr_module(tmp_path):
    """With functions that do what Zephyr's do."""
    to_c(DIGITS, "digits").save(tmp_path / "digits")
    (tmp_path / "CMakeLists.txt").write_text(ZEPHYR)
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build")
    run("cmake", "--build", tmp_path / "build")
    run(tmp_path / "build" / "app")
    module = (tmp_path / "digits" / "zephyr" / "module.yml").read_text()
    kconfig = (tmp_path / "digits" / module.split("kconfig: ")[1].strip()).read_text()
    assert "config DIGITS\n" in kconfig


def test_arduino_library(tmp_path):
    """The sketch compiles as C++, and the library has what the IDE asks for."""
    skip_without("avr")
    to_c(DIGITS, "digits").save(tmp_path)
    lines = (tmp_path / "library.properties").read_text().splitlines()
    keys = {line.partition("=")[0] for line in lines}
    assert {"name", "version", "author", "maintainer", "sentence"} <= keys
    assert {"category", "url", "architectures", "paragraph"} <= keys
    serial = (
        "struct { void begin(long); void print(const char *);"
        " void println(const char *); void println(int); } Serial;\n"
    )
    (tmp_path / "Arduino.h").write_text(serial)
    sketch = tmp_path / "examples" / "digits" / "digits.ino"
    run(
        *("avr-g++", "-x", "c++", "-mmcu=atmega328p", "-include", "Arduino.h"),
        *(f"-I{tmp_path}", f"-I{tmp_path / 'src'}", "-c", sketch),
        *("-o", tmp_path / "sketch.o"),
    )
    for path in (tmp_path / "src").glob("*.c"):
        command = "avr-gcc", "-mmcu=atmega328p", "-Os", "-c", path
        run(*command, "-o", tmp_path / "model.o")
        sections = run("avr-size", "-A", tmp_path / "model.o")
        # No constants in RAM.
        sizes = dict(line.split()[:2] for line in sections.splitlines()[2:-2])
        assert all(
            size == "0"
            for section, size in sizes.items()
            if section.startswith((".data", ".rodata")) and section != ".rodata.str1.1"
        ), sections


def test_a_compiled_model_answers_like_python():
    skip_without("gcc")
    compiled = to_c(DIGITS, "digits").compile()
    bits = DIGITS[0].transform(X)
    np.testing.assert_array_equal(compiled.predict(X), DIGITS.predict(X))
    scores = DIGITS[-1].integer_scores(bits)
    np.testing.assert_array_equal(compiled.scores(X), scores)

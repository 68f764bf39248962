# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The comparison on small devices, and the emulated boards that it measures on."""

import json
import shutil

import numpy as np
import pytest

from asv_bench import __main__ as command
from asv_bench import boards, embedded_novelty
from asv_bench.embedded_int8 import write_network
from asv_bench.embedded_page import dominators, part_of

needs_board = pytest.mark.skipif(
    not (shutil.which("arm-none-eabi-gcc") and shutil.which("qemu-system-arm")),
    reason="arm-none-eabi-gcc and qemu-system-arm are needed",
)

# Two instructions a turn, as many turns as the first two bytes of the input say.
LOOP = """\
#include <stdint.h>
int model(const uint8_t *input);
static uint32_t turn(uint32_t n);
/*
 * ---- turns
 */
static uint32_t turn(uint32_t n)
{
    __asm__ volatile(".syntax unified\\n1: subs %0, %0, #1\\n bne 1b" : "+l"(n));
    return n;
}
/*
 * ---- the rest
 */
int model(const uint8_t *input)
{
    return (int)turn(input[0] * 256u + input[1]) + 7;
}
"""


def inputs_of(n_turns, n=20):
    return np.tile(np.array([divmod(n_turns, 256)], np.uint8), (n, 1))


@needs_board
@pytest.mark.parametrize("cpu", boards.CPUS)
def test_instructions_are_exact(cpu, tmp_path):
    program = boards.Program({"loop.c": LOOP})
    counts = []
    for n_turns in (1000, 60_000):
        figures, labels = boards.measure(program, tmp_path, cpu, inputs_of(n_turns))
        counts.append(figures["instructions"])
        assert (labels == 7).all()
    # The timer counts 40 instructions, here of 20 inferences.
    assert abs(counts[1] - counts[0] - 2 * 59_000) <= 2
    assert 0 < counts[0] - 2000 < 30
    assert 0 < figures["flash"] < 40
    assert figures["ram"] == 0


@needs_board
def test_parts_are_counted_by_their_lines(tmp_path):
    program = boards.Program({"loop.c": LOOP})
    found = boards.count_by_part(program, tmp_path, "m0", inputs_of(1000, 2), "loop.c")
    assert found["turns"] == 2000
    figures, _ = boards.measure(program, tmp_path, "m0", inputs_of(1000, 2))
    # The timer counts 40 instructions, here of 2 inferences.
    assert abs(figures["instructions"] - sum(found.values())) <= 20


@needs_board
def test_a_program_that_takes_too_long_raises(tmp_path, monkeypatch):
    monkeypatch.setattr(boards, "_BOARD", boards._BOARD.replace("0xFFFFFFu", "0xFFFu"))
    with pytest.raises(OverflowError, match="timer"):
        boards.run(
            boards.build(
                boards.Program({"loop.c": LOOP}), tmp_path, "m0", inputs_of(60_000)
            )
        )


def test_a_program_that_does_not_compile_raises(tmp_path):
    program = boards.Program({"loop.c": LOOP.replace("return n;", "return m;")})
    with pytest.raises(RuntimeError, match="undeclared"):
        boards.predict_rows(program, tmp_path, inputs_of(1))


def in_integers(X, weights, biases):
    """Predict as the C of a network of two layers does, from its weights as floats."""
    w, v = (np.rint(one * 127 / np.abs(one).max()).astype(int) for one in weights)
    factor = 127 / np.abs(weights[0]).max()
    sums = X.astype(int) @ w + np.rint(biases[0] * factor).astype(int)
    shift = max(0, int(np.ceil(np.log2(np.quantile(sums, 0.999) / 255))))
    hidden = np.minimum(np.maximum(sums, 0) >> shift, 255)
    unit = 2.0**shift / factor
    offset = np.rint(biases[1] * 127 / np.abs(weights[1]).max() / unit).astype(int)
    return (hidden @ v + offset).argmax(axis=1)


def test_int8_networks_compute_what_they_should(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (500, 20), dtype=np.uint8)
    weights = [rng.normal(size=(20, 6)), rng.normal(size=(6, 4))]
    biases = [rng.normal(0, 50, 6), np.array([1100.0, -800.0, -1400.0, 1400.0])]
    program = boards.Program({"model.c": write_network(X, [*weights], [*biases])})
    labels = boards.predict_rows(program, tmp_path, X)
    assert len(set(labels)) == 4
    np.testing.assert_array_equal(labels, in_integers(X, weights, biases))
    # Rounding changes few labels.
    hidden = np.maximum(X @ weights[0] + biases[0], 0)
    exact = (hidden @ weights[1] + biases[1]).argmax(axis=1)
    assert np.mean(labels == exact) > 0.95


@needs_board
def test_smoke(tmp_path):
    asked = ["--suites", "embedded", "--doc", str(tmp_path), "--smoke"]
    command.main([*asked, "--only", "32 templates,int8 logistic"])
    lines = (tmp_path / "peers_embedded.jsonl").read_text("utf8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [e["name"].split()[0] for e in found] == ["skbit", "int8"]
    assert found[1]["accuracy"] > 0.9
    assert all(0 < e["m4"]["instructions"] < e["m0"]["instructions"] for e in found)
    skbit = found[0]
    assert sum(skbit["parts"].values()) == pytest.approx(
        skbit["m0"]["instructions"], rel=0.1
    )
    assert min(skbit["parts"].values()) > 0
    assert (tmp_path / "_static" / "embedded.png").stat().st_size > 10_000


def entry(name, accuracy, flash):
    return {"name": name, "accuracy": accuracy, "m0": {"flash": flash}}


def test_a_rival_is_beaten_by_accuracy_and_flash_together():
    rival = entry("int8", 0.9, 1000)
    smaller, equal = entry("skbit a", 0.95, 900), entry("skbit b", 0.9, 1000)
    others = [entry("skbit c", 0.89, 500), entry("skbit d", 0.99, 1001)]
    found = dominators(rival, [equal, *others, rival, smaller])
    assert found == [smaller, equal]


def test_parts_of_steps():
    titles = ["PixelEncoder: 64 x 9 bits", "BitPatchEncoder: 9", "OttoScoreClassifier"]
    assert [part_of(title) for title in titles] == ["encode", "project", "score"]


@needs_board
def test_novelty(monkeypatch):
    (name,) = (name for name in embedded_novelty.DETECTORS if "32 neurons" in name)
    detectors = {name: embedded_novelty.DETECTORS[name]}
    monkeypatch.setattr(embedded_novelty, "DETECTORS", detectors)
    (entry,) = embedded_novelty.entries()
    assert entry["name"] == name
    assert 0.9 < entry["area"] < 1
    assert 1000 < entry["m0"]["flash"] < 5000
    assert entry["m0"]["ram"] < 1000
    assert entry["m4"]["instructions"] < entry["m0"]["instructions"] < 60_000

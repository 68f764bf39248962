# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Slopes, counted instructions and limits of the page of performance."""

import sys
from functools import partial

import numpy as np
import pytest

from asv_bench import first_call, growth, limits
from asv_bench.stepping import count_instructions


@pytest.mark.parametrize("exponent", [0, 1, 1.5])
def test_slope_is_that_of_the_upper_half(exponent):
    sizes = np.array([10, 100, 1000, 10_000])
    costs = 3.0 * sizes**exponent
    costs[:2] = 1e6
    assert growth.slope(sizes, costs) == pytest.approx(exponent)
    assert growth.slope([1, 2], [4.0, 2.0]) == pytest.approx(-1)


def test_growth_ends_with_what_takes_too_long(monkeypatch, tmp_path):
    seconds = iter([1.0, 2.0, 1.0, 5.0])
    monkeypatch.setattr(growth, "fastest", lambda call: next(seconds))
    case = growth.CASES["OttoScoreClassifier"]
    found = growth.measure(case, "bits", [64, 128, 256])
    assert found["sizes"] == [64, 128]
    assert found["fit_s"] == [1, 1]
    assert found["answer_s_slope"] == pytest.approx(np.log2(5 / 2), abs=0.01)
    # Loading a kernel can take more memory than either.
    assert found["fit_bytes"][1] >= found["fit_bytes"][0] > 0
    entries = {
        ("OttoScoreClassifier", axis): found
        | {"axis": axis, "name": "OttoScoreClassifier"}
        for axis in ("bits", "threads")
    }
    growth.write_page(entries, tmp_path)
    assert "bits, 64 to 128" in (tmp_path / "growth.inc").read_text("utf8")
    # One thread takes 2 s, and two take 5 s.
    assert "0.40" in (tmp_path / "growth_threads.inc").read_text("utf8")


@pytest.mark.parametrize("case", growth.CASES.values(), ids=list(growth.CASES))
def test_axes_are_known_and_change_the_estimator(case):
    axes = case.axes.split()
    assert set(axes) <= set(growth.SIZES)
    for axis in set(axes) - {"rows", "bits", "classes"}:
        changed = growth.BASE | {axis: 2}
        assert repr(case.make(changed)) != repr(case.make(growth.BASE))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux steps processes")
def test_instructions_are_counted_one_by_one():
    limits.chain(1)
    few, many = (count_instructions(partial(limits.chain, n)) for n in (400, 8400))
    # Combining and multiplying, and counting turns, which are unrolled.
    assert 3 <= (many - few) / 8000 <= 4
    assert count_instructions(partial(limits.chain, 8400), most=8000) is None


def test_bits_of_an_array_are_counted_once():
    one = np.zeros(3, dtype=np.uint32)
    assert limits.n_bits((one, 5, (one, np.zeros(2, dtype=bool)))) == 96 + 16


def test_bounds():
    machine = {"clock_ghz": 2.0, "copy_gb_per_s": 1.0}
    entry = {"instructions": 8000, "seconds": 2e-6, "bits": 8000}
    assert limits.per_cycle(entry, machine) == pytest.approx(2)
    # 1 us of instructions at 4 per cycle, and 1 us of 1,000 bytes.
    assert limits.bounds(entry, machine, 4) == pytest.approx((0.5, 0.5))


def test_the_second_process_has_the_cache_of_the_first(monkeypatch, tmp_path):
    calls = []

    def output_of(program, cache):
        compile(program, "program", "exec")
        calls.append((program, cache))
        return [2.0, 0.001] if "case.make" in program else len(calls)

    monkeypatch.setattr(first_call, "NAMES", ["ThermometerEncoder"])
    monkeypatch.setattr(first_call, "output_of", output_of)
    estimator, whole = first_call.measure()
    assert calls[0] == calls[1]
    assert calls[0][1] != calls[2][1]
    # The fastest import is the first of three, and the sixth call compiles.
    assert (whole["import_s"], whole["compile_s"]) == (3, 6)
    whole |= {"machine": "two cores", "date": "today"}
    first_call.write_page([estimator, whole], tmp_path)
    assert "1.0 ms" in (tmp_path / "first_call.inc").read_text("utf8")
    assert "two cores" in (tmp_path / "first_call_all.inc").read_text("utf8")


def test_programs_have_the_cache_that_they_are_given(tmp_path):
    program = "import json, os; print(json.dumps(os.environ['NUMBA_CACHE_DIR']))"
    assert first_call.output_of(program, str(tmp_path)) == str(tmp_path)

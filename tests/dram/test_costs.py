# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Costs: published figures, ranges, limits, results."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.dram import (
    DEVICES,
    PJ_PER_BIT,
    Interval,
    Subarray,
    compare_dram_costs,
    dram_cost,
    neuron_program,
    workload_of,
)
from skbit.dram._commands import Command, Program
from skbit.dram._neuron import flip_rate, typical_program
from skbit.dram._pricing import AMBIT_NJ_PER_KB, max_banks, program_ns, program_pj

DDR4 = DEVICES["DDR4-2400"]


def approx(value, rel):
    return pytest.approx(value, rel=rel)


def intervals_of(cost):
    for stages in (cost.energy, cost.latency):
        yield from stages.items()
        yield "total", stages.total
    yield "throughput", cost.throughput


# What the seed document, and what published hardware says.


def test_seed_figures():
    cost = dram_cost(512, 784, model="seed")
    assert cost.bits_in == 25_088
    assert cost.bits_out == 16_384
    assert cost.bits_weights == 12_845_056
    assert f"{100 * cost.transfer_reduction:.2f}" == "99.68"
    assert cost.energy.total.central == approx(14.9e6, 0.005)
    # His drawing has a picojoule per bit of the result instead.
    assert cost.energy.compute.low == 16_384
    assert cost.latency.total == Interval.exactly(512 * 30)


@pytest.mark.parametrize(
    ("n_neurons", "n_containers", "microjoules", "microseconds"),
    [
        (512, 196, 4.34, 15.4),
        (512, 784, 14.9, 15.4),
        (2048, 196, 16.4, 61.4),
        (2048, 784, 55.9, 61.4),
    ],
)
def test_seed_energies(n_neurons, n_containers, microjoules, microseconds):
    cost = dram_cost(n_neurons, n_containers, model="seed")
    assert cost.energy.total.high == approx(1e6 * microjoules, 0.005)
    assert cost.latency.total.high == approx(1e3 * microseconds, 0.005)


def test_rank_energies_of_open_simulators():
    assert DDR4.act_pre_pj == approx(3450.1, 0.001)
    assert DDR4.aap_pj == approx(5003.9, 0.001)
    assert DDR4.read_pj == approx(2932.2, 0.001)
    assert DDR4.write_pj == approx(2549.8, 0.001)


# Ambit, Table 3: nJ/KB of the DDR3 baseline, and how many times less Ambit takes; by
# Figure 8, the number of commands.
AMBIT_TABLE = {
    "not": (93.7, 59.5, 2),
    "and, or": (137.9, 43.9, 4),
    "nand, nor": (137.9, 35.1, 5),
    "xor, xnor": (137.9, 25.1, 7),
}


@pytest.mark.parametrize("operation", AMBIT_TABLE)
def test_ambit_energies(operation):
    baseline, ratio, n_commands = AMBIT_TABLE[operation]
    assert n_commands * AMBIT_NJ_PER_KB == approx(baseline / ratio, 0.01)


def test_the_program_of_a_comparison_has_the_price_of_ambits_xnor():
    energy = program_pj(DDR4, neuron_program(1)).central / 1000 / 8
    assert energy == approx(5.5, 0.01)


def test_an_aap_by_its_published_sources():
    energy = program_pj(DDR4, Program((Command("X0", "OUT"),), 0))
    found = [x / 1000 / 8 for x in (energy.low, energy.central, energy.high)]
    assert found == approx([0.63, 0.79, 2.46], 0.01)
    assert energy.low == approx(DDR4.aap_pj, 1e-12)


def test_worked_example():
    cost = dram_cost(2048, 784)
    assert cost.latency.compute.central == approx(329e3, 0.002)
    assert cost.energy.compute.central == approx(42e6, 0.005)
    assert cost.energy.compute.low == approx(33e6, 0.01)
    assert cost.energy.compute.high == approx(130e6, 0.01)
    assert (cost.lanes, cost.occupancy) == (65_536, 1.0)
    assert cost.bits_replicated == cost.bits_weights == 51_380_224
    assert cost.energy.input.low == approx(256e6, 0.002)
    assert cost.latency.input.central == approx(334e3, 0.005)
    naive = dram_cost(2048, 784, decoder="naive")
    assert naive.latency.compute.central == approx(463.3e3, 0.002)


@pytest.mark.parametrize(
    ("n_containers", "energies", "times"),
    [
        (196, (8.4, 10.7, 32.9), (83.5, 117.6)),
        (784, (33.1, 42.1, 130), (329.4, 463.3)),
    ],
)
def test_published_row_sets(n_containers, energies, times):
    program = neuron_program(n_containers)
    interval = program_pj(DDR4, program)
    found = interval.low, interval.central, interval.high
    assert found == approx(tuple(1e6 * x for x in energies), 0.01)
    found = [
        program_ns(DDR4, program, decoder) / 1000 for decoder in ("split", "naive")
    ]
    assert found == approx(list(times), 0.005)


def test_transfers_saved():
    for n_neurons in (512, 2048):
        assert dram_cost(n_neurons, 784, layout="V1").transfer_reduction == 0
    for layout in ("V2", "V3"):
        cost = dram_cost(512, 784, layout=layout)
        assert cost.transfer_reduction == approx(0.99677, 1e-5)
    assert "transfers saved: 0.00 %" in str(dram_cost(512, 784))
    # With the log-odds of ten classes, all of them or those of ones, on both sides.
    cost = dram_cost(512, 784, layout="V3", n_classes=10)
    ends = cost.end_to_end_reduction.low, cost.end_to_end_reduction.high
    assert ends == (approx(0.708, 0.002), approx(0.828, 0.002))
    cost = dram_cost(512, 196, layout="V3", n_classes=10)
    ends = cost.end_to_end_reduction.low, cost.end_to_end_reduction.high
    assert ends == (approx(0.38, 0.02), approx(0.55, 0.02))
    assert dram_cost(512, 784).end_to_end_reduction is None
    # A processor that keeps its weights moves even less.
    assert dram_cost(512, 784, model="cpu").transfer_reduction > 0.99677


@pytest.mark.parametrize(
    ("price", "microjoules"),
    [("seed", 642), ("horowitz", 257), ("gddr5", 180), ("ddr3", 74), ("hbm2", 50)],
)
def test_streamed_weights_by_published_prices(price, microjoules):
    cost = dram_cost(512, 784, model="cpu", layout="streamed", pj_per_bit=price)
    energy = cost.energy.input.central - PJ_PER_BIT[price] * cost.bits_in
    assert energy == approx(1e6 * microjoules, 0.02)


def test_cached_weights():
    cost = dram_cost(512, 784, model="cpu")
    assert cost.energy.compute.central == approx(31e6, 0.02)
    assert cost.latency.compute.central == approx(40e3, 0.06)
    small = dram_cost(8, 16, model="cpu")
    # 16 comparisons and 11 majorities of 16 words at once; 512 bytes are 64 words of 64
    # bits, 10 pJ each out of 8 KB.
    assert small.energy.compute.low == approx(8 * (16 + 11) / 16 * 70 + 64 * 10, 1e-9)


def test_log_odds():
    cost = dram_cost(512, 784, n_classes=10)
    assert cost.bits_target == 5_242_880
    energy = cost.energy.log_odds
    assert energy.low == approx(0.42e6, 0.01)
    assert energy.central == approx(4.1e6 + 81_920 * 70 / 8, 0.01)
    assert energy.high == approx(52.4e6 + 81_920 * 70, 0.01)
    assert dram_cost(512, 784).energy.log_odds == Interval.exactly(0)
    seed = dram_cost(512, 784, model="seed", n_classes=10)
    assert seed.energy.log_odds == Interval.exactly(0)
    assert seed.latency.log_odds == Interval.exactly(300)
    assert any("no energy of the log-odds" in s for s in seed.warnings)


def test_activation_window_caps_the_banks():
    assert max_banks(DDR4, "split") == approx(4.68, 0.001)
    one, four, sixteen = (
        dram_cost(512, 196, layout="V3", banks=n, batch="full") for n in (1, 4, 16)
    )
    ratio = one.latency.compute.central / four.latency.compute.central
    assert ratio == approx(4, 1e-9)
    assert sixteen.n_banks == approx(4.68, 0.001)
    assert any("keep 4.68 banks busy, not 16" in s for s in sixteen.warnings)
    assert not any("banks busy" in s for s in four.warnings)
    assert one.energy.compute == sixteen.energy.compute
    # A single pass has nothing to run beside it.
    assert dram_cost(2048, 784, banks=4).n_banks == 1


def test_batch_lanes_by_the_fact_sheet():
    cost = dram_cost(512, 196, layout="V3", batch="full")
    assert cost.batch == 65_536
    assert cost.energy.compute.central == approx(0.61e6, 0.02)
    assert cost.latency.compute.central / cost.batch == approx(4.8e3, 0.02)
    cost = dram_cost(2048, 784, layout="V2")
    assert cost.latency.compute.central == approx(2.33e6, 0.01)
    assert cost.energy.compute.central == approx(293e6, 0.01)
    assert cost.occupancy == 2048 / 65_536


def test_samples_side_by_side():
    one, four, five = (dram_cost(512, 784, batch=n) for n in (1, 4, 5))
    assert dram_cost(512, 784, batch="full") == four
    assert one.n_commands == four.n_commands
    assert five.n_commands == 2 * four.n_commands
    assert (one.occupancy, four.occupancy, five.occupancy) == (0.25, 1.0, 0.625)
    ratio = one.energy.compute.central / four.energy.compute.central
    assert ratio == approx(4, 1e-9)
    assert dram_cost(4096, 784).n_commands == 2 * dram_cost(2048, 784).n_commands


def test_wider_containers_are_more_lanes():
    narrow, wide = dram_cost(512, 392, 8), dram_cost(512, 49, 64)
    assert narrow.bits_in == wide.bits_in == 3136
    assert wide.bits_out == 8 * narrow.bits_out
    assert wide.occupancy == 8 * narrow.occupancy


@pytest.mark.parametrize("device", DEVICES)
def test_all_devices_and_models_have_ordered_positive_ranges(device):
    for cost in compare_dram_costs(300, 100, n_classes=4, device=device):
        assert cost.device == (
            device if cost.model != "seed" else "DRAM of the document"
        )
        for _, interval in intervals_of(cost):
            assert 0 <= interval.low <= interval.central <= interval.high
        assert cost.energy.total.low > 0
        assert cost.latency.total.low > 0
        assert len(cost.assumptions) >= 5
        if cost.model != "seed":
            assert cost.energy.total.low < cost.energy.total.high
            assert any("Highest" in s or "highest" in s for s in cost.assumptions)


def test_ddr5_leaves_out_the_source_that_would_be_negative():
    assert not DEVICES["DDR5-4800"].is_well_conditioned
    assert DEVICES["DDR5-4800"].act_pre_pj < 0
    cost = dram_cost(512, 784, device="DDR5-4800")
    assert cost.energy.compute.low > 0
    assert any("left out" in sentence for sentence in cost.assumptions)


def test_refresh():
    cost = dram_cost(2048, 784)
    share = 350 / 7800
    busy = sum(
        getattr(cost.latency, stage).central for stage in ("compute", "input", "output")
    )
    assert cost.latency.refresh.central == approx(share * busy, 1e-9)
    assert cost.latency.refresh.low == 0
    assert cost.energy.refresh.high == approx(
        DDR4.refresh_pj * (1 + share) * busy / 7800, 1e-9
    )
    assert cost.energy.refresh.central == approx(cost.energy.refresh.high / 16, 1e-9)
    assert cost.energy.refresh.low < cost.energy.refresh.central


def test_refresh_of_several_banks():
    """Three of sixteen banks at work: their share of the rank's refreshes is paid."""
    cost = dram_cost(512, 196, layout="V3", banks=3)
    busy = cost.latency.compute.central + cost.latency.input.central
    busy += cost.latency.output.central
    time = busy * (1 + 350 / 7800)
    # 8 devices of 1.2 V take 250 mA instead of 43 for 350 ns, every 7,800 ns.
    power = 8 * 1.2 * (250 - 43) * 350 / 7800
    assert cost.energy.refresh.high == approx(power * time, 1e-9)
    assert cost.energy.refresh.central == approx(power * time * 3 / 16, 1e-9)
    # 196 samples' rows, scratch rows and the result, 32 times, of 16 x 65,536 rows.
    share = 32 * cost.rows / (16 * 65_536)
    assert cost.energy.refresh.low == approx(power * busy * share, 1e-9)


def test_refresh_is_paid_per_sample():
    """A batch that takes a time pays its refreshes once, a sample its part of them."""
    for options in ({"layout": "V2"}, {"model": "cpu", "layout": "streamed"}):
        one, ten = (dram_cost(512, 196, batch=n, **options) for n in (1, 10))
        assert ten.latency.input.central == approx(10 * one.latency.input.central, 1e-9)
        for end in ("low", "central", "high"):
            expected = getattr(one.energy.refresh, end)
            assert getattr(ten.energy.refresh, end) == approx(expected, 1e-9)


def test_a_processor_in_figures():
    """Each figure worked out by hand, from the sources and nothing else."""
    cost = dram_cost(16, 9, majority="exact", model="cpu", n_classes=4)
    # 144 comparisons; a full adder for each is two ternary or five plain operations.
    ternary, plain = 144 * 3, 144 * 6
    # 4,608 bits of weights in 64 bit words, 10 pJ each from a cache of 8 KB.
    cached = 72 * 10
    compute = cost.energy.compute
    assert compute.low == approx(70 * ternary / 16 + cached, 1e-9)
    assert compute.central == approx(70 * plain / 8 + cached, 1e-9)
    assert compute.high == approx(70 * plain / 2 + cached, 1e-9)
    assert cost.latency.compute.central == approx(plain / 8 / 4, 1e-9)
    # 512 bits out are 8 words of 64 bits, 20 pJ each into a cache of 32 KB.
    assert cost.energy.output.central == approx(8 * 20, 1e-9)
    # 2,048 log-odds, half of them added, in 1/4 ns per instruction of 16, 8, 1 words.
    times = cost.latency.log_odds
    assert (times.low, times.central, times.high) == (16.0, 64.0, 256.0)


def test_bits_of_the_bus():
    """A read of 64 bytes without its bus, and with the 31 % that are the bus's."""
    cost = dram_cost(512, 196, layout="V3")
    core = 8 * 1.2 * (135 - 43) * 4 * 0.83 / 512
    assert cost.energy.output.low == approx(16_384 * core, 1e-9)
    assert cost.energy.output.central == approx(16_384 * core / 0.69, 1e-9)
    assert cost.energy.output.high == approx(16_384 * 20, 1e-9)


def test_rows_of_a_subarray():
    """Inputs, scratch rows and the result; V1 stages two rows of the next input."""
    for layout, n_staged in (("V1", 2), ("V2", 0), ("V3", 0)):
        program = typical_program(196, "tree", layout == "V1")
        rows = 196 + program.n_scratch_rows + 1 + n_staged
        assert dram_cost(512, 196, layout=layout).rows == rows


def test_times_of_unmodified_chips():
    copy = Program((Command("X0", "B0"),), 0)
    assert program_ns(DDR4, copy, "commodity") == approx(56 * 0.83 + 39, 1e-9)
    majority = Program((Command("B12"),), 0)
    assert program_ns(DDR4, majority, "commodity") == approx(56 * 0.83 + 4.5, 1e-9)


# As the datasheets have them: clock, activation, precharge, tFAW, tRFC, tREFI, burst,
# devices, page, banks, rows, supply, currents.
DATASHEETS = {
    "DDR3-1600": (
        (1.25, 28, 11, 30.0, 260.0, 7800.0, 8, 8, 1024, 8, 65536, 1.35),
        (55, 32, 38, 157, 125, 235),
    ),
    "DDR4-2400": (
        (0.83, 39, 17, 21.58, 350.0, 7800.0, 8, 8, 1024, 16, 65536, 1.2),
        (48, 34, 43, 135, 123, 250),
    ),
    "DDR4-3200": (
        (0.63, 52, 22, 21.42, 350.0, 7800.0, 8, 8, 1024, 16, 65536, 1.2),
        (57, 37, 52, 168, 150, 250),
    ),
    "DDR5-4800": (
        (0.416, 77, 36, 20.0, 295.0, 3900.0, 16, 4, 1024, 32, 65536, 1.1),
        (103, 92, 142, 377, 349, 277),
    ),
    "HBM2": (
        (1.0, 34, 14, 30.0, 260.0, 3900.0, 4, 1, 1024, 16, 32768, 1.2),
        (65, 40, 55, 390, 500, 250),
    ),
}


@pytest.mark.parametrize("name", DEVICES)
def test_devices_are_those_of_the_datasheets(name):
    d = DEVICES[name]
    timings = (d.t_ck, d.n_ras, d.n_rp, d.t_faw, d.t_rfc, d.t_refi, d.burst_length)
    sizes = (d.n_devices, d.page_bytes, d.n_banks, d.n_rows, d.vdd)
    currents = (d.idd0, d.idd2n, d.idd3n, d.idd4r, d.idd4w, d.idd5b)
    assert (*timings, *sizes) == approx(DATASHEETS[name][0], 1e-12)
    assert currents == DATASHEETS[name][1]


# Errors.


@pytest.mark.parametrize(("n", "weight"), [(196, 9), (784, 20.8)])
def test_flips_of_the_tree_by_the_fact_sheet(n, weight):
    assert flip_rate(n, "tree", False, 1e-6) == approx(1e-6 * weight, 0.15)
    assert flip_rate(n, "tree", False, 0.0) == 0.0
    assert flip_rate(1, "tree", False, 0.1) == 0.0


@pytest.mark.parametrize("compares", [True, False])
@pytest.mark.parametrize("error_rate", [0.001, 0.005])
def test_flips_equal_those_of_a_simulation(compares, error_rate):
    n, n_lanes = 100, 2**16
    program = typical_program(n, "tree", compares)
    rng = np.random.default_rng(1)
    subarray = Subarray(n_lanes)
    for kind in "XW" if compares else "X":
        for j in range(n):
            subarray.write(f"{kind}{j}", rng.random(n_lanes) < 0.5)
    subarray.run(program.commands)
    right = subarray.read("OUT")
    faults = [rng.random(n_lanes) < error_rate for _ in range(program.n_majorities)]
    subarray.run(program.commands, faults)
    flipped = np.mean(right != subarray.read("OUT"))
    assert flip_rate(n, "tree", compares, error_rate) == approx(flipped, 0.1)


def test_expected_flips():
    assert dram_cost(512, 784).expected_flips == 0
    cost = dram_cost(512, 784, layout="V3", error_rate=1e-3)
    assert cost.expected_flips == approx(16_384 * 0.021, 0.05)
    commodity = dram_cost(512, 784, layout="V3", decoder="commodity")
    assert commodity.error_rate == 0.01
    assert commodity.expected_flips == approx(16_384 * 0.16, 0.12)
    # Comparing takes three majorities more per container.
    assert dram_cost(512, 784, error_rate=1e-3).expected_flips > 2 * cost.expected_flips


# Limits, each a sentence.


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Rows are filled to 25 %"),
        ({}, "no transfer is saved"),
        ({}, "not the 512"),
        ({"n_containers": 1000}, "rows are needed and a subarray has 1,006"),
        ({"device": replace(DDR4, subarray_rows=512)}, "a subarray has 494"),
        ({"layout": "V3", "batch": 7}, "A batch of 7 uses 7 of 65,536 lanes"),
        ({"layout": "V2"}, "Rows are filled to 0.781 %"),
        ({"layout": "V3", "majority": "exact"}, "takes 4.9 times the tree's commands"),
        ({"decoder": "commodity"}, "off the shelf"),
        ({"model": "seed"}, "analog sum"),
        ({"model": "seed"}, "less than the row cycle"),
    ],
)
def test_limits_warn(options, sentence):
    cost = dram_cost(**{"n_neurons": 512, "n_containers": 784, **options})
    assert any(sentence in warning for warning in cost.warnings), cost.warnings
    assert sentence in " ".join(str(cost).split())


def test_nothing_binds_in_a_full_small_row():
    assert dram_cost(512, 196, layout="V3", batch="full").warnings == ()


def test_commodity_chips_take_longer():
    split, naive, commodity = (
        dram_cost(512, 784, decoder=decoder).latency.compute.central
        for decoder in ("split", "naive", "commodity")
    )
    assert split < naive < commodity
    # A majority of three: three copies of 85 ns and a majority, 310 ns and more.
    load = [Command(f"X{j}", f"B{j}") for j in range(3)]
    time = program_ns(DDR4, Program((*load, Command("B12")), 0), "commodity")
    assert time == approx(310, 0.02)


# Fitted estimators.


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return ThermometerEncoder(feature_range=(0, 16)).fit_transform(X), y


def test_projection(digits):
    projection = RandomMAJ3Projection(128, random_state=0).fit(digits[0])
    assert projection.dram_cost() == dram_cost(128, 16)
    options = {"device": "HBM2", "layout": "V3", "batch": 9}
    assert projection.dram_cost("ambit", n_classes=10, **options) == dram_cost(
        128, 16, n_classes=10, **options
    )
    narrow = RandomMAJ3Projection(128, container_bits=8, majority="exact")
    assert narrow.fit(digits[0]).dram_cost("cpu") == dram_cost(
        128, 64, 8, "exact", model="cpu"
    )
    with pytest.raises(NotFittedError):
        RandomMAJ3Projection().dram_cost()


def test_windows_lower_the_cost(digits):
    whole, windows = (
        RandomMAJ3Projection(512, random_state=0, **options).fit(digits[0])
        for options in ({}, {"receptive_field": (3, 5), "image_shape": (8, 8)})
    )
    fields = windows.receptive_fields_
    sizes = fields[:, 2] * fields[:, 3]
    for model in ("seed", "ambit", "cpu"):
        cost = windows.dram_cost(model)
        assert cost.bits_weights == 32 * sizes.sum()
        assert cost.bits_weights < whole.dram_cost(model).bits_weights
    V3 = windows.dram_cost(layout="V3", batch="full")
    commands = [len(typical_program(int(n), "tree", False)) for n in sizes]
    assert V3.n_commands == 32 * sum(commands)
    assert V3.energy.compute.central < (
        whole.dram_cost(layout="V3", batch="full").energy.compute.central
    )
    # Each size has its own program in V1, each window its own passes in V2.
    V1 = windows.dram_cost()
    assert V1.n_commands == sum(
        len(typical_program(int(n), "tree", True)) for n in np.unique(sizes)
    )
    V2 = windows.dram_cost(layout="V2")
    distinct = np.unique(fields, axis=0)
    commands = [
        len(typical_program(int(h * w), "tree", False)) for *_, h, w in distinct
    ]
    assert V2.n_commands == 32 * sum(commands)
    assert any(f"{len(distinct)} different inputs" in s for s in V2.warnings)


def test_pipeline(digits):
    X, y = load_digits(return_X_y=True)
    model = make_pipeline(
        ThermometerEncoder(feature_range=(0, 16)),
        RandomMAJ3Projection(64, random_state=0),
        OttoScoreClassifier(),
    )
    with pytest.raises(NotFittedError):
        workload_of(model)
    model.fit(X, y)
    assert dram_cost(**workload_of(model)) == dram_cost(64, 16, n_classes=10)
    assert dram_cost(**workload_of(model[:2])).n_classes is None
    with pytest.raises(ValueError, match=r"got 0 in Pipeline"):
        workload_of(make_pipeline(model[0], model[2]))
    with pytest.raises(ValueError, match=r"got 0 in BernoulliNB"):
        workload_of(BernoulliNB().fit(X, y))
    twice = make_pipeline(model[1], RandomMAJ3Projection(8)).fit(digits[0])
    with pytest.raises(ValueError, match=r"got 2 in Pipeline"):
        workload_of(twice)


# Results.


def test_comparison():
    comparison = compare_dram_costs(512, 784, n_classes=10, device="HBM2")
    assert len(comparison) == 6
    assert [cost.batch for cost in comparison] == [1, 1, 1, 8192, 1, 1]
    assert comparison["cpu streamed"].layout == "streamed"
    with pytest.raises(KeyError, match="ambit V1"):
        comparison["ambit V4"]
    lines = str(comparison).splitlines()
    assert len(lines) == 8
    assert all(
        cost.name in line for cost, line in zip(comparison, lines[1:-1], strict=True)
    )
    frame = comparison.to_frame()
    assert len(frame) == 6 * 6
    assert set(frame.batch) == {1, 8192}
    one = compare_dram_costs(512, 784, batch=3)
    assert {cost.batch for cost in one} == {3}
    for name in ("model", "layout"):
        with pytest.raises(ValueError, match=f"{name} cannot be chosen"):
            compare_dram_costs(512, 784, **{name: "V1"})


def test_frame():
    cost = dram_cost(512, 784, n_classes=10)
    frame = cost.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame.stage.tolist() == [
        "compute",
        "input",
        "output",
        "log_odds",
        "refresh",
        "total",
    ]
    total = frame.set_index("stage").loc["total"]
    for end in ("low", "central", "high"):
        parts = frame[f"energy_pj_{end}"][:-1].sum()
        assert total[f"energy_pj_{end}"] == approx(parts, 1e-12)
        assert total[f"energy_pj_{end}"] == getattr(cost.energy.total, end)
        assert total[f"latency_ns_{end}"] == getattr(cost.latency.total, end)


def test_results_are_frozen_and_travel():
    cost = dram_cost(512, 784)
    for thing, field in (
        (cost, "batch"),
        (cost.energy, "compute"),
        (cost.energy.compute, "low"),
        (DDR4, "vdd"),
        (neuron_program(3), "commands"),
        (compare_dram_costs(8, 8), "costs"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, field, 1)
        assert pickle.loads(pickle.dumps(thing)) == thing
    with pytest.raises(TypeError):
        DEVICES["mine"] = DDR4
    with pytest.raises(TypeError):
        PJ_PER_BIT["mine"] = 1.0


def test_in_words():
    text = str(dram_cost(2048, 784, n_classes=10, error_rate=0.001))
    for piece in (
        "ambit V1, 2,048 neurons on 784 containers of 32 bits, DDR4-2400",
        "51,380,224 replicated",
        "4,716 AAP, 1,960 AP",
        "compute  42 µJ (33 to 129)",
        "0.787 nJ per KB",
        "log-odds",
        "wrong bits per sample",
    ):
        assert piece in text
    assert max(map(len, text.splitlines())) < 110


def test_intervals():
    a, b = Interval(1, 2, 3), Interval(0, 0, 10)
    assert a + b == Interval(1, 2, 13)
    assert 2 * a == a * 2 == Interval(2, 4, 6)
    for wrong in ((2, 1, 3), (1, 3, 2), (float("nan"), 1, 2)):
        with pytest.raises(ValueError, match="low <= central <= high"):
            Interval(*wrong)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_neurons": 0}, "n_neurons must be a whole number of 1 or more, got 0"),
        ({"n_neurons": True}, "n_neurons must be a whole number"),
        ({"n_containers": 2.5}, "n_containers must be a whole number"),
        ({"container_bits": 24}, "container_bits must be one of"),
        ({"majority": "most"}, "majority must be one of"),
        ({"n_classes": 1}, "n_classes must be a whole number of 2 or more"),
        ({"model": "gpu"}, "model must be one of"),
        ({"device": "DDR6"}, "device must be a DRAMDevice or one of"),
        ({"device": ["HBM2"]}, "device must be a DRAMDevice or one of"),
        ({"layout": "V4"}, "layout of the model 'ambit' must be one of"),
        ({"layout": "cached"}, "layout of the model 'ambit' must be one of"),
        ({"model": "cpu", "layout": "V1"}, "layout of the model 'cpu' must be one of"),
        ({"model": "seed", "layout": "V1"}, "layout of the model 'seed'"),
        ({"batch": -1}, "batch must be a whole number of 1 or more, got -1"),
        ({"batch": 0}, "batch must be a whole number"),
        ({"batch": "all"}, "batch must be a whole number"),
        ({"banks": 0}, r"banks must be a whole number 1\.\.16"),
        ({"banks": 17}, r"banks must be a whole number 1\.\.16"),
        ({"decoder": "fast"}, "decoder must be one of"),
        ({"decoder": ["split"]}, "decoder must be one of"),
        ({"model": {}}, "model must be one of"),
        ({"majority": None}, "majority must be one of"),
        ({"n_neurons": np.array([1, 2])}, "n_neurons must be a whole number"),
        ({"container_bits": np.array([8, 16])}, "container_bits must be one of"),
        ({"batch": np.array([1, 2])}, "batch must be a whole number"),
        ({"banks": "2"}, "banks must be a whole number"),
        ({"pj_per_bit": [1.0]}, "pj_per_bit must be a number"),
        ({"error_rate": "0.1"}, "error_rate must be a number"),
        ({"windows": "all"}, "whole numbers of shape"),
        ({"windows": [[0, 0, 1, 1], [0]]}, "windows must be whole numbers of shape"),
        ({"windows": [[0, 0, 2**62, 4]] * 2}, "Windows must hold 1 to 5"),
        ({"windows": [[0, 0, -1, -3]] * 2}, "Windows must hold 1 to 5"),
        ({"pj_per_bit": "cheap"}, "pj_per_bit must be one of"),
        ({"pj_per_bit": -1}, "pj_per_bit must be a number from 0"),
        ({"error_rate": 0.6}, r"error_rate must be a number from 0 to 0\.5"),
        ({"error_rate": float("nan")}, "error_rate must be a number"),
        ({"windows": [[0, 0, 1, 1]]}, r"shape \(2, 4\)"),
        ({"windows": np.zeros((2, 4))}, r"whole numbers of shape"),
        ({"windows": [[0, 0, 1, 1], [0, 0, 2, 3]]}, "1 to 5 containers, got 1 to 6"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        dram_cost(**{"n_neurons": 2, "n_containers": 5, **options})

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What bounds each kernel: instructions, measured rate and the limits of the machine.

    python -m asv_bench.limits              # what has not been measured, on Linux
    python -m asv_bench.limits --again      # all kernels, a quarter of an hour
    python -m asv_bench.limits --render     # the tables, no runs

Kernels are called with the arguments of calls of the estimators on few rows, whose data
fit the caches. The *bits* of a call are those of the arrays that it is given, each
counted once. A kernel is bound by the larger of two times: that of its instructions, at
the most instructions per cycle that any kernel reaches, and that of its bytes from
memory, at the rate of a copy. Figures are kept in ``doc/limits.jsonl``.
"""

import argparse
import copy
import sys
import time
from functools import partial
from pathlib import Path

import numba
import numpy as np

from asv_bench.peers_models import count_differing
from asv_bench.peers_page import make_table
from asv_bench.stepping import count_instructions
from asv_bench.suite import DOC, Row, about, add, entries_of

_N_NEURONS, _N_CONTAINERS, _N_IMAGES = 16, 16, 16
# Numbers of rows, and the most instructions that are counted, which takes a minute for
# some million. Calls of more are tried with the next pair.
_PASSES = (512, 300_000), (64, 300_000), (64, 6_000_000), (512, 6_000_000)
# The costs of a call from Python hide those of shorter ones.
_LEAST = 10_000


@numba.njit(nogil=True)
def chain(n):
    """Multiply and combine in a chain: 4 cycles a turn on processors since 2010."""
    x = np.uint64(1)
    for i in range(n):
        x = (x ^ np.uint64(i)) * np.uint64(2862933555777941757)
    return x


def fastest(call, seconds=0.2):
    """Return the seconds of the fastest of many calls."""
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def empty_with(n_arguments):
    """Return a kernel that takes so many arguments and does nothing."""
    names = ", ".join(f"a{i}" for i in range(n_arguments))
    scope = {"__name__": __name__}
    exec(f"def empty({names}):\n    pass", scope)
    return numba.njit(nogil=True)(scope["empty"])


def net(kernel, arguments, most=_PASSES[0][1]):
    """Return instructions and seconds of a call, less those of an empty kernel.

    Both are None if the call takes more than ``most`` instructions.
    """
    found = []
    for function in (kernel, empty_with(len(arguments))):
        function(*copied(arguments))
        count = count_instructions(partial(function, *copied(arguments)), most)
        if count is None:
            return None, None
        # Calls may use up their arguments.
        seconds = min(
            fastest(partial(function, *copied(arguments)), 0) for _ in range(200)
        )
        found.append((count, seconds))
    (count, seconds), (empty_count, empty_seconds) = found
    return count - empty_count, max(seconds - empty_seconds, 1e-9)


def copied(arguments):
    """Return copies; scratch memory, whose arrays may be views of each other, as is."""
    scratch = {id(a): a for a in arguments if type(a).__name__ == "Scratch"}
    return copy.deepcopy(arguments, scratch)


def n_bits(arguments):
    """Return the bits of all arrays, each counted once."""
    found = {}

    def collect(one):
        if isinstance(one, np.ndarray):
            found[one.__array_interface__["data"][0]] = 8 * one.nbytes
        elif isinstance(one, tuple):
            for part in one:
                collect(part)

    collect(arguments)
    return sum(found.values())


def measure_machine():
    """Return the clock, the rate of a copy and that of comparing bits in the cache."""
    chain(10)
    n = 1_000_000
    clock = 4 * n / fastest(partial(chain, n))
    source, target = np.ones(2**25), np.zeros(2**25)
    copy_rate = 2 * source.nbytes / fastest(partial(np.copyto, target, source), 2)
    rng = np.random.default_rng(0)
    words = rng.integers(0, 2**63, (16, 128), dtype=np.uint64)
    out = np.empty((16, 16), dtype=np.uint16)
    count_differing(words, words, out)
    instructions, seconds = net(count_differing, (words, words, out))
    compared = 64 * words.size * len(words)
    return {
        "clock_ghz": round(clock / 1e9, 2),
        "copy_gb_per_s": round(copy_rate / 1e9, 2),
        "compared_gbit_per_s": round(compared / seconds / 1e9, 1),
        "compared_instructions_per_bit": round(instructions / compared, 5),
        "compared_instructions_per_cycle": round(instructions / seconds / clock, 2),
    }


def benchmarks():
    """Return the modules of benchmarks of kernels and of their data."""
    # First, because another package may be named like this folder.
    sys.path.insert(0, str(Path(__file__).parent))
    from benchmarks import common, kernels

    return kernels, common


def recorded_calls(n_rows, done):
    """Yield names of kernels, the kernels, and arguments of calls on few rows.

    Kernels that are done are left out.
    """
    kernels, common = benchmarks()
    kernels.N_ROWS = n_rows
    kernels.N_NEURONS = _N_NEURONS
    kernels.N_CONTAINERS = _N_CONTAINERS
    kernels.images = lambda n_rows, *dtype: common.images(_N_IMAGES, *dtype)
    for family, calls in kernels.CALLS.items():
        names = [
            name
            for name, of in kernels.KERNELS.items()
            if of == family and name not in done
        ]
        for name, arguments in sorted(kernels.record(names, calls).items()):
            module_name, _, attribute = name.rpartition(".")
            yield name, getattr(sys.modules[module_name], attribute), arguments


def title_of(name):
    """Return the name of a kernel in the tables."""
    return name.removeprefix("skbit.").replace("._kernels", "")


def measure_kernels(known):
    """Yield an entry of each kernel whose name is not known."""
    done = {name for name in benchmarks()[0].KERNELS if title_of(name) in known}
    for n_rows, most in _PASSES:
        for name, kernel, arguments in recorded_calls(n_rows, done):
            instructions, seconds = net(kernel, arguments, most)
            # Calls that do nothing are tried with the next pair, too.
            if instructions is None or instructions <= 0:
                continue
            done.add(name)
            yield {
                "name": title_of(name),
                "bits": n_bits(arguments),
                "instructions": instructions,
                "seconds": float(f"{seconds:.4g}"),
            }


def bounds(entry, machine, most_per_cycle):
    """Return the shares of a call's time that its two limits are."""
    clock = machine["clock_ghz"] * 1e9
    core = entry["instructions"] / (most_per_cycle * clock)
    memory = entry["bits"] / 8 / (machine["copy_gb_per_s"] * 1e9)
    return core / entry["seconds"], memory / entry["seconds"]


def per_cycle(entry, machine):
    return entry["instructions"] / entry["seconds"] / machine["clock_ghz"] / 1e9


def write_page(entries, doc):
    """Write the tables of the machine and of the kernels."""
    machine = entries[0]
    rows = [
        ["clock", f"{machine['clock_ghz']:.2f} GHz"],
        ["copy from memory to memory", f"{machine['copy_gb_per_s']:.1f} GB/s"],
        [
            "XOR and population count in the cache",
            f"{machine['compared_gbit_per_s']:,.0f} Gbit/s",
        ],
        [
            "its instructions per bit",
            f"{machine['compared_instructions_per_bit']:.4f}",
        ],
        [
            "its instructions per cycle",
            f"{machine['compared_instructions_per_cycle']:.2f}",
        ],
    ]
    text = make_table([machine["machine"], machine["date"]], rows)
    (doc / "limits_machine.inc").write_text(text, encoding="utf8")
    kernels = [e for e in entries[1:] if e["instructions"] >= _LEAST]
    most = max(per_cycle(entry, machine) for entry in kernels)
    rows = []
    for entry in sorted(kernels, key=lambda e: e["name"]):
        core, memory = bounds(entry, machine, most)
        rows.append(
            [
                f"``{entry['name']}``",
                f"{entry['instructions'] / entry['bits']:.3f}",
                f"{entry['bits'] / entry['seconds'] / 1e9:,.1f} Gbit/s",
                f"{per_cycle(entry, machine):.2f}",
                "memory" if memory > core else "instructions",
                f"{100 * max(core, memory):.0f} %",
            ]
        )
    header = ["kernel", "instructions per bit", "rate", "instructions per cycle"]
    header += ["bound by", "of the limit"]
    (doc / "limits.inc").write_text(make_table(header, rows), encoding="utf8")
    short = sorted(f"``{e['name']}``" for e in entries[1:] if e not in kernels)
    (doc / "limits_short.inc").write_text(", ".join(short) + "\n", encoding="utf8")


def measure_missing(record):
    """Yield the entries that the record lacks: the machine's first, then kernels'."""
    known = {entry["name"] for entry in entries_of(record)}
    if not known:
        yield {"name": "machine"} | measure_machine() | about(Row("skbit", None))
    yield from measure_kernels(known)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m asv_bench.limits")
    parser.add_argument("--again", action="store_true", help="measure anew")
    parser.add_argument("--render", action="store_true", help="measure nothing")
    parser.add_argument("--doc", type=Path, default=DOC, help="folder of records")
    options = parser.parse_args(arguments)
    record = options.doc / "limits.jsonl"
    if options.again:
        record.unlink(missing_ok=True)
    if not options.render:
        for entry in measure_missing(record):
            add(record, entry)
    write_page(entries_of(record), options.doc)


if __name__ == "__main__":
    main()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy, cells and clock cycles of models in Verilog.

``python -m asv_bench.verilog`` fits models, writes them as Verilog, compares a
simulation by Icarus Verilog with Python, and maps them by Yosys to the cells of a
Xilinx FPGA of the 7 series. It writes ``doc/verilog.jsonl``. MNIST is read from the
folder of ``SKBIT_DATA_HOME``.
"""

import re
import subprocess
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from asv_bench.suite import DOC, write_anew
from skbit import OttoScoreClassifier, PixelEncoder, ThermometerEncoder
from skbit.codegen import to_verilog
from skbit.datasets import fetch_mnist
from skbit.pipeline import image_pipeline

# A distributed RAM of 64 words takes as many LUTs.
_LUTS_OF_RAM = {"RAM32M": 4, "RAM64M": 4, "RAM64X1D": 2, "RAM32X1D": 2}


def tuned(weight_bits):
    return OttoScoreClassifier(max_iter=21, weight_bits=weight_bits, random_state=0)


def digits():
    """Return rows to learn from and to test on, and their classes."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X.astype(np.uint8), y, test_size=0.25, stratify=y, random_state=0
    )
    return X_train, y_train, X_test, y_test


def mnist():
    """Return the official parts of MNIST."""
    parts = fetch_mnist("train", return_X_y=True), fetch_mnist("test", return_X_y=True)
    (X_train, y_train), (X_test, y_test) = parts
    return X_train.astype(np.uint8), y_train, X_test.astype(np.uint8), y_test


# By name: the data, the model, and the number of rows that are simulated.
MODELS = {
    "digits, thermometer, 2 bits": (
        digits,
        make_pipeline(ThermometerEncoder(feature_range=(0, 16)), tuned(2)),
        450,
    ),
    "digits, pixels and edges, 3 bits": (
        digits,
        make_pipeline(
            PixelEncoder((4, 8, 12), min_rise=2, image_shape=(8, 8)), tuned(3)
        ),
        450,
    ),
    "digits, image_pipeline, tiny": (
        digits,
        image_pipeline((8, 8), "tiny", random_state=0),
        100,
    ),
    "MNIST, image_pipeline, tiny": (
        mnist,
        image_pipeline((28, 28), "tiny", random_state=0),
        20,
    ),
}


def cells(folder):
    """Return LUTs, registers and block RAMs of 18 kbit of ``model.v``."""
    script = "read_verilog model.v; synth_xilinx -flatten -top model; tee -o cells stat"
    subprocess.run(
        ["yosys", "-q", "-p", script], cwd=folder, check=True, capture_output=True
    )
    found = re.findall(
        r"^ +(\w+) +(\d+)$", (folder / "cells").read_text(), re.MULTILINE
    )
    counts = Counter({name: int(count) for name, count in found})
    luts = sum(counts[f"LUT{n}"] for n in range(1, 7))
    luts += sum(n * counts[name] for name, n in _LUTS_OF_RAM.items())
    registers = sum(n for name, n in counts.items() if re.match("FD[RSCP]E", name))
    return luts, registers, counts["RAMB18E1"] + 2 * counts["RAMB36E1"]


def simulate(source, X, folder):
    """Return how many scores and labels differ, and the cycles of a row."""
    (folder / "test.v").write_text(source.test_bench(X), encoding="ascii")
    command = ["iverilog", "-g2005", "-o", "run", "model.v", "test.v"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(
        ["vvp", "run"], cwd=folder, capture_output=True, text=True, check=True
    )
    return map(int, re.search(r"(\d+) differ, (\d+) cycles", done.stdout).groups())


def entries():
    """Yield the entries of the record."""
    for name, (data, model, n_rows) in MODELS.items():
        X_train, y_train, X_test, y_test = data()
        accuracy = model.fit(X_train, y_train).score(X_test, y_test)
        source = to_verilog(model)
        with TemporaryDirectory() as path:
            folder = Path(path)
            (folder / "model.v").write_text(source.text, encoding="ascii")
            n_wrong, cycles = simulate(source, X_test[:n_rows], folder)
            luts, registers, rams = cells(folder)
        yield {
            "name": name,
            "accuracy": accuracy,
            "luts": luts,
            "registers": registers,
            "block_rams": rams,
            "cycles": cycles,
            "rows": n_rows,
            "differ": n_wrong,
        }


if __name__ == "__main__":
    write_anew(DOC / "verilog.jsonl", entries())

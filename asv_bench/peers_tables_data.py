# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Twelve tables of UCI and KEEL, read from the folder of ``SKBIT_DATA_HOME``.

Columns of numbers are float64, and all others strings. Missing values are NaN.
"""

import gzip
import os
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd


class Table(NamedTuple):
    """Where a table is.

    Attributes
    ----------
    file : str
        Name without ``.gz``. Of an ARFF file only the lines after ``@data`` are read.
    target : int
        Column of the class.
    drop : tuple of int
        Columns that number the rows.
    """

    file: str
    target: int = -1
    drop: tuple = ()


TABLES = {
    "adult": Table("adult-train.csv"),
    "german": Table("german.csv"),
    "horse-colic": Table("horse-colic.csv", target=23),
    "glass": Table("glass.csv"),
    "phoneme": Table("phoneme.csv"),
    "oil-spill": Table("oil-spill.csv", drop=(0,)),
    "wine": Table("winequality-white.csv"),
    "magic": Table("magic04.data"),
    "satimage": Table("satimage.csv"),
    "vowel": Table("vowel.arff"),
    "credit": Table("credit.a.arff"),
    "waveform": Table("waveform5000.arff"),
}


def load_table(name):
    """Return a frame of features and an array of classes from 0 on."""
    table = TABLES[name]
    path = Path(os.environ["SKBIT_DATA_HOME"]) / "tabular" / f"{table.file}.gz"
    with gzip.open(path, "rt", encoding="utf8") as file:
        text = file.read()
    if table.file.endswith(".arff"):
        text = text[text.lower().index("@data") + len("@data") :]
    frame = pd.read_csv(
        StringIO(text), header=None, na_values="?", skipinitialspace=True, comment="%"
    )
    target = frame.columns[table.target]
    _, y = np.unique(frame[target].astype(str), return_inverse=True)
    X = frame.drop(columns=[target, *table.drop])
    numbers = X.select_dtypes("number").columns
    X = X.astype(dict.fromkeys(numbers, "float64"))
    return X.set_axis([f"c{column}" for column in X], axis=1), y


def smoke_table(seed=0, n=240):
    """Return a small table of two numbers, one of them missing at times, and a word."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    number = y + rng.normal(scale=0.2, size=n)
    number[::17] = np.nan
    word = np.array(["low", "mid", "high"])[y]
    word[::13] = "none"
    return pd.DataFrame({"a": rng.normal(size=n), "b": number, "c": word}), y

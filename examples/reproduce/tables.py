# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables: those of ``SKBIT_DATA_HOME``, those of scikit-learn, and tasks of novelty."""

import gzip
import os
from functools import cache
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

# Files, the column of the class if it is not the last, and columns that number rows.
FILES = {
    "german": ("german.csv", -1, ()),
    "horse-colic": ("horse-colic.csv", 23, (2,)),
    "glass": ("glass.csv", -1, ()),
    "phoneme": ("phoneme.csv", -1, ()),
    "oil-spill": ("oil-spill.csv", -1, (0,)),
    "wine quality": ("winequality-white.csv", -1, ()),
    "magic": ("magic04.data", -1, ()),
    "satimage": ("satimage.csv", -1, ()),
    "vowel": ("vowel.arff", -1, (0, 1)),
    "credit": ("credit.a.arff", -1, ()),
    "waveform": ("waveform5000.arff", -1, ()),
    "adult": ("adult-train.csv", -1, ()),
}
SHIPPED = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
}
# Three sets of the ADBench collection.
OF_ADBENCH = {
    "annthyroid": "2_annthyroid",
    "shuttle": "32_shuttle",
    "cardio": "6_cardio",
}

# Classes that are novel, by set: each of the first kind in turn beside all other
# classes, all of the second kind together.
HELD_OUT = {
    "glass": "3567",
    "vowel": ("hid", "had", "hod", "hud"),
    "satimage": "123456",
    "waveform": "012",
    "digits": "048",
    "iris": "012",
    "wine": "012",
}
RARE = {
    "magic": ("h", "g"),
    "phoneme": ("1", "0"),
    "oil-spill": ("1",),
    "wine quality": ("34", "89"),
    "breast cancer": ("0",),
    "german": ("2",),
    "adult": ((">50K",),),
}


@cache
def table(name):
    """Return a frame of features and an array of classes, as text."""
    if name in SHIPPED:
        X, y = SHIPPED[name](return_X_y=True, as_frame=True)
        return X, y.to_numpy().astype(str)
    file, target, numbering = FILES[name]
    path = _folder() / "tabular" / f"{file}.gz"
    with gzip.open(path, "rt", encoding="utf8") as opened:
        text = opened.read()
    if file.endswith(".arff"):
        text = text[text.lower().index("@data") + len("@data") :]
    frame = pd.read_csv(
        StringIO(text), header=None, na_values="?", skipinitialspace=True, comment="%"
    )
    target = frame.columns[target]
    X = frame.drop(columns=[target, *numbering])
    return X.rename(columns=str), frame[target].to_numpy().astype(str)


def _folder():
    return Path(os.environ["SKBIT_DATA_HOME"])


def novelty_tasks():
    """Yield the name of a set, normal rows and novel rows."""
    for kinds in (HELD_OUT, RARE):
        for name, groups in kinds.items():
            X, y = table(name)
            X = X.select_dtypes("number").to_numpy(np.float64)
            for group in groups:
                classes = [group] if name in HELD_OUT else list(group)
                is_novel = np.isin(y, classes)
                yield name, X[~is_novel], X[is_novel]


def of_adbench(name):
    """Return the normal and the novel rows of a set of ADBench."""
    path = _folder() / "novelty" / f"{OF_ADBENCH[name]}.npz"
    # The files of the collection hold plain arrays.
    with np.load(path) as file:
        X, y = file["X"].astype(np.float64), file["y"]
    return X[y == 0], X[y == 1]


def split(normal, novel, seed, n_rows=None):
    """Return half of the normal rows, all other rows, and which of these are novel.

    With ``n_rows``, there are at most so many rows in each half, and a fifth as many
    novel ones.
    """
    rng = np.random.default_rng(seed)
    normal, novel = rng.permutation(normal), rng.permutation(novel)
    half = len(normal) // 2
    train, rest = normal[:half][:n_rows], normal[half:][:n_rows]
    if n_rows is not None:
        novel = novel[: max(5, len(rest) // 5)]
    is_novel = np.arange(len(rest) + len(novel)) >= len(rest)
    return train, np.concatenate([rest, novel]), is_novel

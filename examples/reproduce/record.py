# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The record of measurements: a file with one line of JSON for each."""

import ast
import datetime
import hashlib
import inspect
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np

import skbit
from examples.reproduce.claims import CLAIMS
from examples.reproduce.figures import Figure


def read(path):
    """Return the lines by name; none if there is no file."""
    if not path.exists():
        return {}
    lines = map(json.loads, path.read_text(encoding="utf8").splitlines())
    return {line["name"]: line for line in lines}


def write(path, lines):
    """Write all lines at once, so that breaking off leaves the old file or the new."""
    text = "".join(
        json.dumps(line, ensure_ascii=False) + "\n" for line in lines.values()
    )
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf8")
    os.replace(unfinished, path)


def figures_of(line):
    """Return the figures of a line."""
    return [Figure(**figure) for figure in line["figures"]]


def figures_about(claim, lines):
    """Return the figures of all lines that are about a claim."""
    its_lines = (lines[name] for name in claim.measured_by)
    return claim.choose(figure for line in its_lines for figure in figures_of(line))


def judged(claim, lines):
    """Return the seconds that a claim took, its verdict and the reason, as text."""
    seconds = sum(lines[name]["seconds"] for name in claim.measured_by)
    return f"{seconds:.1f}", *claim.judge(figures_about(claim, lines))


def make_line(name, code, quick, figures, seconds):
    """Return what is kept of a measurement."""
    return {
        "name": name,
        "claims": [claim.id for claim in CLAIMS if name in claim.measured_by],
        "quick": quick,
        "code": code,
        "date": datetime.date.today().isoformat(),
        "seconds": round(seconds, 1),
        "machine": machine(),
        "figures": [plain(asdict(figure)) for figure in figures],
    }


def is_current(line, code, quick):
    """Tell whether a line is of the same code, version and size of data."""
    return (
        line is not None
        and line["quick"] == quick
        and line["code"] == code
        and line["machine"]["skbit"] == skbit.__version__
    )


def plain(value):
    """Turn numpy's numbers and sequences of any kind to what JSON knows."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list | range | np.ndarray):
        return [plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    # Beyond six digits there is nothing to see.
    return float(f"{value:.6g}") if isinstance(value, float) else value


def code_of(function):
    """Return a digest of the module of a measurement and of what it imports here.

    Comments and layout do not count.
    """
    digest = hashlib.sha256()
    waiting, seen = [inspect.getmodule(function).__name__], set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        tree = ast.parse(Path(sys.modules[module].__file__).read_text(encoding="utf8"))
        digest.update(ast.dump(tree).encode())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
                waiting += [
                    name
                    for name in names
                    if name.startswith("examples.reproduce.") and name in sys.modules
                ]
    return digest.hexdigest()[:12]


def machine():
    """Return what figures may depend on beside the code."""
    return {
        "cpu": cpu_model(),
        "cores": joblib.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "scikit-learn")},
        "skbit": skbit.__version__,
    }


def cpu_model():
    """Return the processor's name as far as the system tells it."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Machine code on disk: right after an upgrade, and whatever happens to the files."""

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import skbit

ROOT = Path(skbit.__file__).parents[1]

# Prints a digest of what an estimator learns, and how many kernels were compiled.
PROGRAM = """
import hashlib, logging
import numpy as np
compiled = []
logger = logging.getLogger("skbit")
handler = logging.Handler()
handler.emit = lambda record: compiled.append(record.getMessage())
logger.addHandler(handler)
logger.setLevel(logging.INFO)
import skbit
X = (np.arange(40 * 64).reshape(40, 64) % 7 < 3).astype(np.uint8)
X[::3] ^= 1
model = skbit.OttoScoreClassifier(max_iter=2, random_state=0)
coef = model.fit(X, np.arange(40) % 2).coef_
print(hashlib.sha256(coef.tobytes()).hexdigest(), len(compiled))
"""


def start(package=ROOT, code=PROGRAM, **environment):
    known = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NUMBA_", "SKBIT_"))
    }
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=os.sep,
        env={**known, "PYTHONPATH": str(package), **environment},
    )


def finish(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    result, n_compiled = out.split()
    return result, int(n_compiled), err


def run(*args, **environment):
    return finish(start(*args, **environment))


@pytest.fixture(scope="module")
def cold():
    """The result without a cache, of code compiled anew."""
    result, n_compiled, err = run(SKBIT_NUMBA_CACHE="0")
    assert n_compiled > 5
    assert not err
    return result, n_compiled


@pytest.fixture
def cache(tmp_path):
    return {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}


def files(cache):
    return sorted(Path(cache["NUMBA_CACHE_DIR"]).rglob("*.nbc"))


def copy_package(folder):
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "skbit", folder / "skbit", ignore=without)


def change_callee(folder):
    """Change a kernel that kernels of other files call."""
    path = folder / "skbit" / "_numba" / "rows.py"
    before = path.read_text(encoding="utf8")
    after = before.replace("masks[j] = -np.int32(", "masks[j] = np.int32(")
    assert before != after
    path.write_text(after, encoding="utf8")


def test_later_processes_compile_nothing(cold, cache):
    assert run(**cache) == (*cold, "")
    assert run(**cache) == (cold[0], 0, "")


def test_an_upgrade_of_a_callee_in_another_file(cold, tmp_path):
    copy_package(tmp_path)
    assert run(tmp_path)[:2] == cold
    assert run(tmp_path)[:2] == (cold[0], 0)
    kept = {path.name for path in tmp_path.rglob("*.nbc")}
    change_callee(tmp_path)
    result, n_compiled, _ = run(tmp_path)
    assert n_compiled == cold[1]
    assert result != cold[0]
    assert result == run(tmp_path, SKBIT_NUMBA_CACHE="0")[0]
    # What the earlier version kept is gone.
    assert not kept & {path.name for path in tmp_path.rglob("*.nbc")}


@pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None or not (ROOT / "README.md").exists(),
    reason="needs hatchling and a checkout",
)
def test_two_wheels_installed_over_each_other(cold, tmp_path):
    source, target = tmp_path / "source", tmp_path / "venv"
    source.mkdir()
    copy_package(source)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    venv.create(target, with_pip=False)
    (site,) = target.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "--quiet", "--no-input"]
    results = []
    for version in ("old", "new"):
        wheels = tmp_path / version
        build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index"]
        subprocess.run([*install, *build, "-w", wheels, source], check=True)
        (wheel,) = wheels.glob("*.whl")
        into = ["--python", str(target), "install", "--no-deps", "--no-index"]
        subprocess.run([*install, *into, "--force-reinstall", wheel], check=True)
        results.append(run(site)[0])
        assert run(site)[:2] == (results[-1], 0)
        if version == "old":
            change_callee(source)
    assert results[0] == cold[0]
    assert results[1] == run(site, SKBIT_NUMBA_CACHE="0")[0] != results[0]


def test_damaged_files_are_compiled_anew(cold, cache):
    run(**cache)
    for i, path in enumerate(files(cache)):
        content = bytearray(path.read_bytes())
        half = len(content) // 2
        flipped = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        damaged = b"", content[:half], flipped, os.urandom(1000)
        path.write_bytes(damaged[i % 4])
    assert i >= 4
    assert run(**cache) == (*cold, "")
    assert run(**cache) == (cold[0], 0, "")


def test_processes_that_race_on_a_cold_cache(cold, cache):
    # One kernel is called with a row that can be written by some, and not by others.
    call = """
from skbit._numba.rows import mask_ones
row = np.arange(3, dtype=np.uint32)
row.flags.writeable = False
mask_ones(row, np.empty(96, dtype=np.int32))
"""
    read_only = PROGRAM.replace("import skbit\n", "import skbit" + call)
    writable = read_only.replace("False", "True")
    processes = [start(ROOT, code, **cache) for code in (read_only, writable) * 2]
    assert {finish(process)[0] for process in processes} == {cold[0]}
    assert run(ROOT, read_only, **cache) == (cold[0], 0, "")
    assert run(ROOT, writable, **cache) == (cold[0], 0, "")
    assert not list(Path(cache["NUMBA_CACHE_DIR"]).rglob("skbit-unfinished-*"))


def test_settings_do_not_share_code(cold, cache):
    n_compiled = run(**cache)[1]
    n_files = len(files(cache))
    for setting in (
        {"NUMBA_BOUNDSCHECK": "1"},
        {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
    ):
        assert run(**cache, **setting)[:2] == (cold[0], n_compiled)
        assert run(**cache, **setting)[:2] == (cold[0], 0)
    assert len(files(cache)) == 3 * n_files


def test_a_folder_that_stops_being_writable(cold, cache, tmp_path):
    # Its place is taken by a file, since nothing is read-only to the superuser.
    code = (
        "import shutil, pathlib\n"
        "from skbit.naive_bayes._kernels import count, score, tune\n"
        "from skbit.random_projection._kernels import project\n"
        f"folder = pathlib.Path({cache['NUMBA_CACHE_DIR']!r})\n"
        "shutil.rmtree(folder)\n"
        "folder.write_text('')\n"
    )
    result, n_compiled, err = run(ROOT, code + PROGRAM, **cache)
    assert (result, n_compiled) == cold
    assert err.count("RuntimeWarning: The compiled kernels of skbit cannot be") == 1


def test_no_folder_is_writable(cold, tmp_path):
    copy_package(tmp_path)
    for folder in [tmp_path / "skbit" / "_numba", *tmp_path.glob("skbit/*/_kernels")]:
        (folder / "__pycache__").write_text("")
    (tmp_path / "home").write_text("")
    nowhere = {
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    result, n_compiled, err = run(tmp_path, **nowhere)
    assert (result, n_compiled) == cold
    assert err.count("RuntimeWarning") == 1
    assert "every process compiles" in err
    assert "Set NUMBA_CACHE_DIR" in err
    assert run(tmp_path, **nowhere, SKBIT_NUMBA_CACHE="0") == (*cold, "")


def test_a_zipped_package(cold, tmp_path):
    archive = tmp_path / "skbit.zip"
    with zipfile.ZipFile(archive, "w") as content:
        for path in (ROOT / "skbit").rglob("*.py"):
            content.write(path, path.relative_to(ROOT))
    cache = {"XDG_CACHE_HOME": str(tmp_path)}
    assert run(archive, **cache)[:2] == cold
    assert run(archive, **cache)[:2] == (cold[0], 0)

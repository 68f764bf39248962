# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The package as a whole: what imports what, and what is documented."""

import ast
import graphlib
import importlib
import importlib.util
import inspect
import logging
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from numpydoc.validate import validate

import skbit

ROOT = Path(skbit.__file__).parent

# Families: packages with estimators. One may build on others, but not in a circle.
FAMILIES = [path.parent.name for path in ROOT.glob("*/_examples.py")]
# Each module may import those of earlier rows, and of its own folder.
LAYERS = [
    ["skbit._numba"],
    ["skbit.bits"],
    ["skbit._utils"],
    ["skbit._base"],
    ["skbit._classifier"],
    ["skbit._c", "skbit._onnx", "skbit._verilog", "skbit.dram", "skbit.datasets"],
    [f"skbit.{family}" for family in FAMILIES],
    [
        "skbit.inspection",
        "skbit.metrics",
        "skbit.pipeline",
        "skbit.codegen",
        "skbit.state",
        "skbit._compile",
        "skbit._show_versions",
    ],
    ["skbit"],
    ["skbit.onnx", "skbit.distributed"],
    ["skbit._demonstration"],
    ["skbit.__main__"],
]


def modules():
    for info in pkgutil.walk_packages([str(ROOT)], "skbit."):
        yield info.name


def layer_of(module):
    if module == "skbit":
        return LAYERS.index(["skbit"])
    for height, names in enumerate(LAYERS):
        for name in names:
            if name != "skbit" and (module + ".").startswith(name + "."):
                return height
    raise AssertionError(f"{module} has no layer: add it to LAYERS")


def imported_modules(path):
    known = {"skbit", *modules()}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module


def module_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imported_of_skbit(path):
    imported = imported_modules(path)
    return [name for name in imported if name.split(".")[0] == "skbit"]


def part_of(module):
    """Return the package or module that stands directly below skbit."""
    return module.split(".")[1:2]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: p.stem)
def test_imports_go_one_way(path):
    module = module_of(path)
    for imported in imported_of_skbit(path):
        if layer_of(imported) == layer_of(module):
            is_allowed = part_of(imported) == part_of(module) or (
                {*part_of(imported), *part_of(module)} <= set(FAMILIES)
            )
            assert is_allowed, f"{module} imports {imported} of its own layer"
        assert layer_of(imported) <= layer_of(module), f"{module} imports {imported}"


def test_no_imports_in_a_circle():
    paths = sorted(ROOT.rglob("*.py"))
    by_file = {module_of(path): set(imported_of_skbit(path)) for path in paths}
    by_family = {}
    for module, imported in by_file.items():
        (part,) = part_of(module) or ["skbit"]
        if part in FAMILIES:
            others = {name for imports in imported for name in part_of(imports)}
            by_family.setdefault(part, set()).update(others - {part})
    for graph in (by_file, by_family):
        graphlib.TopologicalSorter(graph).prepare()


KERNELS_MAY_IMPORT = {
    "contextlib",
    "functools",
    "hashlib",
    "importlib",
    "llvmlite",
    "logging",
    "numba",
    "numpy",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "skbit",
    "tempfile",
    "time",
    "typing",
    "warnings",
}


def test_kernels_know_nothing_of_scikit_learn():
    for path in [*ROOT.glob("_numba/*.py"), *ROOT.glob("*/_kernels/*.py")]:
        for imported in imported_modules(path):
            assert imported.split(".")[0] in KERNELS_MAY_IMPORT
            # The cache of machine code knows the sources in these folders only.
            if imported.startswith("skbit"):
                assert re.match(r"skbit\.(_numba|\w+\._kernels)\b", imported), path


def test_private_names_of_scikit_learn_are_imported_in_one_place():
    for path in ROOT.rglob("*.py"):
        if path.name == "sklearn.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("sklearn"):
                names = [*node.module.split("."), *(a.name for a in node.names)]
                assert not [name for name in names if name.startswith("_")], path


@pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None
    or not (ROOT.parent / "README.md").exists(),
    reason="needs hatchling and a checkout",
)
def test_wheel_says_that_the_package_is_typed(tmp_path):
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q"]
    command = [sys.executable, "-m", "pip", *build, "-w", tmp_path, ROOT.parent]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert "skbit/py.typed" in zipfile.ZipFile(wheel).namelist()


@pytest.mark.skipif(not (ROOT.parent / "README.md").exists(), reason="needs a checkout")
def test_the_conda_recipe_is_of_this_version():
    folder = ROOT.parent
    recipe = (folder / "conda" / "recipe.yaml").read_text(encoding="utf8")
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf8"))
    (lines,) = re.findall(r"^  run:\n((?:    - .*\n)+)", recipe, re.MULTILINE)
    needed = [line.strip(" -").replace(" ", "") for line in lines.splitlines()]
    assert needed == ["python>=${{python_min}}", *project["project"]["dependencies"]]
    python = project["project"]["requires-python"].removeprefix(">=")
    version = skbit.__version__.partition(".dev")[0]
    for name, value in (("version", version), ("python_min", python)):
        assert f'  {name}: "{value}"\n' in recipe


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    ).stdout


def test_import_is_light():
    heavy = ["numba", "matplotlib", "onnx", "onnxruntime", "dask", "rich"]
    heavy += ["skbit.dram", "sklearn.model_selection", "sklearn.metrics"]
    code = f"import skbit, sys; print([m for m in {heavy} if m in sys.modules])"
    assert run_python(code).strip() == "[]"


def public_objects():
    for name in ["skbit", *modules()]:
        if any(part.startswith("_") for part in name.split(".")):
            continue
        module = importlib.import_module(name)
        for member in getattr(module, "__all__", []):
            if name == "skbit":
                continue
            value = getattr(module, member)
            if not callable(value):
                continue  # A constant; what it is stands beside it.
            yield f"{name}.{member}"
            if inspect.isclass(value):
                for method, function in vars(value).items():
                    if inspect.isfunction(function) and not method.startswith("_"):
                        yield f"{name}.{member}.{method}"


# What numpydoc asks for beyond the habits of scikit-learn: text on the line after the
# quotes, an extended summary, See Also and examples for every function, a description
# in See Also, and results without names.
NOT_ASKED = {"GL01", "ES01", "SA01", "SA04", "EX01", "RT02"}


@pytest.mark.parametrize("name", sorted(set(public_objects())))
def test_docstrings(name):
    result = validate(name)
    errors = [error for error in result["errors"] if error[0] not in NOT_ASKED]
    assert not errors, errors
    assert result["docstring"].strip()


@pytest.mark.parametrize(
    "name",
    [n for n in sorted(set(public_objects())) if n.split(".")[-1] in skbit.__all__],
)
def test_estimators_have_examples_and_attributes(name):
    module, _, estimator = name.rpartition(".")
    docstring = getattr(importlib.import_module(module), estimator).__doc__
    for section in ("Parameters", "Attributes", "See Also", "References", "Examples"):
        assert f"\n    {section}\n    ---" in docstring, section


def test_show_versions(capsys):
    skbit.show_versions()
    printed = capsys.readouterr().out
    assert f"skbit: {metadata.version('skbit')}\n" in printed
    assert f"numba: {metadata.version('numba')}\n" in printed
    for title in ("System", "Packages", "python", "processor", "skl2onnx"):
        assert re.search(rf"^ *{title}:", printed, re.MULTILINE)


def test_demonstration_without_rich(tmp_path):
    # A finder before all others that denies rich.
    code = (
        "import runpy, sys, importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *a: None if name == 'rich' else find(name, *a)\n"
        "runpy.run_module('skbit', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert 'pip install "skbit[demo]"' in done.stderr


def test_demonstration_without_onnx(monkeypatch, capsys):
    from skbit import _demonstration

    def by_onnx(model, X):
        raise ImportError

    monkeypatch.setattr(_demonstration, "by_onnx", by_onnx)
    monkeypatch.setattr(_demonstration, "rows", lambda progress: [])
    monkeypatch.setattr(
        _demonstration, "SECTIONS", {"Outside Python": _demonstration.export_lines}
    )
    logger = logging.getLogger("skbit")
    monkeypatch.setattr(logger, "handlers", [])
    level = logger.level
    _demonstration.main()
    logger.setLevel(level)
    assert 'it needs pip install "skbit[onnx]"' in capsys.readouterr().out


# Functions are counted without decorators and docstrings.
LONGEST_FILE, LONGEST_FUNCTION = 500, 50


def length(function):
    """Return the lines of a function without its decorators and docstring."""
    first, *_ = function.body
    n_lines = function.end_lineno - function.lineno + 1
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        n_lines -= first.end_lineno - first.lineno + 1
    return n_lines


def test_files_and_functions_are_short():
    long = []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf8")
        if text.count("\n") > LONGEST_FILE:
            long.append(path.name)
        for node in ast.walk(ast.parse(text)):
            # Constructors that set parameters are as long as these are many.
            if isinstance(node, ast.FunctionDef) and node.name != "__init__":
                n_lines = length(node)
                if n_lines > LONGEST_FUNCTION:
                    long.append(f"{path.name}: {node.name}, {n_lines} lines")
    assert not long


def test_demonstration():
    done = subprocess.run(
        [sys.executable, "-m", "skbit"], check=True, capture_output=True, text=True
    )
    percents = [
        float(line.split("│")[-2].strip(" %"))
        for line in done.stdout.splitlines()
        if line.rstrip().endswith("% │")
    ]
    assert len(percents) == 4
    small, large, once, tuned = percents
    assert 96 < small <= large
    assert 85 < once < tuned
    lines = done.stdout.splitlines()
    (purity,) = (line for line in lines if line.startswith("10 clusters from 64"))
    assert float(re.search(r"([\d.]+) % in a cluster", purity)[1]) > 80
    (recall,) = (line for line in lines if line.startswith("recall, 10 %"))
    assert "100.0 % of 1,797 stored digits come back exactly" in recall
    (novelty,) = (line for line in lines if line.startswith("novelty"))
    assert float(re.search(r"AUROC ([\d.]+)", novelty)[1]) > 0.85
    small, large, forest = (
        float(re.search(r"([\d.]+) % of breast tumours", line)[1])
        for line in lines
        if "breast tumours" in line
    )
    assert min(small, large) > 97 > forest
    (tumours,) = (line for line in lines if line.startswith("tumours never seen"))
    assert float(re.search(r"AUROC ([\d.]+)", tumours)[1]) > 0.9
    (wines,) = (line for line in lines if line.startswith("clusters of wines"))
    assert float(re.search(r"index ([\d.]+)", wines)[1]) > 0.7
    onnx, compiled = (line for line in lines if "labels differ" in line)
    assert onnx.startswith("ONNX")
    assert compiled.startswith("C99")
    for line in (onnx, compiled):
        assert line.endswith("0 of 540 labels differ, 0 of 5,400 integer scores")
    seed, ambit, cpu = (
        line for line in done.stdout.splitlines() if line.endswith("fewer transfers")
    )
    assert seed.startswith("DRAM, the document's constants")
    assert "93.6 % fewer" in seed
    assert ambit.startswith("DRAM, row by row (V1)")
    assert " 0.0 % fewer" in ambit
    assert cpu.startswith("a processor, weights cached")
    for line in (seed, ambit, cpu):
        low, high = re.search(r"J \(([\d.,]+) to ([\d.,]+)\)", line).groups()
        assert float(low) < float(high)

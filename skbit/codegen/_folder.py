# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The files that ``CSource.save`` writes."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbit._c.text import FLASH, Code, c_type, fill, format_array
from skbit._c.vectors import Vector
from skbit._utils.text import fill as fill_plain
from skbit.codegen import _templates

_MARK = "ritten by skbit"


def files_of(source: Any, rows: NDArray[Any], vectors: list[Vector]) -> dict[str, str]:
    """Return the contents of the files by their paths.

    Parameters
    ----------
    source : CSource
    rows : ndarray of shape (n_rows, n_inputs)
        Rows of the self-test.
    vectors : list of Vector
        What the functions must answer for them.
    """
    name = source.name
    values: dict[str, Any] = {
        "name": name,
        "NAME": name.upper(),
        "version": version("skbit"),
        "n_inputs": source.taken.size,
        "type": c_type(source.taken.dtype),
        "n_rows": len(rows),
        **_templates.CORTEX_M_SIZES,
    }
    files = {
        path.format(name=name): fill_plain(template, **values)
        for path, template in _templates.FILES.items()
    }
    costs = ("flash_bytes", "ram_bytes", "operations")
    values |= {cost: f"{getattr(source, cost):,}" for cost in costs}
    return files | {
        "README.md": fill_plain(_templates.README, **values),
        f"src/{name}.c": source.text,
        f"src/{name}.h": source.header,
        f"src/{name}_test.c": _self_test(source, rows, vectors),
    }


def write_files(folder: str | Path, files: dict[str, str]) -> list[Path]:
    """Write files; raise before any is written if one is not from here."""
    paths = [Path(folder) / name for name in files]
    for path in paths:
        if path.exists() and _MARK not in path.read_text("utf8", "replace"):
            raise FileExistsError(
                f"{path} exists and was not written by skbit. Choose another folder."
            )
    for path, text in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii", newline="\n")
    return paths


def _self_test(source: Any, rows: NDArray[Any], vectors: list[Vector]) -> str:
    """Write the function that compares what the model answers with what it must."""
    name = Code(source.name)
    tables = {"ROWS": _table("ROWS", "The input", rows)}
    buffers, calls = {}, {False: Code(), True: Code()}
    for vector in vectors:
        compared = _compare(vector, name, tables)
        calls[vector.is_learned] = Code(calls[vector.is_learned] + compared)
        if vector.written is not None:
            size, dtype = vector.written.shape[1], c_type(vector.written.dtype)
            buffers[vector.function] = f"static {dtype} {vector.function}[{size}];\n"
    values = {"name": name, "n_rows": len(rows), "size": rows.shape[1]}
    body = fill(_templates.ROWS, calls=calls[False], **values)
    begin, learn = Code(), _learn(source)
    if learn:
        buffers["memory"] = f"static {name}_memory memory;\n"
        begin = fill("    ${name}_begin(&memory);\n", name=name)
        for part in (learn, calls[True]):
            body = Code(body + fill(_templates.ROWS, calls=part, **values))
    is_special = rows.dtype.kind == "f" and not np.isfinite(rows).all()
    return fill(
        _templates.SELF_TEST,
        version=Code(version("skbit")),
        math=Code("#include <math.h>\n" if is_special else ""),
        flash=Code(FLASH),
        tables=Code("\n".join(tables.values())),
        buffers=Code("".join(buffers.values())),
        type=Code(c_type(rows.dtype)),
        body=Code(begin + body),
        **values,
    )


def _learn(source: Any) -> Code:
    """Write the call that learns a row; empty if the model does not learn."""
    names = {"name": Code(source.name), "NAME": Code(source.name.upper())}
    for function, template in _templates.LEARNING.items():
        if f" {source.name}_{function}(" in source.header:
            return fill(template, function=Code(function), **names)
    return Code()


def _compare(vector: Vector, name: Code, tables: dict[str, str]) -> Code:
    """Write the comparison of a function's answers; add tables of the right ones."""
    expected = {
        "RETURNED": _in_type(np.int32, vector.returned),
        "WRITTEN": vector.written,
    }
    names: dict[str, Any] = {"name": name, "function": Code(vector.function)}
    learned = "LEARNED_" if vector.is_learned else ""
    names["when"] = Code(" after learning" if vector.is_learned else "")
    for part, values in expected.items():
        if values is not None:
            names[part] = Code(f"{part}_{learned}{vector.function.upper()}")
            what = f"What {name}_{vector.function} must have {part.lower()}"
            tables[names[part]] = _table(names[part], what, values)
    call = fill("${name}_$function(input", **names)
    code = ""
    if vector.written is not None:
        names["size"] = vector.written.shape[1]
        call = fill("$call, $function", call=call, **names)
        code = fill(_templates.WRITTEN, **names)
    call = Code(call + ")")
    if vector.returned is not None:
        return Code(fill(_templates.RETURNED, call=call, **names) + code)
    return Code(fill("        $call;\n", call=call) + code)


def _in_type(dtype: Any, values: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if values is None else np.asarray(values).astype(dtype)


def _table(name: str, about: str, values: NDArray[Any]) -> str:
    """Write a constant array with a row of the self-test in each of its rows."""
    sizes = "".join(f"[{size}]" for size in values.shape)
    declaration = f"static FLASH {c_type(values.dtype)} {name}{sizes}"
    initializer = format_array(values, len(declaration))
    return f"/* {about}. */\n{declaration} = {initializer};\n"

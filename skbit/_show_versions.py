# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Versions of skbit and of what it runs on, for reports of problems."""

import platform
import re
import sys
from importlib import metadata


def show_versions():
    """Print the versions of skbit, of its dependencies and of the platform.

    Paste the output into a report of a problem. Dependencies that are not installed are
    listed as None.

    Examples
    --------
    >>> import skbit
    >>> skbit.show_versions()  # doctest: +SKIP
    System:
    ...
    """
    system = {
        "python": sys.version.replace("\n", " "),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processor": _processor(),
    }
    versions = {"skbit": _version("skbit")}
    versions |= {name: _version(name) for name in _dependencies()}
    for title, lines in (("System", system), ("Packages", versions)):
        print(f"\n{title}:")
        for name, value in lines.items():
            print(f"{name:>16}: {value}")


def _processor():
    """Return the processor that kernels are compiled for."""
    # Imported here, because it takes longer than the rest.
    from llvmlite import binding

    return f"{binding.get_host_cpu_name()} ({platform.machine()})"


def _dependencies():
    """Return the names of all required and optional dependencies, each once."""
    requirements = metadata.requires("skbit") or []
    names = (re.match(r"[\w.-]+", requirement)[0] for requirement in requirements)
    return sorted(set(names) - {"skbit"})


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates of text."""

from string import Template


def fill(template: str, **values: object) -> str:
    """Fill in a template, in which ``$name`` is a value."""
    return Template(template).substitute(values)

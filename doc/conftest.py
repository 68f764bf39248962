# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The doctests of the documentation are its pages, not what is built from them."""

collect_ignore = ["conf.py", "_build", "auto_examples", "generated", "changes"]

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""All measurements by name. Modules are imported only when something is measured.

A module joins by its name in ``MODULES``, and has a dict ``MEASUREMENTS`` of names and
functions of ``quick`` that yield figures. A claim rests on measurements by their names
(``claims.py``).
"""

from importlib import import_module

MODULES = (
    "accuracy",
    "margins",
    "one_pass",
    "majority",
    "mixing",
    "ferns_of_images",
    "fern_sizes",
    "regression",
    "tuning_rules",
    "many_classes",
    "counting",
    "speed",
    "seed_rule",
    "memory",
    "clusters",
    "novelty",
    "unlabelled",
    "novelty_thresholds",
    "merging",
    "guide",
    "tuning_in_parts",
    "merge_costs",
    "patches",
    "patch_bits",
    "codebooks",
    "codebook_ablation",
    "codebook_exports",
    "patch_speed",
    "manual_times",
    "hebbian",
    "controls",
    "relatives",
    "onnx_export",
    "c_export",
    "rounding",
    "open_questions",
)


def measurements():
    """Return ``{name: function of quick}``, in the order in which they run."""
    found = {}
    for module in MODULES:
        for name, function in import_module(
            f"examples.reproduce.{module}"
        ).MEASUREMENTS.items():
            if name in found:
                raise ValueError(f"Two measurements have the name {name!r}.")
            found[name] = function
    return found

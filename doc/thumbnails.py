# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Thumbnails of the gallery: one panel of a figure, whose lettering can be read."""

from PIL import Image, ImageOps

SIZE = (700, 434)

# The left, upper, right and lower end of the part, in percent of the first figure.
# Examples that are not listed show the whole figure.
PARTS = {
    "plot_clothes": (0, 0, 60, 100),
    "plot_dram_cost": (0, 5, 57, 100),
    "plot_explain": (0, 0, 49, 100),
    "plot_heartbeats": (64, 0, 100, 100),
    "plot_learn_on_device": (32, 0, 100, 100),
    "plot_neurons_and_links": (0, 14, 74, 57),
    "plot_novel_rows": (0, 0, 55, 100),
    "plot_novelty": (0, 0, 47, 100),
    "plot_onnx": (0, 0, 69, 100),
    "plot_patch_features": (50, 0, 100, 100),
    "plot_patches": (0, 0, 60, 100),
    "plot_recall": (42, 0, 100, 100),
    "plot_receptive_fields": (37, 0, 100, 100),
    "plot_table": (0, 0, 60, 100),
    "plot_target_tuning": (0, 7, 51, 100),
    "plot_text": (0, 0, 61, 92),
    "plot_thermometer_curves": (4, 3, 52, 45),
}


def cut(gallery):
    """Make the thumbnails of a gallery from the figures of its examples."""
    unknown = PARTS.keys() - {path.stem for path in gallery.glob("*/plot_*.py")}
    if unknown:
        raise ValueError(f"no such examples: {sorted(unknown)}")
    for figure in gallery.glob("*/images/sphx_glr_*_001_2_00x.png"):
        stem = figure.name.removesuffix("_001_2_00x.png")
        box = PARTS.get(stem.removeprefix("sphx_glr_"), (0, 0, 100, 100))
        with Image.open(figure) as whole:
            sides = 2 * whole.size
            ends = [share * side // 100 for share, side in zip(box, sides, strict=True)]
            part = whole.convert("RGB").crop(ends)
        ImageOps.pad(part, SIZE, color="white").save(
            figure.parent / "thumb" / f"{stem}_thumb.png"
        )

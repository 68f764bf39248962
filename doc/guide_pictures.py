# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures at the head of pages of the user guide, drawn as those of ``tiles``."""

import numpy as np

from doc.tiles import BLUE, COLOURS, GREY, INK, blank, digits, draw_all, frame

LIGHT = "#f2f4f5"


def draw(folder):
    """Draw all pictures into a folder."""
    draw_all(PICTURES, folder)


def packing(figure):
    """Draw 40 bits, and the two containers that hold them."""
    from matplotlib.patches import Rectangle

    from skbit.bits import pack_bits

    bits = np.zeros((1, 40), dtype=bool)
    bits[0, [0, 2, 33]] = True
    axes = blank(figure, 0.01, 0.02, 0.98, 0.96)
    axes.set(xlim=(-0.5, 64.5), ylim=(-2.9, 2.2), aspect="equal")
    for j in range(64):
        is_padding = j >= 40
        value = not is_padding and bits[0, j]
        style = {"facecolor": BLUE if value else LIGHT, "edgecolor": GREY}
        if is_padding:
            style |= {"facecolor": "none", "linestyle": ":"}
        axes.add_patch(Rectangle((j, 0), 0.9, 1.4, linewidth=0.7, **style))
        if j % 8 == 0:
            axes.text(j + 0.45, 1.6, j, ha="center", fontsize=7, color=GREY)
    for k, word in enumerate(pack_bits(bits)[0]):
        axes.plot([32 * k, 32 * k + 31.9], [-0.5, -0.5], color=INK, linewidth=1)
        text = f"container {k}: {word}"
        axes.text(32 * k + 16, -1.8, text, ha="center", fontsize=9, color=INK)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axes.text(52, 0.35, "padding", ha="center", fontsize=8, color=GREY, bbox=box)


def encoders(figure):
    """Draw a digit, and what encoders make of it."""
    from skbit import (
        DirectionalEdgeEncoder,
        RankDensityEncoder,
        ThermometerEncoder,
    )

    X, _ = digits()
    levels = ThermometerEncoder(4, feature_range=(0, 16), curve="linear")
    edges = DirectionalEdgeEncoder(distance=1, density=0.2, dilation=0)
    panels = [("pixels", X[3].reshape(8, 8))]
    bits = levels.set_params(packed_output=False).fit_transform(X)[3].reshape(8, 8, 4)
    panels += [(f"level {k + 1}", bits[:, :, k]) for k in range(3)]
    ranks = RankDensityEncoder(0.25, packed_output=False).fit_transform(X)[3]
    panels.append(("ranks", ranks.reshape(8, 8)))
    found = edges.set_params(packed_output=False).fit_transform(X)[3]
    planes = found.reshape(8, 8, -1)
    panels += [(f"edge {k + 1}", planes[:, :, k]) for k in range(3)]
    for i, (name, image) in enumerate(panels):
        axes = blank(figure, 0.01 + 0.124 * i, 0.02, 0.112, 0.78)
        axes.imshow(image, cmap="Greys" if i == 0 else "GnBu", vmin=0)
        axes.add_patch(frame(GREY))
        axes.set_title(name, fontsize=9, color=INK)


def units(figure):
    """Draw the weights of hidden units of a network, by their classes."""
    from matplotlib.colors import ListedColormap

    from skbit import BitHebbianClassifier
    from skbit.bits import unpack_bits

    X, y = digits()
    model = BitHebbianClassifier(30, binarize=7, random_state=0).fit(X, y)
    weights = unpack_bits(model.weights_[0], 64)
    for j in range(30):
        row, column = divmod(j, 10)
        axes = blank(figure, 0.01 + 0.099 * column, 0.6 - 0.3 * row, 0.09, 0.27)
        colours = ListedColormap([LIGHT, COLOURS[column % len(COLOURS)]])
        axes.imshow(weights[j].reshape(8, 8), cmap=colours)
        if row == 0:
            axes.set_title(column, fontsize=9, color=INK)


def members(figure):
    """Draw the accuracy of the members of an ensemble, and of all together."""
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline

    from skbit import (
        BitEnsembleClassifier,
        DirectionalEdgeEncoder,
        OttoScoreClassifier,
        RandomMAJ3Projection,
        RankDensityEncoder,
        ThermometerEncoder,
    )

    X_train, X_test, y_train, y_test = train_test_split(*digits(), random_state=0)
    encoders_ = {
        "levels": ThermometerEncoder(feature_range=(0, 16)),
        "edges": DirectionalEdgeEncoder(distance=1),
        "ranks": RankDensityEncoder([0.2, 0.4, 0.6]),
    }
    pipelines = [
        (
            name,
            make_pipeline(
                encoder,
                RandomMAJ3Projection(256, random_state=0),
                OttoScoreClassifier(max_iter=6, random_state=0),
            ),
        )
        for name, encoder in encoders_.items()
    ]
    model = BitEnsembleClassifier(pipelines).fit(X_train, y_train)
    shown = model.named_estimators_ | {"together": model}
    axes = figure.add_axes((0.16, 0.24, 0.8, 0.74))
    for i, (name, member) in enumerate(shown.items()):
        percent = 100 * member.score(X_test, y_test)
        axes.scatter(percent, i, s=50, color=BLUE if name == "together" else GREY)
        axes.text(percent + 0.15, i, f"{percent:.1f} %", va="center", fontsize=9)
    axes.set(xlim=(92, 98), ylim=(-0.6, 3.6), xlabel="accuracy on test digits, %")
    axes.set_yticks(range(len(shown)), shown)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)


# Each with its size in inches.
PICTURES = {
    packing: (7.0, 0.65),
    encoders: (7.0, 1.1),
    units: (7.0, 2.1),
    members: (6.0, 1.9),
}

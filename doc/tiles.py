# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The pictures of the landing page, one for each task.

Each is drawn from small data when the documentation is built, so that it shows what
skbit does, and no picture has to be kept.
"""

from itertools import pairwise

import numpy as np

BLUE, ORANGE, GREY, INK = "#0a7d91", "#e07b39", "#9aa5ad", "#31393f"
COLOURS = (BLUE, ORANGE, "#7a5195", "#5b8c3e", "#c0504d", "#3f6fb5")
# Inches: the thumbnails of a row have one shape.
SIZE = 3.2, 2.0


def draw(folder):
    """Draw the tiles into a folder."""
    draw_all(dict.fromkeys(PICTURES, SIZE), folder)


def draw_all(pictures, folder):
    """Draw functions of a figure, each with a size, into files with their names."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    for picture, size in pictures.items():
        # The same picture gives the same file.
        with rc_context({"svg.hashsalt": "skbit", "font.size": 9}):
            figure = Figure(figsize=size)
            picture(figure)
            path = folder / f"{picture.__name__}.svg"
            figure.savefig(path, metadata={"Date": None})


def blank(figure, *margins):
    """Add axes without a frame; margins are left, bottom, width and height."""
    axes = figure.add_axes(margins or (0.04, 0.06, 0.92, 0.88))
    axes.set_axis_off()
    return axes


def digits():
    """Return the digits of scikit-learn."""
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


def table(figure):
    """Draw wines by two of their columns, on the classes that a pipeline predicts."""
    from sklearn.datasets import load_wine

    from skbit.pipeline import tabular_pipeline

    X, y = load_wine(return_X_y=True)
    X = X[:, [6, 9]]
    model = tabular_pipeline(random_state=0).fit(X, y)
    lines = [np.linspace(X[:, i].min() - 0.1, X[:, i].max() + 0.1, 60) for i in (0, 1)]
    grid = np.stack(np.meshgrid(*lines), axis=-1)
    classes = model.predict(grid.reshape(-1, 2)).reshape(60, 60)
    axes = blank(figure)
    axes.contourf(*lines, classes, levels=2, colors=COLOURS[:3], alpha=0.22)
    axes.scatter(*X.T, c=[COLOURS[k] for k in y], s=9, linewidths=0)


def images(figure):
    """Draw digits of the test rows, under them what a pipeline predicts."""
    from sklearn.model_selection import train_test_split

    from skbit.pipeline import image_pipeline

    X_train, X_test, y_train, _ = train_test_split(*digits(), random_state=0)
    model = image_pipeline((8, 8), "tiny", random_state=0).fit(X_train, y_train)
    for i, label in enumerate(model.predict(X_test[:10])):
        row, column = divmod(i, 5)
        axes = blank(figure, 0.04 + 0.19 * column, 0.60 - 0.5 * row, 0.16, 0.34)
        axes.imshow(X_test[i].reshape(8, 8), cmap="gray_r")
        axes.set_title(label, y=-0.42, fontsize=10, color=BLUE)


def series(figure):
    """Draw sine and square waves, in the colours of the predicted classes."""
    from skbit.pipeline import series_pipeline

    rng = np.random.default_rng(0)
    y = np.arange(206) % 2
    phase = rng.uniform(0, 6, (206, 1)) + np.linspace(0, 20, 100)
    X = np.where(y[:, None], np.sin(phase), np.sign(np.sin(phase)))
    X += rng.normal(scale=0.08, size=X.shape)
    model = series_pipeline(100, random_state=0).fit(X[:200], y[:200])
    axes = blank(figure)
    for i, label in enumerate(model.predict(X[200:])):
        axes.plot(X[200 + i] - 3 * i, color=COLOURS[label], linewidth=1.2)


def clusters(figure):
    """Draw the prototypes of digits without labels, in the colours of clusters."""
    from matplotlib.colors import ListedColormap

    from skbit import BitWTAClusterer
    from skbit.bits import pack_bits, unpack_bits

    bits = pack_bits(digits()[0] > 7)
    model = BitWTAClusterer(6, n_neurons=32, max_iter=3, random_state=0).fit(bits)
    prototypes = unpack_bits(model.patterns_, 64)
    order = np.argsort(model.neuron_labels_, kind="stable")
    for place, neuron in enumerate(order):
        row, column = divmod(place, 8)
        axes = blank(figure, 0.03 + 0.119 * column, 0.76 - 0.235 * row, 0.107, 0.2)
        colour = COLOURS[model.neuron_labels_[neuron] % len(COLOURS)]
        image = prototypes[neuron].reshape(8, 8)
        axes.imshow(image, cmap=ListedColormap(["#f2f4f5", colour]))


def novelty(figure):
    """Draw how normal and novel digits score."""
    from skbit import BitNoveltyDetector, BitWTAClusterer, DirectionalEdgeEncoder

    X, y = digits()
    encoder = DirectionalEdgeEncoder(distance=1, density=0.2, dilation=0)
    bits = encoder.fit_transform(X)
    normal, novel = bits[y != 6], bits[y == 6]
    clusterer = BitWTAClusterer(64, max_iter=5, random_state=0)
    detector = BitNoveltyDetector(clusterer).fit(normal[::2])
    axes = blank(figure)
    for rows, colour in ((normal[1::2], BLUE), (novel, ORANGE)):
        scores = detector.score_samples(rows)
        axes.hist(scores, bins=24, density=True, color=colour, alpha=0.7)
    axes.axvline(detector.offset_, color="black", linewidth=1, linestyle="--")


def recall(figure):
    """Draw stored digits, cues that are damaged, and what is recalled."""
    from skbit import BitWTAClusterer
    from skbit.bits import pack_bits, unpack_bits
    from skbit.datasets import corrupt_bits

    bits = pack_bits(digits()[0][:40] > 7)
    cues = corrupt_bits(bits, 0.2, random_state=0)
    recalled = BitWTAClusterer(similarity="hamming").store(bits).recall(cues)
    for row, (kind, colour) in enumerate(((cues, "Greys"), (recalled, "GnBu"))):
        for column in range(5):
            image = unpack_bits(kind[column : column + 1], 64).reshape(8, 8)
            axes = blank(figure, 0.04 + 0.19 * column, 0.55 - 0.48 * row, 0.165, 0.38)
            axes.imshow(image, cmap=colour, vmin=0, vmax=1.25)
            axes.add_patch(frame(GREY))


def frame(colour):
    """Return a frame of an image of 8 x 8 pixels."""
    from matplotlib.patches import Rectangle

    return Rectangle((-0.5, -0.5), 8, 8, fill=False, edgecolor=colour, linewidth=0.8)


def _exported():
    """Return the pipeline that the pictures of exports write."""
    from sklearn.pipeline import make_pipeline

    from skbit import OttoScoreClassifier, ThermometerEncoder

    model = make_pipeline(
        ThermometerEncoder(feature_range=(0, 16)),
        OttoScoreClassifier(weight_bits=2, random_state=0),
    )
    return model.fit(*digits())


def _code(figure, text, first, language):
    """Draw lines of a source text, from one that begins with ``first``."""
    lines = text[text.index(first) :].splitlines()[:10]
    axes = blank(figure, 0, 0, 1, 1)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.text(0.96, 0.07, language, fontsize=15, color=ORANGE, ha="right")
    for i, line in enumerate(lines):
        style = {"family": "monospace", "fontsize": 7, "color": BLUE if i == 0 else INK}
        axes.text(0.04, 0.93 - 0.095 * i, line[:50], va="center", **style)


def c(figure):
    """Draw the first function of an exported C file."""
    from skbit.codegen import to_c

    text = str(to_c(_exported(), name="digits"))
    _code(figure, text, "static void set_run", "C99")


def verilog(figure):
    """Draw the ports of an exported module."""
    from skbit.codegen import to_verilog

    _code(figure, to_verilog(_exported(), "digits").text, "module digits", "Verilog")


def onnx(figure):
    """Draw the operators of an exported graph."""
    from skbit.onnx import to_onnx

    graph = to_onnx(_exported(), digits()[0]).graph
    names = ["X", *(node.op_type for node in graph.node), "label"]
    axes = blank(figure)
    axes.set(xlim=(0, 3), ylim=(0, 2))
    places = [(0.4, 1.5), (1.5, 1.5), (2.6, 1.5), (2.6, 0.5), (1.5, 0.5), (0.4, 0.5)]
    for name, place in zip(names, places, strict=True):
        axes.text(*place, name, ha="center", va="center", bbox=_box("#e5f2f4"))
    for start, end in pairwise(places):
        _arrow(axes, start, end, 21 if start[1] == end[1] else 12)


def _box(colour):
    style = "round,pad=0.4"
    return {"boxstyle": style, "facecolor": colour, "edgecolor": BLUE}


def _arrow(axes, start, end, shrink):
    style = {"arrowstyle": "->", "color": GREY, "shrinkA": shrink, "shrinkB": shrink}
    axes.annotate("", end, start, arrowprops=style)


def machines(figure):
    """Draw four models of parts of the rows that are merged to one."""
    axes = blank(figure)
    axes.set(xlim=(0, 3), ylim=(0, 4))
    for i in range(4):
        place = 0.55, 3.5 - i
        axes.text(*place, f"part {i + 1}", ha="center", va="center", bbox=_box("#fff"))
        _arrow(axes, place, (2.3, 2), 23)
    axes.text(2.3, 2, "merge", ha="center", va="center", color="white", bbox=_box(BLUE))


PICTURES = (
    table,
    images,
    series,
    clusters,
    novelty,
    recall,
    c,
    verilog,
    onnx,
    machines,
)

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The speed of patches that compete, on MNIST with one thread."""

import sys
from pathlib import Path

import numpy as np

from examples.reproduce.figures import Figure, images, seconds
from examples.reproduce.speed import in_turns
from skbit.bits import pack_bits, unpack_bits
from skbit.feature_extraction import BitPatchEncoder
from skbit.pipeline import image_pipeline

# The loops stand with the benchmarks.
sys.path.insert(0, str(Path(__file__).parents[2] / "asv_bench"))
from benchmarks import direct_patches

SHAPE, SIZE, PADDING = (28, 28), 7, 2
THRESHOLDS = 64, 160
# Images that the loops encode; the package encodes all.
N_BY_LOOPS = 500
N_TEMPLATES, N_CELLS, CELL_SIZE = 128, 4, 8
WHAT = "an image in patches of 7 x 7, two thresholds, 128 templates"


def against_loops(quick):
    """Encode with 128 templates, by the package and by two loops."""
    X = images("MNIST", quick)[0].reshape(-1, *SHAPE)
    bits = np.stack([threshold < X for threshold in THRESHOLDS], axis=-1)
    packed = pack_bits(bits.reshape(len(X), -1))
    encoder = BitPatchEncoder(
        N_TEMPLATES,
        patch_size=SIZE,
        padding=PADDING,
        grid=N_CELLS,
        cell_size=CELL_SIZE,
        image_shape=SHAPE,
        input_format="packed",
        random_state=0,
        n_jobs=1,
    ).fit(packed)
    encoded = encoder.transform(packed)
    around = (0, 0), (PADDING, PADDING), (PADDING, PADDING), (0, 0)
    padded = np.pad(bits[:N_BY_LOOPS], around).astype(np.uint8)
    for name, kernel, templates in loops(encoder):
        out = np.zeros((len(padded), encoded.shape[1]), dtype=np.uint32)

        def run(kernel=kernel, templates=templates, out=out):
            out[:] = 0
            limits = encoder.n_winners, encoder.min_ones
            kernel(padded, SIZE, templates, *limits, cells(), out)

        run()
        assert np.array_equal(out, encoded[:N_BY_LOOPS])
        n_runs = 1 if quick else 5
        ours, theirs, _ = in_turns(lambda: encoder.transform(packed), run, n_runs)
        ours = 1e6 * np.array(ours) / len(X)
        theirs = 1e6 * np.array(theirs) / len(padded)
        setting = {"templates": N_TEMPLATES, "threads": 1, "loop": name}
        yield Figure(WHAT, tuple(ours), "us", None, setting)
        yield Figure(f"{WHAT}, {name}", tuple(theirs), "us", None, setting)
        ratio = tuple(theirs / ours)
        yield Figure(f"{WHAT}, {name}: takes", ratio, "times", None, setting)


def loops(encoder):
    """Yield the name of each loop, its kernel, and the templates as it takes them."""
    templates = unpack_bits(encoder.codebook_, SIZE * SIZE * len(THRESHOLDS))
    words = pack_bits(templates)
    words = np.pad(words, ((0, 0), (0, words.shape[1] % 2))).view(np.uint64)
    yield "a loop over words", direct_patches.encode_plain, words
    channels = templates.reshape(len(templates), -1, len(THRESHOLDS)).transpose(2, 0, 1)
    place = np.uint64(1) << np.arange(SIZE * SIZE, dtype=np.uint64)
    words = (channels * place).sum(axis=-1, dtype=np.uint64)
    yield "a loop in vectors", direct_patches.encode_two_words, words


def cells():
    """Return the first patch of the cells of an axis, and their size."""
    n_patches = SHAPE[0] + 2 * PADDING - SIZE + 1
    starts = np.arange(N_CELLS) * (n_patches - CELL_SIZE) // (N_CELLS - 1)
    return starts, CELL_SIZE


def one_image(quick):
    """Predict one image by the preset "tiny", which has 64 templates."""
    X, y = images("MNIST", True)[:2]
    model = image_pipeline(SHAPE, "tiny", random_state=0).fit(X, y)
    model.predict(X[:1])
    times = [1000 * seconds(lambda: model.predict(X[:1])) for _ in range(200)]
    what = "one image, 64 templates, the whole pipeline"
    yield Figure(what, (float(np.median(times)),), "ms", None, {"threads": 1})


MEASUREMENTS = {"patch-speed": against_loops, "patch-one-image": one_image}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What everything must equal: plain numpy and Python on unpacked bits.

Written from the descriptions, obvious and slow; imports nothing from skbit.
"""

import itertools
import math
from fractions import Fraction

import numpy as np


def pack(bits):
    """Pack booleans, bit j of a row to bit j % 32 of word j // 32."""
    bits = np.asarray(bits, dtype=bool)
    words = np.zeros((bits.shape[0], -(-bits.shape[1] // 32)), dtype=np.uint32)
    for j in range(bits.shape[1]):
        words[:, j // 32] |= bits[:, j].astype(np.uint32) << np.uint32(j % 32)
    return words


def unpack(words):
    """Unpack words to booleans."""
    shifts = np.arange(32, dtype=np.uint32)
    return ((words[:, :, None] >> shifts) & 1).astype(bool).reshape(len(words), -1)


def splitmix64(seed, n):
    """Vigna's splitmix64.c in Python's integers."""
    mask, numbers = 2**64 - 1, []
    state = seed & mask
    for _ in range(n):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        numbers.append(z ^ (z >> 31))
    return numbers


def at_least(bits, n):
    """Tell where at least n of the bits along the first axis are one."""
    return np.sum(bits, axis=0) >= n


def tree_majority(values):
    """Reduce booleans of shape (n, ...) level by level."""
    values = list(values)
    while len(values) > 1:
        n = len(values)
        if n % 3 == 1 and n > 4:
            threes, last = values[:-4], [at_least(values[-4:], 3)]
        elif n % 3 == 2 and n > 5:
            threes, last = values[:-5], [at_least(values[-5:], 3)]
        elif n % 3 == 1:
            threes, last = values[:-1], [values[-1]]
        elif n % 3 == 2:
            threes, last = values[:-2], [values[-2] & values[-1]]
        else:
            threes, last = values, []
        groups = [threes[i : i + 3] for i in range(0, len(threes), 3)]
        values = [at_least(group, 2) for group in groups] + last
    return values[0]


def project(
    bits, random_bits, width, windows, grid_width, gate, dealt=False, threshold=None
):
    """Project booleans, neuron by neuron.

    The majority is the tree without a threshold, else a count above its share.
    """
    outputs = []
    for neuron, (top, left, n_rows, n_columns) in zip(
        random_bits, windows, strict=True
    ):
        compared = bits == neuron if gate == "xnor" else bits != neuron
        containers = compared.reshape(len(bits), -1, width)
        seen = [
            containers[:, row * grid_width + column]
            for row in range(top, top + n_rows)
            for column in range(left, left + n_columns)
        ]
        if dealt:
            third = math.ceil(len(seen) / 3)
            thirds = [seen[:third], seen[third : 2 * third], seen[2 * third :]]
            seen = [
                value
                for trio in itertools.zip_longest(*thirds)
                for value in trio
                if value is not None
            ]
        if threshold is None:
            outputs.append(tree_majority(seen))
        else:
            outputs.append(np.sum(seen, axis=0) > threshold * len(seen))
    return np.concatenate(outputs, axis=1)


def windows(seed, n_neurons, low, high, grid, image_width):
    """Draw windows as the documentation says."""
    words = [z >> 32 for z in splitmix64(~seed, 3 * n_neurons)]
    drawn = []
    for u0, u1, u2 in zip(words[::3], words[1::3], words[2::3], strict=True):
        height = low + (u0 * (high - low + 1) >> 32)
        width = min(math.ceil(height * grid[1] / image_width) + 1, grid[1])
        top = u1 * (grid[0] - height + 1) >> 32
        left = u2 * (grid[1] - width + 1) >> 32
        drawn.append((top, left, height, width))
    return np.array(drawn)


def level(curve, v, n):
    """Thermometer level of a value from 0 to 255 by the published formulas."""
    if curve in ("down", "up"):
        low = n * 3 / 7 if curve == "down" else n * 4 / 7
        if curve == "down":
            value = v * low / 64 if v < 64 else low + (v - 64) * (n - low) / 192
        else:
            value = low + (v - 192) * (n - low) / 63 if v > 192 else v * low / 192
    elif curve in ("mid", "mid_monotone"):
        low = n * 3 / 8
        if curve == "mid":
            rises = (low, n - low, n - low)
            starts = (0, low, low)
        else:
            rises = (low, n - 2 * low, low)
            starts = (0, low, n - low)
        piece = 0 if v < 80 else 2 if v > 175 else 1
        begin, length = ((0, 80), (80, 95), (175, 80))[piece]
        value = starts[piece] + (v - begin) * rises[piece] / length
    else:
        value = {
            "linear": lambda: v * n / 256,
            "exp": lambda: (v / 255) ** (0.35 if n == 16 else 0.30) * n,
            "log": lambda: math.log2(v + 1) / 8 * n,
            "sigmoid": lambda: n / (1 + math.exp(-12 * (v / 255 - 0.5))),
            "sqrt": lambda: (v / 255) ** (1 / 2) * n,
            "cbrt": lambda: (v / 255) ** (1 / 3) * n,
            "gamma": lambda: (v / 255) ** 0.45 * n,
            "inv_exp": lambda: (1 - math.exp(-4 * v / 255)) * n,
            "tri": lambda: min(v, 255 - v) * 2 / 255 * n,
        }[curve]()
    return min(int(value), n)


def thermometer(levels, n_levels):
    """Booleans of integer levels of shape (n_samples, n_features)."""
    bits = np.arange(n_levels) < np.asarray(levels)[:, :, None]
    return bits.reshape(len(bits), -1)


def runs(buckets, n_bits, n_active):
    """Booleans of buckets of shape (n_samples, n_features): ones from there on."""
    place = np.arange(n_bits) - np.asarray(buckets)[:, :, None]
    return ((place >= 0) & (place < n_active)).reshape(len(buckets), -1)


def quantile_buckets(values, n_buckets):
    """Count for each value the quantiles i / n_buckets below it, i from 1 on."""
    quantiles = []
    for i in range(1, n_buckets):
        needed = Fraction(i, n_buckets) * len(values)
        quantiles.append(
            min(v for v in values if sum(w <= v for w in values) >= needed)
        )
    return [sum(v > q for q in quantiles) for v in values]


def uniform_buckets(values, n_buckets):
    """Divide the range of whole numbers, in fractions; the highest is in the last."""
    low, high = (int(end) for end in (min(values), max(values)))
    if low == high:
        return [0] * len(values)
    return [
        min((int(v) - low) * n_buckets // (high - low), n_buckets - 1) for v in values
    ]


def highest(X, k, fill_ties=True):
    """Tell which k features of each row are highest, lower index first."""
    bits = np.zeros(X.shape, dtype=bool)
    for row, kept in zip(X, bits, strict=True):
        order = sorted(range(len(row)), key=lambda f: (-float(row[f]), f))
        kept[[f for f in order[:k] if fill_ties or row[f] > min(row)]] = True
    return bits


def edges(image, n_directions, distance, k, dilation):
    """Bits of a 2-D image's edges, pixel by pixel and direction by direction."""
    steps = [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)]
    height, width = image.shape
    bits = np.zeros((height, width, n_directions), dtype=bool)
    for d, (down, right) in enumerate(steps[:n_directions]):
        rises = []
        for y, x in np.ndindex(height, width):
            y2, x2 = y + down * distance, x + right * distance
            if 0 <= y2 < height and 0 <= x2 < width and image[y2, x2] > image[y, x]:
                rises.append((image[y, x] - image[y2, x2], y, x))
        for _, y, x in sorted(rises)[:k]:
            bits[
                max(0, y - dilation) : y + dilation + 1,
                max(0, x - dilation) : x + dilation + 1,
                d,
            ] = True
    return bits.ravel()


def pixels(image, thresholds, min_rise, n_directions, distances):
    """Bits of an image of (height, width, channel), number by number.

    Thresholds and rises are given by channel.
    """
    steps = [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)]
    height, width, n_channels = image.shape
    bits = []
    for y, x, c in np.ndindex(height, width, n_channels):
        here = image[y, x, c]
        bits += [here > t for t in thresholds[c]]
        if min_rise is None:
            continue
        for distance in distances:
            for down, right in steps[:n_directions]:
                y2, x2 = y + down * distance, x + right * distance
                is_inside = 0 <= y2 < height and 0 <= x2 < width
                bits.append(is_inside and image[y2, x2, c] - here > min_rise[c])
    return np.array(bits, dtype=bool)


def log_odds(bits, y, n_classes, alpha, fit_prior, precision, weights=None):
    """Integer log-odds and offsets, bit by bit; 0 where no row has a bit."""
    weights = np.ones(len(y)) if weights is None else weights
    is_set = bits[weights > 0].any(axis=0)
    coef, intercept = [], []
    for k in range(n_classes):
        rows = y == k
        n = weights[rows].sum()
        ones = (bits[rows] * weights[rows, None]).sum(axis=0)
        p = (ones + alpha) / (n + 2 * alpha)
        q = (n - ones + alpha) / (n + 2 * alpha)
        coef.append(
            [
                round(math.log(a / b) * precision) if counts else 0
                for a, b, counts in zip(p, q, is_set, strict=True)
            ]
        )
        offset = sum(round(math.log(b) * precision) for b in q[is_set])
        if fit_prior:
            offset += round(math.log(n / weights.sum()) * precision)
        intercept.append(offset)
    return np.array(coef), np.array(intercept)


def scores(bits, coef, intercept):
    """Offsets plus the log-odds of the ones, in Python's integers."""
    coef = np.asarray(coef).astype(object)
    return np.array(
        [[intercept[k] + coef[k][row].sum() for k in range(len(coef))] for row in bits]
    )


def tune(
    bits,
    y,
    base,
    intercept,
    orders,
    steps,
    margin,
    batch_size,
    weight_bits=None,
    all_rivals=False,
):
    """Tune in batches, row after row; int32 saturates.

    With few bits, rows are scored by rounded weights from the middle of the passes on.
    All rows have been counted.
    """
    low, high = -(2**31), 2**31 - 1
    correction = np.zeros(base.shape, dtype=np.int64)
    accuracies = []
    unit = None
    for i, (order, step) in enumerate(zip(orders, steps, strict=True)):
        n_correct = 0
        if weight_bits and i == len(orders) // 2:
            coef = np.clip(base + correction, low, high)
            *_, unit = round_weights(coef, weight_bits, bits)
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            coef, change = np.clip(base + correction, low, high), 0
            if unit:
                coef, change, _ = round_weights(coef, weight_bits, bits, unit)
            for row, score in zip(
                batch, scores(bits[batch], coef, intercept + change), strict=True
            ):
                predicted, true = int(np.argmax(score)), y[row]
                n_correct += predicted == true
                # Strongest first. Of equals, the first is predicted.
                order_of = sorted(range(len(score)), key=lambda k: (-score[k], k))
                rivals = [
                    k
                    for k in order_of
                    if k != true
                    and (
                        order_of.index(k) < order_of.index(true)
                        or score[true] - score[k] < margin
                    )
                ]
                for k in rivals if all_rivals else rivals[:1]:
                    correction[k] -= step * bits[row]
                n_rivals = len(rivals) if all_rivals else len(rivals[:1])
                correction[true] += n_rivals * step * bits[row]
                correction = np.clip(correction, low, high)
        accuracies.append(n_correct / len(order))
    coef = np.clip(base + correction, low, high)
    if unit:
        coef, change, _ = round_weights(coef, weight_bits, bits, unit)
        intercept = intercept + change
    return correction, coef, intercept, accuracies


def round_weights(weights, n_bits, rows, step=None):
    """Centre weights over the classes, and round them to multiples of a power of two.

    Bits that are one in all rows get zeros. Also return what this changes on average,
    in rows with a whole number of 1,024ths of the ones of each bit, and the step.
    Without a step, it is the one with the smallest squared error times the variance.
    """
    n_ones = [int(n) for n in rows.sum(axis=0)]
    parts = [1024 * n // len(rows) for n in n_ones]
    exact = [[int(w) for w in row] for row in weights]
    means = [sum(column) // len(exact) for column in zip(*exact, strict=True)]
    exact = [[w - m for w, m in zip(row, means, strict=True)] for row in exact]
    results = {}
    for candidate in [step] if step else [2**k for k in range(32)]:
        low = max(-(2 ** (n_bits - 1)), -(2**31 // candidate))
        high = min(2 ** (n_bits - 1) - 1, (2**31 - 1) // candidate)
        results[candidate] = [
            [
                candidate * min(max((2 * w + candidate) // (2 * candidate), low), high)
                for w in row
            ]
            for row in exact
        ]
    errors = {
        candidate: sum(
            (r - w) ** 2 * part * (1024 - part)
            for row, exact_row in zip(result, exact, strict=True)
            for r, w, part in zip(row, exact_row, parts, strict=True)
        )
        for candidate, result in results.items()
    }
    step = min(errors, key=lambda candidate: (errors[candidate], candidate))
    rounded = [
        [0 if n == len(rows) else r for r, n in zip(row, n_ones, strict=True)]
        for row in results[step]
    ]
    change = [
        sum((w - r) * p for w, r, p in zip(exact_row, row, parts, strict=True)) // 1024
        for exact_row, row in zip(exact, rounded, strict=True)
    ]
    return np.array(rounded), np.array(change), step


def places(n, size, stride):
    """Where patches begin: every ``stride`` pixels, and one that ends at the end."""
    found = []
    at = 0
    while at + size < n:
        found.append(at)
        at += stride
    return [*found, n - size] if n - size not in found else found


def best_of_shifts(image, ones, decided, top, left, size, max_shift, similarity):
    """The patch's similarity where it fits best: sum or numerator and denominator."""
    height, width = size
    margins = (max_shift, max_shift), (max_shift, max_shift), (0, 0)
    image = np.pad(image, margins)
    here = slice(top, top + height), slice(left, left + width)
    ones, decided = ones[here] & decided[here], decided[here]
    found = {}
    for down in range(2 * max_shift + 1):
        for right in range(2 * max_shift + 1):
            y, x = top + down, left + right
            patch = image[y : y + height, x : x + width] & decided
            shared, either = int((patch & ones).sum()), int((patch | ones).sum())
            distance = (down - max_shift) ** 2 + (right - max_shift) ** 2
            found[distance, down, right] = (
                (shared - (either - shared), 1)
                if similarity == "overlap"
                else (shared + 1, either + 1)
            )
    # Of equal similarities the nearest.
    best = None
    for _, (numerator, denominator) in sorted(found.items()):
        if best is None or numerator * best[1] > best[0] * denominator:
            best = numerator, denominator
    return best


def score_patches(images, ones, decided, patch_size, stride, max_shift, similarity):
    """Score images ``(n, height, width, n_channels)`` against prototypes."""
    size = [min(patch_size, n) for n in images.shape[1:3]]
    grid = [
        (top, left)
        for top in places(images.shape[1], size[0], stride)
        for left in places(images.shape[2], size[1], stride)
    ]
    scores = np.empty((len(images), len(ones)), dtype=np.int64)
    for i, image in enumerate(images):
        for n in range(len(ones)):
            found = [
                best_of_shifts(
                    image, ones[n], decided[n], *at, size, max_shift, similarity
                )
                for at in grid
            ]
            numerator, denominator = (sum(part) for part in zip(*found, strict=True))
            if similarity == "jaccard":
                numerator = numerator * 2**32 // denominator
            scores[i, n] = numerator
    return scores


def patches_of(image, size, stride, padding):
    """Booleans of all patches of an image ``(height, width, n_channels)``, by place."""
    image = np.pad(image, [(n, n) for n in (*padding, 0)])
    n_down, n_right = (
        (image.shape[axis] - size[axis]) // stride[axis] + 1 for axis in (0, 1)
    )
    patches = np.empty((n_down, n_right, math.prod(size) * image.shape[2]), dtype=bool)
    for down, right in np.ndindex(n_down, n_right):
        y, x = down * stride[0], right * stride[1]
        patches[down, right] = image[y : y + size[0], x : x + size[1]].ravel()
    return patches


def winners(patch, templates, n_winners, min_ones):
    """Tell which templates are at most as far as the ``n_winners``-th nearest."""
    if patch.sum() < min_ones:
        return np.zeros(len(templates), dtype=bool)
    distances = (patch != templates).sum(axis=1)
    return distances <= sorted(distances)[n_winners - 1]


def cells(n_patches, n_cells, size):
    """First and last patch, exclusive, of the cells along an axis, evenly spaced."""
    spaces = max(1, n_cells - 1)
    starts = [cell * (n_patches - size) // spaces for cell in range(n_cells)]
    return [(start, start + size) for start in starts]


def size_of_cells(n_patches, n_cells):
    """A quarter more than side by side, rounded half up; all patches are covered."""
    size = math.floor(Fraction(5 * n_patches, 4 * n_cells) + Fraction(1, 2))
    return max(math.ceil(n_patches / n_cells), min(n_patches, size))


def encode_patches(image, templates, place, contest, grid, cell_size, levels):
    """Bits of an image: cell by cell, level by level, template by template.

    ``place`` is the size, stride and padding of patches, ``contest`` the number of
    winners and the smallest number of ones.
    """
    patches = patches_of(image, *place)
    won = np.array([[winners(p, templates, *contest) for p in row] for row in patches])
    bits = []
    for top, bottom in cells(won.shape[0], grid[0], cell_size[0]):
        for left, right in cells(won.shape[1], grid[1], cell_size[1]):
            counts = won[top:bottom, left:right].sum(axis=(0, 1))
            bits += [counts >= level for level in levels]
    return np.concatenate(bits)


def drawn_patches(images, place, min_ones, n, seed, distinct, n_draws=2**13):
    """Patches of the rows and places that the second stream of a seed gives.

    Fewer than ``n`` if ``n_draws`` places have no more.
    """
    maps = [np.concatenate(patches_of(image, *place)) for image in images]
    words = [z >> 32 for z in splitmix64(~seed, 2 * n_draws)]
    found = []
    for row, patch in zip(words[::2], words[1::2], strict=True):
        of_image = maps[row * len(maps) >> 32]
        bits = of_image[patch * len(of_image) >> 32].tolist()
        if sum(bits) >= min_ones and not (distinct and bits in found):
            found.append(bits)
        if len(found) == n:
            break
    return np.array(found, dtype=bool).reshape(len(found), maps[0].shape[1])


def ferns(seed, n_ferns, size, bits_by_feature):
    """Bits that ferns read: a new feature first, then a new bit of it."""
    words, read = [z >> 32 for z in splitmix64(seed, 2 * n_ferns * size)], []
    for fern in range(n_ferns):
        left, in_round = [], []
        found = []
        for i in range(size):
            u, v = words[2 * (fern * size + i) :][:2]
            if not any(left):
                left, in_round = [list(bits) for bits in bits_by_feature], []
            if not in_round:
                in_round = [j for j, bits in enumerate(left) if bits]
            feature = in_round.pop(u * len(in_round) >> 32)
            bits = left[feature]
            found.append(bits.pop(v * len(bits) >> 32))
        read.append(found)
    return np.array(read)


def encode_ferns(bits, ferns):
    """One bit for each code of each fern; the first bit is the lowest digit."""
    n_codes = 2 ** ferns.shape[1]
    out = np.zeros((len(bits), len(ferns), n_codes), dtype=bool)
    for s, f in np.ndindex(len(bits), len(ferns)):
        code = sum(2**i for i, j in enumerate(ferns[f]) if bits[s, j])
        out[s, f, code] = True
    return out.reshape(len(bits), -1)

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every kernel alone: what the estimators call, without validation and threads."""

import copy
import importlib
import pkgutil
import re
from unittest import mock

import numba
import numpy as np
from numba.extending import is_jitted
from scipy import sparse

import skbit
from benchmarks.common import (
    IMAGE_SHAPE,
    N_IMAGE_CONTAINERS,
    full_or_smoke,
    images,
    labelled_words,
    mnist_words,
    random_words,
)
from skbit import BitHebbianClassifier, OttoScoreClassifier
from skbit._numba import rows as row_kernels
from skbit._numba.memory import CONTAINERS, LANES, PLANE_BITS, empty_planes
from skbit._numba.planes import load
from skbit.cluster import BitWTAClusterer
from skbit.cluster._kernels import compete, constants, link, recruit, similarity
from skbit.naive_bayes import _log_odds
from skbit.naive_bayes._kernels import score
from skbit.neighbors import _patches
from skbit.neural_network._kernels import hebb
from skbit.random_projection._kernels import project

N_ROWS = full_or_smoke(2_048, 256)
N_NEURONS = full_or_smoke(256, 32)
N_CONTAINERS = full_or_smoke(256, 32)
N_CLASSES = 10
# Bits that become 1 of an image, and bits of a pixel.
N_ONES, N_LEVELS = 118, 8


def random_planes(n_planes):
    planes = empty_planes(n_planes)
    rng = np.random.RandomState(5)
    planes[:] = rng.randint(0, 2**64, size=(n_planes, LANES), dtype=np.uint64)
    return planes


def zeros(*shape):
    return np.zeros(shape, dtype=np.uint32)


def class_by_class(classes):
    order = np.argsort(classes, kind="stable")
    return order, np.searchsorted(classes[order], np.arange(N_CLASSES + 1))


def of_count_bits():
    rows, classes = labelled_words(N_ROWS, N_CONTAINERS, N_CLASSES)
    counts = np.zeros((N_CLASSES, 32 * N_CONTAINERS), dtype=np.int64)
    return (
        rows,
        *class_by_class(classes),
        0,
        N_CONTAINERS,
        zeros(1, CONTAINERS),
        empty_planes(8),
        counts,
    )


def of_set_bits():
    rows = sparse.random_array(
        (N_ROWS, 32 * N_CONTAINERS), density=0.01, format="csr", rng=0
    )
    model = OttoScoreClassifier()
    labels = np.arange(N_ROWS) % N_CLASSES
    model.fit(rows, labels)
    return recorded(row_kernels, "set_bits", lambda: model._as_words(rows))


def of_count_weighted_bits():
    rows, classes = labelled_words(N_ROWS, N_CONTAINERS, N_CLASSES)
    counts = np.zeros((N_CLASSES, 32 * N_CONTAINERS))
    return rows, classes, np.full(N_ROWS, 0.5), 0, N_CONTAINERS, counts


def of_runs_of_bytes():
    # Thermometers: the level of each byte.
    lengths = np.arange(256) * (N_LEVELS + 1) // 256
    firsts = np.zeros_like(lengths)
    return images(N_ROWS), firsts, lengths, N_LEVELS, zeros(N_ROWS, N_IMAGE_CONTAINERS)


def of_runs_of_numbers():
    lengths = np.arange(N_LEVELS + 1)
    return (
        images(N_ROWS, "float32"),
        np.linspace(0.1, 0.9, N_LEVELS).reshape(1, -1),
        np.zeros_like(lengths),
        lengths,
        N_LEVELS,
        zeros(N_ROWS, N_IMAGE_CONTAINERS),
    )


def of_kth_highest_bytes():
    return images(N_ROWS), np.array([N_ONES]), np.empty((N_ROWS, 1), dtype=np.uint8)


def of_mark_highest():
    X = images(N_ROWS)
    place = X.shape[1] - N_ONES
    kth_highest = np.partition(X, place, axis=1)[:, place]
    return X, N_ONES, kth_highest, True, np.uint8(1), np.zeros_like(X)


def of_rises():
    X = images(N_ROWS)
    return X, IMAGE_SHAPE[1], 2, 0, np.empty_like(X)


def of_pack_pixels():
    n_directions = 4
    X = images(N_ROWS) >> np.uint8(8 - n_directions)
    return X, n_directions, zeros(N_ROWS, N_IMAGE_CONTAINERS // 2)


def of_tree_majorities():
    # Neurons that look 196 planes up in 392, those and their complements.
    step, scratch = N_IMAGE_CONTAINERS, 2 * N_IMAGE_CONTAINERS
    at = np.empty(step + N_NEURONS * step, dtype=np.uint16)
    at[:step] = scratch + np.arange(step)
    at[step:] = np.random.RandomState(6).randint(scratch, size=N_NEURONS * step)
    return (
        random_planes(scratch + step),
        at,
        step,
        step,
        np.full(N_NEURONS, step),
        0,
        N_NEURONS,
        scratch,
        empty_planes(N_NEURONS),
        0,
        1,
    )


def of_count_majorities():
    pool, at, first, step, sizes, *others = of_tree_majorities()
    return pool, at, first, step, sizes, sizes // 2 + 1, *others


def of_look_up_groups():
    width = 32
    step = project.n_groups(N_IMAGE_CONTAINERS)
    return (
        random_words(N_NEURONS, N_IMAGE_CONTAINERS),
        N_IMAGE_CONTAINERS,
        width,
        np.empty((width, N_NEURONS, step), dtype=np.uint16),
    )


def of_deal_containers():
    windows = np.tile(np.array([3, 2, 9, 3], dtype=np.intp), (N_NEURONS, 1))
    grid_width = N_IMAGE_CONTAINERS // 28
    return windows, grid_width, np.empty((N_NEURONS, 27), dtype=np.uint32)


def of_look_up_containers():
    width = 32
    windows, grid_width, containers = of_deal_containers()
    project.deal_containers(windows, grid_width, containers)
    return (
        random_words(N_NEURONS, N_IMAGE_CONTAINERS),
        containers,
        np.full(N_NEURONS, 27),
        width,
        np.empty((width, N_NEURONS, 27), dtype=np.uint16),
    )


def of_project_block():
    random, n_containers, width, lookups = of_look_up_groups()
    project.look_up_groups(random, n_containers, width, lookups)
    step, scratch = lookups.shape[2], 3 * n_containers + 32
    at = np.concatenate([scratch + np.arange(step), lookups.ravel()])
    return (
        random_planes(32 * n_containers),
        width,
        n_containers,
        True,
        np.empty(0, dtype=np.intp),
        at.astype(np.uint16),
        step,
        np.full(N_NEURONS, step),
        0,
        N_NEURONS,
        scratch,
        empty_planes(scratch + step),
        empty_planes(width * N_NEURONS),
    )


def of_project_rows():
    n = N_IMAGE_CONTAINERS
    pool = empty_planes(2 * n + 1)
    return (
        random_words(1, n)[:, :, None],
        random_words(N_NEURONS, n)[:, :, None],
        np.broadcast_to(np.arange(n, dtype=np.uint32), (N_NEURONS, n)),
        np.full(N_NEURONS, n),
        np.arange(N_NEURONS),
        np.empty(0, dtype=np.intp),
        np.r_[n : 2 * n, :n].astype(np.uint32),
        pool,
        pool.view(np.uint32),
        np.empty((1, N_NEURONS, 1), dtype=np.uint32),
    )


def weights_and_offsets():
    rng = np.random.RandomState(7)
    shape = N_CLASSES, 32 * N_CONTAINERS
    weights = rng.randint(-100_000, 100_000, size=shape).astype(np.int32)
    return weights, rng.randint(-(2**40), 0, size=N_CLASSES)


def of_score_rows():
    return (
        random_words(N_ROWS, N_CONTAINERS),
        *weights_and_offsets(),
        empty_planes(score.TABLE),
        empty_planes(N_ROWS),
        np.empty((N_ROWS, N_CLASSES), dtype=np.int64),
    )


def of_mask_ones():
    row = random_words(1, N_CONTAINERS)[0]
    return row, np.empty(32 * N_CONTAINERS, dtype=np.int32)


def sparse_rows():
    """Return where rows begin and the columns of their ones."""
    n_ones = N_CONTAINERS
    columns = np.random.default_rng(0).integers(0, 32 * N_CONTAINERS, N_ROWS * n_ones)
    return np.arange(0, len(columns) + 1, n_ones), columns


def of_count_sparse_bits():
    _, classes = labelled_words(N_ROWS, 1, N_CLASSES)
    counts = np.zeros((N_CLASSES, 32 * N_CONTAINERS), dtype=np.int64)
    return *sparse_rows(), classes, np.ones(N_ROWS, dtype=np.int64), counts


def of_score_sparse_rows():
    out = np.empty((N_ROWS, N_CLASSES), dtype=np.int64)
    return *sparse_rows(), *weights_and_offsets(), out


def of_score_few_rows():
    return (
        random_words(1, N_CONTAINERS),
        *weights_and_offsets(),
        np.empty(32 * N_CONTAINERS, dtype=np.int32),
        np.empty((1, N_CLASSES), dtype=np.int64),
    )


def of_rows_to_planes():
    return random_words(PLANE_BITS, N_CONTAINERS), empty_planes(32 * N_CONTAINERS)


def of_planes_to_rows():
    # Planes are overwritten, by planes that take as long.
    planes = random_planes(32 * N_CONTAINERS)
    return planes, zeros(PLANE_BITS, N_CONTAINERS), 0, N_CONTAINERS


def of_learn_rows():
    rows, classes = labelled_words(128, N_CONTAINERS, N_CLASSES)
    base, offsets = weights_and_offsets()
    return (
        rows,
        classes,
        # Steps of 0 are all the work and leave the weights as they are, so that no
        # call has fewer mistakes to correct than the one before.
        np.zeros(len(rows), dtype=np.int64),
        0,
        len(rows),
        1,
        0,
        False,
        base,
        _log_odds.score(rows, base, offsets, None),
        np.empty(base.shape[1], dtype=np.int32),
        np.zeros_like(base),
        base.copy(),
    )


def recorded(module, name, call):
    """Return what a kernel is called with first, as it is then, in a call of skbit."""
    arguments, kernel = [], getattr(module, name)

    def record(*args):
        if not arguments:
            arguments.append(copy.deepcopy(args))
        return kernel(*args)

    with mock.patch.object(module, name, record):
        call()
    return arguments[0]


def fitted_clusterer(**params):
    model = BitWTAClusterer(N_NEURONS, random_state=0, **params)
    return model.fit(mnist_words(N_ROWS))


def of_learn():
    model = fitted_clusterer()
    return recorded(compete, "learn", lambda: model.partial_fit(mnist_words(N_ROWS)))


def of_insert():
    model = BitWTAClusterer()
    return recorded(recruit, "insert", lambda: model.store(mnist_words(N_ROWS)))


def of_begin_at_random():
    model = BitWTAClusterer(init="random", random_state=0)
    rows = mnist_words(N_ROWS)
    return recorded(recruit, "begin_at_random", lambda: model.fit(rows))


def of_inherit():
    # The heir is the neuron after its parent.
    rows, i, _, rule, *tables, row, found, numbers = of_insert_of_one()
    thresholds = np.array([32, 64, 128])
    return rows, i, 1, 0, rule, thresholds, *tables, row, found, numbers


def of_insert_of_one():
    rows, first, *others = of_insert()
    return rows, 0, first, *others


def of_become():
    _, _, n, _, _, _, counters, table, row, _, numbers = of_insert_of_one()
    return n, 1, row, counters, table, numbers


def of_write_pattern():
    _, _, n, rule, patterns, norms, _, _, _, found, numbers = of_insert_of_one()
    numbers[:] = random_planes(len(numbers))
    return n, numbers, rule, patterns, norms, found


def of_counters(*others):
    """Arguments of a kernel that works on the counters of a neuron."""
    *_, counters, _, row, _, _ = of_insert_of_one()
    row[:] = random_planes(len(row))
    return counters, 0, *(others or [row])


def of_halve():
    return of_counters(len(of_counters()[2]))


def of_count_exceeded():
    *_, row, _, numbers = of_insert_of_one()
    return of_counters(64, np.array([32, 64, 128]), len(row), numbers)


def of_draw_bits():
    # An odd tenth, so that all 16 digits of the probability take part.
    return np.uint64(1), 6553, empty_planes(2)


def of_flip_towards():
    return random_planes(2), random_planes(2), random_planes(2)


def of_link(name):
    def arguments():
        model = BitWTAClusterer(N_CLASSES, n_neurons=N_NEURONS, random_state=0)
        model.partial_fit(mnist_words(N_ROWS))
        return recorded(link, name, lambda: model.neuron_labels_)

    return arguments


def of_find_partner():
    first, _, *lists = of_link("find_partners")()
    return first, *lists


def of_find_winners():
    model = fitted_clusterer()
    rows = mnist_words(N_ROWS)
    return recorded(similarity, "find_winners", lambda: model.predict_neuron(rows))


def of_measure_overlaps():
    model = fitted_clusterer()
    rows = mnist_words(N_ROWS)
    return recorded(similarity, "measure_overlaps", lambda: model.transform(rows))


def of_load_row():
    rows, *_, row, _, _, _ = of_find_winners()
    return rows, 0, row.reshape(-1)


def of_count_ones():
    *_, row, found, _, _ = of_find_winners()
    row[:] = random_planes(len(row))
    return row, found


def of_search():
    rows, patterns, norms, n_digits, n, similarity, row, found, _, _ = of_find_winners()
    words = row.reshape(-1)
    row_kernels.load_row(rows, 0, words)
    ones = row_kernels.count_ones(row, found)
    return (
        words,
        -(-rows.shape[1] // 2),
        patterns,
        norms,
        n_digits,
        n // LANES,
        similarity,
        np.uint64((2**n_digits - 1) * ones),
        True,
        found,
    )


def of_pick_winner():
    *arguments, similarity, weighted_ones, with_second, found = of_search()
    similarity.search(*arguments, similarity, weighted_ones, with_second, found)
    return found, N_NEURONS, similarity, weighted_ones


def of_pick_runner_up():
    arguments = of_pick_winner()
    found, n_neurons, *others = arguments
    return found, n_neurons, similarity.pick_winner(*arguments), *others


def of_first_empty():
    # None is empty, which takes longest to find out.
    _, _, norms, _, n_neurons, similarity, *_ = of_find_winners()
    return norms, n_neurons, similarity


def patches_of_images():
    where = _patches.grid(*IMAGE_SHAPE, 1, 8, 4, 1)
    return where, np.empty((len(where.tops), len(where.downs)), dtype=np.uint64)


def of_cut_patches():
    where, patches = patches_of_images()
    return mnist_words(N_ROWS), 0, *where, patches


def of_score_patches():
    where, patches = patches_of_images()
    prototypes = mnist_words(N_NEURONS)
    return (
        mnist_words(N_ROWS),
        *where,
        _patches.table(prototypes, where),
        _patches.table(~prototypes, where),
        np.arange(1, 11) * N_NEURONS // 10,
        0,
        patches,
        empty_planes(2 * -(-N_NEURONS // LANES)),
        np.empty((N_ROWS, 10), dtype=np.int64),
    )


def network():
    """Return a classifier that has seen digits once, and what it took for their labels.

    These are random, so that there is always as much to correct.
    """
    classes = np.random.RandomState(9).randint(N_CLASSES, size=N_ROWS)
    classes[:N_CLASSES] = np.arange(N_CLASSES)
    model = BitHebbianClassifier(N_NEURONS, max_iter=1, random_state=0)
    return model.fit(mnist_words(N_ROWS), classes), classes


def of_hebb_learn():
    model, classes = network()
    rows = mnist_words(len(classes))
    return recorded(hebb, "learn", lambda: model.partial_fit(rows, classes))


def of_set_unit():
    _, _, _, _, layer, *_ = of_hebb_learn()
    return 0, layer


def of_measure_agreements():
    model, _ = network()
    rows = mnist_words(N_ROWS)
    return recorded(hebb, "measure_agreements", lambda: model.predict(rows))


def of_agreements():
    rows, n_bits, weights, row, scratch, out = of_measure_agreements()
    row_kernels.load_row(rows, 0, row.reshape(-1))
    return row.reshape(-1), -(-n_bits // 64), n_bits, weights, scratch, out[0]


def of_words(n_words):
    # Compiled into their callers; called from Python they take no longer than calling.
    return lambda: tuple(np.uint64(word) for word in random_words(1, n_words)[0])


# What to call each kernel with. Calls must leave the next one as much to do, or the
# kernel be in USED_UP.
ARGUMENTS = {
    "compete.learn": of_learn,
    "count.count_bits": of_count_bits,
    "count.count_sparse_bits": of_count_sparse_bits,
    "count.count_weighted_bits": of_count_weighted_bits,
    "counters.add": of_counters,
    "counters.begin": of_counters,
    "counters.count_exceeded": of_count_exceeded,
    "counters.halve": of_halve,
    "edges.pack_pixels": of_pack_pixels,
    "edges.rises": of_rises,
    "encode.runs_of_bytes": of_runs_of_bytes,
    "encode.runs_of_numbers": of_runs_of_numbers,
    "rows.set_bits": of_set_bits,
    "flips.draw_bits": of_draw_bits,
    "flips.flip_towards": of_flip_towards,
    "flips.mix": of_words(1),
    "hebb.agreements": of_agreements,
    "hebb.learn": of_hebb_learn,
    "hebb.measure_agreements": of_measure_agreements,
    "hebb.set_unit": of_set_unit,
    "link.find_partner": of_find_partner,
    "link.find_partners": of_link("find_partners"),
    "link.merge_groups": of_link("merge_groups"),
    "majority.count_majorities": of_count_majorities,
    "majority.full_groups": lambda: (N_IMAGE_CONTAINERS,),
    "majority.majority3": of_words(3),
    "majority.majority4": of_words(4),
    "majority.majority5": of_words(5),
    "majority.tree_majorities": of_tree_majorities,
    "patches.cut_patches": of_cut_patches,
    "patches.score_rows": of_score_patches,
    "population.become": of_become,
    "population.write_pattern": of_write_pattern,
    "project.deal_containers": of_deal_containers,
    "project.look_up_containers": of_look_up_containers,
    "project.look_up_groups": of_look_up_groups,
    "project.n_groups": lambda: (N_IMAGE_CONTAINERS,),
    "project.project_block": of_project_block,
    "project.project_rows": of_project_rows,
    "rank.kth_highest_bytes": of_kth_highest_bytes,
    "rank.mark_highest": of_mark_highest,
    "recruit.begin_at_random": of_begin_at_random,
    "recruit.inherit": of_inherit,
    "recruit.insert": of_insert,
    "rows.count_ones": of_count_ones,
    "similarity.find_winners": of_find_winners,
    "similarity.first_empty": of_first_empty,
    "similarity.fraction": lambda: (constants.COSINE, *of_words(3)()),
    "rows.load_row": of_load_row,
    "similarity.measure_overlaps": of_measure_overlaps,
    "similarity.pick_runner_up": of_pick_runner_up,
    "similarity.pick_winner": of_pick_winner,
    "similarity.search": of_search,
    "rows.sum_lanes": of_count_ones,
    "rows.mask_ones": of_mask_ones,
    "score.score_few_rows": of_score_few_rows,
    "score.score_rows": of_score_rows,
    "score.score_sparse_rows": of_score_sparse_rows,
    "transpose.planes_to_rows": of_planes_to_rows,
    "transpose.rows_to_planes": of_rows_to_planes,
    "tune.learn_rows": of_learn_rows,
    "rows.rivals": lambda: (weights_and_offsets()[1], 0),
}


def public_kernels():
    """Find the kernels that are defined in public modules under public names."""
    kernels = {}
    for found in pkgutil.walk_packages(skbit.__path__, "skbit."):
        if not re.match(r"skbit\.(_numba|\w+\._kernels)\.", found.name):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if (
                is_jitted(value)
                and not name.startswith("_")
                and value.py_func.__module__ == module.__name__
            ):
                kernels[f"{module.__name__.rpartition('.')[2]}.{name}"] = value
    return kernels


KERNELS = public_kernels()
if KERNELS.keys() != ARGUMENTS.keys():
    missing = sorted(KERNELS.keys() - ARGUMENTS.keys())
    unknown = sorted(ARGUMENTS.keys() - KERNELS.keys())
    raise RuntimeError(
        "Every kernel needs arguments to be benchmarked with. Add to ARGUMENTS: "
        f"{missing}; remove from it: {unknown}."
    )


@numba.njit
def sum_lanes(row, scratch):
    return row_kernels.sum_lanes(load(row, 0), scratch)


# Planes cannot come from Python: who calls kernels that take one.
CALLERS = {"rows.sum_lanes": sum_lanes}
# These can be called with the same arguments once only.
USED_UP = {"link.merge_groups"}


class Kernel:
    params = (sorted(ARGUMENTS.keys() - USED_UP),)
    param_names = ["kernel"]

    def setup(self, name):
        self.kernel = CALLERS.get(name, KERNELS[name])
        self.arguments = ARGUMENTS[name]()
        self.kernel(*self.arguments)

    def time_call(self, name):
        self.kernel(*self.arguments)


class KernelCalledOnce(Kernel):
    """Kernels that use up their arguments, which are made anew for every call."""

    params = (sorted(USED_UP),)
    number = 1
    warmup_time = 0

    def setup(self, name):
        super().setup(name)
        self.arguments = ARGUMENTS[name]()

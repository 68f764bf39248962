# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitWTAClusterer against one input at a time, and what it promises."""

import copy
import pickle
import threading
import tracemalloc
from itertools import pairwise
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone

from skbit import BitWTAClusterer
from skbit.bits import pack_bits, unpack_bits
from skbit.cluster import FlipRule, _answers, _linkage, _population, _reassignment
from skbit.cluster._kernels import constants
from skbit.cluster._learner import Learner
from skbit.datasets import corrupt_bits
from tests.reference_competition import Competition, group, similarity

SIMILARITIES = ["cosine", "hamming", "jaccard", "overlap"]
FLIP_RULES = st.builds(
    FlipRule,
    rate=st.just(0.3),
    schedule=st.sampled_from(["constant", "decay", "wins", "shrink"]),
    settle_after=st.just(3),
    init=st.sampled_from(["samples", "random", "density"]),
    competition=st.sampled_from(["wta", "wta", "wta", "unbounded"]),
)
RULES = st.one_of(st.just("counters"), FLIP_RULES)


def random_bits(n_rows, n_bits, density=0.4, seed=0):
    return np.random.default_rng(seed).random((n_rows, n_bits)) < density


def streams(seed, n_rows, n_bits, n_kinds):
    """Rows around a few patterns, with all-zero and repeated rows among them."""
    rng = np.random.default_rng(seed)
    kinds = rng.random((n_kinds, n_bits)) < rng.uniform(0.1, 0.7)
    X = kinds[rng.integers(n_kinds, size=n_rows)] ^ (rng.random((n_rows, n_bits)) < 0.1)
    X[rng.random(n_rows) < 0.05] = False
    return X


def teach_reference(X, clusterer, seed, **settings):
    names = (
        "forget max_count quantization_levels similarity vigilance reserve_size "
        "reassignment_interval n_neurons"
    )
    settings |= {name: getattr(clusterer, name) for name in names.split()}
    if clusterer.learning == "counters":
        settings |= {"learning": "counters", "init": "samples", "competition": "wta"}
    else:
        settings |= {"learning": "flip", **clusterer.learning.get_params()}
    competition = Competition(**settings, seed=seed)
    for x in X:
        competition.learn(x)
    return competition


def levels_of(clusterer, n_bits):
    """Return the levels of all neurons and bits."""
    return _population.levels(clusterer.population_)[:, :n_bits].astype(int)


def assert_same(clusterer, competition, n_bits):
    assert clusterer.n_neurons_ == len(competition.neurons)
    expected = [neuron.numbers for neuron in competition.neurons]
    assert_array_equal(levels_of(clusterer, n_bits), expected)
    patterns = [competition.pattern(n) for n in range(clusterer.n_neurons_)]
    assert_array_equal(clusterer.patterns_, pack_bits(np.array(patterns)))
    assert_array_equal(clusterer.counts_, [n.wins for n in competition.neurons])
    levels = clusterer.population_["neurons"][:, constants.MEAN_SIMILARITY]
    assert_array_equal(levels, [n.level for n in competition.neurons])
    links = clusterer.population_["links"]
    if links is not None:
        expected = [[*pair, c] for pair, c in sorted(competition.links.items())]
        assert_array_equal(links, np.reshape(expected, (-1, 3)))
        progress = clusterer.population_["totals"]
        assert progress[constants.N_LINKS] == competition.n_links


def assert_same_state(a, b):
    """Compare all that two clusterers have learned."""
    assert a.population_.keys() == b.population_.keys()
    for name, part in a.population_.items():
        assert_array_equal(part, b.population_[name])


@given(
    seed=st.integers(0, 10**6),
    n_bits=st.integers(1, 140),
    n_neurons=st.integers(2, 19),
    similarity=st.sampled_from(SIMILARITIES),
    learning=RULES,
    quantization_levels=st.sampled_from(
        [(0.3,), (1 / 8, 1 / 4, 1 / 2), tuple(np.arange(7) / 7)]
    ),
    max_count=st.integers(2, 12),
    forget=st.booleans(),
    vigilance=st.sampled_from([1.0, 0.8, 0.5]),
    reassignment_interval=st.sampled_from([None, 7, 16]),
)
def test_learns_like_the_reference(seed, n_bits, n_neurons, **params):
    X = streams(seed, 60, n_bits, 5)
    clusterer = BitWTAClusterer(
        1, n_neurons=n_neurons, random_state=seed, **params
    ).partial_fit(X)
    clusterer_seed = np.random.RandomState(seed).randint(2**31)
    assert_same(clusterer, teach_reference(X, clusterer, clusterer_seed), n_bits)


@given(seed=st.integers(0, 10**6), learning=st.sampled_from(["counters", FlipRule()]))
def test_large_populations_split_like_the_reference(seed, learning):
    # Few neurons are many for once, so that busy ones have several heirs.
    X = streams(seed, 150, 40, 12)
    with mock.patch.object(_reassignment, "SMALL_POPULATION", 3):
        clusterer = BitWTAClusterer(
            20,
            learning=learning,
            max_count=8,
            reassignment_interval=30,
            random_state=seed,
        ).partial_fit(X)
    competition_seed = np.random.RandomState(seed).randint(2**31)
    clusterer.n_neurons = 20
    competition = teach_reference(X, clusterer, competition_seed, n_small=3)
    assert_same(clusterer, competition, 40)


def test_by_default_idle_neurons_wait_for_a_fair_share_to_be_measurable():
    X = streams(0, 8192, 24, 40)
    for n_neurons in (300, 1100):
        clusterer = BitWTAClusterer(n_neurons, n_neurons=n_neurons, random_state=0)
        clusterer.partial_fit(X[:4096])
        recent = clusterer.population_["neurons"][:, constants.RECENT]
        assert (recent.sum() == 0) == (n_neurons == 300)
        clusterer.partial_fit(X[4096:])
        recent = clusterer.population_["neurons"][:, constants.RECENT]
        assert recent.sum() == 0


def news(n_old, n_new, n_bits=40, seed=0):
    """Rows of three kinds, then rows of three others."""
    rng = np.random.default_rng(seed)
    kinds = rng.random((6, n_bits)) < 0.4
    kind = np.append(rng.integers(3, size=n_old), 3 + rng.integers(3, size=n_new))
    noise = rng.random((n_old + n_new, n_bits)) < 0.03
    return kinds[kind] ^ noise, kind


@pytest.mark.parametrize("reserve_size", [8, 1, 5])
def test_the_reserve_is_released_for_news_only(reserve_size):
    X, _ = news(2048, 1024)
    params = {
        "n_neurons": 4 + reserve_size,
        "reserve_size": reserve_size,
        "random_state": 0,
    }
    clusterer = BitWTAClusterer(1, **params).partial_fit(X[:2048])
    assert clusterer.n_neurons_ == 4
    seed = np.random.RandomState(0).randint(2**31)
    assert_same(clusterer, teach_reference(X[:2048], clusterer, seed), 40)
    for start in range(2048, 3072, 128):
        clusterer.partial_fit(X[start : start + 128])
    assert 4 < clusterer.n_neurons_ <= 4 + reserve_size
    competition = teach_reference(X, clusterer, seed)
    assert_same(clusterer, competition, 40)
    progress = clusterer.population_["totals"]
    assert progress[constants.N_RELEASED] == competition.released
    assert progress[constants.N_NOVEL] == competition.novel
    assert progress[constants.USUAL_NOVEL] == competition.usual
    # All are known from the beginning when the stream is mixed.
    mixed = X[np.random.default_rng(1).permutation(len(X))]
    assert BitWTAClusterer(1, **params).partial_fit(mixed).n_neurons_ == 4


@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 120), max_size=6))
def test_streams_can_be_cut_anywhere(seed, cuts):
    X = streams(seed, 120, 50, 6)
    params = {
        "n_neurons": 16,
        "max_count": 9,
        "reassignment_interval": 20,
        "random_state": seed,
        "learning": ["counters", FlipRule(), FlipRule(init="density")][seed % 3],
    }
    whole = BitWTAClusterer(4, **params).partial_fit(X)
    parts = BitWTAClusterer(4, **params)
    bounds = [0, *sorted(cuts), 120]
    for start, stop in pairwise(bounds):
        if stop > start:
            parts.partial_fit(X[start:stop])
    assert_same_state(whole, parts)
    assert_array_equal(whole.neuron_labels_, parts.neuron_labels_)
    assert whole.n_samples_seen_ == parts.n_samples_seen_ == 120
    unshuffled = BitWTAClusterer(4, shuffle=False, **params).fit(X)
    assert_array_equal(unshuffled.patterns_, whole.patterns_)


@pytest.mark.parametrize("kind", SIMILARITIES)
@pytest.mark.parametrize("levels", [(0.3,), (1 / 8, 1 / 4, 1 / 2)])
@pytest.mark.parametrize("n_bits", [1, 31, 64, 100])
def test_answers_are_those_of_the_reference(kind, levels, n_bits):
    X = streams(n_bits, 300, n_bits, 7)
    clusterer = BitWTAClusterer(
        13, similarity=kind, quantization_levels=levels, max_count=20, random_state=0
    ).fit(X)
    numbers = levels_of(clusterer, n_bits)
    cues = streams(n_bits + 1, 40, n_bits, 7)
    top = len(levels)
    known = X.any(axis=0)
    exact = [[similarity(kind, v, x, top, known) for v in numbers] for x in cues]
    winners = [max(range(len(r)), key=lambda n: (r[n], -n)) for r in exact]
    expected = np.array(exact, dtype=float)
    if kind == "cosine":
        expected = np.sqrt(expected)
    assert_array_equal(clusterer.predict_neuron(cues), winners)
    assert_allclose(clusterer.transform(cues), expected, rtol=1e-12, atol=1e-15)
    scores = clusterer.score_samples(cues)
    assert_array_equal(scores, clusterer.transform(cues).max(axis=1))
    patterns, index, score = clusterer.recall(
        cues, return_index=True, return_score=True
    )
    assert_array_equal(index, winners)
    assert_array_equal(score, scores)
    assert_array_equal(patterns, unpack_bits(clusterer.patterns_, n_bits)[winners])
    packed = clusterer.recall(cues, packed_output=True)
    assert_array_equal(packed, clusterer.patterns_[winners])


def test_threads_memory_orders_and_formats_do_not_matter():
    X = random_bits(3000, 77)
    packed = pack_bits(X)
    expected = BitWTAClusterer(9, n_neurons=30, random_state=0).fit(packed)
    packed.setflags(write=False)
    for n_jobs, rows in ((2, packed), (-1, np.asfortranarray(packed))):
        found = BitWTAClusterer(9, n_neurons=30, n_jobs=n_jobs, random_state=0).fit(
            rows
        )
        assert_array_equal(found.labels_, expected.labels_)
        assert_array_equal(found.predict(rows), expected.predict(packed))
        assert_array_equal(found.score_samples(rows), expected.score_samples(packed))
        assert_array_equal(found.transform(rows), expected.transform(packed))
        assert_array_equal(found.recall(rows), expected.recall(packed))
    for rows in (X, X.astype(float), np.asfortranarray(X), sparse.csr_array(X * 1)):
        found = BitWTAClusterer(9, n_neurons=30, random_state=0).fit(rows)
        assert_array_equal(found.labels_, expected.labels_)
        assert_array_equal(found.predict(rows), expected.predict(packed))
        assert_array_equal(
            found.recall(rows[:5]), unpack_bits(expected.recall(packed[:5]), 77)
        )


def test_memory_recalls_exactly():
    patterns = random_bits(500, 256, density=0.5)
    memory = BitWTAClusterer(n_jobs=2)
    memory.store(patterns[:200]).store(patterns[200:])
    assert memory.n_neurons_ == 500
    cues = corrupt_bits(patterns, 0.2, random_state=0)
    recalled, index, score = memory.recall(cues, return_index=True, return_score=True)
    assert_array_equal(index, np.arange(500))
    assert_array_equal(recalled, patterns)
    assert np.all(score < 1)
    assert np.all(memory.score_samples(patterns) == 1)
    # What is stored is a neuron like others and goes on learning.
    memory.partial_fit(patterns[:3])
    assert_array_equal(memory.counts_[:4], [2, 2, 2, 1])


def test_room_can_be_announced():
    X, _ = news(600, 600)
    clusterer = BitWTAClusterer(6, n_neurons=6, random_state=0).partial_fit(X[:600])
    old = clusterer.predict_neuron(X[:600])
    clusterer.set_params(n_neurons=12).partial_fit(X[600:])
    assert clusterer.n_neurons_ == 12
    assert_array_equal(clusterer.predict_neuron(X[:600]), old)
    assert np.all(clusterer.predict_neuron(X[600:]) >= 6)
    assert len(np.unique(clusterer.predict(X))) == 6


def test_growth_on_demand_finds_the_number_of_clusters():
    X, kind = news(300, 300)
    clusterer = BitWTAClusterer(50, similarity="hamming", vigilance=0.75).partial_fit(X)
    assert clusterer.n_neurons_ == 6
    pairs = {(int(a), int(b)) for a, b in zip(kind, clusterer.predict(X), strict=True)}
    assert len(pairs) == 6


def test_permanent_neurons_stop():
    X = random_bits(500, 64)
    clusterer = BitWTAClusterer(
        4, forget=False, max_count=16, reassignment_interval=None, random_state=0
    )
    before = clusterer.partial_fit(X).patterns_
    assert_array_equal(clusterer.partial_fit(~X).patterns_, before)
    assert clusterer.counts_.sum() == 1000


@pytest.mark.parametrize("max_count", [254, 255])
def test_counters_do_not_wrap(max_count):
    X = np.ones((1000, 70), dtype=bool)
    X[:, 0] = np.arange(1000) % 2
    clusterer = BitWTAClusterer(1, max_count=max_count, quantization_levels=(0.9,))
    clusterer.partial_fit(X)
    expected = np.ones((1, 70), dtype=bool)
    expected[0, 0] = False
    assert_array_equal(unpack_bits(clusterer.patterns_, 70), expected)


def test_links_do_not_overflow():
    X = random_bits(200, 40)
    clusterer = BitWTAClusterer(2, n_neurons=8, random_state=0).partial_fit(X)
    pairs = [[a, b, 2**14] for a in range(8) for b in range(8) if a != b]
    clusterer.population_["links"] = np.array(pairs)
    clusterer.population_["links"][0, 2] += 2**20 - 1 - 56 * 2**14
    clusterer.population_["totals"][constants.N_LINKS] = 2**20 - 1
    clusterer.partial_fit(X[:1])
    links = clusterer.population_["links"]
    n_links = clusterer.population_["totals"][constants.N_LINKS]
    assert np.all(links[1:, 2] == 2**13)
    assert n_links == links[:, 2].sum()
    assert 2**19 - 1 <= n_links <= 2**19
    clusterer.partial_fit(X)
    assert clusterer.population_["totals"][constants.N_LINKS] == n_links + 200


class TestClusters:
    """Neurons merged by links."""

    def test_they_follow_what_is_learned(self):
        X = streams(0, 400, 60, 6)
        clusterer = BitWTAClusterer(3, n_neurons=12).partial_fit(X[:200])
        before = clusterer.predict(X)
        clusterer.partial_fit(X[200:])
        whole = BitWTAClusterer(3, n_neurons=12).partial_fit(X)
        assert_array_equal(clusterer.predict(X), whole.predict(X))
        assert not np.array_equal(before, clusterer.predict(X))

    def test_a_chain_of_neurons_is_one_cluster(self):
        # A window of ones that slides over the bits: two far ends share nothing.
        def chain(first, n):
            X = np.zeros((n, 200), dtype=bool)
            starts = np.random.default_rng(first).integers(80, size=n)
            for x, start in zip(X, starts, strict=True):
                x[first + start : first + start + 20] = True
            return X

        X = np.vstack([chain(0, 1500), chain(100, 1500)])
        clusterer = BitWTAClusterer(2, n_neurons=24, max_iter=3, random_state=0).fit(X)
        first, second = clusterer.labels_[:1500], clusterer.labels_[1500:]
        assert np.all(first == first[0])
        assert np.all(second == second[0])
        assert first[0] != second[0]

    @pytest.mark.parametrize("n_clusters", [1, 2, 3, 7])
    def test_there_are_as_many_as_asked_for(self, n_clusters):
        # Five groups that share no bit, so that nothing links them.
        blocks = np.repeat(np.eye(5, dtype=bool), 20, axis=1)
        rng = np.random.default_rng(0)
        X = blocks[rng.integers(5, size=2000)] & (rng.random((2000, 100)) < 0.8)
        clusterer = BitWTAClusterer(n_clusters, n_neurons=20, random_state=0).fit(X)
        assert_array_equal(np.unique(clusterer.neuron_labels_), np.arange(n_clusters))
        assert_array_equal(np.unique(clusterer.labels_), np.arange(n_clusters))

    def test_stored_patterns_join_what_they_resemble(self):
        X, _ = news(500, 500)
        clusterer = BitWTAClusterer(6, n_neurons=18, random_state=0).partial_fit(X)
        assert clusterer.n_neurons_ == 18
        resembling = clusterer.predict(X[[0, 999]])
        clusterer.store(X[[0, 999]])
        assert clusterer.n_neurons_ == 20
        assert_array_equal(clusterer.neuron_labels_[18:], resembling)

    @given(data=st.data(), seed=st.integers(0, 10**6))
    def test_equal_those_of_a_dense_matrix(self, data, seed):
        rng = np.random.default_rng(seed)
        n = data.draw(st.integers(1, 16))
        X = rng.random((n, 12)) < 0.5
        clusterer = BitWTAClusterer(1, n_neurons=99, random_state=0).store(X)
        links = rng.integers(1, data.draw(st.sampled_from([2, 4, 30])), size=(n, n))
        links[rng.random((n, n)) < data.draw(st.sampled_from([0.3, 0.7, 0.9, 1]))] = 0
        # Some neurons win about a tenth of their fair share, some nothing at all.
        links *= rng.choice([0, 1, 2, 4, 20], size=(n, 1))
        np.fill_diagonal(links, 0)
        pairs = np.argwhere(links)
        population = clusterer.population_
        rows = [[*pair, links[tuple(pair)]] for pair in pairs]
        population["links"] = np.array(rows, dtype=np.int64).reshape(-1, 3)
        population["totals"][constants.N_LINKS] = links.sum()
        likeness = clusterer.transform(unpack_bits(clusterer.patterns_, 12))
        n_wanted = data.draw(st.integers(1, n))
        population["n_clusters"] = n_wanted
        expected = group(links, likeness, n_wanted)
        assert_array_equal(_linkage.group(population), expected)


class TestState:
    """Learning works on a copy, and what is damaged is refused."""

    params = ({}, {"n_clusters": 3, "n_neurons": 12}, {"learning": FlipRule()})

    @pytest.mark.parametrize("params", params)
    @pytest.mark.parametrize("method", ["partial_fit", "store", "fit"])
    @pytest.mark.parametrize("after", [0, 1, 2])
    def test_interrupted_learning_is_undone(self, params, method, after):
        X = streams(0, 3000, 40, 6)
        clusterer = BitWTAClusterer(random_state=0, **params).partial_fit(X[:500])
        before = pickle.loads(pickle.dumps(clusterer))
        attributes = vars(clusterer).copy()
        name = "insert" if method == "store" else "_learn_block"
        learn = getattr(Learner, name)
        calls = []

        def interrupted(learner, words):
            learn(learner, words)
            calls.append(1)
            if len(calls) > min(after, 0 if method == "store" else 2):
                raise KeyboardInterrupt

        with (
            mock.patch.object(Learner, name, interrupted),
            pytest.raises(KeyboardInterrupt),
        ):
            getattr(clusterer, method)(X)
        assert vars(clusterer).keys() == attributes.keys()
        assert all(vars(clusterer)[k] is v for k, v in attributes.items())
        assert_same_state(clusterer, before)
        assert_same_state(getattr(clusterer, method)(X), getattr(before, method)(X))

    @pytest.mark.parametrize("params", params)
    @pytest.mark.parametrize("method", ["partial_fit", "store"])
    def test_what_was_learned_before_may_be_read_only(self, params, method):
        X = streams(1, 300, 40, 6)
        clusterer = BitWTAClusterer(random_state=0, **params).partial_fit(X)
        buffers = []
        data = pickle.dumps(clusterer, protocol=5, buffer_callback=buffers.append)
        blocks = [bytes(buffer.raw()) for buffer in buffers]
        loaded = [pickle.loads(data, buffers=blocks) for _ in range(2)]
        parts = [v for v in loaded[0].population_.values() if isinstance(v, np.ndarray)]
        assert not any(part.flags.writeable for part in parts if part.size)
        shallow = copy.copy(clusterer)
        answers = clusterer.transform(X)
        getattr(loaded[0], method)(X)
        getattr(shallow, method)(X)
        assert_same_state(loaded[0], shallow)
        assert_same_state(loaded[1], clusterer)
        assert_array_equal(clusterer.transform(X), answers)

    @given(data=st.data(), seed=st.integers(0, 10**6))
    def test_damages_are_refused_or_do_no_harm(self, data, seed):
        rng = np.random.default_rng(seed)
        X = streams(2, 60, 70, 6)
        params = data.draw(st.sampled_from(self.params))
        similarity = data.draw(st.sampled_from(SIMILARITIES))
        clusterer = BitWTAClusterer(similarity=similarity, random_state=0, **params)
        clusterer.partial_fit(X)
        population = clusterer.population_
        name = data.draw(st.sampled_from(sorted(population)))
        part = population[name]
        kind = data.draw(
            st.sampled_from(["gone", "value", "shape", "dtype", "extreme"])
        )
        if kind == "gone":
            del population[name]
        elif not isinstance(part, np.ndarray) or part.size == 0:
            population[name] = data.draw(
                st.sampled_from([-1, 0, 2**40, "a", np.eye(2)])
            )
        elif kind == "shape":
            population[name] = part[: rng.integers(len(part))]
        elif kind == "dtype":
            population[name] = part.astype(np.float64)
        else:
            extreme = [-(2**62), -1, len(X), 255, 256, 2**20, 2**41, 2**62]
            value = rng.choice(extreme) if kind == "extreme" else rng.integers(-9, 99)
            place = rng.integers(part.size)
            part.reshape(-1)[place] = np.int64(value).astype(part.dtype)
        for use in (
            lambda: clusterer.predict(X),
            lambda: clusterer.transform(X),
            lambda: pickle.loads(pickle.dumps(clusterer)).predict(X),
            lambda: clusterer.partial_fit(X),
            lambda: clusterer.store(X),
        ):
            try:
                use()
            except ValueError as error:
                if "damaged" not in str(error):
                    raise

    @pytest.mark.parametrize(
        ("name", "column", "value"),
        [
            ("neurons", constants.PENDING, 16),
            ("neurons", constants.NEXT_PENDING, 16),
            ("neurons", constants.WEIGHT, 256),
            ("neurons", constants.MEAN_SIMILARITY, 2**20 + 1),
            ("neurons", constants.PENDING, -2),
            ("links", 0, 16),
            ("links", 1, -1),
            ("links", 2, 2**20),
        ],
    )
    def test_indices_and_counters_are_in_range(self, name, column, value):
        X = streams(3, 300, 70, 6)
        clusterer = BitWTAClusterer(2, n_neurons=16, random_state=0).partial_fit(X)
        clusterer.population_[name][-1, column] = value
        for use in (clusterer.predict, clusterer.transform, clusterer.partial_fit):
            with pytest.raises(ValueError, match=rf"population_\.{name} .* damaged"):
                use(X)

    def test_places_without_a_neuron_stay_empty(self):
        X = streams(3, 300, 70, 6)
        for name in ("patterns", "norms"):
            clusterer = BitWTAClusterer(11, random_state=0).partial_fit(X)
            clusterer.population_[name][-2 if name == "patterns" else -1, 5] = 1
            with pytest.raises(ValueError, match=r"population_\.patterns .* damaged"):
                clusterer.predict(X)

    def test_fixed_parameters_have_no_effect_until_fit(self):
        X = streams(4, 200, 40, 6)
        clusterer = BitWTAClusterer(5, random_state=0).fit(X)
        answers = clusterer.transform(X), clusterer.predict(X)
        clusterer.set_params(
            n_clusters=2,
            similarity="hamming",
            learning=FlipRule(init="random", competition="unbounded"),
            quantization_levels=(0.5,),
            binarize=7,
        )
        assert_array_equal(clusterer.transform(X), answers[0])
        assert_array_equal(clusterer.predict(X), answers[1])
        with pytest.raises(ValueError, match="call fit to begin anew"):
            clusterer.partial_fit(X)

    def test_labels_are_those_of_what_was_learned(self):
        X = streams(4, 400, 40, 6)
        params = {"n_neurons": 20, "random_state": 0}
        clusterer = BitWTAClusterer(3, **params).partial_fit(X)
        expected = BitWTAClusterer(3, **params).partial_fit(X).neuron_labels_
        clusterer.set_params(n_clusters=7, n_neurons=None)
        assert_array_equal(clusterer.neuron_labels_, expected)
        clusterer.set_params(n_clusters=7, n_neurons=20).partial_fit(X)
        assert clusterer.neuron_labels_.max() == 6

    def test_skops_loads_it_without_trusting_private_classes(self):
        io = pytest.importorskip("skops.io")
        X = streams(5, 300, 40, 6)
        clusterer = BitWTAClusterer(3, n_neurons=12, random_state=0).fit(X)
        data = io.dumps(clusterer)
        types = io.get_untrusted_types(data=data)
        assert types == ["skbit.cluster._bit_wta.BitWTAClusterer"]
        loaded = io.loads(data, trusted=types)
        assert_array_equal(loaded.predict(X), clusterer.predict(X))
        assert_same_state(loaded.partial_fit(X), clusterer.partial_fit(X))


class TestFlipRule:
    """The parameters of a learning rule as one object."""

    def test_is_a_parameter_object(self):
        rule = FlipRule(rate=0.25, init="density")
        clusterer = BitWTAClusterer(3, learning=rule, random_state=0)
        assert repr(rule) == "FlipRule(init='density', rate=0.25)"
        assert clusterer.get_params()["learning__rate"] == 0.25
        copied = clone(clusterer)
        assert copied.learning == rule
        assert copied.learning is not rule
        assert FlipRule() != rule
        assert rule != "counters"
        copied.set_params(learning__rate=0.5)
        assert (copied.learning.rate, rule.rate) == (0.5, 0.25)
        assert pickle.loads(pickle.dumps(copied)).learning == copied.learning

    @pytest.mark.parametrize("schedule", ["constant", "decay", "shrink"])
    def test_the_rate_may_be_changed(self, schedule):
        X = streams(8, 300, 40, 6)
        rule = FlipRule(schedule=schedule, settle_after=50)
        clusterer = BitWTAClusterer(3, learning=rule, random_state=0)
        clusterer.partial_fit(X[:150])
        expected = clone(clusterer).partial_fit(X[:150]).set_params(learning__rate=0.7)
        same = clone(clusterer).partial_fit(X[:150])
        # An equal rule is the same rule.
        same.set_params(learning=clone(rule)).partial_fit(X[150:])
        assert_same_state(same, clusterer.partial_fit(X[150:]))
        expected.partial_fit(X[150:])
        assert not np.array_equal(expected.patterns_, clusterer.patterns_)

    @pytest.mark.parametrize(
        "change", [{"init": "random"}, {"competition": "unbounded"}]
    )
    def test_other_parameters_are_fixed(self, change):
        X = streams(8, 100, 40, 6)
        clusterer = BitWTAClusterer(3, learning=FlipRule(), random_state=0).fit(X)
        before = clusterer.patterns_
        clusterer.learning.set_params(**change)
        with pytest.raises(ValueError, match="Set it back to learn more"):
            clusterer.partial_fit(X)
        assert_array_equal(clusterer.patterns_, before)

    @pytest.mark.parametrize(
        "params",
        [{"rate": 1.5}, {"schedule": "no"}, {"settle_after": 0}, {"init": "zeros"}],
    )
    def test_illegal_values_are_refused(self, params):
        X = streams(8, 100, 40, 6)
        name = next(iter(params))
        clusterer = BitWTAClusterer(3, learning=FlipRule(**params))
        for method in (clusterer.fit, clusterer.partial_fit, clusterer.store):
            with pytest.raises(ValueError, match=f"'{name}' parameter of FlipRule"):
                method(X)
        assert not hasattr(clusterer, "population_")


def test_the_state_is_public_and_labels_are_not_saved():
    X = streams(5, 300, 40, 6)
    clusterer = BitWTAClusterer(3, n_neurons=12, random_state=0).fit(X)
    labels = clusterer.neuron_labels_
    state = clusterer.__getstate__()
    assert [name for name in state if name.startswith("_")] == [
        "_n_features_out",
        "_skbit_format",
    ]
    assert "neuron_labels_" not in state
    assert {type(part) for part in clusterer.population_.values()} == {
        int,
        np.ndarray,
    }
    assert_array_equal(pickle.loads(pickle.dumps(clusterer)).neuron_labels_, labels)


def test_memory_follows_the_neurons_in_use():
    X = streams(6, 2000, 256, 5)
    params = {"similarity": "hamming", "vigilance": 0.6}
    clusterer = BitWTAClusterer(100_000, **params)
    tracemalloc.start()
    clusterer.partial_fit(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert clusterer.n_neurons_ < 100
    assert peak < 20e6
    few = BitWTAClusterer(clusterer.n_neurons_, **params).partial_fit(X)
    assert len(pickle.dumps(clusterer)) < len(pickle.dumps(few)) + 100


def test_population_grows_while_it_learns():
    X = random_bits(1000, 64, density=0.5)
    clusterer = BitWTAClusterer(300, random_state=0).partial_fit(X[:299])
    assert clusterer.n_neurons_ == 299
    clusterer.partial_fit(X[299:])
    whole = BitWTAClusterer(300, random_state=0).partial_fit(X)
    assert_same_state(clusterer, whole)
    expected = teach_reference(
        X[:320], whole.set_params(n_neurons=300), whole.population_["seed"]
    )
    part = BitWTAClusterer(300, n_neurons=300, random_state=0).partial_fit(X[:320])
    assert_same(part, expected, 64)


@pytest.mark.parametrize("kind", SIMILARITIES)
@pytest.mark.parametrize("learning", ["counters", FlipRule(rate=1.0)])
def test_padding_changes_nothing(kind, learning):
    X = streams(7, 400, 40, 6)
    # As a union of packed encoders: 9 and 31 bits, each in containers of its own.
    packed = np.hstack([pack_bits(X[:, :9]), pack_bits(X[:, 9:])])
    padded = unpack_bits(packed, 64)
    spread = np.zeros((400, 700), dtype=bool)
    spread[:, 5:165:4] = X
    # Which bits flip depends on where they stand, unless all do.
    params = {"similarity": kind, "learning": learning, "vigilance": 0.9}
    fitted = []
    for rows in (X, packed, padded, spread):
        clusterer = BitWTAClusterer(3, n_neurons=12, random_state=0, **params)
        clusterer.partial_fit(rows[:250])
        fitted.append(
            (
                clusterer.predict(rows),
                clusterer.predict_neuron(rows),
                clusterer.score_samples(rows),
                clusterer.transform(rows),
                clusterer.mean_similarity_,
                clusterer.counts_,
            )
        )
    for other in fitted[1:]:
        for found, expected in zip(other, fitted[0], strict=True):
            assert_array_equal(found, expected)
    assert np.all(fitted[0][3] <= 1)
    assert np.all(fitted[0][3] >= (-1 if kind == "overlap" else 0))


def test_threads_are_used():
    X = pack_bits(random_bits(6000, 64))
    clusterer = BitWTAClusterer(9, random_state=0, n_jobs=2).fit(X)
    threads = set()
    barrier = threading.Barrier(2)
    scratch = _answers._scratch

    def noted(population):
        if threading.get_ident() not in threads:
            threads.add(threading.get_ident())
            # Nobody goes on until a second thread is here.
            barrier.wait(timeout=20)
        return scratch(population)

    for answer in (clusterer.predict, clusterer.transform, clusterer.score_samples):
        threads.clear()
        with mock.patch.object(_answers, "_scratch", noted):
            answer(X)
        assert len(threads) == 2


class TestBadInput:
    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"n_clusters": 5, "n_neurons": 4}, "at least n_clusters=5"),
            ({"n_clusters": 5, "reserve_size": 5}, "must leave at least one of 5"),
            ({"quantization_levels": (0.5, 0.25, 0.75)}, "rising order"),
            ({"quantization_levels": (0.25, 0.5)}, "one, three or seven"),
            ({"quantization_levels": (1.0,)}, "below 1"),
            ({"quantization_levels": (0.999,)}, "below 1"),
            ({"quantization_levels": (0.5, 0.501, 0.75)}, "different shares"),
            ({"quantization_levels": (np.nan,)}, "below 1"),
            ({"quantization_levels": ("a",)}, "one, three or seven"),
            ({"max_count": 256}, "max_count"),
            ({"similarity": "nonsense"}, "similarity"),
            ({"vigilance": 1.5}, "vigilance"),
        ],
    )
    def test_parameters(self, params, message):
        with pytest.raises(ValueError, match=message):
            BitWTAClusterer(**params).fit(random_bits(20, 10))

    def test_too_many_bits_to_be_exact(self):
        with pytest.raises(ValueError, match="too many to compare exactly"):
            BitWTAClusterer(2).fit(sparse.csr_array((1, 400_000)))

    def test_nothing_is_lost(self):
        X = random_bits(100, 40)
        clusterer = BitWTAClusterer(4, random_state=0).partial_fit(X)
        before = clusterer.patterns_
        for change, message in (
            ({"similarity": "jaccard"}, "Set it back to learn more"),
            ({"learning": FlipRule()}, "Set it back to learn more"),
            ({"quantization_levels": (0.3,)}, "Set it back to learn more"),
            ({"n_neurons": 2}, "at least n_clusters"),
        ):
            original = clusterer.get_params()
            with pytest.raises(ValueError, match=message):
                clusterer.set_params(**change).partial_fit(X)
            clusterer.set_params(**original)
        with pytest.raises(ValueError, match="has 39 features"):
            clusterer.partial_fit(X[:, :39])
        with pytest.raises(ValueError, match="packed bit matrix"):
            clusterer.partial_fit(np.zeros((3, 40), dtype=np.uint32))
        assert_array_equal(clusterer.patterns_, before)
        assert clusterer.n_samples_seen_ == 100


def test_attributes_after_fit_and_partial_fit():
    X = random_bits(300, 33)
    clusterer = BitWTAClusterer(5, max_iter=2, random_state=0).fit(X)
    assert clusterer.n_iter_ == 2
    assert clusterer.n_samples_seen_ == 600 == clusterer.counts_.sum()
    assert_array_equal(clusterer.labels_, clusterer.predict(X))
    assert clusterer.patterns_.shape == (5, 2)
    assert np.all((clusterer.mean_similarity_ > 0) & (clusterer.mean_similarity_ <= 1))
    assert not hasattr(clusterer.partial_fit(X), "labels_")
    names = clusterer.get_feature_names_out()
    assert list(names) == [f"bitwtaclusterer{n}" for n in range(5)]

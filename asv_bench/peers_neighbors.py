# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of nearest neighbours by the number of differing bits.

60,000 training images are stored, and the nearest of them is asked for 2,000 test
images. Recall is the share of the answers that are as near as the nearest.
"""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np

from asv_bench.peers import load as load_images
from asv_bench.peers_models import count_differing
from asv_bench.peers_page import package_of, percent, seconds, size_of, write_tables
from asv_bench.suite import Row, Suite, pickled
from skbit import BitWTAClusterer, PixelEncoder
from skbit.bits import pack_bits

_N_QUERIES = 2000


class Memory:
    """The clusterer of skbit with a neuron for each row."""

    def fit(self, words):
        self.model_ = BitWTAClusterer(
            similarity="hamming", quantization_levels=(1 / 2,), input_format="packed"
        ).store(words)
        return self

    def query(self, words):
        return self.model_.predict_neuron(words)

    def n_bytes(self):
        return pickled(self.model_)


class Faiss:
    """An index of faiss of the bytes of the words."""

    def __init__(self, make):
        self.make = make

    def fit(self, words):
        import faiss

        faiss.omp_set_num_threads(1)
        self.index_ = self.make(faiss, 32 * words.shape[1])
        if not self.index_.is_trained:
            self.index_.train(words.view(np.uint8))
        self.index_.add(words.view(np.uint8))
        return self

    def query(self, words):
        return self.index_.search(words.view(np.uint8), 1)[1][:, 0]

    def n_bytes(self):
        import faiss

        return len(faiss.serialize_index_binary(self.index_))


def flat(faiss, n_bits):
    return faiss.IndexBinaryFlat(n_bits)


def inverted_file(n_lists, n_probed, faiss, n_bits):
    index = faiss.IndexBinaryIVF(faiss.IndexBinaryFlat(n_bits), n_bits, n_lists)
    index.nprobe = n_probed
    return index


def graph(n_links, n_searched, faiss, n_bits):
    index = faiss.IndexBinaryHNSW(n_bits, n_links)
    index.hnsw.efSearch = n_searched
    return index


class Descent:
    """The graph of pynndescent."""

    def fit(self, words):
        from pynndescent import NNDescent

        self.index_ = NNDescent(
            words.view(np.uint8), metric="bit_hamming", n_jobs=1, random_state=0
        )
        self.index_.prepare()
        return self

    def query(self, words):
        return self.index_.query(words.view(np.uint8), k=1)[0][:, 0]

    def n_bytes(self):
        return pickled(self.index_)


ROWS = [
    Row("skbit memory, exact", Memory),
    Row("faiss flat, exact", partial(Faiss, flat), "faiss"),
    *(
        Row(
            f"faiss IVF, {n_probed} of 256 lists",
            partial(Faiss, partial(inverted_file, 256, n_probed)),
            "faiss",
        )
        for n_probed in (4, 16)
    ),
    *(
        Row(
            f"faiss HNSW, 16 links, {n_searched} searched",
            partial(Faiss, partial(graph, 16, n_searched)),
            "faiss",
        )
        for n_searched in (16, 64)
    ),
    Row("pynndescent", Descent, "pynndescent"),
]


@dataclass(frozen=True)
class Data:
    """Rows to store, rows to ask for, and their distances to the nearest."""

    stored: np.ndarray
    queries: np.ndarray
    nearest: np.ndarray


def make_data(stored, queries):
    """Return data with the distances to the nearest of all stored rows."""
    nearest = [distances(row, stored).min() for row in queries]
    return Data(stored, queries, np.array(nearest))


def distances(row, words):
    """Return the numbers of bits in which rows differ from a row."""
    rows = [np.pad(w, ((0, 0), (0, w.shape[1] % 2))) for w in (row[None], words)]
    found = np.empty((1, len(words)), dtype=np.uint16)
    count_differing(*(w.view(np.uint64) for w in rows), found)
    return found[0]


def black(X):
    return pack_bits(X > 127)


def levels(X):
    return PixelEncoder((64, 128, 192)).fit(X).transform(X)


def load(name, encode):
    X, _, X_test, _ = load_images(name)
    return make_data(encode(X), encode(X_test[:_N_QUERIES]))


def smoke():
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 2**32, (400, 4), dtype=np.uint32)
    noise = np.uint32(1) << rng.integers(0, 32, (50, 4), dtype=np.uint32)
    return make_data(stored, stored[:50] ^ noise)


def measure(row, data):
    """Store rows and ask for the nearest, after a first try on few rows."""
    row.make().fit(data.stored[:300]).query(data.queries[:10])
    start = time.perf_counter()
    index = row.make().fit(data.stored)
    stored = time.perf_counter()
    answers = index.query(data.queries)
    end = time.perf_counter()
    found = [
        distances(query, data.stored[[answer]])[0]
        for query, answer in zip(data.queries, answers, strict=True)
    ]
    return {
        "recall": round(float(np.mean(found == data.nearest)), 5),
        "fit_s": round(stored - start, 3),
        "queries_per_s": round(len(answers) / (end - stored), 1),
        "bytes": index.n_bytes(),
    }


COLUMNS = {
    "recall": percent("recall"),
    "store": seconds("fit_s"),
    "queries per second": lambda e: f"{e['queries_per_s']:,.0f}",
    "bytes": lambda e: size_of(e["bytes"]),
    "version": package_of,
}

SUITE = Suite(
    name="neighbors",
    record="peers_neighbors.jsonl",
    sets={
        "mnist-800": partial(load, "mnist", black),
        "fashion-2368": partial(load, "fashion_mnist", levels),
    },
    rows=ROWS,
    measure=measure,
    write_page=lambda found, doc: write_tables(SUITE, found, doc, COLUMNS),
    smoke=smoke,
)

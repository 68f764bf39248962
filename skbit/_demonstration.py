# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The demonstration: skbit on the data that ship with scikit-learn."""

import logging
import time
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.metrics.cluster import contingency_matrix
from sklearn.model_selection import cross_val_score, train_test_split

from skbit import (
    BitNoveltyDetector,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.codegen._compiler import load
from skbit.datasets import corrupt_bits
from skbit.dram import compare_dram_costs, format_interval
from skbit.metrics import bit_mass
from skbit.pipeline import image_pipeline, tabular_pipeline

N_NEURONS = 512


def timed(function, *args):
    """Call a function and measure its second call, when its code is compiled."""
    function(*args)
    start = time.perf_counter()
    result = function(*args)
    return result, 1000 * (time.perf_counter() - start)


def rows(progress):
    """Run each step and yield a row of the table for it."""
    task = progress.add_task("", total=5)

    def begin(what):
        progress.update(task, description=what)

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.3, stratify=y, random_state=0
    )
    for size in ("small", "large"):
        begin(f"image_pipeline, {size}")
        model = image_pipeline((8, 8), size, random_state=0)
        _, ms = timed(model.fit, X_train, y_train)
        makes = f"{bit_mass(model).total / 8000:.0f} kB"
        accuracy = model.score(X_test, y_test)
        yield "everything", f"image_pipeline, {size}", makes, ms, accuracy
        progress.advance(task)
    begin("encoding")
    encoder = ThermometerEncoder(curve="linear", feature_range=(0, 16)).fit(X_train)
    bits, ms = timed(encoder.transform, X_train)
    test_bits = encoder.transform(X_test)
    progress.advance(task)
    yield "encode", "thermometer, 8 levels", f"{32 * bits.shape[1]:,} bits", ms, None

    begin("projecting")
    projection = RandomMAJ3Projection(
        N_NEURONS, receptive_field=(3, 5), image_shape=(8, 8), random_state=42
    ).fit(bits)
    projected, ms = timed(projection.transform, bits)
    test_projected = projection.transform(test_bits)
    progress.advance(task)
    size = f"{32 * projected.shape[1]:,} bits"
    yield "project", f"{N_NEURONS} neurons see windows", size, ms, None

    begin("counting, tuning")
    for how, max_iter in (("count once", 1), ("tune 10 passes", 11)):
        classifier = OttoScoreClassifier(max_iter=max_iter, random_state=0)
        _, ms = timed(classifier.fit, projected, y_train)
        accuracy = classifier.score(test_projected, y_test)
        yield "classify", how, f"{classifier.weights_.size:,} int32", ms, accuracy
    progress.advance(task)


def unsupervised_lines():
    """Yield what a clusterer makes of the digits without seeing their classes."""
    X, y = load_digits(return_X_y=True)
    encoder = DirectionalEdgeEncoder(distance=1, density=0.2, dilation=0)
    bits = encoder.fit_transform(X)

    purities = []
    for seed in range(5):
        clusterer = BitWTAClusterer(10, n_neurons=64, max_iter=5, random_state=seed)
        _, ms = timed(clusterer.fit, bits)
        classes = contingency_matrix(y, clusterer.labels_).max(axis=0)
        purities.append(classes.sum() / len(y))
    figure = f"{100 * np.mean(purities):.1f} % in a cluster of their class, 5 seeds"
    yield f"{'10 clusters from 64 neurons':28}  {figure}, {ms:.1f} ms"

    memory = BitWTAClusterer().store(bits)
    cues = corrupt_bits(bits, 0.1, random_state=0)
    recalled, ms = timed(memory.recall, cues)
    share = np.all(recalled == bits, axis=1).mean()
    figure = f"{100 * share:.1f} % of {len(bits):,} stored digits come back exactly"
    yield f"{'recall, 10 % of bits flipped':28}  {figure}, {ms:.1f} ms"

    areas = []
    for digit in range(10):
        known, new = bits[y != digit], bits[y == digit]
        clusterer = BitWTAClusterer(64, max_iter=5, random_state=0)
        detector = BitNoveltyDetector(clusterer).fit(known[::2])
        rest = np.vstack([known[1::2], new])
        scores, ms = timed(detector.score_samples, rest)
        is_known = np.arange(len(rest)) < len(rest) - len(new)
        areas.append(roc_auc_score(is_known, scores))
    figure = f"a digit never seen is told from others, mean AUROC {np.mean(areas):.3f}"
    yield f"{'novelty, each digit in turn':28}  {figure}, {ms:.1f} ms"


def table_lines():
    """Yield what pipelines of tables make of two tables."""
    X, y = load_breast_cancer(return_X_y=True)
    forest = RandomForestClassifier(random_state=0)
    for name, model in (
        ("small", tabular_pipeline(random_state=0)),
        ("large", tabular_pipeline(size="large", random_state=0)),
        ("a forest of 100 trees", forest),
    ):
        accuracy = cross_val_score(model, X, y).mean()
        yield f"{name:28}  {100 * accuracy:.1f} % of breast tumours, 5 folds"

    benign, malignant = X[y == 1], X[y == 0]
    detector = tabular_pipeline("novelty", random_state=0).fit(benign[::2])
    scores = detector.score_samples(np.vstack([benign[1::2], malignant]))
    area = roc_auc_score(np.arange(len(scores)) < len(benign[1::2]), scores)
    figure = f"malignant is told from benign after benign only, AUROC {area:.3f}"
    yield f"{'tumours never seen':28}  {figure}"

    X, y = load_wine(return_X_y=True)
    pipeline = tabular_pipeline("clusterer", n_clusters=3, random_state=0)
    index = adjusted_rand_score(y, pipeline.fit_predict(X))
    yield f"{'clusters of wines':28}  adjusted Rand index {index:.2f} with 3 cultivars"


def export_lines():
    """Yield how far exported models agree with Python, on the digits to test on."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, _ = train_test_split(
        X.astype(np.uint8), y, test_size=0.3, stratify=y, random_state=0
    )
    model = image_pipeline((8, 8), random_state=0).fit(X_train, y_train)
    labels = model.predict(X_test)
    scores = model[-1].integer_scores(model[:-1].transform(X_test))
    for name, export in (("ONNX, onnxruntime", by_onnx), ("C99, this compiler", by_c)):
        try:
            export_labels, export_scores = export(model, X_test)
        except ImportError:
            yield f'{name:28}  not here: it needs pip install "skbit[onnx]"'
            continue
        except FileNotFoundError as error:
            yield f"{name:28}  not here: {error}"
            continue
        n_labels = np.sum(export_labels != labels)
        n_scores = np.sum(export_scores != scores)
        figure = f"{n_labels} of {labels.size:,} labels differ"
        yield f"{name:28}  {figure}, {n_scores} of {scores.size:,} integer scores"


def by_onnx(model, X):
    """Return labels and scores of a model as an ONNX graph."""
    from onnxruntime import InferenceSession

    from skbit.onnx import to_onnx

    session = InferenceSession(to_onnx(model, X).SerializeToString())
    return session.run(None, {"X": X})


def by_c(model, X):
    """Return labels and scores of a model as C, compiled here."""
    with TemporaryDirectory() as folder:
        (compiled,) = load(folder, to_c(model))
        return compiled.predict(X), compiled.scores(X)


def dram_lines():
    """Yield what a digit would cost in DRAM, 64 pixels of 8 levels, by three models."""
    costs = compare_dram_costs(N_NEURONS, 64 * 8 // 32, n_classes=10)
    for name, title in (
        ("seed", "DRAM, the document's constants"),
        ("ambit V1", "DRAM, row by row (V1)"),
        ("cpu cached", "a processor, weights cached"),
    ):
        cost = costs[name]
        energy = format_interval(cost.energy.total, "J", 1e-12)
        time = format_interval(cost.latency.total * (1 / cost.batch), "s", 1e-9)
        saved = f"{100 * cost.transfer_reduction:.1f} % fewer transfers"
        yield f"{title:28}  {energy}, {time}, {saved}"


class Compilations(logging.Handler):
    """Prints a line when kernels of another module are compiled."""

    def __init__(self, console):
        super().__init__()
        self.console, self.modules = console, set()

    def emit(self, record):
        """Print the module of a kernel, the first time."""
        module = record.args[0]
        if module not in self.modules:
            self.modules.add(module)
            self.console.print(f"Compiling the kernels of {module} ...")


SECTIONS = {
    "Without labels, all 1,797 digits as edges in four directions:": unsupervised_lines,
    "Tables that ship with scikit-learn, by tabular_pipeline:": table_lines,
    "Outside Python, the 540 digits to test on, by image_pipeline:": export_lines,
    "Estimates for one digit, all pixels, lowest to highest in brackets:": dram_lines,
}


def main():
    """Print a table of steps, sizes, times and accuracies."""
    # Words in brackets, such as the names of extras, would be taken for markup.
    console = Console(markup=False)
    logger = logging.getLogger("skbit")
    logger.addHandler(Compilations(console))
    logger.setLevel(logging.INFO)
    table = Table(title="skbit on 1,797 digits: 70 % to learn from, 30 % to test on")
    for heading in ("step", "how", "makes"):
        table.add_column(heading)
    for heading in ("time", "accuracy"):
        table.add_column(heading, justify="right")
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        for step, how, size, ms, accuracy in rows(progress):
            percent = "" if accuracy is None else f"{100 * accuracy:.1f} %"
            table.add_row(step, how, size, f"{ms:.1f} ms", percent)
    console.print(table)
    console.print(
        "Predicting took & | ~ and integer additions only. Times are those of a "
        "second call, on one thread, when the kernels are compiled."
    )
    for title, lines in SECTIONS.items():
        console.print(title)
        for line in lines():
            console.print(line, highlight=False, soft_wrap=True)

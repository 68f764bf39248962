# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The classifiers that are compared on small devices, with fixed settings.

Each row makes a program from training rows. Nothing is chosen on test rows: the rows of
a kind are a curve of settings.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from asv_bench.boards import Program
from asv_bench.embedded_int8 import fit_network
from asv_bench.suite import Row
from skbit import (
    BitSelector,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.pipeline import tabular_pipeline

_GLUE = """\
#include <stdint.h>
{headers}
int model(const uint8_t *input);
int model(const uint8_t *input)
{{
{body}
}}
"""
_CONVERTED = """\
    static {type} features[{n}];
    for (int i = 0; i < {n}; i++) {{
        features[i] = ({type})({value});
    }}
"""
_HIGHEST = """\
    int best = 0;
    for (int k = 1; k < {n}; k++) {{
        if (scores[k] > scores[best]) {{
            best = k;
        }}
    }}
    return best;"""


@dataclass(frozen=True)
class DeviceRow(Row):
    """A classifier of small devices.

    ``make`` takes the :class:`~asv_bench.embedded_data.Data` and training rows, and
    returns a program, and a function that predicts labels of rows or None.

    Parameters
    ----------
    max_features : int or None
        How many features it can have.
    images_only : bool
        Whether it cannot take series.
    """

    max_features: int | None = None
    images_only: bool = False


def _as_program(files, headers, body, include=()):
    lines = "\n".join(f'#include "{header}"' for header in headers)
    glue = _GLUE.format(headers=lines, body=body)
    return Program(files | {"model.c": glue}, list(include))


def _as_features(X, kind, value="input[i]"):
    return _CONVERTED.format(type=kind, n=X.shape[1], value=value)


def export(model, X):
    """Return the program of a fitted model of skbit, and its labels of rows."""
    source = to_c(model, "skbit")
    files = {"skbit.c": source.text, "skbit.h": source.header}
    body = "    return skbit_predict(input);"
    if "const float *input" in source.header:
        body = _as_features(X, "float") + body.replace("input", "features")
    return _as_program(files, ["skbit.h"], body), model.predict


def _patches(size, n_templates, weight_bits, share=1.0):
    def make(data, rows):
        model = data.pipeline(size).set_params(
            patches__n_templates=n_templates, classifier__weight_bits=weight_bits
        )
        return _fit(model, data, rows, share)

    return make


def _fast_patches(data, rows):
    """Fit patches at every second column, which take fewer instructions."""
    highest = int(data.X.max())
    model = data.pipeline("tiny").set_params(
        pixels__thresholds=(highest // 2,),
        pixels__min_rise=(highest + 1) // 32,
        pixels__relative=False,
        patches__stride=(1, 2),
        patches__grid=(5, 4),
    )
    return _fit(model, data, rows)


def _small_patches(share):
    def make(data, rows):
        model = data.pipeline("tiny").set_params(
            pixels__distance=2,
            patches__patch_size=(3, 2),
            patches__padding=0,
            patches__n_winners=1,
            classifier__margin=2.0,
            classifier__max_iter=21,
        )
        return _fit(model, data, rows, share, n_rounds=15)

    return make


def _fit(model, data, rows, share=1.0, n_rounds=3):
    """Fit a pipeline, with a share of the bits that its classifier reads; export it."""
    if share != 1:
        selector = BitSelector(share, estimator=model[-1], n_rounds=n_rounds)
        model = Pipeline([*model.steps[:-1], ("selector", selector), model.steps[-1]])
    return export(model.fit(data.X[rows], data.y[rows]), data.X)


def _thermometer(n_levels, weight_bits):
    def make(data, rows):
        X, y = data.X[rows], data.y[rows]
        model = make_pipeline(
            ThermometerEncoder(n_levels, feature_range=(0, int(X.max()))),
            _classifier(weight_bits),
        )
        return export(model.fit(X, y), data.X)

    return make


def _edges(n_thresholds, distance, weight_bits, share=1.0):
    def make(data, rows):
        shape, distances = data.shape, np.atleast_1d(distance)
        if shape[1] == 1:
            # A series is an image of one row; neighbours in time are alike.
            shape, distances = shape[::-1], 4 * distances
        encoder = PixelEncoder(
            tuple(np.arange(1, n_thresholds + 1) / (n_thresholds + 1)),
            min_rise=1 / 8 if data.is_series else 1 / 32,
            distance=tuple(distances.tolist()),
            relative=True,
            image_shape=shape,
        )
        model = make_pipeline(encoder, _classifier(weight_bits, "packed"))
        return _fit(model, data, rows, share)

    return make


def _windows(n_components):
    def make(data, rows):
        X, y = data.X[rows], data.y[rows]
        windows = {}
        if not data.is_series:
            windows = {"receptive_field": tuple(n // 2 for n in data.shape)}
            windows |= {"image_shape": data.shape}
        model = make_pipeline(
            ThermometerEncoder(8, feature_range=(0, int(X.max()))),
            RandomMAJ3Projection(n_components, random_state=0, **windows),
            _classifier(8),
        )
        return export(model.fit(X, y), data.X)

    return make


def _classifier(weight_bits, input_format="auto"):
    return OttoScoreClassifier(
        input_format=input_format,
        max_iter=21,
        margin=2.0,
        weight_bits=weight_bits,
        random_state=0,
    )


def _ferns(n_ferns):
    def make(data, rows):
        X = data.X.astype(np.float32)
        model = tabular_pipeline(random_state=0)
        model.set_params(ferns__n_ferns=n_ferns, classifier__weight_bits=4)
        program, predict = export(model.fit(X[rows], data.y[rows]), data.X)
        return program, lambda X: predict(X.astype(np.float32))

    return make


def _int8(n_hidden):
    def make(data, rows):
        text = fit_network(data.X[rows], data.y[rows], n_hidden)
        return Program({"model.c": text}), None

    return make


def _forest(n_trees, n_leaves):
    return RandomForestClassifier(n_trees, max_leaf_nodes=n_leaves, random_state=0)


def _import_emlearn():
    # The import sets how NumPy treats errors, for the whole process.
    with np.errstate():
        import emlearn
    return emlearn


def _emlearn_forest(n_trees, n_leaves, method):
    def make(data, rows):
        emlearn = _import_emlearn()

        # Thresholds of emlearn are whole numbers, so that features are doubled.
        forest = _forest(n_trees, n_leaves).fit(
            2 * data.X[rows].astype(int), data.y[rows]
        )
        converted = emlearn.convert(forest, method=method, dtype="int16_t")
        text = converted.save(name="forest", format="c", inference=[method])
        n = data.X.shape[1]
        body = _as_features(data.X, "int16_t", "2 * input[i]")
        body += f"    return forest_predict(features, {n});"
        folder = Path(emlearn.__file__).parent
        return _as_program({"forest.h": text}, ["forest.h"], body, [folder]), None

    return make


def _emlearn_network(n_hidden):
    def make(data, rows):
        emlearn = _import_emlearn()

        X, y = data.X[rows] / np.float32(data.X[rows].max()), data.y[rows]
        n_epochs = 25 if len(X) > 10_000 else 200
        network = MLPClassifier((n_hidden,), max_iter=n_epochs, random_state=0)
        network.fit(X, y)
        # The conversion leaves files in the folder where it runs.
        with TemporaryDirectory() as folder, contextlib.chdir(folder):
            text = emlearn.convert(network, method="inline").save(name="net")
        value = f"input[i] / {data.X[rows].max()}.0f"
        body = _as_features(data.X, "float", value)
        body += f"    return net_predict(features, {data.X.shape[1]});"
        folder = Path(emlearn.__file__).parent
        return _as_program({"net.h": text}, ["net.h"], body, [folder]), None

    return make


def _m2cgen(make_model):
    def make(data, rows):
        import m2cgen

        model = make_model().fit(data.X[rows].astype(float), data.y[rows])
        n_classes = len(model.classes_)
        text = m2cgen.export_to_c(model)
        body = _as_features(data.X, "double")
        body += f"    double scores[{n_classes}];\n    score(features, scores);\n"
        body += _HIGHEST.format(n=n_classes)
        header = "void score(double *input, double *output);\n"
        files = {"score.c": text, "score.h": header}
        return _as_program(files, ["score.h"], body), None

    return make


def _lightgbm(n_rounds):
    def make():
        from lightgbm import LGBMClassifier

        return LGBMClassifier(
            n_estimators=n_rounds, num_leaves=15, n_jobs=1, random_state=0, verbosity=-1
        )

    return make


ROWS = [
    *(
        DeviceRow(
            f"skbit patches, {size}, {n} templates, {bits} bits",
            _patches(size, n, bits),
        )
        for size, n, bits in [
            ("tiny", 32, 2),
            ("tiny", 64, 2),
            ("tiny", 64, 3),
            ("tiny", 128, 2),
            ("tiny", 128, 3),
            ("small", 64, 2),
            ("small", 128, 2),
            ("small", 256, 3),
        ]
    ),
    DeviceRow(
        "skbit patches, every second column, 64 templates, 2 bits",
        _fast_patches,
        images_only=True,
    ),
    DeviceRow(
        "skbit patches of 3 x 2, 64 templates, 2 bits",
        _small_patches(1.0),
        images_only=True,
    ),
    DeviceRow(
        "skbit patches of 3 x 2, 64 templates, 2 bits, 426 selected",
        _small_patches(426),
        images_only=True,
    ),
    *(
        DeviceRow(
            f"skbit thermometer, {levels} levels, {bits} bits",
            _thermometer(levels, bits),
        )
        for levels, bits in [(2, 2), (4, 2), (4, 3), (8, 2), (8, 4), (12, 4)]
    ),
    *(
        DeviceRow(
            f"skbit edges, {n} thresholds, distance {distance}, {bits} bits",
            _edges(n, distance, bits),
        )
        for n, distance, bits in [
            (1, 1, 2),
            (3, 1, 2),
            (7, 2, 2),
            (7, 2, 3),
            (7, (1, 3), 3),
        ]
    ),
    *(
        DeviceRow(
            f"skbit patches, tiny, 64 templates, 2 bits, {share:.0%} selected",
            _patches("tiny", 64, 2, share),
        )
        for share in (0.5, 0.75)
    ),
    *(
        DeviceRow(
            f"skbit edges, {n} thresholds, distance {distance}, {bits} bits, "
            f"{share:.0%} selected",
            _edges(n, distance, bits, share),
        )
        for n, distance, bits, share in [
            (1, 1, 2, 0.25),
            (1, 1, 4, 0.35),
            (3, 2, 2, 0.5),
            (3, 2, 2, 0.75),
            (7, 2, 2, 0.5),
            (1, (1, 3), 2, 0.35),
        ]
    ),
    *(DeviceRow(f"skbit windows, {n} neurons", _windows(n)) for n in (32, 128)),
    *(DeviceRow(f"skbit tabular, {n} ferns, 4 bits", _ferns(n)) for n in (32, 128)),
    DeviceRow("int8 logistic regression", _int8(0)),
    *(DeviceRow(f"int8 MLP({n})", _int8(n)) for n in (8, 16, 32, 64, 128)),
    *(
        DeviceRow(
            f"emlearn forest, {trees} trees, {leaves} leaves, {method}",
            _emlearn_forest(trees, leaves, method),
            "emlearn",
            max_features,
        )
        for trees, leaves in [(5, 20), (10, 50), (20, 100), (20, 400)]
        for method, max_features in (("inline", None), ("loadable", 127))
    ),
    *(DeviceRow(f"emlearn MLP({n})", _emlearn_network(n), "emlearn") for n in (8, 32)),
    DeviceRow(
        "m2cgen forest, 10 trees, 50 leaves", _m2cgen(lambda: _forest(10, 50)), "m2cgen"
    ),
    *(
        DeviceRow(
            f"m2cgen LightGBM, {n} rounds, 15 leaves", _m2cgen(_lightgbm(n)), "lightgbm"
        )
        for n in (5, 20)
    ),
]

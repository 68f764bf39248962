# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Nothing of a model becomes code but numbers: every part is replaced by an attack."""

import copy
import re

import numpy as np
import pytest
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from skbit import (
    BitEnsembleClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitPatchEncoder,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.codegen import to_c
from skbit.codegen._compiler import compile_c
from skbit.neural_network import BitHebbianClassifier

rng = np.random.default_rng(0)
X = rng.integers(256, size=(40, 16), dtype=np.uint8)
Y = np.array(["EVIL */ EVIL", 'b"; EVIL; "'])[np.arange(40) % 2]


class Hostile:
    """Whatever asks for it as text gets code."""

    def __str__(self):
        return "0; EVIL /* */ EVIL ??/"

    __repr__ = __str__

    def __format__(self, spec):
        return str(self)


TEXTS = [
    "EVIL",
    "1; int EVIL(void);",
    "*/ int EVIL; /*",
    "**/EVIL/**",
    "/*/ EVIL",
    "*??/\n/ EVIL",
    "???/\n EVIL",
    "*\\\n/ EVIL",
    "x\n#define EVIL 1",
    "x\r\x0b\x0c\x85\u2028EVIL",
    "${EVIL} $EVIL",
    'ends with a backslash \\ "EVIL" \\',
    "ends with one ??/",
    "\ud800 möglich EVIL \x00",
]
NOT_TEXTS = [Hostile(), ["EVIL"], {"EVIL": "EVIL"}, 2.5, float("nan"), -7, 10**40, None]


def like(array):
    """Arrays of the same shape that hold text, or what turns into text."""
    yield np.full(array.shape, "EVIL")
    yield np.full(array.shape, Hostile(), dtype=object)
    yield np.full(array.shape, np.nan)
    yield array[..., :0]
    yield array.astype(object)


def code_of(text):
    """Leave out comments and strings, as a compiler does: spliced lines first."""
    assert text.isascii()
    text = text.replace("??/", "\\").replace("\\\n", "")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\\n])*"', " ", text, flags=re.S)


def models():
    bits = ThermometerEncoder(4).fit(X).transform(X)
    encoded = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier())
    names = {"image_shape": (4, 4)}
    yield ThermometerEncoder(4).fit(X)
    yield ScalarEncoder(8, 3).fit(X)
    yield RankDensityEncoder([0.2, 0.5], fill_ties=False).fit(X)
    yield DirectionalEdgeEncoder(**names).fit(X)
    yield PixelEncoder(min_rise=40, **names).fit(X)
    yield TableEncoder(5, categorical_features=[1]).fit(X)
    yield RandomMAJ3Projection(3, random_state=0).fit(bits)
    yield RandomMAJ3Projection(
        3, majority="exact", container_bits=8, receptive_field=(1, 2), **names
    ).fit(bits)
    yield BitPatchEncoder(
        40, patch_size=2, pooling=(1, 3), codebook="random", random_state=0, **names
    ).fit(bits)
    yield OttoScoreClassifier(max_iter=2, random_state=0).fit(X, Y)
    members = [("EVIL */", OttoScoreClassifier(binarize=99)), ("b", encoded)]
    yield BitEnsembleClassifier(members).fit(X, Y)
    yield BitHebbianClassifier(5, binarize=99, max_iter=1).fit(X, Y)
    yield BitPatchClassifier(2, patch_size=2, binarize=99, random_state=0, **names).fit(
        X, Y
    )
    clusterer = BitWTAClusterer(3, random_state=0)
    yield BitNoveltyDetector(clusterer, normalization="neuron").fit(bits)
    for similarity in SIMILARITIES:
        yield BitWTAClusterer(3, similarity=similarity, random_state=0).fit(bits)
    for scaler in (StandardScaler(), MinMaxScaler(), MaxAbsScaler()):
        yield make_pipeline(scaler, OttoScoreClassifier(binarize=0.3)).fit(X, Y)


def of_bytes(model):
    return to_c(model, input_dtype="uint8")


def learner(model):
    return to_c(model, learn=True, probabilities=True)


MODELS = {f"{type(model).__name__}{i}": model for i, model in enumerate(models())}


def attacks(model):
    """Yield what is attacked, and a copy of the model in which it is replaced."""
    for place in range(len(model.steps) if isinstance(model, Pipeline) else 1):

        def part(whole, place=place):
            return whole[place] if isinstance(whole, Pipeline) else whole

        for name, value in vars(part(model)).items():
            inner = [(name, key) for key in value] if isinstance(value, dict) else []
            for path in [(name,), *inner]:
                held = value if len(path) == 1 else value[path[1]]
                replacements = [*TEXTS, *NOT_TEXTS]
                if isinstance(held, np.ndarray):
                    replacements += like(held)
                for replacement in replacements:
                    attacked = copy.deepcopy(model)
                    if len(path) == 1:
                        setattr(part(attacked), name, replacement)
                    else:
                        getattr(part(attacked), name)[path[1]] = replacement
                    yield path, replacement, attacked


MODELS["learner"] = OttoScoreClassifier().fit(X, Y)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nothing_of_a_model_becomes_code(name):
    model = MODELS[name]
    write = learner if name == "learner" else to_c
    if getattr(model, "binarize", 0) or isinstance(model, BitEnsembleClassifier):
        write = of_bytes
    last = model[-1] if isinstance(model, Pipeline) else model
    untouched = code_of(write(model).text)
    n_exported, messages = 0, set()
    for path, replacement, attacked in attacks(model):
        try:
            source = write(attacked)
        except (ValueError, TypeError) as error:
            messages.add(str(error))
            continue
        n_exported += 1
        for text in (source.text, source.header):
            assert "EVIL" not in code_of(text), (path, replacement)
        if path[0] in last.get_params() and not isinstance(model, Pipeline):
            # Parameters were read when the model was fitted.
            assert code_of(source.text) == untouched, (path, replacement)
    assert n_exported > 0
    assert "" not in messages


@pytest.mark.usefixtures("compiled")
def test_hostile_texts_compile(tmp_path):
    """In names of classes, and in the comment at the beginning."""
    model = OttoScoreClassifier().fit(X, Y)
    files = {}
    for i, text in enumerate([*TEXTS, Hostile()]):
        model.set_params(random_state=text)
        model.classes_ = np.array(sorted([str(text), "other"]), dtype=object)
        source = to_c(model, f"m{i}", input_dtype="uint8")
        assert "EVIL" not in code_of(source.text)
        files[f"m{i}.c"], files[f"m{i}.h"] = source.text, source.header
    compile_c(tmp_path, files, ["-c"])


def test_the_comment_shows_what_was_fitted():
    model = OttoScoreClassifier(precision=10).fit(X, Y)
    text = to_c(model).text
    assert "OttoScoreClassifier(precision=10)" in text
    assert to_c(model.set_params(precision=1000)).text == text

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The entry point: a fitted model as C."""

import copy
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import check_is_fitted

from skbit._c.helpers import STORE_WORDS
from skbit._c.input import read_bits
from skbit._c.numbers import INPUT_DTYPES
from skbit._c.scale import SCALERS, Scale
from skbit._c.source import (
    Bits,
    Block,
    Learning,
    Place,
    Writer,
    with_run,
)
from skbit._c.taken import Input
from skbit._c.text import Code, fill, identifier
from skbit._utils.registry import collect
from skbit._utils.steps import is_passthrough, steps_of, without_searches
from skbit.bits import n_containers
from skbit.codegen._probabilities import write_probabilities
from skbit.codegen._source import CSource, assemble
from skbit.codegen._union import join, members_of

_PUBLIC = """\
#define ${NAME}_OUTPUT_BYTES $n_bytes
/* Writes the bits: containers, the lowest byte first. */
void ${name}_transform(const uint8_t *input, uint8_t *output);

"""
_TRANSFORM = """\
void ${name}_transform(const uint8_t *input, uint8_t *output)
{
    run(input);
    store_words($bits, ${n_words}u, output);
}
"""


def to_c(
    estimator: Any,
    name: str = "model",
    *,
    random_words: str = "stored",
    input_dtype: str | None = None,
    probabilities: bool = False,
    learn: bool | str = False,
) -> CSource:
    """Write a fitted estimator or pipeline as C99.

    The text is a source file that needs ``<stdint.h>`` and nothing else: no memory is
    allocated, no library is called, and no number is a float unless the input is. It
    computes exactly what Python does, on machines of any byte order and with an ``int``
    of 16 bits or more.

    Read more in the :ref:`User Guide <codegen>`.

    Parameters
    ----------
    estimator : estimator or Pipeline
        Fitted. Scalers (:class:`~sklearn.preprocessing.StandardScaler`,
        :class:`~sklearn.preprocessing.MinMaxScaler`,
        :class:`~sklearn.preprocessing.MaxAbsScaler`) or none, an encoder (or none),
        any number of
        :class:`~skbit.random_projection.RandomMAJ3Projection`,
        :class:`~skbit.random_projection.RandomFernEncoder` and
        :class:`~skbit.feature_extraction.BitPatchEncoder`, alone or side by side in a
        :class:`~sklearn.pipeline.FeatureUnion`, also beside "passthrough", and a
        :class:`~skbit.naive_bayes.OttoScoreClassifier`,
        :class:`~skbit.neural_network.BitHebbianClassifier`,
        :class:`~skbit.neighbors.BitPatchClassifier`,
        :class:`~skbit.cluster.BitWTAClusterer` or
        :class:`~skbit.novelty.BitNoveltyDetector` (or none). Also a
        :class:`~skbit.ensemble.BitEnsembleClassifier` of such classifiers and
        pipelines, which may stand behind other steps. Of a search, such as a
        :class:`~sklearn.model_selection.GridSearchCV`, the best estimator is written.

    name : str, default="model"
        Prefix of the names of the functions, a C identifier.

    random_words : {"stored", "seed"}, default="stored"
        Whether random words are constants ("stored"), or computed from the seed
        ("seed"). The latter takes about twelve operations per word, so choose it if
        flash is scarce. A projection computes words each time they are needed, without
        memory. Templates with ``codebook="random"`` are written to RAM for each input.
        Windows, random containers, permutations and the bits that ferns read are always
        stored.

    input_dtype : {"uint8", "int16", "int32", "float32"}, default=None
        Type of the input, a number per feature on the scale of the training data. By
        default it is "uint8", or "float32" if the first step is a
        :class:`~skbit.preprocessing.TableEncoder`. Choose another one if the features
        are negative, larger than 255 or fractions; only a float can be missing.

    probabilities : bool, default=False
        Whether to write ``name_probabilities``, which takes about 300 bytes of
        constants. The last step must be an
        :class:`~skbit.naive_bayes.OttoScoreClassifier` or an ensemble of them.

    learn : bool or "tune", default=False
        Whether to write a function that learns more rows on the device, in memory of
        the caller. With True, an :class:`~skbit.naive_bayes.OttoScoreClassifier` that
        was not tuned gets ``name_partial_fit``, and a
        :class:`~skbit.cluster.BitWTAClusterer` with counters gets ``name_learn``, which
        do what ``partial_fit`` does. With "tune", an OttoScoreClassifier gets
        ``name_tune``, which corrects log-odds as
        :meth:`~skbit.naive_bayes.OttoScoreClassifier.tune` does in one pass over the
        rows in their order (``max_iter=2, shuffle=False, batch_size=1``).

    Returns
    -------
    source : CSource
        The text, a header file, and what the code costs.

    Raises
    ------
    TypeError
        If there is no C for an estimator, or not for its place in the pipeline.

    ValueError
        If ``name`` is no C identifier, or the model was fitted on other numbers than
        those of the input, or it is damaged.

    See Also
    --------
    skbit.naive_bayes.round_log_odds : Rounds weights, so that fewer bytes store them.

    Notes
    -----
    The input of the functions is a pointer to numbers of the type ``input_dtype``: the
    features in the order of the columns, not scaled if the pipeline begins with a
    scaler. Of a model that was fitted on packed bits it is the containers as bytes, the
    lowest byte first. Of a :class:`~skbit.preprocessing.TableEncoder`, a float that is
    not a number is missing. With floats, the results are those of X of dtype float32.

    - ``int name_predict(input)``: the class or cluster. Classes that are no whole
      numbers from -32767 to 32767 are numbered as in ``classes_``, and
      ``name_classes`` holds their names.
    - ``void name_scores(input, int64_t *scores)``, with a classifier: as of
      :meth:`~skbit.naive_bayes.OttoScoreClassifier.integer_scores`.
    - ``void name_probabilities(input, uint32_t *probabilities)``, if asked for: in
      units of 1 / 65536. The header has a bound of the error.
    - ``void name_begin(name_memory *memory)``, and ``int name_partial_fit(input, int
      class_number)``, ``int name_tune(input, int class_number)`` or ``int
      name_learn(input)``, if asked for: the header has the details.
    - ``int name_member_0_predict(input)`` and ``void name_member_0_scores(input,
      int64_t *scores)``, with an ensemble: the same of its first member, and so on.
    - ``int name_winner(input, int64_t *numerator, int64_t *denominator)``, with a
      clusterer: the neuron that wins, and its similarity as a fraction (with cosine its
      square).
    - ``int name_recall(input, uint8_t *pattern)``, with a clusterer: the neuron that
      wins, and its pattern as bytes of containers.
    - ``int name_p_value_class(input)``, with a novelty detector, whose ``name_predict``
      returns 1 or -1: how many of the levels in the header the p-value exceeds.
    - ``void name_transform(input, uint8_t *output)``, if the last step is an encoder
      or a projection: its bits as bytes of containers.

    Weights are stored in as few bytes as they need: log-odds that share a power of two
    are divided by it, as those of :func:`~skbit.naive_bayes.round_log_odds` do. If they
    then have 8 bits or fewer, those of several classes share a word, and are added at
    once. Bits whose log-odds are all zero take no room.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
    >>> from skbit.codegen import to_c
    >>> X, y = load_digits(return_X_y=True)
    >>> model = make_pipeline(
    ...     ThermometerEncoder(feature_range=(0, 16)),
    ...     RandomMAJ3Projection(64, random_state=0),
    ...     OttoScoreClassifier(),
    ... ).fit(X, y)
    >>> source = to_c(model, "digits", random_words="seed")
    >>> source.flash_bytes, source.ram_bytes
    (57872, 528)
    >>> "int digits_predict(const uint8_t *input);" in str(source)
    True
    """
    name = identifier(name)
    if random_words not in ("stored", "seed"):
        raise ValueError(
            f"random_words must be 'stored' or 'seed', got {random_words!r}."
        )
    if input_dtype not in (None, *INPUT_DTYPES):
        raise ValueError(
            f"input_dtype must be None or one of {INPUT_DTYPES}, got {input_dtype!r}."
        )
    if learn not in (False, True, "tune"):
        raise ValueError(f"learn must be False, True or 'tune', got {learn!r}.")
    learn = learn if isinstance(learn, str) else bool(learn)
    options = Options(random_words == "seed", input_dtype, bool(probabilities), learn)
    estimator = without_searches(estimator)
    try:
        return _write(estimator, name, options)
    except NotFittedError:
        raise
    except (ArithmeticError, AttributeError, LookupError) as error:
        raise ValueError(
            f"The fitted attributes of this {type(estimator).__name__} are damaged: "
            f"{error!r}. Fit it again, or load it anew."
        ) from error


@dataclass(frozen=True)
class Options:
    """Parameters of ``to_c``."""

    from_seed: bool = False
    input_dtype: str | None = None
    probabilities: bool = False
    learn: bool | str = False


def _write(estimator: Any, name: Code, options: Options) -> CSource:
    """Write an estimator as C; see to_c for the arguments."""
    blocks, taken = _write_steps(steps_of(estimator), name, options)
    if options.probabilities:
        blocks.append(write_probabilities(steps_of(estimator)[-1], name))
    model = copy.deepcopy(estimator)
    return assemble(name, _as_fitted(estimator), model, taken, blocks)


def _write_steps(
    all_steps: list[Any], name: Code, options: Options
) -> tuple[list[Block], Input]:
    """Write steps as blocks; return them and the input."""
    scalers, steps = _check_steps(all_steps)
    writers = collect("_c", "WRITERS")
    last = writers.get(type(steps[-1]))
    learning = _learning_of(steps[-1], last, options.learn) if options.learn else None
    if last is not None and last.members is not None:
        return _write_members(all_steps, last, name, options)
    first = next(one for one in members_of(steps[0]) if not is_passthrough(one))
    writer = writers[type(first)]
    scale = _scale_of(first, scalers, options.input_dtype, writer)
    blocks: list[Block] = []
    bits: Bits | None = None
    n_inputs = first.n_features_in_
    if not writer.reads_numbers:
        block, bits, n_inputs = read_bits(first, scale)
        blocks.append(block)
    for step, following in zip_longest(steps, steps[1:]):
        before, parts = blocks[-1:], []
        for member in members_of(step):
            if is_passthrough(member):
                assert bits is not None
                parts.append(bits)
                continue
            if member is not first and bits is not None:
                _check_input(member, bits)
            suffix = _suffix(blocks)
            following = None if learning else following
            place = Place(name, bits, scale, suffix, options.from_seed, following)
            write = writers[type(member)].write
            if learning and step is steps[-1]:
                write = learning.write
            block, part = write(member, place)
            if block.n_words_read and bits is not None:
                before[0].grow_buffer(bits.buffer, block.n_words_read)
            blocks.append(block)
            parts.append(part)
        bits = parts[0]
        if type(step) is FeatureUnion:
            block, bits = join(parts, _suffix(blocks))
            blocks.append(block)
    if bits is not None:
        blocks.append(_transform(bits, name))
    return with_run(blocks), scale.taken(first, n_inputs)


def _learning_of(step: Any, writer: Writer | None, learn: bool | str) -> Learning:
    """Return how the last step learns in C; raise if it cannot."""
    ways = () if writer is None else writer.learning
    for way in ways:
        if learn is True or learn == way.function:
            return way
    known = [
        f"{kind.__name__} ({', '.join(way.function for way in one.learning)})"
        for kind, one in collect("_c", "WRITERS").items()
        if one.learning
    ]
    how = "" if learn is True else f" by {learn!r}"
    raise TypeError(
        f"{type(step).__name__} cannot learn in C{how}, but these can at the end of a "
        f"pipeline: {', '.join(known)}."
    )


def _scale_of(
    first: Any, scalers: list[Any], chosen: str | None, writer: Writer
) -> Scale:
    """Return the type and the scale of the input of the first step after scalers."""
    is_packed = getattr(first, "input_format_", "dense") == "packed"
    if is_packed and chosen not in (None, "uint8"):
        raise ValueError(
            f"The input is packed bits, which are bytes, but input_dtype={chosen!r}."
        )
    dtype = chosen or writer.input_dtype
    return Scale(scalers, first.n_features_in_, dtype, chosen is not None)


def _suffix(blocks: list[Block]) -> Code:
    """Return what makes the names of the next block unique."""
    return Code(len(blocks) if len(blocks) > 1 else "")


def _write_members(
    all_steps: list[Any], writer: Writer, name: Code, options: Options
) -> tuple[list[Block], Input]:
    """Write members, each as a model with the steps before, and then their sum."""
    assert writer.members is not None
    *before, ensemble = all_steps
    blocks: list[Block] = []
    takens: list[Input] = []
    for number, (member, steps) in enumerate(writer.members(ensemble, name)):
        written, taken = _write_steps([*before, *steps], member, options)
        takens.append(taken)
        names = set().union(*(block.names for block in written))
        blocks += [block.rename(names, Code(f"_{number}")) for block in written]
    scale = Scale([], 1, taken.dtype, is_chosen=True)
    block, _ = writer.write(ensemble, Place(name, None, scale, Code(""), False))
    dtypes = {taken.dtype for taken in takens}
    if len(dtypes) > 1:
        raise TypeError(
            f"Members of the ensemble read numbers of the types {sorted(dtypes)} in C. "
            "They must all read the same: choose input_dtype."
        )
    return [*blocks, block], taken


def _as_fitted(estimator: Any) -> Any:
    """Return an unfitted copy with the parameters of the last fit."""
    estimator = without_searches(estimator)
    if isinstance(estimator, FrozenEstimator):
        return _as_fitted(estimator.estimator)
    if isinstance(estimator, Pipeline):
        steps = [
            (name, step if isinstance(step, str) else _as_fitted(step))
            for name, step in estimator.steps
        ]
        return Pipeline(steps)
    if isinstance(estimator, FeatureUnion):
        members = [
            (name, step if isinstance(step, str) else _as_fitted(step))
            for name, step in estimator.transformer_list
        ]
        return FeatureUnion(members)
    params = estimator.get_params(deep=False) | getattr(estimator, "fitted_params_", {})
    return type(estimator)(**params)


def _check_steps(steps: list[Any]) -> tuple[list[Any], list[Any]]:
    """List scalers and other steps; raise where there is no C."""
    n_scalers = 0
    while n_scalers < len(steps) and type(steps[n_scalers]) in SCALERS:
        n_scalers += 1
    scalers, steps = steps[:n_scalers], steps[n_scalers:]
    if not steps:
        raise ValueError("The pipeline has no steps, or none but scalers.")
    for place, step in enumerate(steps):
        is_union = type(step) is FeatureUnion
        if is_union and place == 0 and not _takes_packed_bits(step):
            raise TypeError(
                "FeatureUnion cannot be the first step in C, unless it takes packed "
                "bits."
            )
        for member in members_of(step):
            if is_passthrough(member):
                continue
            is_last = place == len(steps) - 1 and not is_union
            _check_step(member, place == 0, is_last)
    return scalers, steps


def _takes_packed_bits(union: Any) -> bool:
    """Return whether a union has estimators, all of which take packed bits."""
    members = [member for member in members_of(union) if not is_passthrough(member)]
    formats = {getattr(member, "input_format_", "dense") for member in members}
    return formats == {"packed"}


def _check_step(step: Any, is_first: bool, is_last: bool) -> None:
    """Raise if there is no C for an estimator, or not at its place."""
    # By exact type: a subclass may do anything.
    known = collect("_c", "WRITERS")
    if type(step) not in known:
        if hasattr(step, "refit"):  # Fitted searches have been replaced.
            check_is_fitted(step)
        names = ", ".join(kind.__name__ for kind in known)
        scaling = ", ".join(kind.__name__ for kind in SCALERS)
        raise TypeError(
            f"There is no C for {type(step).__name__}, only for {names} and pipelines "
            f"of these, which may begin with {scaling}."
        )
    step._check_fitted()
    writer = known[type(step)]
    if writer.reads_numbers and not is_first:
        raise TypeError(
            f"{type(step).__name__} can only be the first step in C: its input is "
            "numbers, and other steps answer bits."
        )
    if writer.answers and not is_last:
        raise TypeError(f"{type(step).__name__} can only be the last step in C.")


def _check_input(step: Any, bits: Bits) -> None:
    """Raise if the output of the step before does not fit a step."""
    kind, n_features = "dense", bits.n_bits
    if bits.packed:
        kind, n_features = "packed", n_containers(bits.n_bits)
    if (step.input_format_, step.n_features_in_) != (kind, n_features):
        raise ValueError(
            f"{type(step).__name__} was fitted on {step.n_features_in_} columns "
            f"({step.input_format_}), but the step before answers {n_features} "
            f"({kind})."
        )
    binarize = step.fitted_params_["binarize"]
    if kind == "dense" and not 0 <= binarize < 1:
        raise ValueError(
            f"binarize={binarize} of {type(step).__name__} makes zeros and ones, "
            "which the step before answers, the same bit. Choose one from 0 to below 1."
        )


def _transform(bits: Bits, name: Code) -> Block:
    """Write the function that returns the bits of the last step."""
    n_words = n_containers(bits.n_bits)
    values = {
        "name": name,
        "NAME": Code(name.upper()),
        "bits": bits.buffer,
        "n_words": n_words,
        "n_bytes": 4 * n_words,
    }
    return Block(
        title="output",
        code=fill(_TRANSFORM, **values),
        operations=2 * 4 * n_words,
        helpers=[STORE_WORDS],
        public=fill(_PUBLIC, **values),
    )

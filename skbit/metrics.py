# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Measures of models: the number of bits of their weights."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from math import prod
from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import check_is_fitted

from skbit._base import SkbitEstimator
from skbit._utils.steps import is_passthrough
from skbit.bits import n_containers
from skbit.ensemble import BitEnsembleClassifier
from skbit.ensemble._members import parts_of

__all__ = ["BitMass", "bit_mass"]

_FLOAT_BITS = 32

# Inputs, outputs and bits of a weight.
Layer = tuple[int, int, int]


@dataclass(frozen=True)
class BitMass:
    """The bits of a model's weights, in three views.

    Read more in the :ref:`User Guide <hebbian>`.

    Parameters
    ----------
    neuron_view : tuple of (int, int, int)
        For every layer its inputs, its neurons and the bits of a weight.

    n_other_bits : int
        Bits of thresholds, biases and offsets, which are not weights and do not count.

    See Also
    --------
    bit_mass : Counts the bits of a fitted model.
    """

    neuron_view: tuple[Layer, ...]
    n_other_bits: int = 0

    @property
    def bit_view(self) -> tuple[tuple[int, int], ...]:
        """For every layer its inputs and the binary neurons with as many weights."""
        return tuple(
            (inputs, neurons * bits) for inputs, neurons, bits in self.neuron_view
        )

    @property
    def data_view(self) -> tuple[int, ...]:
        """For every layer the containers of 32 bits that its weights fill."""
        return tuple(n_containers(prod(layer)) for layer in self.neuron_view)

    @property
    def total(self) -> int:
        """Bits of all weights."""
        return sum(prod(layer) for layer in self.neuron_view)


def bit_mass(estimator: Any) -> BitMass:
    """Count the bits of a fitted model's weights.

    The number is called the bit-mass in [1]_, which states that it determines accuracy.
    In measurements, models of equal bit-mass differ in accuracy; see the
    :ref:`User Guide <hebbian>`.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator of skbit, a multilayer perceptron of scikit-learn, or a
        pipeline, union or :class:`~skbit.ensemble.BitEnsembleClassifier` of these.

    Returns
    -------
    mass : BitMass
        ``mass.total`` is the number of bits. Bits of thresholds, biases and offsets are
        in ``mass.n_other_bits``.

    Raises
    ------
    TypeError
        If the estimator is of another kind.

    Notes
    -----
    These numbers count as weights:

    - a multilayer perceptron's coefficients, 32 bits each, whatever their dtype;
    - the binary weights of :class:`~skbit.neural_network.BitHebbianClassifier`;
    - the random bits of a :class:`~skbit.random_projection.RandomMAJ3Projection`, which
      are not learned and could be drawn again from the seed;
    - ``weights_`` of :class:`~skbit.naive_bayes.OttoScoreClassifier`, 32 bits each;
    - the numbers that a :class:`~skbit.cluster.BitWTAClusterer` compares with, one to
      three bits each;
    - the bits of a :class:`~skbit.neighbors.BitPatchClassifier`'s prototypes, two each
      if some are left open;
    - no numbers of an encoder. Which bits a
      :class:`~skbit.random_projection.RandomFernEncoder` reads are other bits, since a
      fern weighs nothing.

    Counters that are only needed to go on learning do not count. Packed inputs count
    with their padding, because containers do not tell how much of it there is.

    References
    ----------
    .. [1] "Bit-Mass", 2026.

    Examples
    --------
    A network of 784 inputs, 8 float neurons and 10 classes has as many bits as one of
    256 binary neurons:

    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skbit.metrics import bit_mass
    >>> from skbit.neural_network import BitHebbianClassifier
    >>> X, y = np.eye(20, 784), np.arange(20) % 10
    >>> floats = MLPClassifier(8, solver="lbfgs", max_iter=1000).fit(X, y)
    >>> mass = bit_mass(floats)
    >>> mass.total, mass.n_other_bits
    (203264, 576)
    >>> mass.neuron_view, mass.bit_view, mass.data_view
    (((784, 8, 32), (8, 10, 32)), ((784, 256), (8, 320)), (6272, 80))
    >>> bits = BitHebbianClassifier(256).fit(X, y)
    >>> bit_mass(bits).total, bit_mass(bits).neuron_view
    (203264, ((784, 256, 1), (256, 10, 1)))
    """
    return BitMass(*_layers(estimator))


@singledispatch
def _layers(estimator: Any) -> tuple[tuple[Layer, ...], int]:
    """Return the layers of an estimator, and its other bits."""
    raise TypeError(
        f"The weights of a {type(estimator).__name__} are unknown. bit_mass takes "
        "estimators of skbit, multilayer perceptrons of scikit-learn, and pipelines "
        "and unions of these."
    )


@_layers.register(Pipeline)
@_layers.register(FeatureUnion)
def _of_parts(estimator: Any) -> tuple[tuple[Layer, ...], int]:
    steps = getattr(estimator, "steps", None) or estimator.transformer_list
    return _sum_of(step for _, step in steps)


@_layers.register
def _of_members(estimator: BitEnsembleClassifier) -> tuple[tuple[Layer, ...], int]:
    estimator._check_fitted()
    parts = map(parts_of, estimator.estimators_)
    return _sum_of(
        step for transformers, last in parts for step in [*transformers, last]
    )


def _sum_of(steps: Iterable[Any]) -> tuple[tuple[Layer, ...], int]:
    """Join the layers of steps, and add up their other bits."""
    parts = [
        _layers(step)
        for step in steps
        if not (is_passthrough(step) or (isinstance(step, str) and step == "drop"))
    ]
    return tuple(layer for layers, _ in parts for layer in layers), sum(
        n_other_bits for _, n_other_bits in parts
    )


@_layers.register(MLPClassifier)
@_layers.register(MLPRegressor)
def _of_floats(estimator: Any) -> tuple[tuple[Layer, ...], int]:
    check_is_fitted(estimator)
    layers = tuple((*weights.shape, _FLOAT_BITS) for weights in estimator.coefs_)
    return layers, _FLOAT_BITS * sum(len(biases) for biases in estimator.intercepts_)


@_layers.register
def _of_bits(estimator: SkbitEstimator) -> tuple[tuple[Layer, ...], int]:
    estimator._check_fitted()
    return estimator._count_weights()

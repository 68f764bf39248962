# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The entry points: costs of a projection by one model, or by all models."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skbit.dram._ambit import DECODERS, LAYOUTS, ambit_cost, natural_batch
from skbit.dram._checks import check_choice, check_real, check_whole
from skbit.dram._cost import DRAMComparison, DRAMCost
from skbit.dram._cpu import CPU_LAYOUTS, cpu_cost
from skbit.dram._devices import DEVICES, PJ_PER_BIT, DRAMDevice
from skbit.dram._seed import seed_cost
from skbit.dram._workload import Workload

# The layouts of each model, its default first.
_MODELS = {"seed": (None,), "ambit": LAYOUTS, "cpu": CPU_LAYOUTS}
_CONTAINER_BITS = (8, 16, 32, 64, 128, 256)


def dram_cost(
    n_neurons: int,
    n_containers: int,
    container_bits: int = 32,
    majority: str = "tree",
    *,
    windows: ArrayLike | None = None,
    receptive_field: int | None = None,
    n_permutations: int = 0,
    n_classes: int | None = None,
    model: str = "ambit",
    device: str | DRAMDevice = "DDR4-2400",
    layout: str | None = None,
    batch: int | str = 1,
    banks: int = 1,
    decoder: str = "split",
    pj_per_bit: float | str | None = None,
    error_rate: float | None = None,
) -> DRAMCost:
    """Estimate the cost of a majority projection.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    n_neurons : int
        Neurons of the projection.
    n_containers : int
        Containers of a sample.
    container_bits : {8, 16, 32, 64, 128, 256}, default=32
        Bits of a container.
    majority : {"tree", "exact"}, default="tree"
        How a neuron reduces its comparisons.
    windows : array-like of shape (n_neurons, 4), default=None
        Top, left, height and width of each neuron's window in the grid of containers,
        as ``receptive_fields_``. If None, all neurons see all containers.
    receptive_field : int, default=None
        Number of containers that each neuron sees, if every neuron sees others.
    n_permutations : int, default=0
        Number of orders in which groups of neurons read the bits of a sample; 0 if they
        are not permuted. The model "seed" charges the transfer of a copy of the sample
        for each order. In the layouts "V1", which writes a copy for each neuron in any
        case, and "V3", where a program names the rows that it reads, nothing more
        moves. In "V2", only neurons with the same order share a row. Putting bits into
        order takes a processor time that is not priced.
    n_classes : int, default=None
        If given, the stage of int32 log-odds for so many classes is charged as well.
    model : {"seed", "ambit", "cpu"}, default="ambit"
        "seed" has the three constants of [1]_, verbatim. "ambit" counts row commands of
        processing-using-DRAM [2]_. "cpu" is a processor.
    device : str or DRAMDevice, default="DDR4-2400"
        The memory, or a name in :data:`DEVICES`. Ignored by "seed".
    layout : str, default=None
        Layouts of "ambit" are "V1" (the default), in which a lane is a bit of a neuron
        and the input is replicated, "V2", in which a lane is a neuron and the sample
        selects operands, and "V3", in which a lane is a sample. Layouts of "cpu" are
        "cached" (the default) and "streamed" weights.
    batch : int or "full", default=1
        Samples that are processed together. "full" means the number of samples that
        fills the rows of the layout. Larger batches use more lanes and take longer.
    banks : int, default=1
        Largest number of banks that work in parallel, in "ambit". It is limited by the
        number of passes and by the window of four activations (tFAW).
    decoder : {"split", "naive", "commodity"}, default="split"
        How rows are copied in "ambit": by chips with Ambit's split row decoder, by
        chips without it, or by chips off the shelf with violated timings.
    pj_per_bit : float or str, default=None
        Energy of a bit that moves, in "ambit" and "cpu", or a name in
        :data:`PJ_PER_BIT`. If None, a range that follows from the device.
    error_rate : float, default=None
        Probability that a majority of three in a lane comes out wrong, in "ambit". If
        None, 0.01 with ``decoder="commodity"`` and 0 otherwise.

    Returns
    -------
    cost : DRAMCost
        Bits, commands, latency and energy, with ranges and assumptions.

    Raises
    ------
    ValueError
        If an argument has no valid value.

    See Also
    --------
    compare_dram_costs : All models side by side.
    workload_of : The first arguments, from a fitted projection or pipeline.

    References
    ----------
    .. [1] A. Otto, "DRAM-Native &|~ Classification", 2026.
    .. [2] V. Seshadri et al., "Ambit: In-memory accelerator for bulk bitwise operations
       using commodity DRAM technology", MICRO 2017.

    Examples
    --------
    >>> from skbit.dram import dram_cost
    >>> seed = dram_cost(512, 784, model="seed")
    >>> seed.bits_in, seed.bits_out, round(100 * seed.transfer_reduction, 2)
    (25088, 16384, 99.68)
    >>> cost = dram_cost(2048, 784)
    >>> cost.n_aap, cost.n_ap
    (4716, 1960)
    >>> round(cost.latency.compute.central / 1000)  # microseconds
    329
    >>> cost.warnings[0]
    'The replicated input is as many bits as the weights that need not move: no transfer
    is saved.'
    """
    check_choice("model", model, _MODELS)
    chosen: Any = _MODELS[model][0] if layout is None else layout
    check_choice(f"layout of the model {model!r}", chosen, _MODELS[model])
    device = _device(device)
    check_whole("banks", banks, 1, device.n_banks)
    check_choice("decoder", decoder, DECODERS)
    pj_per_bit = _price(pj_per_bit)
    if error_rate is not None:
        check_real("error_rate", error_rate, 0, 0.5)
    work = _workload(
        n_neurons, n_containers, container_bits, majority, windows, n_classes
    )
    work = _scattered(work, windows, receptive_field, n_permutations)
    if isinstance(batch, str) and batch == "full":
        batch = natural_batch(work, chosen, device)
    check_whole("batch", batch, 1)
    work = replace(work, batch=int(batch))
    if model == "seed":
        return seed_cost(work)
    if model == "cpu":
        return cpu_cost(work, device, chosen, pj_per_bit=pj_per_bit)
    return ambit_cost(
        work,
        device,
        chosen,
        banks=banks,
        decoder=decoder,
        pj_per_bit=pj_per_bit,
        error_rate=error_rate,
    )


def compare_dram_costs(
    n_neurons: int, n_containers: int, *, batch: int | str = "full", **options: Any
) -> DRAMComparison:
    """Estimate the cost of a majority projection by every model and layout.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    n_neurons : int
        Neurons of the projection.
    n_containers : int
        Containers of a sample.
    batch : int or "full", default="full"
        Samples that are processed together; by default each layout has as many as fill
        its rows.
    **options : dict
        Further arguments of :func:`dram_cost`, but for ``model`` and ``layout``.

    Returns
    -------
    comparison : DRAMComparison
        The costs, one per model and layout.

    See Also
    --------
    dram_cost : One model.

    Examples
    --------
    >>> from skbit.dram import compare_dram_costs
    >>> comparison = compare_dram_costs(512, 784, n_classes=10)
    >>> [cost.name for cost in comparison]
    ['seed', 'ambit V1', 'ambit V2', 'ambit V3', 'cpu cached', 'cpu streamed']
    """
    for name in ("model", "layout"):
        if name in options:
            raise ValueError(
                f"All models and layouts are compared, so {name} cannot be chosen."
            )
    costs = (
        dram_cost(
            n_neurons, n_containers, model=model, layout=layout, batch=batch, **options
        )
        for model, layouts in _MODELS.items()
        for layout in layouts
    )
    return DRAMComparison(tuple(costs))


def workload_of(estimator: BaseEstimator) -> dict[str, Any]:
    """Get the arguments of :func:`dram_cost` from a projection or pipeline.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    estimator : RandomMAJ3Projection or Pipeline
        A fitted projection, or a fitted pipeline with one projection among its steps.
        The classes of an :class:`~skbit.naive_bayes.OttoScoreClassifier` at the end of
        a pipeline are included.

    Returns
    -------
    shape : dict
        Arguments of :func:`dram_cost` and :func:`compare_dram_costs`.

    See Also
    --------
    dram_cost : Takes them.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
    >>> from skbit.dram import dram_cost, workload_of
    >>> X, y = load_digits(return_X_y=True)
    >>> model = make_pipeline(
    ...     ThermometerEncoder(feature_range=(0, 16)),
    ...     RandomMAJ3Projection(64, random_state=0),
    ...     OttoScoreClassifier(),
    ... ).fit(X, y)
    >>> cost = dram_cost(**workload_of(model), model="seed")
    >>> round(cost.end_to_end_reduction.central, 3)
    0.044
    """
    check_is_fitted(estimator)
    steps = [estimator]
    if isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps]
    shapes = [step._dram_shape() for step in steps if hasattr(step, "_dram_shape")]
    shape = {name: value for part in shapes for name, value in part.items()}
    n_projections = sum("n_neurons" in part for part in shapes)
    if n_projections != 1:
        raise ValueError(
            "A cost needs a RandomMAJ3Projection, or a pipeline with one of them, got "
            f"{n_projections} in {type(estimator).__name__}."
        )
    return shape


def _workload(
    n_neurons: int,
    n_containers: int,
    container_bits: int,
    majority: str,
    windows: ArrayLike | None,
    n_classes: int | None,
) -> Workload:
    """Check the size of a projection, and return it as a workload."""
    check_whole("n_neurons", n_neurons, 1)
    check_whole("n_containers", n_containers, 1)
    check_choice("container_bits", container_bits, _CONTAINER_BITS)
    check_choice("majority", majority, ("tree", "exact"))
    if n_classes is not None:
        check_whole("n_classes", n_classes, 2)
    groups: tuple[tuple[int, int], ...] = ((int(n_containers), int(n_neurons)),)
    if windows is not None:
        try:
            windows = np.asarray(windows)
        except ValueError:
            # Rows of different lengths.
            windows = np.empty(0, dtype=object)
        if windows.shape != (n_neurons, 4) or windows.dtype.kind not in "iu":
            raise ValueError(
                f"windows must be whole numbers of shape ({n_neurons}, 4), got shape "
                f"{windows.shape} and dtype {windows.dtype}."
            )
        # As floats, so that products of damaged windows cannot wrap around.
        sizes = windows[:, 2].astype(float) * windows[:, 3]
        if windows[:, 2:].min() < 1 or sizes.max() > n_containers:
            raise ValueError(
                f"Windows must hold 1 to {n_containers} containers, got "
                f"{sizes.min():.0f} to {sizes.max():.0f}, of heights and widths from "
                f"{windows[:, 2:].min()}."
            )
        counts = Counter(map(tuple, windows.tolist()))
        groups = tuple((w[2] * w[3], n) for w, n in sorted(counts.items()))
    return Workload(
        int(n_neurons),
        int(n_containers),
        int(container_bits),
        majority,
        groups,
        n_classes,
    )


def _scattered(
    work: Workload,
    windows: ArrayLike | None,
    receptive_field: int | None,
    n_permutations: int,
) -> Workload:
    """Let neurons see containers of their own, or bits in several orders."""
    n = work.n_neurons
    check_whole("n_permutations", n_permutations, 0, n)
    if windows is not None and (receptive_field is not None or n_permutations):
        raise ValueError("windows exclude receptive_field and n_permutations.")
    groups = work.windows
    if receptive_field is not None:
        check_whole("receptive_field", receptive_field, 1, work.n_containers)
        groups = ((int(receptive_field), 1),) * n
    elif n_permutations:
        shares = np.diff(np.linspace(0, n, n_permutations + 1).astype(int))
        groups = tuple((work.n_containers, share) for share in shares.tolist())
    return replace(work, windows=groups, n_permutations=int(n_permutations))


def _device(device: object) -> DRAMDevice:
    if isinstance(device, DRAMDevice):
        return device
    if not isinstance(device, str) or device not in DEVICES:
        raise ValueError(
            f"device must be a DRAMDevice or one of {list(DEVICES)}, got {device!r}."
        )
    return DEVICES[device]


def _price(pj_per_bit: float | str | None) -> float | None:
    if pj_per_bit is None:
        return None
    if isinstance(pj_per_bit, str):
        check_choice("pj_per_bit", pj_per_bit, PJ_PER_BIT)
        return PJ_PER_BIT[pj_per_bit]
    check_real("pj_per_bit", pj_per_bit, 0, 1e6)
    return float(pj_per_bit)

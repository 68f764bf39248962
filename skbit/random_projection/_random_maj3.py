# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The random majority projection, a frozen random projection of bits to bits."""

from collections import Counter
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from skbit._base import (
    BitInputMixin,
    BitOutputMixin,
    SkbitEstimator,
    all_or_nothing,
)
from skbit._utils.images import shape_of_images
from skbit._utils.sklearn import Interval, Options, StrOptions, _fit_context
from skbit._utils.splitmix import random_words, seed_of
from skbit._utils.state import check_choice, check_number, raise_damaged
from skbit.bits import CONTAINER_BITS, n_containers
from skbit.random_projection import _projection, _structure

_GATES = "xnor", "xor"
_MAJORITIES = "tree", "exact"
_WIDTHS = 8, 16, 32, 64, 128, 256


class RandomMAJ3Projection(
    BitInputMixin,
    BitOutputMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    SkbitEstimator,
):
    """Project bits to bits by random comparisons and majorities.

    An output container holds a random container for each container of its input. The
    pairs are compared bit by bit (XNOR), and the results are reduced to one container
    of majorities: bit ``p`` of the output container is the majority of bits ``p`` of
    all comparisons. The random containers are drawn once and never trained. All
    operations are ``& | ~`` [1]_.

    Read more in the :ref:`User Guide <projection>`.

    Parameters
    ----------
    n_components : int, default=512
        Number of output containers. More of them are more accurate, and cost in
        proportion.

    gate : {"xnor", "xor"}, default="xnor"
        How a container is compared: ``~(x ^ w)``, or ``x ^ w``, which needs no NOT.

    majority : {"tree", "exact"}, default="tree"
        "tree" takes majorities of three, and the majorities of those, level by level.
        A level of 3 m + 1 (more than four) ends in a group of four, one of 3 m + 2
        (more than five) in a group of five; both ask for three ones. One left over at
        a level of four passes, two left over are ANDed, and so are the last two.
        "exact" counts the ones.

    majority_share : float, default=0.5
        The share of ones, at least 0 and below 1, that the exact majority must exceed.
        A lower share makes more bits of the output one. It is ignored with
        ``majority="tree"``.

    receptive_field : int or tuple (low, high), default=None
        What an output container sees (see Notes). A tuple is the smallest and the
        largest height, in image rows, of a random window of the image; smaller windows
        find more local features. An int is a number of random containers, or with
        ``permute_bits=True`` of random bits for each bit of the output; 9 or 27 cost
        less than the whole of a wide row. None means that all output containers see the
        whole row of X.

    permute_bits : bool, default=False
        Whether bits are put into random order before they are compared, every 32 output
        containers in another. Without it, bit ``p`` of the output depends on bits ``p``
        of the input containers only: on one threshold of each feature, if a feature
        fills a container. Set it to True for tables, whose features it combines in many
        more ways. Bits that are the same in all rows that :meth:`fit` sees are left
        out, unless all are. Windows cannot be combined with it.

    container_bits : {8, 16, 32, 64, 128, 256}, default=32
        Width of the containers that are compared, and of output containers. Wider
        containers give more bits per component, and narrower ones finer windows.

    %(image_shape)s
        The shape is used only with ``receptive_field``. Every image row must fill whole
        containers.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Seed of the random containers, windows and permutations. An int gives the same
        ones on every platform.

    %(n_jobs)s

    %(packed_output)s

    Attributes
    ----------
    W0_ : ndarray of shape (n_components, n_words), dtype uint32
        The random containers of each output container: the upper 32 bits of the
        SplitMix64 stream that starts at the seed, row by row. ``n_words`` is the number
        of 32-bit words of an input row, or of a permuted one, rounded up to whole
        containers.

    receptive_fields_ : ndarray of shape (n_components, 4), dtype intp
        Window of each output container in the grid of containers: top, left, height,
        width. If ``receptive_field`` is an int, the shape is ``(n_components,
        receptive_field)``, and these are the containers that each one sees.

    permutations_ : ndarray of shape (n_permutations, 32 * n_words), dtype uint32
        The bit of the input at each place of the permuted rows. Output container ``h``
        reads the permuted row ``h // 32``. None without ``permute_bits``.

    grid_shape_ : tuple (height, width)
        How the containers of a row lie in the image; ``(1, n_containers)`` without
        windows.

    seed_ : int
        Start of the random stream.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.preprocessing.ThermometerEncoder : Makes the bits out of numbers.
    skbit.naive_bayes.OttoScoreClassifier : Learns from the projected bits.
    sklearn.random_projection.GaussianRandomProjection : Numbers to numbers.

    Notes
    -----
    *Windows.* A second stream starts at the bitwise complement of the seed; output
    container ``h`` takes its words ``u0, u1, u2`` from ``3 h`` on, and
    ``word * n >> 32`` draws from ``0 .. n - 1``. The height is ``low + draw(high - low
    + 1)`` image rows. The width is the most containers that a square of that height can
    touch: ``height * containers_per_image_row / image_width``, rounded up, and one
    more, but no more than an image row has. Then come the top row and the left
    container, uniform over all places where the window fits. The containers of a
    window, numbered row by row, enter the tree interleaved by thirds: 0, q, 2 q, 1, q +
    1, 2 q + 1, ... with q a third of their number, rounded up. Adjacent containers are
    correlated, so the first majorities combine distant ones. The first output
    containers of a larger projection are those of a smaller one with the same seed.

    *Random containers.* If ``receptive_field`` is an int ``n``, output container ``h``
    takes as many numbers of the second stream as a row has containers, one after the
    other, and sees the ``n`` containers with the smallest numbers, the smallest first.

    *Permutations.* A third stream starts at the seed with its highest bit inverted. An
    order is the numbers of the bits that vary, sorted by as many numbers of the stream.
    A permuted row begins with one order. Places that are left, in whole containers and
    words and in at least ``receptive_field`` containers, are filled by further orders;
    what is left of the last one is not used.

    *Cost.* A row takes ``n_components * n_words`` comparisons and about half as many
    majorities. Bulk work takes 512 rows at a time, one bit position after the other.

    *DRAM.* :meth:`dram_cost` estimates what it would cost to project in DRAM.

    *Gates.* XOR gives the complement of what XNOR gives for complemented ``W0_``.
    Majorities of three and five are self-dual; the group of four and the AND are not.

    References
    ----------
    .. [1] A. Otto, "DRAM-Native &|~ Classification", 2026.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit.preprocessing import ThermometerEncoder
    >>> from skbit.random_projection import RandomMAJ3Projection
    >>> X, _ = load_digits(return_X_y=True)
    >>> bits = ThermometerEncoder(feature_range=(0, 16)).fit_transform(X)
    >>> projection = RandomMAJ3Projection(n_components=128, random_state=42)
    >>> projection.fit_transform(bits).shape
    (1797, 128)
    >>> int(projection.W0_[0, 0])
    3184996902
    """

    _parameter_constraints = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "gate": [StrOptions(set(_GATES))],
        "majority": [StrOptions(set(_MAJORITIES))],
        "majority_share": [Interval(Real, 0, 1, closed="left")],
        "receptive_field": [
            tuple,
            list,
            Interval(Integral, 1, None, closed="left"),
            None,
        ],
        "permute_bits": ["boolean"],
        "container_bits": [Options(Integral, set(_WIDTHS))],
        "image_shape": [tuple, list, None],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "packed_output": ["boolean"],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = (
        "binarize",
        "gate",
        "majority",
        "majority_share",
        "receptive_field",
        "permute_bits",
        "container_bits",
    )

    def __init__(
        self,
        n_components=512,
        *,
        gate="xnor",
        majority="tree",
        majority_share=0.5,
        receptive_field=None,
        permute_bits=False,
        container_bits=32,
        image_shape=None,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
        packed_output=True,
    ):
        self.n_components = n_components
        self.gate = gate
        self.majority = majority
        self.majority_share = majority_share
        self.receptive_field = receptive_field
        self.permute_bits = permute_bits
        self.container_bits = container_bits
        self.image_shape = image_shape
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.packed_output = packed_output

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Draw the random containers, windows and permutations.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit. Only the
            width matters, and with ``permute_bits=True`` which bits vary.

        %(y_ignored)s

        Returns
        -------
        self : RandomMAJ3Projection
            The fitted projection.
        """
        X = self._validate_bits(X, reset=True)
        self.seed_ = seed_of(self.random_state)
        # As Python's number: products of NumPy's small types overflow.
        n_components = int(self.n_components)
        self.permutations_, n_words = None, self._n_words
        if self.permute_bits:
            self.permutations_ = self._draw_permutations(X, n_components)
            n_words = self.permutations_.shape[1] // CONTAINER_BITS
        self.W0_ = random_words(self.seed_, n_components * n_words).reshape(
            n_components, n_words
        )
        n_inputs = n_words * CONTAINER_BITS // self._container_bits
        self.grid_shape_ = (1, n_inputs)
        if self.receptive_field is None:
            self.receptive_fields_ = np.tile(
                np.array([0, 0, 1, n_inputs], dtype=np.intp), (n_components, 1)
            )
        elif isinstance(self.receptive_field, Integral):
            self.receptive_fields_ = _structure.draw_containers(
                self.seed_, n_components, n_inputs, int(self.receptive_field)
            )
        else:
            height, width, _ = shape_of_images(
                self.image_shape,
                self.n_features_in_,
                is_packed=self.input_format_ == "packed",
            )
            _structure.check_windows(
                self.receptive_field, self._container_bits, height, n_inputs
            )
            self.grid_shape_ = (height, n_inputs // height)
            self.receptive_fields_ = _structure.draw_windows(
                self.seed_,
                n_components,
                self.receptive_field,
                self.grid_shape_,
                width,
            )
        return self

    def _draw_permutations(self, X, n_components):
        if isinstance(self.receptive_field, tuple | list):
            raise ValueError(
                "permute_bits=True scatters the bits of a window over the image: "
                "receptive_field must be a number of containers or None, got "
                f"{self.receptive_field!r}."
            )
        varies = self._bits_that_vary(X)
        bits = np.flatnonzero(varies) if varies.any() else np.arange(len(varies))
        return _structure.draw_permutations(
            self.seed_, n_components, bits, self.receptive_field, self._container_bits
        )

    @property
    def _learns_from(self):
        return "extremes" if self.permute_bits else "first"

    @property
    def _container_bits(self):
        return self.fitted_params_["container_bits"]

    @property
    def _n_words(self):
        """Words of a row that is filled up to whole containers."""
        n_words = self._n_input_containers
        return n_words + -n_words % n_containers(self._container_bits)

    @property
    def _n_bits(self):
        return self.W0_.shape[0] * self._container_bits

    @property
    def _windows(self):
        receptive_field = self.fitted_params_["receptive_field"]
        sees_all_or_some = receptive_field is None or isinstance(receptive_field, int)
        return None if sees_all_or_some else self.receptive_fields_

    @property
    def _permutations(self):
        return self.permutations_ if self.fitted_params_["permute_bits"] else None

    @property
    def _n_seen(self):
        """Number of random containers that each output container sees, or None."""
        receptive_field = self.fitted_params_["receptive_field"]
        return receptive_field if isinstance(receptive_field, int) else None

    @property
    def _sizes(self):
        """Number of containers that each output container sees."""
        if self._n_seen is not None:
            return np.full(len(self.W0_), self._n_seen)
        return self.receptive_fields_[:, 2] * self.receptive_fields_[:, 3]

    @property
    def _majority(self):
        return self.fitted_params_["majority"]

    @property
    def _gate(self):
        return self.fitted_params_["gate"]

    @property
    def _required_ones(self):
        """Counts that are exact majorities, per output container; empty for trees."""
        if self._majority == "tree":
            return np.empty(0, dtype=np.intp)
        share = self.fitted_params_["majority_share"]
        return np.floor(share * self._sizes).astype(np.intp) + 1

    def _count_weights(self):
        sizes = Counter(self._sizes.tolist())
        return tuple(
            (size, sizes[size], self._container_bits) for size in sorted(sizes)
        ), 0

    def _check_state(self):
        super()._check_state()
        check_choice(self, "_container_bits", _WIDTHS)
        check_choice(self, "_gate", _GATES)
        check_choice(self, "_majority", _MAJORITIES)
        share = self.fitted_params_["majority_share"]
        if not 0 <= share < 1:
            raise_damaged(self, "majority_share", "a share below 1", repr(share))
        check_number(self, "seed_", 0, 2**64 - 1)
        _structure.check_structure(self)

    def _wiring(self):
        """Return the containers that each output container sees, and their number."""
        n_neurons, n_words = self.W0_.shape
        if self._n_seen is not None:
            return self.receptive_fields_, self._sizes
        n_inputs = n_words * CONTAINER_BITS // self._container_bits
        return _structure.wiring(
            self._windows, n_neurons, n_inputs, self.grid_shape_[1]
        )

    def transform(self, X):
        """Project bits to bits.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit; as in
            :meth:`fit`.

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            The output containers, ``n_components * container_bits`` packed bits, or
            one uint8 column per bit with ``packed_output=False``.
        """
        self._check_fitted()
        words = self._as_words(self._validate_bits(X, reset=False))
        n_missing = self._n_words - words.shape[1]
        if n_missing:
            words = np.pad(words, ((0, 0), (0, n_missing)))
        random = self.W0_ if self._gate == "xnor" else ~self.W0_
        projected = _projection.project(
            words,
            random,
            self._container_bits,
            *self._wiring(),
            self._required_ones,
            self._permutations,
            self.n_jobs,
        )
        return self._as_output(projected, self._n_bits)

    def dram_cost(self, model="ambit", *, n_classes=None, **options):
        """Estimate the cost of this projection in DRAM, or on a processor.

        Read more in the :ref:`User Guide <dram>`.

        Parameters
        ----------
        model : {"seed", "ambit", "cpu"}, default="ambit"
            The model, as in :func:`skbit.dram.dram_cost`.

        n_classes : int, default=None
            Number of classes whose int32 log-odds are added as well. None charges none.

        **options : dict
            Further arguments of :func:`skbit.dram.dram_cost`, such as ``device``,
            ``layout``, ``batch`` and ``banks``.

        Returns
        -------
        cost : skbit.dram.DRAMCost
            Bits, commands, latency and energy, with ranges and assumptions.

        Examples
        --------
        >>> import numpy as np
        >>> from skbit import RandomMAJ3Projection
        >>> words = np.zeros((1, 196), dtype=np.uint32)
        >>> projection = RandomMAJ3Projection(512, random_state=0).fit(words)
        >>> projection.dram_cost("seed").bits_weights
        3211264
        """
        from skbit.dram import dram_cost

        return dram_cost(
            **self._dram_shape(), model=model, n_classes=n_classes, **options
        )

    def _dram_shape(self):
        """Return the arguments of :func:`skbit.dram.dram_cost` for this projection."""
        self._check_fitted()
        permutations = self._permutations
        return {
            "n_neurons": self.W0_.shape[0],
            "n_containers": self.W0_.shape[1] * CONTAINER_BITS // self._container_bits,
            "container_bits": self._container_bits,
            "majority": self._majority,
            "windows": self._windows,
            "receptive_field": self._n_seen,
            "n_permutations": 0 if permutations is None else len(permutations),
        }

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Quantities with a range, and costs by stage."""

from dataclasses import dataclass, fields

_PREFIXES = (
    *((1e-12, "p"), (1e-9, "n"), (1e-6, "µ"), (1e-3, "m")),
    *((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G")),
)


@dataclass(frozen=True)
class Interval:
    """A quantity with a range.

    Intervals add, and multiply with numbers above zero, end by end.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    low : float
        The lowest figure that a source supports.
    central : float
        The figure to use if a single one is needed.
    high : float
        The highest figure that a source supports.

    Examples
    --------
    >>> from skbit.dram import Interval
    >>> 2 * Interval(1, 2, 4) + Interval.exactly(1)
    Interval(low=3, central=5, high=9)
    """

    low: float
    central: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.central <= self.high:
            raise ValueError(
                "An interval needs low <= central <= high, got "
                f"{self.low!r}, {self.central!r}, {self.high!r}."
            )

    @classmethod
    def exactly(cls, value: float) -> "Interval":
        """Make an interval of one figure.

        Parameters
        ----------
        value : float
            The figure.

        Returns
        -------
        interval : Interval
            An interval with three equal figures.
        """
        return cls(value, value, value)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(
            self.low + other.low,
            self.central + other.central,
            self.high + other.high,
        )

    def __mul__(self, factor: float) -> "Interval":
        return Interval(self.low * factor, self.central * factor, self.high * factor)

    __rmul__ = __mul__


@dataclass(frozen=True)
class StageCosts:
    """Costs of an inference by stage.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    compute : Interval
        Comparisons and majorities.
    input : Interval
        Moving the input to where it is compared, and the weights too in a machine that
        streams them.
    output : Interval
        Reading the projected bits.
    log_odds : Interval
        Adding the classes' int32 log-odds. Zero without classes.
    refresh : Interval
        Refreshing the memory in the meantime.
    """

    compute: Interval
    input: Interval
    output: Interval
    log_odds: Interval
    refresh: Interval

    @property
    def total(self) -> "Interval":
        """The sum over the stages, as an Interval."""
        return sum((s for _, s in self.items()), Interval.exactly(0))

    def items(self) -> list[tuple[str, Interval]]:
        """List the stages.

        Returns
        -------
        items : list of tuple (str, Interval)
            Names and figures in the order in which the stages run.
        """
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def format_interval(interval: Interval, unit: str, scale: float = 1.0) -> str:
    """Format an interval with a metric prefix.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    interval : Interval
        The figures.
    unit : str
        Unit without prefix.
    scale : float, default=1.0
        Factor that converts the figures to that unit.

    Returns
    -------
    text : str
        The central figure and, in brackets, the lowest and highest.

    Examples
    --------
    >>> from skbit.dram import Interval, format_interval
    >>> format_interval(Interval(33.04e6, 42.03e6, 129.5e6), "J", 1e-12)
    '42 µJ (33 to 130)'
    """
    low, central, high = (
        scale * x for x in (interval.low, interval.central, interval.high)
    )
    factor, prefix = _PREFIXES[0]
    for candidate in _PREFIXES:
        if central >= 0.9995 * candidate[0]:
            factor, prefix = candidate
    text = f"{_three_digits(central / factor)} {prefix}{unit}"
    if low == high:
        return text
    return f"{text} ({_three_digits(low / factor)} to {_three_digits(high / factor)})"


def _three_digits(x: float) -> str:
    if x == 0:
        return "0"
    if x >= 99.95:
        return f"{x:,.0f}"
    return f"{x:.3g}"

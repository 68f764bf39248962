# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""From figures to verdicts: what "reproduced" means is said here, once.

A figure *agrees* if the claimed value lies between the lowest and the highest value of
the seeds, or within one point of their mean. A point is 1 %, 0.01 of a share or of an
area, and 0.1 times chance where chance is a tenth; of counts, 1 % of what he found, and
of times, which every run finds anew, 10 %.
"""

from collections import Counter

import numpy as np

REPRODUCED, EXCEEDED, IN_PART, FAILED, ANSWERED = VERDICTS = (
    "reproduced",
    "exceeded",
    "in part",
    "not reproduced",
    "answered",
)
POINT = {
    "%": 1.0,
    "points": 1.0,
    "points gained": 1.0,
    "points lost": 1.0,
    "": 0.01,
    "share": 0.01,
    "times chance": 0.1,
}
TIMES = {"s", "ms"}
HIGHER_IS_BETTER = {"%", "points gained", "", "times chance", "patterns"}
LOWER_IS_BETTER = {*TIMES, "points lost"}
DIGITS = {"%": 2, "points": 2, "": 3, "share": 3, "|r|": 3, "times chance": 2}


def ends(claimed):
    """Return the lowest and the highest claimed value."""
    return claimed if isinstance(claimed, tuple | list) else (claimed, claimed)


def place(figure):
    """Tell whether a figure "agrees", is "better", "worse", or just "different"."""
    low, high = ends(figure.claimed)
    mean = np.mean(figure.values)
    share = 0.1 if figure.unit in TIMES else 0.01
    point = POINT.get(figure.unit, share * abs(high))
    within_seeds = min(figure.values) <= high and max(figure.values) >= low
    # A figure that is a point away to the last digit agrees.
    if within_seeds or low - point - 1e-9 <= mean <= high + point + 1e-9:
        return "agrees"
    if figure.unit in HIGHER_IS_BETTER:
        return "better" if mean > high else "worse"
    if figure.unit in LOWER_IS_BETTER:
        return "better" if mean < low else "worse"
    return "different"


def agreement(figures):
    """Compare the figures that the document claims; return verdict and sentence."""
    places = Counter(place(f) for f in figures if f.claimed is not None)
    n, n_agree = places.total(), places.pop("agrees", 0)
    n_good = n_agree + places["better"]
    if n == 0:
        raise LookupError("The document has none of these figures.")
    if n_good == n:
        verdict = REPRODUCED if n_agree == n else EXCEEDED
    else:
        verdict = IN_PART if n_good else FAILED
    if n == 1:
        return verdict, f"The figure {'agrees' if n_agree else 'is ' + min(+places)}."
    others = "".join(
        f", {k} {'is' if k == 1 else 'are'} {name}" for name, k in (+places).items()
    )
    return verdict, f"{n_agree} of {n} figures agree{others}."


def measured(figure, with_spread=False):
    """Mean, and the lowest and the highest if there are several."""
    mean = number(np.mean(figure.values), figure.unit)
    low, high = (number(end(figure.values), figure.unit) for end in (min, max))
    spread = f" ({low} to {high})" if with_spread and low != high else ""
    return mean + spread + suffix(figure.unit)


def claimed(figure):
    """Return the claimed figure or range."""
    low, high = (number(end, figure.unit) for end in ends(figure.claimed))
    return (low if low == high else f"{low} to {high}") + suffix(figure.unit)


def suffix(unit):
    return "" if unit in ("", "share", "|r|") else f" {unit}"


def number(value, unit):
    """Write a number with as many digits as its unit deserves."""
    if unit in DIGITS:
        return f"{value:.{DIGITS[unit]}f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def where(**setting):
    """Make a condition on the setting of figures."""
    return lambda figure: all(
        figure.setting.get(key) == value for key, value in setting.items()
    )


def chosen(figures, **setting):
    """Keep the figures with a setting, of which there must be some."""
    found = list(filter(where(**setting), figures))
    if not found:
        raise LookupError(f"No figure has {setting}.")
    return found


def names(figures, key):
    """Return what figures have in a setting, in their order, each once."""
    return list(dict.fromkeys(f.setting[key] for f in figures if key in f.setting))


def mean(figures, unit=None, **setting):
    """Mean of the one figure with such a setting (and unit)."""
    found = [f for f in filter(where(**setting), figures) if unit in (None, f.unit)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} figures have {setting}, 1 is needed.")
    return np.mean(found[0].values)


def because(reason):
    """Make a judge that compares and adds what was found behind the figures."""

    def judge(figures):
        verdict, sentence = agreement(figures)
        return verdict, f"{sentence} {reason(figures)}"

    return judge


def answer(sentence):
    """Make a judge of a question that the document left open."""

    def judge(figures):
        return ANSWERED, sentence(figures)

    return judge

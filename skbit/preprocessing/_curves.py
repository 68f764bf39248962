# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Thermometer curves, which map values to levels.

A curve maps a value ``v`` from 0 to 255 to a level from 0 to ``n_levels``, which is cut
to an integer. The formulas are those of [1]_. Encoding uses the values at which a curve
changes its level as thresholds, so that nothing but comparisons is computed. Curves
that are monotone in pieces only are listed with the values at which their pieces begin.

References
----------
.. [1] A. Otto, forward-prop, https://github.com/aotto1968/forward-prop, thermometer
   encodings ``lin``, ``exp``, ``log``, ``sig``, ``sqrt``, ``cbrt``, ``gamma``, ``tri``,
   ``up``, ``down`` and ``mid``.
"""

import math

import numpy as np


def _linear(v, n):
    return v * n / 256


def _exp(v, n):
    return (v / 255) ** (0.35 if n == 16 else 0.30) * n


def _log(v, n):
    return math.log2(v + 1) / 8 * n


def _sigmoid(v, n):
    return n / (1 + math.exp(-12 * (v / 255 - 0.5)))


def _sqrt(v, n):
    return (v / 255) ** (1 / 2) * n


def _cbrt(v, n):
    return (v / 255) ** (1 / 3) * n


def _gamma(v, n):
    return (v / 255) ** 0.45 * n


def _tri(v, n):
    return min(v, 255 - v) * 2 / 255 * n


def _inv_exp(v, n):
    return (1 - math.exp(-4 * v / 255)) * n


def _down(v, n):
    low = n * 3 / 7
    return v * low / 64 if v < 64 else low + (v - 64) * (n - low) / 192


def _up(v, n):
    low = n * 4 / 7
    return low + (v - 192) * (n - low) / 63 if v > 192 else v * low / 192


def _mid(v, n):
    low, high = n * 3 / 8, n - n * 3 / 8
    if v < 80:
        return v * low / 80
    if v > 175:
        return low + (v - 175) * high / 80
    return low + (v - 80) * high / 95


def _mid_monotone(v, n):
    # The last piece of ``mid`` falls back to the level at which its middle piece began.
    # Here the outer pieces rise by 3/8 each, as in ``mid``, and the middle by the rest.
    low = n * 3 / 8
    if v < 80:
        return v * low / 80
    if v > 175:
        return n - low + (v - 175) * low / 80
    return low + (v - 80) * (n - 2 * low) / 95


# The formula of each curve, and the values other than 0 where monotone pieces begin.
CURVES = {
    "linear": (_linear, ()),
    "exp": (_exp, ()),
    "log": (_log, ()),
    "sigmoid": (_sigmoid, ()),
    "sqrt": (_sqrt, ()),
    "cbrt": (_cbrt, ()),
    "gamma": (_gamma, ()),
    "inv_exp": (_inv_exp, ()),
    "up": (_up, (192.0,)),
    "down": (_down, (64.0,)),
    "mid": (_mid, (80.0, math.nextafter(175.0, 256.0))),
    "mid_monotone": (_mid_monotone, (80.0, 175.0)),
    "tri": (_tri, (127.5,)),
}


def level_of(curve, value, n_levels):
    """Return the integer level of a value from 0 to 255."""
    formula, _ = CURVES[curve]
    return min(int(formula(value, n_levels)), n_levels)


def steps(curve, n_levels):
    """Find the values at which a curve changes its level.

    Returns
    -------
    thresholds : ndarray of shape (n_thresholds,), dtype float64
        Ascending, each the smallest value from which a level holds.
    levels : ndarray of shape (n_thresholds + 1,), dtype int64
        ``levels[i]`` is the level of the values that reach ``i`` thresholds.
    """
    thresholds, levels = [], [level_of(curve, 0.0, n_levels)]
    starts = (0.0, *CURVES[curve][1])
    for start, end in zip(starts, (*starts[1:], 256.0), strict=True):
        last = min(math.nextafter(end, 0.0), 255.0)
        value = start
        if level_of(curve, start, n_levels) != levels[-1]:
            thresholds.append(start)
            levels.append(level_of(curve, start, n_levels))
        while level_of(curve, last, n_levels) != levels[-1]:
            # Bisect down to adjacent floats: below has the level, and above does not.
            below, above = value, last
            while (middle := (below + above) / 2) not in (below, above):
                if level_of(curve, middle, n_levels) == levels[-1]:
                    below = middle
                else:
                    above = middle
            thresholds.append(above)
            levels.append(level_of(curve, above, n_levels))
            value = above
    return np.array(thresholds), np.array(levels)

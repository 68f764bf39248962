# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Networks of one layer or two, trained by scikit-learn, in C with weights of 8 bits.

Inputs are bytes, sums have 32 bits, and hidden units are bytes: sums that are negative
are 0, others are shifted to the right. The shift is chosen on training rows. Bytes of
the input that are 0 are skipped, as many pixels are.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

_HEAD = """\
#include <stdint.h>
int model(const uint8_t *input);
"""
_LAYER = """\
static const int8_t WEIGHTS_{n}[{n_in}][{n_out}] = {{{weights}}};
static const int32_t BIASES_{n}[{n_out}] = {{{biases}}};
static void layer_{n}(const uint8_t *input, int32_t *sums)
{{
    for (int j = 0; j < {n_out}; j++) {{
        sums[j] = BIASES_{n}[j];
    }}
    for (int i = 0; i < {n_in}; i++) {{
        int32_t x = input[i];
        if (x != 0) {{
            for (int j = 0; j < {n_out}; j++) {{
                sums[j] += x * WEIGHTS_{n}[i][j];
            }}
        }}
    }}
}}
"""
_HIDDEN = """\
    for (int j = 0; j < {n_hidden}; j++) {{
        int32_t sum = sums[j] < 0 ? 0 : sums[j] >> {shift};
        hidden[j] = (uint8_t)(sum > 255 ? 255 : sum);
    }}
    layer_1(hidden, sums);
"""
_MODEL = """\
int model(const uint8_t *input)
{{
    int32_t sums[{n_sums}];
{hidden_bytes}\
    int best = 0;
    layer_0(input, sums);
{hidden}\
    for (int k = 1; k < {n_classes}; k++) {{
        if (sums[k] > sums[best]) {{
            best = k;
        }}
    }}
    return best;
}}
"""


def fit_network(X, y, n_hidden):
    """Train a network on rows of bytes; return C.

    Parameters
    ----------
    X : ndarray of uint8
    y : ndarray of int
        Classes from 0 on, all of them.
    n_hidden : int
        Number of hidden units. 0 is logistic regression.
    """
    mean, scale = X.mean(), X.std()
    layers = (n_hidden,) if n_hidden else ()
    n_epochs = 25 if len(X) > 10_000 else 200
    network = MLPClassifier(layers, max_iter=n_epochs, random_state=0)
    network.fit(((X - mean) / scale).astype(np.float32), y)
    weights = [w.astype(np.float64) for w in network.coefs_]
    biases = [b.astype(np.float64) for b in network.intercepts_]
    biases[0] -= weights[0].sum(axis=0) * mean / scale
    weights[0] /= scale
    return write_network(X, weights, biases)


def write_network(X, weights, biases):
    """Return the C of a network of one layer or two, for rows like those of X."""
    layers, hidden, hidden_bytes, unit = [], "", "", 1.0
    if len(biases[-1]) == 1:
        # The other class of two has the score 0.
        weights[-1] = np.c_[np.zeros_like(weights[-1]), weights[-1]]
        biases[-1] = np.r_[0, biases[-1]]
    for n, (w, b) in enumerate(zip(weights, biases, strict=True)):
        factor = 127 / np.abs(w).max()
        rounded, offset = np.rint(w * factor), np.rint(b * factor / unit)
        layers.append(_layer(n, rounded.astype(int), offset.astype(int)))
        if n + 1 < len(weights):
            sums = X[:5000].astype(np.float64) @ rounded + offset
            shift = max(0, int(np.ceil(np.log2(np.quantile(sums, 0.999) / 255))))
            unit = unit * 2.0**shift / factor
            hidden = _HIDDEN.format(n_hidden=len(b), shift=shift)
            hidden_bytes = f"    uint8_t hidden[{len(b)}];\n"
    model = _MODEL.format(
        n_sums=max(map(len, biases)),
        n_classes=len(biases[-1]),
        hidden=hidden,
        hidden_bytes=hidden_bytes,
    )
    return _HEAD + "".join(layers) + model


def _layer(n, weights, biases):
    rows = ",".join(f"{{{','.join(map(str, row))}}}" for row in weights)
    return _LAYER.format(
        n=n,
        n_in=len(weights),
        n_out=len(biases),
        weights=rows,
        biases=",".join(map(str, biases)),
    )

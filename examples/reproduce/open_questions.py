# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What "Bit-Neurons That Organize Themselves" left open, measured."""

from examples.reproduce import open_data, open_layers, open_neurons

MEASUREMENTS = {
    **open_data.MEASUREMENTS,
    **open_neurons.MEASUREMENTS,
    **open_layers.MEASUREMENTS,
}

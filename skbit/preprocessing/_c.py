# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C writers of the encoders."""

from skbit._c.source import Writer
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    PixelEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.preprocessing._c_pixels import encode_pixels
from skbit.preprocessing._c_ranks import encode_edges, encode_ranks
from skbit.preprocessing._c_tables import encode_table
from skbit.preprocessing._c_thresholds import encode_scalar, encode_thermometer

WRITERS = {
    ThermometerEncoder: Writer(encode_thermometer, reads_numbers=True),
    ScalarEncoder: Writer(encode_scalar, reads_numbers=True),
    RankDensityEncoder: Writer(encode_ranks, reads_numbers=True),
    DirectionalEdgeEncoder: Writer(encode_edges, reads_numbers=True),
    PixelEncoder: Writer(encode_pixels, reads_numbers=True),
    TableEncoder: Writer(encode_table, reads_numbers=True, input_dtype="float32"),
}

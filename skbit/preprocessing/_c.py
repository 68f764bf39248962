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
    ThermometerEncoder: Writer(encode_thermometer, reads_bytes=True),
    ScalarEncoder: Writer(encode_scalar, reads_bytes=True),
    RankDensityEncoder: Writer(encode_ranks, reads_bytes=True),
    DirectionalEdgeEncoder: Writer(encode_edges, reads_bytes=True),
    PixelEncoder: Writer(encode_pixels, reads_bytes=True),
    TableEncoder: Writer(encode_table, reads_floats=True),
}

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the exports to Verilog of all families share. It is private."""

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Writing of C99, which the families use in their ``_c.py``.

=======  ========================================================================
source   blocks of code, put together to a source
text     pieces of C: constants, buffers, comments
helpers  C functions that several steps need
input    input that no encoder has seen
taken    the input of the functions
numbers  types of the input
scale    the numbers that the model makes of it: scalers before the first step
classes  the label of the class with the highest score
vectors  what the functions must answer
=======  ========================================================================
"""

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The similarities: every formula stands here once, for all that computes with it.

A neuron stores a level for every bit, a whole number from 0 to ``K``. The formulas are
made of these whole numbers:

==================  ==================================================================
``overlap``         the sum of a neuron's levels where the input is one
``total``           the sum of all levels of a neuron
``squares``         the sum of their squares
``ones``            the number of ones of the input
``top_ones``        ``K`` times ``ones``
``top_bits``        ``K`` times the number of bits of a row
``top_seen``        ``K`` times the number of bits that the input or any row learned
                    before has set
==================  ==================================================================

The similarities are, with ``d = total + top_ones - 2 overlap`` (what differs),

- cosine: ``overlap / sqrt(squares * ones)``, compared by its square,
- Jaccard: ``overlap / (total + top_ones - overlap)``,
- overlap: shared minus differing, ``(overlap - d) / top_seen``,
- Hamming: the share that is equal, ``(top_seen - d) / top_seen``.

The functions consist of ``+``, ``-`` and ``*``, so they work on words and planes in the
kernels, on arrays of NumPy, and on objects that write ONNX or C. All of them take a
similarity as a number, its place in ``SIMILARITIES``. A new one needs a name, a branch
in the functions for which the last line is not right, and a line in the docstring of
the clusterer.

Products of a numerator and a denominator that are compared stay below ``2**64`` if
``2 * K**4 * n_bits**3`` does.
"""

SIMILARITIES = ("cosine", "jaccard", "overlap", "hamming")
COSINE, JACCARD, OVERLAP, HAMMING = range(len(SIMILARITIES))
# These are compared, averaged and limited by their squares.
SQUARED = (COSINE,)
# These depend on the number of bits that have been set.
COUNTING_SEEN_BITS = (OVERLAP, HAMMING)


def norm(similarity, total, squares, top_bits, one):
    """Return the number that is kept of each neuron beside its levels."""
    if similarity == COSINE:
        # Not zero, because it is a denominator.
        return max(squares + squares, one)
    if similarity in COUNTING_SEEN_BITS:
        return top_bits - total
    return total


def norm_of_empty(similarity):
    """Return the norm of a neuron without ones, or -1 if inputs without ones are usual.

    Where the formula gives 0 / 0, an input without ones has similarity 1 with neurons
    without ones and 0 with all others. It goes to the first neuron without ones, or to
    the first neuron if there is none.
    """
    if similarity == COSINE:
        return 1
    if similarity == JACCARD:
        return 0
    return -1


def compared(similarity, overlap, norm, top_ones, one):
    """Return numerator and denominator of the fraction by which neurons are compared.

    Terms and factors that are the same for all neurons are left out.
    """
    if similarity == COSINE:
        return overlap * overlap, norm
    if similarity == OVERLAP:
        return overlap + overlap + overlap + norm, one
    if similarity == HAMMING:
        return overlap + overlap + norm, one
    return overlap, norm + top_ones - overlap


def completed(similarity, fraction, ones, top_ones, top_bits, top_seen):
    """Return the similarity as a fraction: what ``compared`` left out is put back.

    It is the square of a similarity in ``SQUARED``.
    """
    numerator, denominator = fraction
    if similarity == COSINE:
        return numerator + numerator, denominator * ones
    if similarity == OVERLAP:
        return numerator - top_ones - top_bits, top_seen
    if similarity == HAMMING:
        return numerator - top_ones - top_bits + top_seen, top_seen
    return numerator, denominator

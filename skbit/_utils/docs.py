# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parts of docstrings that several estimators share.

A line of a docstring that is ``%(name)s`` stands for the part of that name. The base
class of the estimators puts the parts in when a class is defined.
"""

import re
from textwrap import dedent, indent

PARTS = {
    "X": """
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.
        """,
    "C": """
        C : ndarray of shape (n_samples, n_classes), dtype float64
            One column per class, in the order of ``classes_``.
        """,
    "y_ignored": """
        y : None
            Ignored. It exists for compatibility with scikit-learn.
        """,
    "binarize": """
        binarize : float, default=0.0
            Numbers above this threshold are ones. It must be 0 if X is packed.
        """,
    "input_format": """
        input_format : {"auto", "packed", "dense"}, default="auto"
            How X represents bits. "packed" means containers of 32 bits (dtype uint32),
            and "dense" means numbers, one column per bit. "auto" takes X as packed if
            its dtype is uint32, and as dense otherwise.
        """,
    "n_jobs": """
        n_jobs : int, default=None
            Number of threads. None means 1 unless in a :obj:`joblib.parallel_config`
            context, and -1 means all processors. The results do not depend on it.
        """,
    "packed_output": """
        packed_output : bool, default=True
            Whether :meth:`transform` returns packed containers (dtype uint32) or one
            column of dtype uint8 per bit.
        """,
    "input_format_": """
        input_format_ : {"packed", "dense"}
            How X represented bits during :term:`fit`.
        """,
    "n_features_in_": """
        n_features_in_ : int
            Number of features seen during :term:`fit`.

        feature_names_in_ : ndarray of shape (`n_features_in_`,)
            Names of features seen during :term:`fit`. Defined only when `X` has feature
            names that are all strings.
        """,
}


def fill_docstring(documented):
    """Put the shared parts into a docstring.

    Parameters
    ----------
    documented : class or function
        Its docstring is changed.

    Raises
    ------
    KeyError
        If there is no part of a name.
    """
    # Python removes docstrings if it optimizes.
    if documented.__doc__:
        documented.__doc__ = re.sub(
            r"^( *)%\((\w+)\)s$", _part, documented.__doc__, flags=re.MULTILINE
        )


def _part(match):
    return indent(dedent(PARTS[match[2]]).strip(), match[1])

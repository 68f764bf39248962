# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parts of docstrings that several estimators or functions share.

A line of a docstring that is ``%(name)s`` stands for the part of that name. The base
class of the estimators inserts the parts when a class is defined.
"""

import re
from textwrap import dedent, indent

PARTS = {
    "X": """
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.
        """,
    "X_alone": """
        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.
        """,
    "X_of_members": """
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows as the members take them.
        """,
    "X_of_model": """
        X : array-like of shape (n_samples, n_features)
            What the estimator takes.
        """,
    "X_of_workers": """
        X : dask.array.Array or dask.dataframe.DataFrame
            Rows as the estimator takes them.
        """,
    "answer_of_workers": """
        Nothing is computed before the result is, except that the first row is read if
        the dtypes of X do not tell enough. The workers have the estimator, and each
        block of X is computed where it is.

        Read more in the :ref:`User Guide <distributed>`.
        """,
    "X_to_C": """
        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            One column per class, in the order of ``classes_``.
        """,
    "y": """
        y : array-like of shape (n_samples,)
            Class labels, of at least two classes.
        """,
    "y_part": """
        y : array-like of shape (n_samples,)
            Class labels.

        classes : array-like of shape (n_classes,), default=None
            All classes that can ever occur. They are required in the first call and
            optional later.
        """,
    "y_ignored": """
        y : None
            Ignored. It exists for compatibility with scikit-learn.
        """,
    "fit_X_y": """
        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.

        y : array-like of shape (n_samples,)
            Class labels, of at least two classes.

        Returns
        -------
        self : object
            The fitted estimator.
        """,
    "partial_fit_X_y": """
        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.

        y : array-like of shape (n_samples,)
            Class labels.

        classes : array-like of shape (n_classes,), default=None
            All classes that can ever occur. They are required in the first call and
            optional later.

        Returns
        -------
        self : object
            The fitted estimator.
        """,
    "fit_X": """
        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or numbers, one column per bit.

        y : None
            Ignored. It exists for compatibility with scikit-learn.

        Returns
        -------
        self : object
            The fitted estimator.
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
    "image_shape": """
        image_shape : tuple (height, width) or (height, width, n_channels), default=None
            The shape of the images that the rows of X hold, pixel by pixel and image
            row by image row. A pixel has n_channels numbers, or 1 if it is left out,
            and the bits of a pixel lie side by side. Their number follows from the
            width of X. One of height and width may be -1; every number then has one
            bit, and ``(1, -1)`` takes rows as they are. When None, images are square
            with one bit per pixel; rows that make no square image are taken as images
            of one row, with a warning. The width of packed rows includes padding, so
            give height and width if X is packed.
        """,
    "shuffle": """
        shuffle : bool, default=True
            Whether :meth:`fit` visits the rows in random order, a new one in each pass.
            Set it to False if the order of the rows matters, for example in a stream.
            :meth:`partial_fit` visits rows in their order.
        """,
    "verbose": """
        verbose : int, default=0
            Whether :meth:`fit` prints its progress. If it is above 0, a line is printed
            after each pass over the data.
        """,
    "n_iter_": """
        n_iter_ : int
            Number of passes over the data that the last :meth:`fit` made.
        """,
    "n_samples_seen_": """
        n_samples_seen_ : int
            Number of rows visited since the last :meth:`fit` began, or since the first
            :meth:`partial_fit`. Every pass over the data counts.
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

        fitted_params_ : dict
            Values of the parameters that are fixed until the next :meth:`fit`. Changing
            such a parameter has no effect before.
        """,
}


def fill_docstring(documented):
    """Insert the shared parts into a docstring.

    Parameters
    ----------
    documented : class or function
        The object whose docstring is changed.

    Raises
    ------
    KeyError
        If the docstring names a part that does not exist.
    """
    # Python -OO removes docstrings.
    if documented.__doc__:
        documented.__doc__ = re.sub(
            r"^( *)%\((\w+)\)s$", _part, documented.__doc__, flags=re.MULTILINE
        )


def _part(match):
    return indent(dedent(PARTS[match[2]]).strip(), match[1])

# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The features of a model's input as pixels."""

from skbit._utils.images import shape_of_images


def image_shape_of(steps, n_features, image_shape=None):
    """Return height, width and number of channels of the images that a model takes.

    Parameters
    ----------
    steps : sequence of estimators
    n_features : int
    image_shape : tuple or None
        What the user says. None takes the first step that knows the shape.
    """
    if image_shape is None:
        for step in steps:
            # Unions have none, but the steps before or after them do.
            if hasattr(step, "image_shape_"):
                height, width = step.image_shape_
                return height, width, n_features // (height * width)
    return shape_of_images(image_shape, n_features, are_numbers=True)

"""Exercises of the chapter on convolution and pooling.

``size``            length of the output, with stride, padding and dilation
``input_gradient``  the gradient that a convolution sends back to its input
``pool_backward``   the gradient of max and mean pooling with overlapping windows
``equivariant``     which layers let a shift of the input pass
"""

from .convolution_backward import input_gradient, pool_backward
from .convolution_shapes import equivariant, size

__all__ = ["equivariant", "input_gradient", "pool_backward", "size"]

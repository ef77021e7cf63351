"""Exercises of the chapter on CNN architectures.

``receptive_field``  receptive field and jump of a stack of layers
``count``            parameters and multiplications of a small network
``compose``          the kernel of two stacked convolutions
``break_even``       from which width on a depthwise separable layer is cheap enough
"""

from .cnn_architectures_counts import break_even, count, receptive_field
from .cnn_architectures_kernels import compose

__all__ = ["break_even", "compose", "count", "receptive_field"]

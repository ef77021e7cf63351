"""Exercises of the chapter on back-propagation.

``mlp_backward``  gradients of a two-layer tanh network, for a batch
``check``         a directional gradient check
``accumulate``    the gradient of a mean loss, from parts of the batch
``tied``          the gradient of a matrix that is used twice
"""

from .backpropagation_batch import accumulate, mlp_backward
from .backpropagation_check import check
from .backpropagation_tied import tied

__all__ = ["accumulate", "check", "mlp_backward", "tied"]

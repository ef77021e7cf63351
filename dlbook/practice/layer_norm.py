"""Exercises of the chapter on layer normalisation.

``forward``     each token by its own mean and spread
``backward``    the gradient of the input
``which_norm``  which changes of the input each normaliser does not see
``group_norm``  groups of channels, with layer and instance normalisation as special cases
"""

from .layer_norm_blind import which_norm
from .layer_norm_passes import backward, forward
from .layer_norm_sets import group_norm

__all__ = ["backward", "forward", "group_norm", "which_norm"]

"""Exercises of the chapter on batch normalisation.

``forward``       training mode, for feature maps
``backward``      the gradients of a batch
``running``       one update of the running statistics
``fold``          evaluation mode, folded into the linear layer before it
``scale_decide``  gradients after the weights were rescaled
"""

from .batch_norm_passes import backward, forward
from .batch_norm_stored import fold, running, scale_decide

__all__ = ["backward", "fold", "forward", "running", "scale_decide"]

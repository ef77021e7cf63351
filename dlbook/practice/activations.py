"""Exercises of the chapter on activations.

``slopes``      derivatives of SiLU and of the exact GELU
``collapse``    an affine stack folded up to one matrix and one vector
``dead_share``  the share of dead units of each ReLU layer
``xnor``        a net of two ReLU units for XNOR
"""

from .activations_dead import dead_share
from .activations_slopes import slopes
from .activations_stack import collapse, xnor

__all__ = ["collapse", "dead_share", "slopes", "xnor"]

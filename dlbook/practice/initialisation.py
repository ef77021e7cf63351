"""Exercises of the chapter on initialisation.

``he_weights``      weights for a ReLU layer, from standard normal draws
``uniform_bound``   the bound of Glorot's uniform distribution
``second_moment``   how loud a deep ReLU network is, without sampling
``tied``            will two hidden units stay equal for ever?
"""

from .initialisation_scale import he_weights
from .initialisation_tied import tied
from .initialisation_variance import second_moment, uniform_bound

__all__ = ["he_weights", "second_moment", "tied", "uniform_bound"]

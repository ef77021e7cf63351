"""Exercises of the chapter on initialisation.

``he_weights``      weights for a ReLU layer, from standard normal draws
``uniform_bound``   the bound of Glorot's uniform distribution
``second_moment``   how loud a deep ReLU network is, without sampling
``tied``            will two hidden units stay equal for ever?
"""

from .initialisation_scale import he_weights, uniform_bound
from .initialisation_signal import second_moment, tied

__all__ = ["he_weights", "second_moment", "tied", "uniform_bound"]

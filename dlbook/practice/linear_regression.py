"""Exercises of the chapter on linear regression.

``mse_gradient``       gradient of half the mean squared residual
``standardise_split``  training and test features, standardised with the training statistics
``largest_lr``         where gradient descent stops converging
``min_norm``           where gradient descent ends when there are more features than examples
"""

from .linear_regression_gradient import mse_gradient
from .linear_regression_limit import min_norm
from .linear_regression_rate import largest_lr
from .linear_regression_standardise import standardise_split

__all__ = ["largest_lr", "min_norm", "mse_gradient", "standardise_split"]

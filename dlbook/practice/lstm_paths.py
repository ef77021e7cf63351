"""Exercises of the chapter on the paths of an LSTM's gradient.

``step``            one step of an LSTM
``backward``        the gradients for losses at every step
``total_jacobian``  how the last cell state depends on the first
``forget_bias``     set the forget bias in every layer of PyTorch's module, and nothing else
``diagnose``        name an LSTM from its gradient, its cell and its accuracy
"""

from .lstm_paths_backward import backward
from .lstm_paths_bias import forget_bias
from .lstm_paths_diagnose import diagnose
from .lstm_paths_jacobian import total_jacobian
from .lstm_paths_step import step

__all__ = ["backward", "diagnose", "forget_bias", "step", "total_jacobian"]

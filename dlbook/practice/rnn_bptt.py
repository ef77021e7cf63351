"""Exercises of the chapter on backpropagation through time.

``unroll``     all states of a tanh RNN over a batch
``backward``   the gradients for losses at every step
``lag_terms``  the contribution of each lag to the gradient of W_h
``clip``       clipping by the global norm
``verdict``    does the far part vanish, and is the total small?
"""

from .rnn_bptt_backward import backward
from .rnn_bptt_clip import clip
from .rnn_bptt_forward import unroll
from .rnn_bptt_lags import lag_terms
from .rnn_bptt_verdict import verdict

__all__ = ["backward", "clip", "lag_terms", "unroll", "verdict"]

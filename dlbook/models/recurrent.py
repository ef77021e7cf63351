"""Recurrent networks with a linear readout, for experiments: RNN, GRU, LSTM and their variants.

They use PyTorch's fused modules, because a loop over time in Python is many times slower.
"""

import torch
from torch import nn

KINDS = ("rnn", "rnn-orthogonal", "irnn", "gru", "lstm", "lstm-no-forget")


class RecurrentClassifier(nn.Module):
    """A recurrent layer and a linear readout of its last state, or of every state."""

    def __init__(self, recurrent, outputs, every_step):
        super().__init__()
        self.recurrent = recurrent  # nn.RNN, nn.GRU or nn.LSTM, batch first, one layer
        self.readout = nn.Linear(recurrent.hidden_size, outputs)
        self.every_step = every_step

    def forward(self, x):  # (B, T, D)
        h, _ = self.recurrent(x)  # (B, T, H)
        return self.readout(h if self.every_step else h[:, -1])  # (B, T, K) or (B, K)


def recurrent_classifier(kind, inputs, hidden, outputs, *, seed, forget_bias=None,
                         every_step=False):  # fmt: skip
    """Build a recurrent network with a reproducible initialisation.

    Everything that is not named below has PyTorch's own initialisation, uniform in
    ``[-1/sqrt(hidden), 1/sqrt(hidden)]``.

    Parameters
    ----------
    kind : str
        ``"rnn"``: tanh. ``"rnn-orthogonal"``: tanh, recurrent weights a random orthogonal matrix.
        ``"irnn"``: ReLU, recurrent weights the identity, input weights normal with standard
        deviation 0.001, biases 0 (Le, Jaitly and Hinton, 2015, arXiv:1504.00941).
        ``"gru"``, ``"lstm"``. ``"lstm-no-forget"``: an LSTM whose forget gate is exactly 1 and
        stays so, as in 1997; PyTorch has no such module, so the gate gets no inputs and a bias at
        which the sigmoid is 1 and its derivative 0 in floating point.
    inputs, hidden, outputs : int, at least 1
        D, H and K.
    seed : int
        Decides the initial weights; the global generator is left as it was.
    forget_bias : float or None
        Initial bias of the LSTM's forget gate, or of the GRU's update gate, which in PyTorch's
        convention h' = (1-z)*n + z*h keeps the state where it is 1. PyTorch adds two biases in
        each gate; the one from the input gets this value and the one from the state 0. None
        leaves both as PyTorch draws them.
    every_step : bool
        Read out every state instead of the last.

    Returns
    -------
    RecurrentClassifier
        Maps (B, T, inputs) to (B, outputs), or to (B, T, outputs) with `every_step`.

    Raises
    ------
    ValueError
        An unknown kind, a size below 1, or a forget bias for a network without such a gate.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}; got {kind!r}")
    if min(inputs, hidden, outputs) < 1:
        raise ValueError(f"sizes must be at least 1, got {inputs}, {hidden} and {outputs}")
    if forget_bias is not None and kind not in ("gru", "lstm"):
        raise ValueError(f"{kind!r} has no forget gate to give a bias")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        if kind in ("gru", "lstm", "lstm-no-forget"):
            layer = nn.GRU if kind == "gru" else nn.LSTM
            recurrent = layer(inputs, hidden, batch_first=True)
        else:
            nonlinearity = "relu" if kind == "irnn" else "tanh"
            recurrent = nn.RNN(inputs, hidden, nonlinearity=nonlinearity, batch_first=True)
        model = RecurrentClassifier(recurrent, outputs, every_step)
        if kind == "rnn-orthogonal":
            nn.init.orthogonal_(recurrent.weight_hh_l0)
        if kind == "irnn":
            nn.init.eye_(recurrent.weight_hh_l0)
            nn.init.normal_(recurrent.weight_ih_l0, std=0.001)
            nn.init.zeros_(recurrent.bias_ih_l0)
            nn.init.zeros_(recurrent.bias_hh_l0)
        # gates lie in the order i, f, g, o (LSTM) and r, z, n (GRU): f and z are second
        second = slice(hidden, 2 * hidden)
        if kind == "lstm-no-forget":
            recurrent.weight_ih_l0[second] = 0
            recurrent.weight_hh_l0[second] = 0
            forget_bias = 1000.0
        if forget_bias is not None:
            recurrent.bias_ih_l0[second] = forget_bias
            recurrent.bias_hh_l0[second] = 0
    return model

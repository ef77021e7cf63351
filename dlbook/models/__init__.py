"""From-scratch reference models that more than one chapter uses, and the training loop.

``rnn``        tanh RNN, forward and backward, NumPy
``recurrent``  RNN, GRU and LSTM classifiers in PyTorch, for experiments
``training``   the training loop that the experiments share

Import the module that is needed: ``from dlbook.models import rnn``. The last two need PyTorch.
"""

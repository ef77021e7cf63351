"""From-scratch reference models that more than one chapter uses, and the training loop.

``rnn``        tanh RNN, forward and backward, NumPy
``recurrent``  RNN, GRU and LSTM classifiers in PyTorch, for experiments
``training``   the training loop that the experiments share
``fleet``      many small recurrent networks trained at once
``small_cnn``  several small convolutional networks at once, for tiny images

Import the module that is needed: ``from dlbook.models import rnn``. All but the first need PyTorch.
"""

"""The exercise on the kernel of two stacked convolutions."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["compose"]


def _compose(K1, K2):
    k, n = K1.shape[-1], K2.shape[-1]
    K = np.zeros((len(K2), K1.shape[1], k + n - 1, k + n - 1))
    for u in range(n):
        for v in range(n):
            K[:, :, u : u + k, v : v + k] += np.einsum("om,mcab->ocab", K2[:, :, u, v], K1)
    return K


def _by_fourier(K1, K2):
    width = K1.shape[-1] + K2.shape[-1] - 1
    first, second = (np.fft.fft2(K, s=(width, width)) for K in (K1, K2))
    return np.fft.ifft2(np.einsum("omab,mcab->ocab", second, first)).real


def _mean_over_middle(K1, K2):
    return _compose(K1, K2) / len(K1)


def _one_middle(K1, K2):
    return _compose(K1[:1], K2[:, :1])


def _cropped(K1, K2):
    width = max(K1.shape[-1], K2.shape[-1])
    return _compose(K1, K2)[..., :width, :width]


def _kernels(seed, out, M, C, k, n):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(M, C, k, k)), rng.normal(size=(out, M, n, n))


compose = Exercise(
    "arch-compose",
    _compose,
    [_kernels(0, 3, 4, 2, 3, 2), _kernels(1, 2, 3, 5, 2, 4)],
    [
        Mistake(
            "correlate",
            lambda K1, K2: _compose(K1, K2[..., ::-1, ::-1]),
            "You correlated the kernels. Two layers, each of them a correlation, compose to one "
            "whose kernel is the convolution of the two: do not flip K2.",
        ),
        Mistake(
            "no-sum",
            _one_middle,
            "Only one middle channel was used. Every middle channel carries a part of the signal: "
            "sum over m.",
            also=(_mean_over_middle,),
        ),
        Mistake(
            "size",
            _cropped,
            "The result is as wide as the larger kernel. Supports add: the composed kernel has "
            "width k + l - 1.",
        ),
        Mistake(
            "axes-exchanged",
            lambda K1, K2: np.swapaxes(_compose(K1, K2), 2, 3),
            "Rows and columns are exchanged in your result. Keep the vertical offsets of both "
            "kernels on axis 2.",
        ),
    ],
    alternatives=(_by_fourier,),
    task="Write compose(K1, K2): the kernel (O, C, k+l-1, k+l-1) of two valid convolutions.",
)

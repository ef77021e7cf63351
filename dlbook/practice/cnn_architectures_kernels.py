"""Exercises of the chapter on CNN architectures about kernels.

``compose``     the kernel of two stacked convolutions
``break_even``  from which width on a depthwise separable layer is cheap enough
"""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["break_even", "compose"]


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


def _by_search(k, fraction):
    if fraction <= 1 / k**2:
        return 0
    width = 1
    while 1 / width + 1 / k**2 >= fraction:
        width += 1
    return width


def _all_widths(width):
    """The answers to all questions, as an array of numbers."""
    return lambda questions: np.array([width(k, fraction) for k, fraction in questions])


def _possible_or_zero(width):
    return _all_widths(lambda k, f: width(k, f) if f * k**2 > 1 else 0)


def _widths(questions):
    widths = []
    for k, fraction in questions:
        left = fraction - 1 / k**2
        widths.append(1 // left + 1 if left > 0 else 0)
    return np.array(widths)


break_even = Exercise(
    "arch-break-even",
    _widths,
    [
        ([(3, 0.2), (2, 0.5), (3, 0.1), (5, 0.07)],),
        ([(4, 0.125), (3, 0.12), (2, 0.25), (7, 0.1)],),
    ],
    [
        Mistake(
            "impossible",
            _all_widths(lambda k, f: int(1 // (f - 1 / k**2)) + 1),
            "Where the fraction is below 1 / k**2 you return a number that means nothing. The "
            "ratio is always above 1 / k**2: return 0 there.",
        ),
        Mistake(
            "rounding-down",
            _possible_or_zero(lambda k, f: int(1 // (f - 1 / k**2))),
            "Your widths are one too small. At them the ratio is not yet below the fraction: go "
            "up to the next whole number.",
        ),
        Mistake(
            "not-strict",
            _possible_or_zero(lambda k, f: -int(-1 // (f - 1 / k**2))),
            "Where the ratio equals the fraction exactly you accept it. The task asks for less "
            "than the fraction: take the next width.",
        ),
        Mistake(
            "k-not-squared",
            _all_widths(lambda k, f: int(1 // (f - 1 / k)) + 1 if f * k > 1 else 0),
            "You used 1 / k. The depthwise part costs k**2 for each channel in place of k**2 * "
            "C_out, and the ratio is 1 / C_out + 1 / k**2.",
        ),
        Mistake(
            "one-by-one-only",
            _all_widths(lambda k, f: int(1 // (f * k**2)) + 1),
            "You compared k**2 * C_out with the 1x1 part or the depthwise part alone. The cost is "
            "the sum of both: the ratio is 1 / C_out + 1 / k**2.",
        ),
    ],
    alternatives=(_all_widths(_by_search),),
    task="Write break_even(questions): smallest output width for each (k, fraction), or 0.",
)

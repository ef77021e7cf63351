"""The exercises on the variance of random weights: as a bound, and through the layers."""

import math

from .engine import Exercise, Mistake

__all__ = ["second_moment", "uniform_bound"]


def _bound(n_in, n_out, gain=1.0):
    mean_fan = (n_in + n_out) / 2
    variance = gain**2 / mean_fan
    return math.sqrt(3 * variance)


def _in_one_line(n_in, n_out, gain=1.0):
    return gain * math.sqrt(6 / (n_in + n_out))


uniform_bound = Exercise(
    "init-uniform-bound",
    _bound,
    [(30, 50, 1.0), (7, 100, 5 / 3), (64, 10, math.sqrt(2))],
    [
        Mistake(
            "deviation-as-bound",
            lambda n_in, n_out, gain=1.0: gain * math.sqrt(2 / (n_in + n_out)),
            "Your bound is the standard deviation. A uniform distribution on (-a, a) has the "
            "variance a²/3, so the bound is larger by the square root of 3.",
        ),
        Mistake(
            "sum-for-mean",
            lambda n_in, n_out, gain=1.0: gain * math.sqrt(3 / (n_in + n_out)),
            "Your variance is 1/(n_in + n_out). Glorot divides by the mean of the two, so the "
            "variance is 2/(n_in + n_out).",
        ),
        Mistake(
            "fan-in-only",
            lambda n_in, n_out, gain=1.0: gain * math.sqrt(3 / n_in),
            "You used the inputs only. Glorot's rule takes the mean of inputs and outputs.",
        ),
        Mistake(
            "gain-squared",
            lambda n_in, n_out, gain=1.0: gain**2 * math.sqrt(6 / (n_in + n_out)),
            "You multiplied the bound by the gain squared. The gain scales the weights; its square "
            "belongs to the variance.",
        ),
        Mistake(
            "gain-under-root",
            lambda n_in, n_out, gain=1.0: math.sqrt(gain * 6 / (n_in + n_out)),
            "You put the gain under the root. It scales the weights, so it stands in front of the "
            "root, or squared under it.",
        ),
        Mistake(
            "variance-returned",
            lambda n_in, n_out, gain=1.0: gain**2 * 2 / (n_in + n_out),
            "That is the variance of the weights. The bound a of a uniform distribution with this "
            "variance is the square root of three times it.",
        ),
    ],
    alternatives=(_in_one_line,),
    task=(
        "Write uniform_bound(n_in, n_out, gain): the a of U(-a, a) for Glorot's rule, with all "
        "weights scaled by the gain."
    ),
)


def _moment(m0, widths, variances):
    m = m0
    for layer, v in enumerate(variances):
        n_in = widths[layer]
        m = m * n_in * v / 2
    return m


def _half_of(share, count=lambda N: N):
    """The recursion with another share kept by ReLU, in `count` of the N layers."""

    def run(m0, widths, variances):
        gains = [n * v for n, v in zip(widths, variances, strict=False)]
        return m0 * math.prod(gains) * share ** count(len(gains))

    return run


def _moment_by_product(m0, widths, variances):
    return m0 * math.prod(widths[:-1]) * math.prod(variances) / 2 ** len(variances)


second_moment = Exercise(
    "init-second-moment",
    _moment,
    [
        (1.7, (100, 400, 50, 300), (1 / 100, 3 / 400, 2 / 50)),
        (0.4, (20, 30, 70), (0.05, 0.2)),
        (2.5, (10, 7), (0.3,)),
    ],
    [
        Mistake(
            "no-half",
            _half_of(1.0),
            "Your network has no ReLU: every layer multiplies by n v. ReLU keeps half of the "
            "second moment, so each layer multiplies by n v / 2.",
        ),
        Mistake(
            "variance-of-relu",
            _half_of(0.5 - 0.5 / math.pi),
            "You passed on the variance of the ReLU outputs. Their mean is not zero; the next "
            "layer sees E[h²], which is half of E[a²].",
        ),
        Mistake(
            "fan-out",
            lambda m0, widths, variances: _moment(m0, (*widths[1:], 0), variances),
            "You counted the outputs of each layer. A pre-activation is a sum over the inputs, so "
            "the number that enters is the width below.",
        ),
        Mistake(
            "last-layer",
            _half_of(0.5, lambda N: N - 1),
            "You left out one half. Every layer ends in a ReLU, also the last: the task asks for "
            "E[h²] after it, not for E[a²].",
        ),
        Mistake(
            "input-halved",
            _half_of(0.5, lambda N: N + 1),
            "You halved once too often. The input is data and not the output of a ReLU: N layers "
            "give N halves.",
        ),
        Mistake(
            "deviation",
            lambda m0, widths, variances: _moment(m0, widths, [math.sqrt(v) for v in variances]),
            "You multiplied by standard deviations. The second moment is a mean of squares, so it "
            "takes the variances themselves.",
        ),
    ],
    alternatives=(_moment_by_product,),
    task=(
        "Write second_moment(m0, widths, variances): E[h²] after the last of N ReLU layers without "
        "biases; widths (n_0, ..., n_N), variances (v_1, ..., v_N), and m0 the mean square of the "
        "input."
    ),
)

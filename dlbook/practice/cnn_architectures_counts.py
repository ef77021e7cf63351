"""The exercises on counting: what a network sees, what it costs, and which width pays."""

from .engine import Exercise, Mistake

__all__ = ["break_even", "count", "receptive_field"]


def _receptive_field(layers):
    r, j = 1, 1
    for k, s, d in layers:
        r += d * (k - 1) * j
        j *= s
    return r, j


def _field(layers, grow, jump=lambda j, s: j * s, own=False):
    """The recursion with another growth or jump; `own` uses the jump after the layer."""
    r, j = 1, 1
    for k, s, d in layers:
        after = jump(j, s)
        r, j = grow(r, k, d, after if own else j), after
    return r, j


def _usual(r, k, d, j):
    return r + d * (k - 1) * j


def _field_by_positions(layers):
    """Which inputs do outputs 0 and 1 read: from the last layer back to the first."""
    first, second = {0}, {1}
    for k, s, d in reversed(layers):
        first, second = (
            {s * o + d * t for o in outputs for t in range(k)} for outputs in (first, second)
        )
    return max(first) + 1, min(second)


receptive_field = Exercise(
    "arch-receptive-field",
    _receptive_field,
    [
        ([(3, 1, 1), (2, 2, 1), (3, 1, 2), (3, 3, 1), (5, 1, 1)],),
        ([(5, 3, 1), (3, 2, 2), (2, 1, 3)],),
    ],
    [
        Mistake(
            "own-stride",
            lambda layers: _field(layers, _usual, own=True),
            "You used the jump after the layer. A layer's own stride acts only on later layers: "
            "let r grow first, then multiply j.",
        ),
        Mistake(
            "product",
            lambda layers: _field(layers, lambda r, k, d, j: r * k),
            "You multiplied the kernel sizes. Fields add up, layer by layer; it is the jumps that "
            "multiply.",
        ),
        Mistake(
            "dilation-missed",
            lambda layers: _field(layers, lambda r, k, d, j: r + (k - 1) * j),
            "The dilation is missing. A kernel of k taps that are d apart spans d * (k - 1) steps "
            "from its first tap to its last.",
        ),
        Mistake(
            "strides-add",
            lambda layers: _field(layers, _usual, jump=lambda j, s: j + s),
            "You added the strides. One step of this layer is s steps of the layer below, so the "
            "jump is multiplied by s.",
        ),
        Mistake(
            "one-too-wide",
            lambda layers: _field(layers, lambda r, k, d, j: r + d * k * j),
            "A kernel of k taps has k - 1 gaps between them. So the field grows by d * (k - 1) "
            "jumps, not by d * k.",
        ),
    ],
    alternatives=(_field_by_positions,),
    returns=("field", "jump"),
    task="Write receptive_field(layers) for (kernel, stride, dilation): field and jump.",
)


def _count(layers, in_shape):
    C, H, W = in_shape
    parameters = multiplications = 0
    for kind, out, k, s, p, g in layers:
        if kind == "dense":
            fan, H, W = C * H * W, 1, 1
        else:
            fan = k * k * C // g
            H, W = (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1
        parameters += out * (fan + 1)
        multiplications += H * W * fan * out
        C = out
    return parameters, multiplications


def _counted(layers, in_shape, bias=1, grouped=True, before=False, flat=True, double=1):
    C, H, W = in_shape
    parameters = multiplications = 0
    for kind, out, k, s, p, g in layers:
        places = H * W
        if kind == "dense":
            fan, H, W = (C * H * W if flat else C), 1, 1
            places = 1
        else:
            fan = k**2 * (C // g if grouped else C)
            H, W = ((n + 2 * p - k) // s + 1 for n in (H, W))
            places = places if before else H * W
        parameters += out * fan + bias * out
        multiplications += double * places * fan * out
        C = out
    return parameters, multiplications


def _variant(**options):
    return lambda layers, in_shape: _counted(layers, in_shape, **options)


count = Exercise(
    "arch-count",
    _count,
    [
        (
            [
                ("conv", 8, 5, 2, 2, 1),
                ("conv", 12, 3, 1, 0, 4),
                ("dense", 10, 1, 1, 0, 1),
            ],
            (3, 20, 14),
        ),
        ([("conv", 6, 4, 3, 0, 2), ("dense", 5, 1, 1, 0, 1)], (4, 13, 9)),
    ],
    [
        Mistake(
            "bias-missing",
            _variant(bias=0),
            "You counted the weights only. Each output channel, and each output of the dense "
            "layer, has one bias as well.",
        ),
        Mistake(
            "groups-ignored",
            _variant(grouped=False),
            "The groups are missing. With g groups each filter reads C / g input channels, not "
            "all C of them.",
        ),
        Mistake(
            "input-size",
            _variant(before=True),
            "You multiplied by the number of input positions. A filter is evaluated once for each "
            "output position.",
        ),
        Mistake(
            "flatten-wrong",
            _variant(flat=False),
            "The dense layer reads the whole flattened map, C * H * W numbers. You took its "
            "channels only, which would be right behind a global mean.",
        ),
        Mistake(
            "flops",
            _variant(double=2),
            "Your second number is twice as large: you counted the additions too. The task asks "
            "for multiplications.",
        ),
    ],
    alternatives=(_counted,),
    returns=("parameters", "multiplications"),
    task="Write count(layers, in_shape): parameters with biases, and multiplications.",
)


def _by_search(k, fraction):
    if fraction <= 1 / k**2:
        return 0
    width = 1
    while 1 / width + 1 / k**2 >= fraction:
        width += 1
    return width


def _all_widths(width):
    """The answers to all questions, as a list of numbers."""
    return lambda questions: [width(k, fraction) for k, fraction in questions]


def _possible_or_zero(width):
    return _all_widths(lambda k, f: width(k, f) if f * k**2 > 1 else 0)


def _widths(questions):
    widths = []
    for k, fraction in questions:
        left = fraction - 1 / k**2
        widths.append(1 // left + 1 if left > 0 else 0)
    return widths


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

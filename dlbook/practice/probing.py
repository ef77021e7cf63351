"""Patterns in a wrong answer that no named mistake explains: a sign, a factor, an order."""

from .values import differences, is_array, kind, leaves, plain

LOOSE = 1e-5  # what float32 computing reaches


def pattern(expected, got, path):
    """Say in words how the value at ``path`` is wrong in the same way on all inputs, or return "".

    Parameters
    ----------
    expected, got : list of plain values
        One per input.
    path : tuple
        Where the numbers or arrays stand in each of them.
    """
    pairs = [
        (dict(leaves(e)).get(path), dict(leaves(g)).get(path))
        for e, g in zip(expected, got, strict=True)
    ]
    if any(not _numbers(e) or not _numbers(g) for e, g in pairs):
        return ""
    if all(_same(-e, g) for e, g in pairs):
        return "It is the right value with the other sign."
    factor = next(filter(None, (_factor(e, g) for e, g in pairs)), 0.0)
    if factor and all(_same(factor * e, g) for e, g in pairs):
        return f"It is {factor:.5g} times the right value on every input."
    if any(is_array(value) for pair in pairs for value in pair):
        from .arrays import rearrangement

        return rearrangement(pairs, _same)
    return ""


def _numbers(value):
    return kind(value) != "" and kind(value) in "iuf" and not (is_array(value) and not value.size)


def _same(expected, got):
    return not differences(plain(expected), got, LOOSE)


def _factor(expected, got):
    if is_array(expected) or is_array(got):
        from .arrays import factor

        return factor(expected, got)
    return got / expected if expected else 0.0

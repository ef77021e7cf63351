"""What a check says about an answer: the input, both values, what is right and what is known."""

import math

from .probing import pattern
from .values import is_array, is_stub, kind, leaves


class Wording:
    """Words for one exercise.

    Parameters
    ----------
    arguments : list of str
        Names of the parameters.
    inputs : tuple of tuple
        The arguments of each call.
    returns : tuple of str
        Names of the returned values; may be empty.
    """

    def __init__(self, arguments, inputs, returns):
        most = max(len(given) for given in inputs)
        unnamed = [f"argument {i + 1}" for i in range(len(arguments), most)]  # of *arguments
        self.arguments, self.inputs, self.returns = [*arguments, *unnamed], inputs, returns

    def input(self, index):
        """Name an input by number, with the shapes of its arrays and its small values."""
        pairs = zip(self.arguments, self.inputs[index], strict=False)
        shown = ", ".join(f"{name} {_brief(value)}" for name, value in pairs)
        return f"input {index + 1} of {len(self.inputs)} ({shown})"

    def place(self, path):
        """Name the part of the returned value that stands at ``path``."""
        if not path:
            return "your value"
        key, rest = path[0], "".join(f"[{k!r}]" for k in path[1:])
        if isinstance(key, str):
            return f"[{key!r}]{rest}"
        return (self.returns[key] if key < len(self.returns) else f"item {key}") + rest

    def changed(self, calls):
        """Name the arguments that the calls changed, or return ""."""
        names = [self.arguments[i] for i in sorted({i for call in calls for i in call.changed})]
        if not names:
            return ""
        return f"it changes what the caller passed as {', '.join(names)}; work on a copy."

    def difference(self, expected, calls, wrong):
        """Show the first input with a difference, both values there, and what is known about it.

        Parameters
        ----------
        expected : list of plain values
            One per input.
        calls : list of Call
            What the answer did.
        wrong : list of list of Difference
            Per input; at least one is not empty, and the first of these call did not raise.
        """
        first = next(i for i, found in enumerate(wrong) if found)
        found, got = wrong[first][0], [call.value for call in calls]
        where = f"{self.place(found.path)} differs from the right one on {self.input(first)}"
        size = f" (relative error {found.error:.2g})" if math.isfinite(found.error) else ""
        lines = [f"{where}: {found.text}{size}."]
        if not any(call.raised for call in calls):
            lines.append(pattern(expected, got, found.path))
        agreeing = sum(not f and not c.raised for f, c in zip(wrong, calls, strict=True))
        if agreeing:
            lines.append(f"{agreeing} of {len(wrong)} inputs agree.")
        lines.append(self._right_parts(expected[first], wrong[first]))
        lines.append(_whole_numbers(expected[first], got[first], found.path))
        return "\n  ".join(line for line in lines if line)

    def _right_parts(self, expected, wrong):
        if not isinstance(expected, list | dict) or any(not d.path for d in wrong):
            return ""
        keys = list(expected) if isinstance(expected, dict) else range(len(expected))
        bad = {d.path[0] for d in wrong}
        good = [self.place((key,)) for key in keys if key not in bad]
        return f"Right there: {', '.join(good)}." if good else ""


def unwritten(call):
    """Say why a call looks like an unwritten answer, or return ""."""
    if call.raised:
        if call.raised.type_name == "NotImplementedError":
            return "not attempted yet."
        kinds = ("TypeError", "AttributeError")
        if call.raised.type_name in kinds and "ellipsis" in call.raised.text.lower():
            where = "" if call.raised.line is None else f" in line {call.raised.line}"
            return f"not finished yet: there is still a ...{where}."
        return ""
    if not is_stub(call.value):
        return ""
    text = "not attempted yet."
    if call.value is None:
        text += " (The function returned None; if it is written, is the return missing?)"
    return text


def printed(count, text):
    """Say that an answer printed, and show the beginning."""
    first = text.strip().split("\n")[0][:60]
    if not first:
        shown = ", all of them blank"
    elif text.strip() == first:
        shown = f": {first}"
    else:
        shown = f", which begin: {first}..."
    return f"(It printed {count} characters{shown})"


def _whole_numbers(expected, got, path):
    """Whole numbers where fractions were expected: usually an array made from integers."""
    ours, theirs = dict(leaves(expected)).get(path), dict(leaves(got)).get(path)
    if kind(theirs) not in ("i", "u") or kind(ours) != "f":
        return ""
    if is_array(ours):
        from .arrays import whole
    else:
        from .scalars import whole
    if whole(ours):
        return ""
    if is_array(theirs):
        return f"Your array holds whole numbers (dtype {theirs.dtype}), so fractions are lost."
    return "Your value is a whole number, so fractions are lost."


def _brief(value):
    if isinstance(value, list | tuple) or (is_array(value) and value.size > 4):
        return _short(value)
    return f"= {_short(value)}"


def _short(value):
    if is_array(value):
        from .arrays import short

        return short(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_short(item) for item in value)}]"
    return repr(value) if len(repr(value)) < 40 else f"something of type {type(value).__name__}"

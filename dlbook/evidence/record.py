"""What a check leaves behind: one line to read, and a dictionary for the site."""

MIME = "application/vnd.dlbook.evidence+json"


class Record:
    """Base of all records.

    A subclass defines ``line``, the text shown in the notebook, and ``data``, a dictionary that
    ``json.dumps(..., allow_nan=False)`` accepts. The line is the same on every machine; figures
    that vary between machines stand in ``data`` only.
    """

    line: str
    data: dict

    def __repr__(self):
        return self.line

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.line, MIME: self.data}


def number_text(value):
    """Shortest decimal text that reads back as the same number: "0.1", "2", "1e-12"."""
    return repr(float(value)).removesuffix(".0")


def tolerance_text(tol, atol, why):
    """How close two values were asked to be: "within 1e-12", "exactly", with the reason if any."""
    parts = [number_text(tol)] if tol else []
    parts += [f"{number_text(atol)} absolute"] if atol else []
    text = f"within {' or '.join(parts)}" if parts else "exactly"
    return f"{text} ({why})" if why else text

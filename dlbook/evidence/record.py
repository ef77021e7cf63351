"""What a check leaves behind: one line to read, and a dictionary for the site."""

MIME = "application/vnd.dlbook.evidence+json"


class Record:
    """Base of all records.

    A subclass defines ``line``, the text shown in the notebook, the same on every machine, and ``data``,
    a dictionary that ``json.dumps(..., allow_nan=False)`` accepts; figures that vary between machines
    stand only there.
    """

    line: str
    data: dict

    def __repr__(self):
        return self.line

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.line, MIME: self.data}


def number_text(value):
    """The shortest decimal text of a number that reads back as the same number (``0.1``, ``2``, ``1e-12``)."""
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)

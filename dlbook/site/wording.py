"""How records are put into words: one place for marks, verdicts and numbers."""

from __future__ import annotations

from docutils import nodes

from dlbook.site.nodes import el, mark

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


def agreement(record: dict) -> str:
    """What a check found, as the cell prints it."""
    verb = "stay below" if record.get("relation") == "<=" else "agree with"
    text = f"{plural(record['cases'], 'case')} {verb} {record['referee']} within {record['tol']:g}"
    if record.get("wrong"):
        text += "; rejected: " + ", ".join(w["name"] for w in record["wrong"])
    return text


def record_line(record: dict) -> tuple[str, nodes.paragraph]:
    """The line that stands below a cell: its state and the paragraph."""
    kind = record["kind"]
    if kind == "equation":
        state, name, text = "checked", record["label"], agreement(record)
    elif kind == "same":
        state, name = "checked", record.get("what") or record.get("label", "")
        text = record.get("text") or f"equal within {record['tol']:g}"
    elif kind == "claim":
        state, name = record["verdict"], record["label"]
        arms = "; ".join(f"{a['name']}: {a['outcome']}" for a in record["arms"])
        text = (f"{state} over {plural(len(record['seeds']), 'seed')} | predicted: "
                f"{record['statistic']} {record['criterion']} | {arms}")
    elif kind == "exercise":
        state, name = record["status"], record["name"]
        text = record.get("message") or state
    else:
        raise ValueError(f"a record of unknown kind {kind!r}; known: equation, same, claim, "
                         "exercise")
    line = nodes.paragraph("", "", mark(MARKS[state] + " "), el("strong", name), nodes.Text(": "),
                           nodes.Text(text))
    return state.replace(" ", "-"), line

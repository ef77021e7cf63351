"""What does not fit together in the book. Every fault is a warning; the build runs with -W."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dlbook.site.domain import Index
from dlbook.site.questions import Bank


class Fault(NamedTuple):
    """One fault, with the page to mend; ``docname`` None means the question file."""

    docname: str | None
    line: int | None
    message: str


def find_faults(index: Index, bank: Bank, known: set[str]) -> Iterator[Fault]:
    """Yield all faults of a book.

    Parameters
    ----------
    index : Index
        What the pages state and show.
    bank : Bank
        The questions.
    known : set of str
        The names of all pages.
    """
    for entry in index.all("fault"):
        yield Fault(entry.docname, entry.line, entry.data["message"])
    yield from _duplicates(index)
    yield from _equations(index)
    yield from _beliefs(index)
    yield from _questions(index, bank, known)
    for showcase in index.get("generated", "showcase"):
        for kind, label in showcase.data["shows"].items():
            if not index.get(kind, label):
                yield Fault(showcase.docname, showcase.line, f"showcase: unknown {kind} {label}")
    for exercise in index.all("exercise"):
        if not index.get("solution", exercise.label):
            yield Fault(exercise.docname, exercise.line,
                        f"exercise {exercise.label} has no solution")


def _duplicates(index: Index) -> Iterator[Fault]:
    names = {"equation": "equation label", "definition": "definition of", "belief": "belief",
             "claim": "claim record", "answer": "answer to", "exercise": "exercise"}
    for kind, name in names.items():
        for entry in index.all(kind):
            first = index.first(kind, entry.label)
            if entry is not first:
                yield Fault(entry.docname, entry.line,
                            f"{name} {entry.label} stands twice, first in {first.docname}")


def _equations(index: Index) -> Iterator[Fault]:
    for equation in index.all("equation"):
        label = equation.label
        checked, defined = index.get("evidence", label), index.first("definition", label)
        problem = None
        if not label.startswith("eq-"):
            problem = "the label of an equation starts with eq-"
        elif not checked and not defined:
            problem = "no evidence and no definition"
        elif checked and defined:
            problem = (f"evidence (in {checked[0].docname}) and a definition (in "
                       f"{defined.docname}); it can only be one of them")
        if problem:
            yield Fault(equation.docname, equation.line, f"equation {label}: {problem}")
    for record in index.all("evidence"):
        if not index.get("equation", record.label):
            yield Fault(record.docname, record.data.get("line") or record.line,
                        f"evidence for unknown equation {record.label}")
    for definition in index.all("definition"):
        here = [e for e in index.get("equation", definition.label)
                if e.docname == definition.docname]
        if not here:
            yield Fault(definition.docname, definition.line,
                        f"definition of {definition.label}: no such equation on this page")


def _beliefs(index: Index) -> Iterator[Fault]:
    for belief in index.all("belief"):
        claim = index.first("claim", belief.label)
        if claim is None:
            yield Fault(belief.docname, belief.line,
                        f"belief {belief.label}: no claim record tests it")
        elif claim.data["record"]["verdict"] != belief.data["verdict"]:
            yield Fault(belief.docname, belief.line,
                        f"belief {belief.label}: the box says {belief.data['verdict']}, the "
                        f"experiment says {claim.data['record']['verdict']}")
    for claim in index.all("claim"):
        if not index.get("belief", claim.label):
            yield Fault(claim.docname, claim.line, f"claim {claim.label}: no belief box shows it")


def _questions(index: Index, bank: Bank, known: set[str]) -> Iterator[Fault]:
    for line, message in bank.problems:
        yield Fault(None, line, message)
    for question in bank.questions.values():
        where = f"question {question.id}: "
        if question.docname not in known:
            yield Fault(None, question.line, where + f"unknown chapter {question.docname}")
            continue
        for name in question.evidence:
            if not index.get("equation", name) and not index.get("belief", name):
                yield Fault(None, question.line, where + f"unknown evidence {name}")
        answers = index.get("answer", question.id)
        if not answers:
            yield Fault(None, question.line, where + f"no answer in {question.docname}")
        for answer in answers:
            if answer.docname != question.docname:
                yield Fault(answer.docname, answer.line, f"answer to {question.id} belongs in "
                            f"{question.docname}")
    for answer in index.all("answer"):
        if answer.label not in bank.questions:
            yield Fault(answer.docname, answer.line,
                        f"answer to unknown question {answer.label}")

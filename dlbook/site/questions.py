"""The question bank: ``questions.yml`` beside the chapters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

KINDS = ("definition", "derivation", "belief", "design", "how-to")
KEYS = ("id", "chapter", "kind", "en", "zh", "evidence")


class Question(NamedTuple):
    """One question of the bank."""

    id: str
    docname: str  # the chapter that answers it, as Sphinx names pages
    kind: str  # one of KINDS
    en: str
    zh: str
    evidence: tuple[str, ...]  # labels of equations and slugs of beliefs
    line: int  # in the file


class Bank(NamedTuple):
    """All questions, and what is wrong with the file."""

    questions: dict[str, Question]
    problems: tuple[tuple[int, str], ...]  # (line, message)

    def of(self, docname: str) -> list[Question]:
        """The questions of one chapter, in the order of the file."""
        return [q for q in self.questions.values() if q.docname == docname]


class _Lines(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """A loader that keeps the line on which each mapping starts."""

    def construct_mapping(self, node, deep=False):
        return super().construct_mapping(node, deep=deep) | {"line": node.start_mark.line + 1}


_Lines.add_constructor("tag:yaml.org,2002:map",
                       lambda loader, node: loader.construct_mapping(node, deep=True))


def load(app) -> Bank:
    """Read the bank of the book that is being built; no file means no questions."""
    path = Path(app.srcdir) / app.config.dlbook_questions
    if not path.is_file():
        return Bank({}, ())
    folder = Path(app.config.dlbook_questions).parent.as_posix()
    return _read(path, "" if folder == "." else folder + "/", path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, prefix: str, _modified: int) -> Bank:
    try:
        items = yaml.load(path.read_text(encoding="utf-8"), Loader=_Lines) or []
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        return Bank({}, ((where.line + 1 if where else 1, f"not valid YAML: {error}"),))
    if not isinstance(items, list):
        return Bank({}, ((1, "expected a list of questions"),))
    questions: dict[str, Question] = {}
    problems: list[tuple[int, str]] = []
    for item in items:
        if not isinstance(item, dict):
            problems.append((1, f"expected a question with {', '.join(KEYS)}, found {item!r}"))
            continue
        line, name = item.pop("line", 1), item.get("id", "?")
        missing = [key for key in KEYS if key not in item]
        unknown = sorted(set(item) - set(KEYS))
        if missing or unknown:
            problems.append((line, f"question {name}: missing {missing}, unknown {unknown}"))
        elif item["kind"] not in KINDS:
            problems.append((line, f"question {name}: kind {item['kind']!r} is none of {KINDS}"))
        elif name in questions:
            problems.append((line, f"question {name} stands twice in the file"))
        else:
            questions[name] = Question(
                name, prefix + item["chapter"], item["kind"], item["en"].strip(),
                item["zh"].strip(), tuple(item["evidence"] or ()), line)
    return Bank(questions, tuple(problems))

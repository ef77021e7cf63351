"""What happens between two builds: faults are told every time, stale pages are written again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.util import logging

from dlbook.site import questions
from dlbook.site.badges import status
from dlbook.site.domain import LINES_PER_CELL, EvidenceDomain
from dlbook.site.faults import Fault, find_faults

logger = logging.getLogger(__name__)


def _marker(app: Sphinx) -> Path:
    return Path(app.doctreedir) / "dlbook-unclean"


def start(app: Sphinx, config) -> None:
    """Note that a build is under way; forget the one before it if it was not clean.

    Sphinx warns about a page when it reads or writes it, and an unchanged page is neither read
    nor written: without this, any warning would vanish from the second build on.
    """
    if _marker(app).exists():
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)
    _marker(app).parent.mkdir(parents=True, exist_ok=True)
    _marker(app).touch()


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Take the mark away when nothing was wrong."""
    if exception is None and not app._warncount:
        _marker(app).unlink(missing_ok=True)


def tell(app: Sphinx, fault: Fault) -> None:
    """Log a fault with its file and place; notebooks have cells, not lines."""
    message, docname, line = fault.message, fault.docname, fault.line
    if docname is None:
        location = f"{Path(app.srcdir) / app.config.dlbook_questions}:{line}"
    elif str(app.env.doc2path(docname)).endswith(".ipynb"):
        location = (docname, None)
        if line and line >= LINES_PER_CELL:
            message = f"cell {line // LINES_PER_CELL}: {message}"
    else:
        location = (docname, line)
    logger.warning("%s", message, location=location, type="dlbook", subtype="evidence")


def update(app: Sphinx, env) -> list[str]:
    """Report all faults; return the pages whose content depends on pages that changed."""
    domain = env.get_domain("dlbook")
    assert isinstance(domain, EvidenceDomain)
    domain.forget()
    index, bank = domain.index, questions.load(app)
    for fault in find_faults(index, bank, set(env.found_docs)):
        tell(app, fault)
    generated = index.all("generated")
    for entry in generated:  # their formulas come from other pages: load what formulas need
        env.get_domain("math").data["has_equations"][entry.docname] = True
    shown = {docname: _digest(index, bank, docname) for docname in index.order}
    for entry in generated:
        everything = sorted(shown.items()), sorted(map(str, bank.questions.items())), [
            (docname, env.titles[docname].astext()) for docname in env.titles]
        shown[entry.docname] = _hash(everything)
    before, domain.data["shown"] = domain.data["shown"], shown
    return sorted(d for d in shown if before.get(d) != shown[d] and d in env.found_docs)


def _digest(index, bank, docname: str) -> str:
    """What a page shows of other pages, and what the generated pages show of this one."""
    parts = []
    for kind in ("equation", "belief", "evidence", "claim", "answer", "definition"):
        for entry in (e for e in index.all(kind) if e.docname == docname):
            parts.append((kind, entry.label, entry.anchor, str(entry.data)))
            if kind == "equation":
                parts.append((_place(index, entry),
                              status(index, entry.label), _records(index, "evidence", entry)))
            elif kind == "belief":
                parts.append(_records(index, "claim", entry))
    for question in bank.of(docname):
        for name in question.evidence:
            for entry in (*index.get("equation", name), *index.get("belief", name)):
                parts.append((question.id, _place(index, entry), entry.data.get("verdict")))
    return _hash(parts)


def _place(index, entry) -> tuple:
    """What an equation's number follows from; a first build does not know the number yet."""
    labels = [e.label for e in index.all("equation") if e.docname == entry.docname]
    ordinal = labels.index(entry.label) if entry.label in labels else None
    return entry.docname, index.order[entry.docname], ordinal


def _records(index, kind: str, entry) -> list:
    return [(r.docname, r.anchor, str(r.data)) for r in index.get(kind, entry.label)]


def _hash(thing) -> str:
    return hashlib.sha256(repr(thing).encode()).hexdigest()


def setup(app: Sphinx) -> None:
    """Connect to the build."""
    app.connect("config-inited", start)
    app.connect("env-updated", update, priority=600)  # after Sphinx has numbered the equations
    app.connect("build-finished", finish)

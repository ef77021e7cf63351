"""What the pages of the book state and show, kept by Sphinx between builds.

Every page is reduced to a list of entries (an equation, a definition, the record of a check, a
belief, an answer...). All that the site knows follows from these lists, so that reading a page
again, removing it, or merging two parallel readers replaces lists and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.domains import Domain

from dlbook.site.nodes import mark
from dlbook.site.wording import MARKS, name_of, state_of

LINES_PER_CELL = 10000  # myst-nb numbers the lines of cell k of a notebook from 10000 k on


class Entry(NamedTuple):
    """One thing a page contributes."""

    kind: str  # equation, definition, evidence, claim, belief, answer, exercise, solution, ...
    label: str
    docname: str
    line: int | None
    anchor: str  # the id to link to, "" if there is none
    data: dict[str, Any]


class Index:
    """All entries in reading order.

    Parameters
    ----------
    pages : dict
        docname -> list of Entry.
    order : list of str
        docnames in the order of the table of contents; others follow, sorted.
    """

    def __init__(self, pages: dict[str, list[Entry]], order: list[str]):
        rest = sorted(set(pages) - set(order))
        self.order = {docname: i for i, docname in enumerate([*order, *rest])}
        self._kinds: dict[str, list[Entry]] = defaultdict(list)
        self._labels: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for docname in self.order:
            for entry in pages.get(docname, []):
                self._kinds[entry.kind].append(entry)
                self._labels[entry.kind, entry.label].append(entry)

    def all(self, kind: str) -> list[Entry]:
        """Every entry of a kind, in reading order."""
        return self._kinds.get(kind, [])

    def get(self, kind: str, label: str) -> list[Entry]:
        """Every entry of a kind with this label."""
        return self._labels.get((kind, label), [])

    def first(self, kind: str, label: str) -> Entry | None:
        """The first entry of a kind with this label, if there is one."""
        return next(iter(self.get(kind, label)), None)


class EvidenceDomain(Domain):
    """Holds the entries of all pages, and what each page showed when it was last written."""

    name = "dlbook"
    label = "Evidence"
    data_version = 1
    initial_data = {"pages": {}, "shown": {}}
    _index: Index | None = None

    @property
    def index(self) -> Index:
        """The entries of the whole book."""
        if self._index is None:
            self._index = Index(self.data["pages"], reading_order(self.env))
        return self._index

    def forget(self) -> None:
        """Make the next use of ``index`` look at the pages again."""
        self._index = None

    def clear_doc(self, docname):
        self.data["pages"].pop(docname, None)
        self.forget()

    def merge_domaindata(self, docnames, otherdata):
        for docname in docnames:
            if docname in otherdata["pages"]:
                self.data["pages"][docname] = otherdata["pages"][docname]
        self.forget()

    def process_doc(self, env, docname, document):
        complete_records(document)
        entries = failed_execution(env, docname)
        for node in document.findall(nodes.Element):
            found = describe(node)
            if found:
                kind, label, data = found
                anchor = next(iter(node["ids"]), "")
                line = data.pop("line", None) or node.line
                entries.append(Entry(kind, label, docname, line, anchor, data))
        if entries:
            self.data["pages"][docname] = entries
        self.forget()

    def resolve_any_xref(self, *args):
        return []  # pages link to evidence by name and id, not by a role of this domain


def describe(node: nodes.Element) -> tuple[str, str, dict] | None:
    """Say what a node of a freshly read page contributes: kind, label, data."""
    if "dlb_entry" in node:
        kind, label, data = node["dlb_entry"]
        return kind, label, dict(data)
    if isinstance(node, nodes.math_block):
        latex, label = node.astext(), node.get("label")
        if "amsmath" in node["classes"] and label:
            return "fault", "", {"message": "a numbered \\begin{...} environment cannot carry "
                                 f"evidence, write $$ ... $$ (eq-name): {latex.strip()[:60]}"}
        if r"\label{" in latex:
            return "fault", "", {"message": "\\label{} hides an equation from the ledger, write "
                                 f"$$ ... $$ (eq-name): {latex.strip()[:60]}"}
        return ("equation", label, {"latex": latex}) if label else None
    if node.tagname in ("exercise_node", "exercise_enumerable_node"):
        return "exercise", node["label"], {}
    if node.tagname == "solution_node":
        return "solution", node["target_label"], {}
    if {"output", "stderr"} <= set(node.get("classes", ())):
        return "fault", "", {"message": "the cell writes to stderr: " + _last(node)}
    if {"output", "traceback"} <= set(node.get("classes", ())):
        if "raises-exception" not in cell_of(node).get("cell_metadata", {}).get("tags", []):
            return "fault", "", {"message": "the cell raises " + _last(node)}
    return None


def failed_execution(env, docname: str) -> list[Entry]:
    """Say that a notebook did not run to its end, also when no cell shows why (a timeout)."""
    done = getattr(env, "nb_metadata", {}).get(docname, {}).get("exec_data")
    if not done or done["succeeded"]:
        return []
    text = f"the notebook did not run to its end: {done['error']}"
    return [Entry("fault", "", docname, None, "", {"message": text})]


def _last(node: nodes.Element) -> str:
    lines = [line for line in node.astext().splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "(nothing)"


def complete_records(document: nodes.document) -> None:
    """Write the line of every record, and give its cell an id to link to."""
    for node in document.findall(nodes.container):
        if "dlb_entry" not in node or "record" not in node["dlb_entry"][2]:
            continue
        _, label, data = node["dlb_entry"]
        node += record_line(data["record"], printed(node))
        cell = cell_of(node)
        if not cell["ids"]:
            cell["ids"] = [free_id(document, f"cell-{label}")]
            document.set_id(cell)
        data["cell"] = cell["ids"][0]


def printed(node: nodes.Element) -> str:
    """The text of the output that a record came with."""
    mime = node.parent
    siblings = mime.parent.children if mime.get("mime_type") else []
    texts = [s.astext() for s in siblings if s.get("mime_type") == "text/plain"]
    return "".join(texts).strip()


def record_line(record: dict, text: str) -> nodes.paragraph:
    """The line below a cell: as printed, with the mark of the site and the name set off."""
    name = name_of(record)
    text = text.lstrip("".join(MARKS.values()) + " ").removeprefix(name)
    return nodes.paragraph("", "", mark(MARKS[state_of(record)] + " "), nodes.strong("", name),
                           nodes.Text(text))


def cell_of(node: nodes.Element) -> nodes.Element:
    """The code cell that a node of its output belongs to, else the node."""
    cell = node
    while cell is not None and cell.get("nb_element") != "cell_code":
        cell = cell.parent
    return node if cell is None else cell


def free_id(document: nodes.document, wanted: str) -> str:
    """``wanted`` as an id, with a number behind it if the page has that id already."""
    wanted = nodes.make_id(wanted)
    name, n = wanted, 1
    while name in document.ids:
        n += 1
        name = f"{wanted}-{n}"
    return name


def reading_order(env) -> list[str]:
    """The pages in the order of the table of contents."""
    order: list[str] = []

    def walk(docname):
        if docname not in order:
            order.append(docname)
            for child in env.toctree_includes.get(docname, []):
                walk(child)

    walk(env.config.root_doc)
    return order


def equation_number(env, docname: str, label: str) -> str:
    """The number that the page shows beside an equation, e.g. "1.3"."""
    if env.config.math_numfig and env.config.numfig:
        numbers = env.toc_fignumbers.get(docname, {}).get("displaymath", {})
        return ".".join(map(str, numbers.get(nodes.make_id(f"equation-{label}"), ())))
    return str(env.get_domain("math").get_equation_number_for(label) or "")

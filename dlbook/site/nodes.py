"""One docutils node for any HTML element, and the few shapes that the pages are made of."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.nodes import make_refnode

from dlbook.site.mathematics import source


class element(nodes.General, nodes.Inline, nodes.TextElement):
    """The HTML element ``node["tag"]`` with the attributes ``node["attrs"]``."""


class slot(nodes.General, nodes.Inline, nodes.TextElement):
    """A place that is filled when the page is written, because it shows what other pages know.

    ``node["shows"]`` says with what, see :mod:`dlbook.site.pages` and :mod:`dlbook.site.badges`.
    """


def el(tag: str, *children, cls: str = "", **attrs) -> element:
    """Make an element; strings become text, ``data_x=`` becomes the attribute ``data-x``."""
    ids = [attrs.pop("id")] if "id" in attrs else []
    node = element("", classes=cls.split(), ids=ids, tag=tag, attrs={
        name.replace("_", "-"): value for name, value in attrs.items()})
    for child in children:
        if isinstance(child, (list, tuple)):
            node += list(child)
        else:
            node += nodes.Text(child) if isinstance(child, str) else child
    return node


def chinese(*children, tag: str = "span", cls: str = "") -> element:
    """Text that a screen reader should speak, and a browser should set, as Chinese."""
    return el(tag, *children, cls=f"dlb-zh {cls}".strip(), lang="zh-Hans")


def spoken(text: str) -> element:
    """Text for screen readers only."""
    return el("span", text, cls="dlb-spoken")


def mark(text: str) -> element:
    """A sign for the eye that repeats what the word beside it says."""
    return el("span", text, cls="dlb-mark", aria_hidden="true")


def formula(latex: str, display: bool = False) -> element:
    """A formula of a long list: as TeX, which ``static/formulas.js`` sets when it is in view."""
    shown = {"data_display": ""} if display else {}
    return el("code", source(latex, display), cls="dlb-tex notranslate", **shown)


def facts(pairs) -> element:
    """A definition list of (term, description) pairs; a pair without description is left out."""
    return el("dl", [el("div", el("dt", term), el("dd", text)) for term, text in pairs if text],
              cls="dlb-facts")


def table(caption: str | element, heads: list[str], rows: list[element], cls="") -> element:
    """A table whose cells carry their heading along, so that narrow screens can stack them.

    The roles repeat what the elements mean: a browser forgets it when rows become blocks.

    Parameters
    ----------
    caption : str or element
        What the table shows.
    heads : list of str
        One for each column.
    rows : list of element
        From :func:`row`; or bodies from :func:`group`.
    cls : str
        Class names.
    """
    head = el("tr", [el("th", h, scope="col", role="columnheader") for h in heads], role="row")
    grouped = bool(rows) and rows[0]["tag"] == "tbody"
    return el("table", el("caption", caption), el("thead", head, role="rowgroup"),
              rows if grouped else el("tbody", rows, role="rowgroup"),
              cls=f"dlb-table {cls}".strip(), role="table")


def group(title, columns: int, rows: list[element]) -> element:
    """Rows of a table under a heading of their own."""
    head = el("th", title, scope="rowgroup", role="rowheader", colspan=str(columns))
    return el("tbody", el("tr", head, role="row", cls="dlb-rows-head"), rows, role="rowgroup")


def row(heads: list[str], cells: list, **attrs) -> element:
    """A table row; the first cell names it. Cells are strings, nodes or lists of nodes."""
    found = [el("th", cells[0], scope="row", role="rowheader", data_label=heads[0])]
    found += [el("td", c, role="cell", data_label=h)
              for h, c in zip(heads[1:], cells[1:], strict=True)]
    return el("tr", found, role="row", **attrs)


def link(transform, docname: str, anchor: str, *children) -> nodes.reference:
    """A link from the page being written to an anchor of any page of the book."""
    content = el("span", *children)
    return make_refnode(transform.app.builder, transform.env.docname, docname, anchor, content)


def _visit(translator, node):
    translator.body.append(translator.starttag(node, node["tag"], "", **node["attrs"]))


def _depart(translator, node):
    if node["tag"] != "input":  # has no end
        translator.body.append(f"</{node['tag']}>")


def _pass(translator, node):
    """Other output formats show the content without the element."""


def setup(app: Sphinx) -> None:
    """Register the nodes."""
    plain = {name: (_pass, _pass) for name in ("latex", "text", "man", "texinfo")}
    app.add_node(element, html=(_visit, _depart), **plain)
    app.add_node(slot, html=(_pass, _pass), **plain)

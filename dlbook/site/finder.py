"""The form above a long list: it finds rows by text, chapter and kind (``static/find.js``)."""

from __future__ import annotations

import json

from docutils import nodes

from dlbook.site.nodes import el, element
from dlbook.site.wording import plural


def finder(name: str, noun: str, count: int, chapters: dict[str, str], sort: str,
           kinds: list[str], *more) -> element:
    """The form; the style sheet hides it where scripts are off, and the list shows everything.

    Parameters
    ----------
    name : str
        Of the list, see :func:`items`.
    noun : str
        What it lists, in the singular.
    count : int
        How many.
    chapters : dict of str
        docname -> title.
    sort : str
        What the kinds are called: "Status".
    kinds : list of str
        The values of ``data-kind`` in the list.
    *more
        Further fields.
    """
    search = el("input", type="search", name="q", autocomplete="off", spellcheck="false")
    return el(
        "form", el("label", "Find ", search),
        el("label", "Chapter ", choice("chapter", "all chapters", chapters)),
        el("label", f"{sort} ", choice("kind", "all", {kind: kind for kind in kinds})), *more,
        el("p", el("span", plural(count, noun), role="status"), " ",
           el("button", "Show all again", type="reset", hidden="hidden"), cls="dlb-found"),
        cls="dlb-find", role="search", aria_label=f"Choose {noun}s", data_list=f"dlb-{name}-list",
        data_noun=noun)


def choice(name: str, everything: str, options: dict[str, str]) -> element:
    """A field that offers all or one of some values: value -> what it is called."""
    offered = [el("option", text, value=value) for value, text in options.items()]
    return el("select", el("option", everything, value=""), offered, name=name)


def items(transform, name: str, children: list[nodes.Node]) -> element:
    """The list that a form searches: groups (``dlb-group``) of elements with ``data-kind``."""
    macros = getattr(transform.config, "dlbook_macros", {})
    own = {"data_macros": json.dumps(macros)} if macros else {}
    return el("div", children, id=f"dlb-{name}-list", cls="dlb-list", **own)

"""The evidence half of the site: from the output of a cell to badges, ledgers and faults.

A record of :mod:`dlbook.evidence` or :mod:`dlbook.practice` reaches the page as a cell output of a
mime type of its own. Here it becomes a line with a mark; the domain collects it, the
post-transforms show it, and what does not fit together fails the build.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from dlbook.site import (
    badges,
    bank,
    chapter_map,
    directives,
    fingerprint,
    pages,
    rebuild,
    replication,
    showcase,
)
from dlbook.site import nodes as dlb
from dlbook.site.domain import EvidenceDomain, free_id
from dlbook.site.wording import css, name_of, state_of

MIME = "application/vnd.dlbook.evidence+json"
KINDS = {"equation": "evidence", "exercise": "check"}  # a page has entries of these names too
STATIC = str(Path(__file__).parent / "static")


class EvidencePlugin:
    """Renders the mime type; the protocol is myst-nb's ``myst_nb.mime_renderers``."""

    mime_priority_overrides = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Turn a record into a box with an anchor, or decline (None).

        The domain writes the line into it: the text of the same output, which is read after it.
        """
        if data.mime_type != MIME or inline:
            return None
        record = json.loads(data.content) if isinstance(data.content, str) else dict(data.content)
        kind, label = KINDS.get(record["kind"], record["kind"]), name_of(record)
        document = renderer.renderer.document
        node = nodes.container("", classes=["dlb-record", css(state_of(record))],
                               ids=[free_id(document, f"evidence-{label}")],
                               dlb_entry=(kind, label, {"record": record, "line": data.line}))
        document.set_id(node)
        return [node]


def setup(app: Sphinx) -> dict:
    """Register everything; called by ``dlbook.site`` and usable as an extension of its own."""
    from myst_nb.core.render import load_mime_renders

    plugins = load_mime_renders()  # a cached list: same effect as an entry point, needs no install
    if EvidencePlugin not in plugins:
        plugins.append(EvidencePlugin)
    app.add_domain(EvidenceDomain)
    for part in (dlb, directives, badges, pages, bank, chapter_map, replication, showcase, rebuild,
                 fingerprint):
        part.setup(app)
    app.connect("builder-inited", add_static_files)
    app.add_css_file("evidence.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def add_static_files(app: Sphinx) -> None:
    """Ship the style sheets and scripts."""
    if STATIC not in app.config.html_static_path:
        app.config.html_static_path.append(STATIC)

"""``{replication} replication.json``: the verdicts of the book over five seeds and over many.

The file is what ``make replicate`` wrote. It is data of the book, not output of the build: a run
over many seeds takes an hour, so the page says when and on what machine it was made.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from dlbook.replication.table import moved, turned
from dlbook.site.badges import Show, verdict_pill
from dlbook.site.directives import DlbookDirective, from_pieces, generated
from dlbook.site.nodes import el, group, link, row, slot, spoken, table
from dlbook.site.wording import plural, short

KEYS = {"date", "machine", "seeds", "claims"}


class ReplicationDirective(DlbookDirective):
    """``{replication} file``: the table; the file stands beside the page."""

    required_arguments = 1

    def run(self):
        _, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        try:
            found = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self.error(f"{self.arguments[0]}: {error}") from error
        if not isinstance(found, dict) or not KEYS <= found.keys():
            raise self.error(f"{self.arguments[0]}: expected a table of `make replicate`, with "
                             f"{', '.join(sorted(KEYS))}")
        node = generated(self, "replication")
        node["found"] = found
        return [node]


class ShowReplication(Show):
    """Fills in the table."""

    def run(self, **kwargs):
        for node in list(self.document.findall(slot)):
            if node["shows"] == "replication":
                node.replace_self(self.show(node["found"]))

    def show(self, found: dict) -> list[nodes.Node]:
        known = {belief.label: belief for belief in self.index.all("belief")}
        rows = [r for r in found["claims"] if r["label"] in known]
        groups = {"turned": [r for r in rows if turned(r)],
                  "moved": [r for r in rows if moved(r) and not turned(r)],
                  "same": [r for r in rows if not moved(r) and not turned(r)]}
        missing = sorted(known.keys() - {r["label"] for r in rows})
        seeds = found["seeds"]
        arms = [arm for r in rows for arm in r["arms"]]
        count = len(groups["turned"])
        changed = f"{plural(count, 'verdict')} other" if count else "no other verdict"
        others = sum(arm["first"]["outcome"] != arm["all"]["outcome"] for arm in arms)
        parts = [nodes.paragraph("", (
            f"{plural(len(rows), 'belief')} over {seeds} seeds on {found['date']} "
            f"({found['machine']}): {changed} than over the first five. Of the "
            f"{plural(len(arms), 'condition')} that they were put to, {others or 'none'} came out "
            f"otherwise."))]
        if missing:
            names = [[nodes.Text(", "), self.name(known[label])] for label in missing]
            parts.append(el("p", "Not in that run: ", names[0][1:], names[1:], "."))
        if groups["turned"]:
            parts.append(self.table("Another verdict", groups["turned"], known))
        if groups["moved"]:
            caption = "The same verdict, but a condition that came out otherwise"
            parts.append(self.table(caption, groups["moved"], known))
        if groups["same"]:
            title = el("summary", f"The {plural(len(groups['same']), 'belief')} of which every "
                                  "condition came out as before")
            caption = spoken("Every condition as before")
            parts.append(el("details", title, self.table(caption, groups["same"], known)))
        return parts

    def table(self, caption, rows: list[dict], known: dict) -> nodes.Node:
        early, late = (rows[0]["arms"][0][key]["of"] for key in ("first", "all"))
        heads = ["Condition", "The belief predicts", f"{early} seeds", f"{late} seeds"]
        return table(caption, heads, [
            group(self.title(r, known[r["label"]]), len(heads),
                  [self.arm(heads, arm) for arm in r["arms"]]) for r in rows], "dlb-replication")

    def title(self, found: dict, belief) -> list[nodes.Node]:
        """The belief, its verdict, or both verdicts where they differ, and what was measured."""
        verdicts = [verdict_pill(found["first"])]
        verdicts += [nodes.Text(" then "), verdict_pill(found["all"])] * turned(found)
        return [self.name(belief), nodes.Text(" "), *verdicts,
                el("div", f"Measured: {found['statistic']}", cls="dlb-measured")]

    def name(self, belief) -> nodes.Node:
        return link(self, belief.docname, belief.anchor, *from_pieces(belief.data["claim"]))

    def arm(self, heads: list[str], arm: dict) -> nodes.Node:
        """A condition, and how many seeds agreed; bold where more seeds decide otherwise."""
        cells = [arm["name"], arm["criterion"], *(self.share(arm[k]) for k in ("first", "all"))]
        if arm["first"]["outcome"] != arm["all"]["outcome"]:
            cells = [nodes.strong("", cell) for cell in cells]
        return row(heads, cells)

    def share(self, found: dict) -> str:
        low, high = (round(100 * bound) for bound in found["interval"])
        return f"{found['met']} ({low} to {high} %), median {short(found['median'])}"


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("replication", ReplicationDirective)
    app.add_post_transform(ShowReplication)

"""``{map}``: which chapter builds on which, as a drawing with links and as a list.

The file ``needs.yml`` beside the chapters says it: the name of each chapter, and the chapters that
it needs. ``{map} descent`` shows one folder of chapters, ``{map}`` all of them.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from textwrap import wrap

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from dlbook.site.badges import Show
from dlbook.site.directives import DlbookDirective, generated
from dlbook.site.nodes import el, link, slot

WIDTH, BOX, HEIGHT, GAP = 640, 190, 54, 46  # units of the drawing


def read(path: Path) -> dict[str, list[str]]:
    """Read and verify which chapter needs which.

    Parameters
    ----------
    path : pathlib.Path
        A YAML file: chapter -> list of chapters, each named after its file, without the ending.

    Returns
    -------
    dict of str to list of str
        In the order of the file.

    Raises
    ------
    ValueError
        It is no such mapping, or a chapter needs one that does not stand above it.
    """
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{path.name}: expected 'chapter: [chapters it needs]', found {found!r}")
    above: list[str] = []
    for chapter, needs in found.items():
        if not isinstance(needs, list):
            raise ValueError(f"{path.name}: {chapter} needs a list of chapters, found {needs!r}")
        unknown = [need for need in needs if need not in above]
        if unknown:
            raise ValueError(f"{path.name}: {chapter} needs {', '.join(unknown)}, not above it")
        above.append(chapter)
    return found


def levels(needs: dict[str, list[str]]) -> list[list[str]]:
    """Rows of chapters: each stands below all that it needs, and just above one that needs it."""
    depth: dict[str, int] = {}
    for chapter, before in needs.items():
        depth[chapter] = 1 + max((depth[b] for b in before if b in depth), default=-1)
    for chapter in reversed(needs):
        after = [depth[c] for c in needs if chapter in needs[c]]
        depth[chapter] = min(after) - 1 if after else depth[chapter]
    return [[c for c in depth if depth[c] == d] for d in range(1 + max(depth.values(), default=-1))]


def places(needs: dict[str, list[str]]) -> dict[str, tuple[float, float]]:
    """Centre of the box of each chapter; a row of more than three is broken into several."""
    rows = [row[i : i + 3] for row in levels(needs) for i in range(0, len(row), 3)]
    return {chapter: (WIDTH * (k + 0.5) / len(row), HEIGHT / 2 + 2 + j * (HEIGHT + GAP))
            for j, row in enumerate(rows) for k, chapter in enumerate(row)}  # fmt: skip


def drawing(needs: dict[str, list[str]], names: dict[str, str], targets: dict[str, str]) -> str:
    """The map as SVG.

    Parameters
    ----------
    needs : dict of str to list of str
        What each chapter needs; a need outside the drawing is left out.
    names, targets : dict of str to str
        Short title and address of each chapter.
    """
    at = places(needs)
    height = max((y for _, y in at.values()), default=0) + HEIGHT / 2 + 2
    arrows = "".join(
        f'<path d="M{at[b][0]:g},{at[b][1] + HEIGHT / 2:g} C{at[b][0]:g},'
        f"{at[b][1] + HEIGHT / 2 + GAP:g} {at[c][0]:g},{at[c][1] - HEIGHT / 2 - GAP:g} "
        f'{at[c][0]:g},{at[c][1] - HEIGHT / 2 - 3:g}"/>'
        for c, before in needs.items() for b in before if b in at)  # fmt: skip
    boxes = "".join(_box(at[c], names[c], targets[c]) for c in needs)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" class="dlb-map" role="group" '
        'aria-label="Which chapter builds on which"><defs><marker id="dlb-tip" viewBox="0 0 8 8" '
        'refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z"/></marker></defs>'
        f'<g class="dlb-arrows" marker-end="url(#dlb-tip)">{arrows}</g>{boxes}</svg>'
    )


def _box(centre: tuple[float, float], name: str, target: str) -> str:
    x, y = centre
    lines = wrap(name, 19, break_on_hyphens=False)
    first = y + 6 - 10 * (len(lines) - 1)
    text = "".join(f'<text x="{x:g}" y="{first + 20 * k:g}">{escape(line)}</text>'
                   for k, line in enumerate(lines))  # fmt: skip
    return (
        f'<a href="{escape(target)}" aria-label="{escape(name)}"><rect x="{x - BOX / 2:g}" '
        f'y="{y - HEIGHT / 2:g}" width="{BOX}" height="{HEIGHT}" rx="6"/>{text}</a>'
    )


class MapDirective(DlbookDirective):
    """``{map}``: which chapter builds on which."""

    optional_arguments = 1

    def run(self):
        path = Path(self.env.srcdir) / self.env.config.dlbook_needs
        self.env.note_dependency(str(path))
        try:
            found = read(path)
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise self.error(str(error)) from error
        folder = Path(self.env.config.dlbook_needs).parent.as_posix()
        prefix = "" if folder == "." else folder + "/"
        part = self.arguments[0] + "/" if self.arguments else ""
        shown = {prefix + c: [prefix + n for n in needs] for c, needs in found.items()
                 if c.startswith(part)}  # fmt: skip
        if not shown:
            raise self.error(f"{path.name} has no chapter in {part or 'it'}")
        node = generated(self, "map")
        node["needs"] = shown
        return [node]


class ShowMap(Show):
    """Draws the maps."""

    formats = ("html",)

    def run(self, **kwargs):
        for node in list(self.document.findall(slot)):
            if node["shows"] == "map":
                node.replace_self(self.show(node["needs"]))

    def show(self, needs: dict[str, list[str]]) -> list[nodes.Node]:
        """The drawing and the list; a chapter that this build does not have is left out."""
        there = self.env.found_docs
        needs = {c: [b for b in needs[c] if b in there] for c in needs if c in there}
        everything = dict.fromkeys([*needs, *(n for before in needs.values() for n in before)])
        names = {c: self.env.titles[c].astext().split(":")[0] for c in everything}
        targets = {c: self.app.builder.get_relative_uri(self.env.docname, c) for c in needs}
        rows = [el("li", self.to(c, names), *self.needed(before, names))
                for c, before in needs.items()]  # fmt: skip
        listed = el("details", el("summary", "The same as a list"), el("ul", rows))
        return [nodes.raw("", drawing(needs, names, targets), format="html"), listed]

    def to(self, chapter: str, names: dict[str, str]) -> nodes.Node:
        return link(self, chapter, "", names[chapter])

    def needed(self, before: list[str], names: dict[str, str]) -> list[nodes.Node]:
        found = []
        for b in before:
            found += [nodes.Text(", " if found else " needs "), self.to(b, names)]
        return found


def setup(app: Sphinx) -> None:
    """Register the directive and the place of the file."""
    app.add_config_value("dlbook_needs", "chapters/needs.yml", "env", (str,))
    app.add_directive("map", MapDirective)
    app.add_post_transform(ShowMap)

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
from dlbook.site.layered import layout
from dlbook.site.nodes import el, link, slot

BOX, HEIGHT = 172, 48  # of a box, in units of the drawing
GAP, LANE, SPACE = 40, 8, 14  # between rows; of an arrow that passes a row; between two in a row


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


def drawing(needs: dict[str, list[str]], names: dict[str, str], targets: dict[str, str]) -> str:
    """The map as SVG.

    Parameters
    ----------
    needs : dict of str to list of str
        What each chapter needs; a need outside the drawing is left out.
    names, targets : dict of str to str
        Short title and address of each chapter.
    """
    at, routes = layout(needs, BOX, LANE, SPACE)
    width = max(x for x, _ in at.values()) + BOX / 2
    width = max([width, *(x + LANE for route in routes for x, _ in route)]) + 2
    height = max(_top(row) for _, row in at.values()) + HEIGHT + 2
    arrows = "".join(f'<path d="{_curve(route)}"/>' for route in routes)
    parts = list(dict.fromkeys(map(part_of, needs)))
    boxes = "".join(_box(at[c], names[c], targets[c], parts.index(part_of(c))) for c in needs)
    return (
        f'<div class="dlb-map-scroll"><svg viewBox="-1 0 {width + 1:g} {height:g}" class="dlb-map" '
        f'style="--dlb-width:{width:.0f}" role="group" aria-label="Which chapter builds on which">'
        '<defs><marker id="dlb-tip" viewBox="0 0 8 8" '
        'refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z"/></marker></defs>'
        f'<g class="dlb-arrows" marker-end="url(#dlb-tip)">{arrows}</g>{boxes}</svg></div>'
    )


def part_of(chapter: str) -> str:
    """The folder that a chapter stands in."""
    return Path(chapter).parent.name


def _top(row: int) -> float:
    return 2 + row * (HEIGHT + GAP)


def _curve(route: list[tuple[float, int]]) -> str:
    """A path from below the first box to above the last; it crosses a row straight down."""
    x, row = route[0]
    path = [f"M{x:g},{_top(row) + HEIGHT:g}"]
    for before, row in route[1:]:
        above, top = _top(row - 1) + HEIGHT, _top(row)
        last = row == route[-1][1]
        end = top - 3 if last else top
        path.append(f"C{x:g},{above + GAP / 2:g} {before:g},{top - GAP / 2:g} {before:g},{end:g}")
        path += [] if last else [f"V{top + HEIGHT:g}"]
        x = before
    return " ".join(path)


def _box(place: tuple[float, int], name: str, target: str, part: int) -> str:
    x, y = place[0], _top(place[1]) + HEIGHT / 2
    lines = wrap(name, 19, break_on_hyphens=False)
    first = y + 5 - 9 * (len(lines) - 1)
    text = "".join(f'<text x="{x + 2:g}" y="{first + 18 * k:g}">{escape(line)}</text>'
                   for k, line in enumerate(lines))  # fmt: skip
    left, top = x - BOX / 2, y - HEIGHT / 2
    return (
        f'<a href="{escape(target)}" aria-label="{escape(name)}"><rect x="{left:g}" y="{top:g}" '
        f'width="{BOX}" height="{HEIGHT}" rx="5"/><path class="dlb-part-{part}" '
        f'd="M{left + 4:g},{top + 5:g} v{HEIGHT - 10}"/>{text}</a>'
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
        names = {c: self.numbered(c) for c in everything}
        targets = {c: self.app.builder.get_relative_uri(self.env.docname, c) for c in needs}
        rows = [el("li", self.to(c, names), *self.needed(before, names))
                for c, before in needs.items()]  # fmt: skip
        parts = list(dict.fromkeys(map(part_of, needs)))
        legend = [el("span", p.capitalize(), cls=f"dlb-part-{k}") for k, p in enumerate(parts)]
        listed = el("details", el("summary", "The same as a list"), el("ul", rows),
                    cls="dlb-map-list")
        drawn = nodes.raw("", drawing(needs, names, targets), format="html")
        return [drawn, *([el("p", legend, cls="dlb-map-legend")] if legend[1:] else []), listed]

    def numbered(self, chapter: str) -> str:
        """The short title of a chapter, with its number if it has one."""
        number = self.env.toc_secnumbers.get(chapter, {}).get("") or ()
        title = self.env.titles[chapter].astext().split(":")[0]
        return f"{'.'.join(map(str, number))}. {title}" if number else title

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

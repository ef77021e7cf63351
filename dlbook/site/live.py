"""Exercises that run in the page.

Behind the stub of an exercise stands an editor, hidden until ``static/live.js`` finds it. Python
comes from :mod:`dlbook.site.vendor`, and is loaded when a reader first runs something. An exercise
that needs what the site does not carry offers the notebook instead.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri
from sphinx_exercise.nodes import is_exercise_node

from dlbook.site import vendor
from dlbook.site.nodes import el

PACKAGE = Path(__file__).parents[1]
WORKER = Path(__file__).parent / "static" / "live-worker.js"
CHECK = re.compile(r"\n+practice\.(\w+)\.check\((\w+)\)\s*$")
SECONDS = 10  # after which a run is stopped; starting Python does not count
OLDEST = (1980, 1, 1, 0, 0, 0)  # of the dates that a zip can hold
NAMES = {"numpy": "NumPy", "scipy": "SciPy"}
HELP = ("The first Check or Run loads Python, 6 to 14 MB. Write the body of the function, then "
        "Check tests it. Run only runs the code: call the function yourself in the last line to "
        "see a value. What you write is kept in this browser.")  # fmt: skip
KEYS = " Ctrl+Enter checks. Tab indents; Escape, then Tab, leaves the editor."
HOW = "chapters/take-with-you"  # the page that says how to run a notebook
logger = logging.getLogger(__name__)


def catalogue(folder: Path) -> dict[str, tuple[str, str, set[str]]]:
    """The exercises that the modules of a folder define, without importing them.

    Returns
    -------
    dict
        Name of the exercise -> module, variable, and the packages that importing the module needs
        besides Python's own library.
    """
    trees = {path.stem: ast.parse(path.read_text("utf8")) for path in sorted(folder.glob("*.py"))}
    found = {}
    for stem, tree in trees.items():
        for node in tree.body:
            if (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
                    and isinstance(node.value.func, ast.Name)
                    and node.value.func.id == "Exercise"):  # fmt: skip
                name, variable = node.value.args[0].value, node.targets[0].id
                found[name] = stem, variable, _needs(stem, trees, set())
    return found


def _needs(stem: str, trees: dict[str, ast.Module], seen: set[str]) -> set[str]:
    seen.add(stem)
    needed = set()
    for node in trees[stem].body:
        if isinstance(node, ast.ImportFrom) and node.level:
            near = [node.module] if node.module else [alias.name for alias in node.names]
            for other in set(near) & set(trees) - seen:
                needed |= _needs(other, trees, seen)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [
                alias.name for alias in node.names]  # fmt: skip
            needed |= {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    return needed


def practice_zip() -> bytes:
    """What of this package a page needs, as a zip; equal files give equal bytes."""
    files = [PACKAGE / "__init__.py", *sorted((PACKAGE / "practice").glob("*.py"))]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in files:
            name = path.relative_to(PACKAGE.parent).as_posix()
            content = path.read_text("utf8")  # the same line ends on every system
            archive.writestr(zipfile.ZipInfo(name, OLDEST), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def note_what_is_carried(app: Sphinx, config) -> None:
    """Write all pages again when the site begins or ceases to carry Python or NumPy."""
    folder, packages = vendor.carried(app.srcdir)
    version = hashlib.sha256(practice_zip() + WORKER.read_bytes()).hexdigest()[:8]
    config.dlbook_live = [f"live/{folder.name}/" if folder else "", version, *packages]


class ShowEditors(SphinxPostTransform):
    """Puts an editor, or the way to the notebook, behind the stub of each exercise."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        known, exercise = None, None
        for node in list(self.document.findall()):
            if is_exercise_node(node):
                exercise = node
            elif (exercise is not None and isinstance(node, nodes.container)
                  and node.get("nb_element") == "cell_code"):  # fmt: skip
                source = next(iter(node.findall(nodes.literal_block)), None)
                check = CHECK.search(source.astext()) if source is not None else None
                if not check:
                    continue
                known = known or catalogue(PACKAGE / "practice")
                name = exercise["label"].removeprefix("ex-")
                module, variable, needs = known.get(name, ("", "", set()))
                if variable != check[1]:
                    logger.warning("the stub checks practice.%s, which is not the exercise %s",
                                   check[1], name, location=source)  # fmt: skip
                    continue
                stub = source.astext()[: check.start()] + "\n"
                shown = self.editor(name, exercise, stub, f"{module}:{variable}:{check[2]}", needs)
                node["classes"] += ["dlb-stub"] * ("dlb-live" in shown["classes"])
                node.parent.insert(node.parent.index(node) + 1, shown)

    def editor(self, name: str, exercise, stub: str, check: str, needs: set[str]) -> nodes.Node:
        """The editor, or a line that says why there is none."""
        folder, version, *packages = self.config.dlbook_live
        page = self.app.builder.get_target_uri(self.env.docname)
        source = Path(self.env.doc2path(self.env.docname)).suffix
        book = relative_uri(page, f"_sources/{self.env.docname}{source}")
        missing = sorted(NAMES.get(need, need) for need in needs - set(packages))
        if missing or not folder:
            lacking = " and ".join(missing) if folder else "Python"
            why = f"This exercise needs {lacking}, which does not run in this page: "
            notebook = el("a", "download the notebook", href=book, download="")
            line = el("p", why, notebook, cls="dlb-no-live")
            if HOW in self.env.found_docs:
                address = relative_uri(page, self.app.builder.get_target_uri(HOW))
                line += el("span", " (", el("a", "how to run it", href=address), ")")
            line += nodes.Text(".")
            return line
        place = f"live-{name}"
        title = exercise[0].astext().strip(" ()") or name
        buttons = [el("button", text, type="button", data_does=text.lower())
                   for text in ("Check", "Run", "Reset")]  # fmt: skip
        buttons.append(el("button", "Stop", type="button", data_does="stop", hidden="hidden"))
        return el(
            "div",
            el("label", "Your code", **{"for": f"{place}-code"}),
            el("textarea", stub, id=f"{place}-code", aria_describedby=f"{place}-help",
               spellcheck="false", autocapitalize="off", autocomplete="off", wrap="off"),
            el("p", HELP, el("span", KEYS, cls="dlb-live-keys"), id=f"{place}-help",
               cls="dlb-live-help"),
            el("div", buttons, cls="dlb-live-buttons"),
            el("pre", "", role="status", aria_label="Result", cls="dlb-live-result"),
            cls="dlb-live", id=place, role="group", aria_label=f"Exercise: {title}",
            hidden="hidden", data_check=check, data_needs=" ".join(sorted(needs)),
            data_has=" ".join(packages), data_python=folder, data_version=version,
            data_seconds=str(SECONDS), data_notebook=book)  # fmt: skip


def add_files(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Load script and style on the pages that have an editor, and only there."""
    if 'class="dlb-live"' in context.get("body", ""):
        app.add_css_file("live.css", priority=710)
        app.add_js_file("live.js", loading_method="defer")


def copy_python(app: Sphinx, exception) -> None:
    """Make the site's copy of Python what ``_build/vendor`` holds."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir, "_static", "live")
    target.mkdir(parents=True, exist_ok=True)
    folder, packages = vendor.carried(app.srcdir)
    for old in target.glob(f"{vendor.NAME}-*"):
        if folder is None or old.name != folder.name:
            shutil.rmtree(old)
    if folder is None:
        return
    (target / "dlbook.zip").write_bytes(practice_zip())
    lock = json.loads((folder / vendor.LOCK).read_text("utf8"))
    lock["packages"] = {name: lock["packages"][name] for name in packages}  # of some 350
    names = [*vendor.FILES, *(entry["file_name"] for entry in lock["packages"].values())]
    copy = target / folder.name
    copy.mkdir(exist_ok=True)
    for path in copy.iterdir():
        if path.name not in names:
            path.unlink()
    for name in names:
        if not (copy / name).is_file() or (
                (copy / name).stat().st_size != (folder / name).stat().st_size):  # fmt: skip
            shutil.copy(folder / name, copy / name)
    (copy / vendor.LOCK).write_text(json.dumps(lock), "utf8")


def setup(app: Sphinx):
    """Register the editors and what they load."""
    app.add_config_value("dlbook_live", ["", ""], "html", (list,))
    app.connect("config-inited", note_what_is_carried)
    app.connect("html-page-context", add_files)
    app.connect("build-finished", copy_python)
    app.add_post_transform(ShowEditors)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

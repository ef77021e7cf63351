"""One style sheet for all pages: those of the theme and of the extensions, without unused rules.

The stock pages wait for fourteen style sheets, 400 kB of which hardly a tenth names anything that
the book shows. Here they become ``_static/site.css``: in the same order, without each rule whose
classes and names stand in no page and in no script of the built site. What a page adds for itself
stands in the page; what is for one medium only (``media="print"``) stays a file of its own.
"""

import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path

import tinycss2

from dlbook.site.theme import HERE, STYLES_OF_THE_LAYOUT, UNUSED

BUNDLE = "_static/site.css"
NESTED = ("media", "supports", "layer")


def shared(app):
    """Return the addresses of the style sheets that every page loads, in their order."""
    # While a page is written, the list also holds what that page added for itself.
    files = getattr(app.builder, "_orig_css_files", app.builder._css_files)
    files = [f for f in files if "media" not in f.attributes]
    files = [str(f.filename) for f in sorted(files, key=lambda f: f.priority)]
    local = [f for f in files if "://" not in f and not any(name in f for name in UNUSED)]
    return list(dict.fromkeys([*STYLES_OF_THE_LAYOUT, *local]))


def joined(folder, names):
    """Return several style sheets as one text, with what they import, as seen from ``_static/``.

    Parameters
    ----------
    folder : pathlib.Path
        The built site.
    names : list of str
        Addresses in the site.
    """
    return "\n".join(_inlined(folder, name) for name in names)


def _inlined(folder, name):
    path = posixpath.dirname(name)

    def imported(match):
        return _inlined(folder, posixpath.normpath(posixpath.join(path, match[1])))

    def moved(match):
        target = match[2]
        if not re.match(r"[a-z]+:|[#/]", target):
            target = posixpath.relpath(posixpath.join(path, target), posixpath.dirname(BUNDLE))
        return f"url({match[1]}{target}{match[1]})"

    css = (folder / name).read_text("utf8").removeprefix("\ufeff")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r'@charset "[^"]*";', "", css)
    css = re.sub(r"""url\((["']?)([^)"']+)\1\)""", moved, css)
    return re.sub(r"""@import\s*["']([^"']+)["']\s*;""", imported, css)


@cache
def version(*names):
    """Return what changes with the book's own styles; those of packages come later than pages."""
    own = "".join(path.read_text("utf8") for path in sorted((HERE / "static").glob("*.css")))
    return hashlib.sha256("\n".join([*names, own]).encode()).hexdigest()[:8]


def words_in_use(folder):
    """Return every class and name in the pages, and every word of the scripts, of a built site."""
    words = set()
    for path in folder.rglob("*.html"):
        for value in re.findall(r'\b(?:class|id)="([^"]*)"', path.read_text("utf8")):
            words.update(value.split())
    for path in (folder / "_static").rglob("*.js"):
        if not any(name in path.name for name in UNUSED):
            words.update(re.findall(r"[\w-]+", path.read_text("utf8")))
    return words


def without_unused(css, words):
    """Leave out the rules that can match nothing.

    Parameters
    ----------
    css : str
        A style sheet.
    words : set of str
        Every class and name that can occur.

    Returns
    -------
    str
        The style sheet without selectors that need another class or name. What stands in brackets
        (``:not(.x)``, ``:is(.x, .y)``) is not judged, nor is a name with a backslash in it.
    """
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, words))


def _kept(rules, words):
    for rule in rules:
        if rule.type == "error":
            raise ValueError(f"style sheet, line {rule.source_line}: {rule.message}")
        if rule.type == "qualified-rule":
            selectors = [s for s in _selectors(rule.prelude) if _possible(s, words)]
            if selectors:
                yield ",".join(selectors) + "{" + _body(rule) + "}\n"
        elif rule.at_keyword in NESTED and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, True, True)
            text = "".join(_kept(inner, words))
            if text:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}\n"
        else:
            yield rule.serialize() + "\n"


def _selectors(prelude):
    """Split a list of selectors at its outermost commas."""
    parts = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _possible(selector, words):
    bare = re.sub(r'"[^"]*"', "", selector)
    while bare != (shorter := re.sub(r"\([^()]*\)|\[[^]]*\]", "", bare)):
        bare = shorter
    names = re.findall(r"[.#]([\w-]+)", bare)
    return "\\" in bare or all(name in words for name in names)


def _body(rule):
    return re.sub(r"\s*\n\s*", "", tinycss2.serialize(rule.content)).strip()


def use_one(app, pagename, templatename, context, doctree):
    """Name the one style sheet on a page, in place of those that are joined in it."""
    if app.builder.format != "html":
        return
    folder, names = Path(app.outdir), shared(app)
    others = [f for f in context.get("css_files", []) if str(f.filename) not in names]
    own = [f for f in others if "media" not in f.attributes]
    context["css_files"] = [f for f in others if "media" in f.attributes]
    context["own_styles"] = joined(folder, [str(f.filename).partition("?")[0] for f in own])
    context["styles"] = f"{context['pathto'](BUNDLE, 1)}?v={version(*names)}"


def write(app, exception):
    """Write the one style sheet when all pages are there."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    css = without_unused(joined(folder, shared(app)), words_in_use(folder))
    path = folder / BUNDLE
    if not path.is_file() or path.read_text("utf8") != css:
        path.write_text(css, "utf8")


def setup(app):
    """Connect the style sheet."""
    app.connect("html-page-context", use_one, priority=950)
    app.connect("build-finished", write, priority=900)  # the theme rewrites its own before
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

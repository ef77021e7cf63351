"""The book's look, and what is left out of the theme's.

Each page of the stock theme loads a 540 kB icon script (the icons show without it), a 156 kB icon
font (of which some twenty icons are used), the search index of the whole book (only the search
page needs it), and a script from another site. This module takes them out;
``templates/layout.html`` is the one template that changes.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js", "searchindex.js")
# The theme's layout asks for these by itself, before all others.
STYLES_OF_THE_LAYOUT = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")
UNUSED = ("fontawesome.js", "thebe", "require.min.js", "mathjax",
          "documentation_options.pagename", "documentation_options.search_as_you_type")
# In the theme's script: asks every box for its width, at the start and after each change.
MARKS_WHAT_SCROLLS = '"complete"===document.readyState?I():window.addEventListener("load",I)'


def without_scripts(html, names):
    """Remove from a piece of HTML each script element whose address holds one of `names`."""
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf'<script[^>]*src="[^"]*(?:{pattern})[^"]*"[^>]*></script>\s*', "", html)


def in_its_turn(html):
    """Let no script hold up a page: each runs, in order, when the page has been read."""
    html = re.sub(r'<link rel="preload" as="script"[^>]*>\s*', "", html)
    return re.sub(r"<script(?![^>]*\b(?:defer|async)\b)(?=[^>]*\bsrc=)", "<script defer", html)


def without_styles(html, names):
    """Remove from a piece of HTML the links to these style sheets."""
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf'<link(?=[^>]*stylesheet)[^>]*href="[^"]*(?:{pattern})[^>]*>\s*', "", html)


def tidy(app, pagename, templatename, context, doctree):
    """Leave unused files off the page, and hand the layout its filter."""

    def wanted(file):
        text = f"{getattr(file, 'filename', file)} {getattr(file, 'attributes', {})}".lower()
        return not any(name in text for name in UNUSED)

    for kind in ("script_files", "css_files"):
        unique = {f"{getattr(f, 'filename', f)}{getattr(f, 'attributes', '')}": f
                  for f in context.get(kind, []) if wanted(f)}
        context[kind] = list(unique.values())

    def lean(html):
        html = without_styles(html, STYLES_OF_THE_LAYOUT)
        if pagename == "search":  # its scripts expect the others to have run
            return without_scripts(html, UNUSED)
        return in_its_turn(without_scripts(html, UNUSED + SEARCH_SCRIPTS))

    context["lean"] = lean
    if "body" in context:  # a list has items: assistive software does not know biblioentries
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
    context["favicon_url"] = context["pathto"]("_static/favicon.svg", 1)


def icons_in_use(folder):
    """Code points of the icons that the pages, scripts and style sheets of a built site show.

    Parameters
    ----------
    folder : pathlib.Path
        The site.

    Returns
    -------
    set of int
        From U+F000 on, as in the theme's icon font.
    """
    codes, classes, names = set(), {}, set()
    for path in folder.rglob("*.css"):
        css = path.read_text("utf8")
        codes |= {ord(letter) for letter in re.findall("[\uf000-\uf8ff]", css)}
        for selectors, code in re.findall(r"([^{}]*)\{[^{}]*\"\\(f[0-9a-f]{3})\"", css):
            icons = re.findall(r"\.(fa-[a-z0-9-]+):before", selectors)
            classes.update(dict.fromkeys(icons, int(code, 16)))
            codes |= set() if icons else {int(code, 16)}
    scripts = folder / "_static" / "scripts"
    for path in [*folder.rglob("*.html"), *scripts.glob("*theme.js")]:
        names.update(re.findall(r"\bfa-[a-z0-9-]+", path.read_text("utf8")))
    return codes | {classes[name] for name in names & set(classes)}


def write_icons(app, exception):
    """Cut the icons in use out of the theme's icon font: 156 kB become 3.

    The style sheet prefers the result; an icon that is not in it still comes from the whole font.
    """
    if exception or app.builder.format != "html":
        return
    from fontTools import subset, ttLib

    folder = Path(app.outdir)
    font = ttLib.TTFont(folder / "_static/vendor/fontawesome/webfonts/fa-solid-900.ttf",
                       recalcTimestamp=False)
    cut = subset.Subsetter(subset.Options(layout_features=[], name_IDs=[0, 13, 14]))
    cut.populate(unicodes=icons_in_use(folder))
    cut.subset(font)
    font.flavor = "woff"
    font.save(folder / "_static" / "icons.woff")


def leave_scrolling_to_the_book(app, exception):
    """Take out of the theme's script that it asks every box for its width.

    On a page of formulas the browser would have to lay out all of them at once to answer, twice;
    ``book.js`` marks what scrolls when it comes near the window.
    """
    if exception or app.builder.format != "html":
        return
    script = Path(app.outdir, "_static", "scripts", "pydata-sphinx-theme.js")
    text = script.read_text("utf8")
    if text.count(MARKS_WHAT_SCROLLS) == 1:
        script.write_text(text.replace(MARKS_WHAT_SCROLLS, "0"), "utf8")


def use_templates(app, config):
    """Put the book's templates before the theme's, its static files before its scripts."""
    config.templates_path = [*config.templates_path, str(HERE / "templates")]
    config.html_static_path = [*config.html_static_path, str(HERE / "static")]


def setup(app):
    """Connect the look of the book."""
    app.connect("config-inited", use_templates)
    app.connect("html-page-context", tidy, priority=900)
    app.connect("build-finished", write_icons)
    app.connect("build-finished", leave_scrolling_to_the_book)
    app.add_css_file("book.css", priority=700)
    app.add_css_file("print.css", priority=800, media="print")
    app.add_js_file("book.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

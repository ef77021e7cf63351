"""The book's look, and what is left out of the theme's.

Each page of the stock theme loads a 540 kB icon script (the icons show without it), the search
index of the whole book (only the search page needs it), and a script from another site. This
module takes them out; ``templates/layout.html`` is the one template that changes.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js", "searchindex.js")
UNUSED_SCRIPTS = ("fontawesome.js", "thebe", "require.min.js", "mathjax")


def without_scripts(html, names):
    """Remove from a piece of HTML each script element whose address holds one of `names`."""
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf'<script[^>]*src="[^"]*(?:{pattern})[^"]*"[^>]*></script>\s*', "", html)


def tidy(app, pagename, templatename, context, doctree):
    """Leave unused files off the page and hand the layout its filter."""

    def wanted(file):
        text = f"{getattr(file, 'filename', file)} {getattr(file, 'attributes', {})}".lower()
        return not any(name in text for name in UNUSED_SCRIPTS)

    for kind in ("script_files", "css_files"):
        unique = {f"{getattr(f, 'filename', f)}{getattr(f, 'attributes', '')}": f
                  for f in context.get(kind, []) if wanted(f)}
        context[kind] = list(unique.values())
    names = UNUSED_SCRIPTS if pagename == "search" else UNUSED_SCRIPTS + SEARCH_SCRIPTS
    context["lean"] = lambda html: without_scripts(html, names)
    context["favicon_url"] = context["pathto"]("_static/favicon.svg", 1)


def use_templates(app, config):
    """Put the book's templates before the theme's, its static files before its scripts."""
    config.templates_path.append(str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))


def setup(app):
    """Connect the look of the book."""
    app.connect("config-inited", use_templates)
    app.connect("html-page-context", tidy, priority=900)
    app.add_css_file("book.css", priority=700)
    app.add_js_file("book.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

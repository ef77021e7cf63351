"""Last touches to a page before it is written: what it is about, its images, its code.

* A description for search engines: the page's first paragraph, unless its front matter has one.
* Images have a size, so that nothing jumps when they arrive, and arrive when they come near.
* Names and punctuation in code look like the text around them and need no element each: that is a
  third of all elements of a chapter.
"""

import re
from html import escape
from pathlib import Path

import imagesize
from docutils import nodes

LONGEST = 160  # characters of a description that search engines show
# Pygments' names for what has the colour of plain code: names, punctuation, blanks.
PLAIN = ("n", "nn", "nx", "p", "pm", "w")


def described(doctree, fallback):
    """Return the first paragraph of a page as plain text, cut at a word, or else `fallback`."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, nodes.section | nodes.document) and text:
            if len(text) <= LONGEST:
                return text
            return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "\u2026"
    return fallback


def unmarked(html):
    """Take the marks off what looks like plain code anyway.

    >>> unmarked('<span class="n">x</span><span class="o">=</span><span class="mi">1</span>')
    'x<span class="o">=</span><span class="mi">1</span>'
    """
    return re.sub(rf'<span class="(?:{"|".join(PLAIN)})">([^<]*)</span>', r"\1", html)


def sized(html, files):
    """Give each image its width and height in pixels, and load it when it comes near.

    Parameters
    ----------
    html : str
        The body of a page.
    files : dict of str to pathlib.Path
        File name in the page's addresses -> the image.
    """

    def image(match):
        tag = match[0]
        source = re.search(r'\bsrc="([^"]*)"', tag)
        added = "" if "loading=" in tag else ' loading="lazy"'
        path = files.get(source[1].rpartition("/")[2]) if source else None
        if path and not re.search(r"\b(?:width|height)\s*[=:]", tag):
            width, height = imagesize.get(path)
            if width > 0 and height > 0:
                added += f' width="{round(width)}" height="{round(height)}"'
        return f"<img{added}{tag.removeprefix('<img')}"

    return re.sub(r"<img\b[^>]*>", image, html)


def finish(app, pagename, templatename, context, doctree):
    """Apply all of this to a page."""
    if app.builder.format != "html":
        return
    if 'name="description"' not in context.get("metatags", ""):
        title = re.sub("<[^>]*>", "", context.get("title") or "Search")
        text = described(doctree, f"{title}: {app.config.html_title}")
        context["metatags"] = "\n    ".join(
            [context.get("metatags", ""), f'<meta name="description" content="{escape(text)}" />']
        )
    if "body" in context:
        files = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}
        context["body"] = sized(unmarked(context["body"]), files)


def setup(app):
    """Connect the last touches."""
    app.connect("html-page-context", finish, priority=940)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

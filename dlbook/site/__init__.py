"""The Sphinx side of the book, loaded with ``extensions = ["dlbook.site"]``.

``mathematics``  formulas, set at build time
``addresses``    where the book stands in the world
``theme``        the book's look, and what of the theme's is left out
``styles``       one style sheet for all pages, of the rules that they use
``records``      badges, ledgers, beliefs and the question bank
``finish``       descriptions, sizes of images, lighter code
``live``         exercises that run in the page
"""

from importlib.util import find_spec

PARTS = ("mathematics", "addresses", "theme", "styles", "finish", "records", "live")


def setup(app):
    """Load the parts of this package as Sphinx extensions of their own."""
    for part in PARTS:
        if find_spec(f"{__name__}.{part}"):
            app.setup_extension(f"{__name__}.{part}")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

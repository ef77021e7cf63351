"""Set every formula while the site is built, so that a page needs no script for its mathematics.

The exception are the long lists (ledger, question bank): they repeat hundreds of formulas of the
chapters, so they carry them as TeX, and the browser sets those that come into view.

KaTeX (MIT licence) runs inside Python. Its script comes with the package ``sphinxcontrib-katex``,
its style sheet and fonts with ``jupyterlab-myst``: both are installed, nothing is copied into this
repository, and the built site asks no other site for anything. A formula that KaTeX cannot set is
a warning, and so a failed build.
"""

import json
import re
from functools import cache
from html import escape
from importlib import metadata
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

TYPESET = """
function typeset(q) {
  try {
    return {html: katex.renderToString(q.tex, {displayMode: q.display, macros: q.macros,
            throwOnError: true, strict: q.strict, output: "htmlAndMathml"})};
  } catch (e) { return {error: String(e.message || e)}; }
} 0
"""


def installed(distribution, wanted):
    """Files of an installed distribution for which `wanted` is true, as paths."""
    files = metadata.files(distribution) or []
    return [Path(f.locate()) for f in files if wanted(f)]


def katex_script():
    """Where KaTeX's script is installed."""
    (path,) = installed("sphinxcontrib-katex", lambda f: f.name == "katex.min.js")
    return path


@cache
def engine():
    """Return a JavaScript interpreter that has loaded KaTeX."""
    import dukpy

    interpreter = dukpy.JSInterpreter()
    interpreter.evaljs(katex_script().read_text("utf8") + TYPESET)
    return interpreter


def source(tex, display):
    """What KaTeX is given: lines of a displayed formula are set one above the other."""
    tex = tex.strip()
    if display and r"\\" in tex and r"\begin{" not in tex:
        return rf"\begin{{split}}{tex}\end{{split}}"  # as Sphinx does for MathJax
    return tex


@cache
def typeset(tex, display=False, macros="{}"):
    r"""Set one formula.

    Parameters
    ----------
    tex : str
        The formula, without dollar signs.
    display : bool
        Whether it stands on a line of its own.
    macros : str
        JSON object from macro name (``"\\R"``) to its replacement.

    Returns
    -------
    str
        HTML for the eye and MathML for screen readers.

    Raises
    ------
    ValueError
        If KaTeX cannot set the formula; the message says where.
    """
    question = {"tex": tex, "display": display, "macros": json.loads(macros), "strict": "error"}
    reply = engine().evaljs("typeset(dukpy.q)", q=question)
    if "error" in reply:
        raise ValueError(reply["error"])
    return reply["html"]


def style_sheet():
    """Read KaTeX's style sheet out of the package that carries it.

    Returns
    -------
    css : str
        The style sheet; its fonts are named relative to itself.
    fonts : dict of str to pathlib.Path
        File name in the style sheet -> installed woff2 file.

    Raises
    ------
    LookupError
        If the package holds no such style sheet, or not all of its fonts.

    Notes
    -----
    The package keeps the style sheet as a template inside one of its scripts: ``url(${ce})``
    stands for the file that ``ce=o()(f)``, ``f=new URL(t(24815),t.b)`` and
    ``24815(e,n,t){e.exports=t.p+"<file>.woff2"}`` lead to. The twenty fonts are those of KaTeX
    0.16.22 byte for byte; the style sheet is that of 0.16.47, which differs in five rules.
    """
    scripts = installed("jupyterlab-myst", lambda f: f.suffix == ".js")
    for script in scripts:
        text = script.read_text("utf8") if script.stat().st_size < 200_000 else ""
        found = re.search(r"`((?:[^`\\]|\\.)*KaTeX_AMS(?:[^`\\]|\\.)*)`", text)
        if found:
            break
    else:
        raise LookupError("jupyterlab-myst carries no KaTeX style sheet: use the pinned version")
    css = found[1].replace(r"\n", "\n").replace(r"\`", "`").replace("\\\\", "\\")
    files = dict(re.findall(r'(\d+)\(e,n,t\)\{e\.exports=t\.p\+"([\w.]+)"', text))
    addresses = dict(re.findall(r"[ ,]([\w$]+)=new URL\(t\((\d+)\)", text))
    names = dict(re.findall(r"[ ,]([\w$]+)=\w+\(\)\(([\w$]+)\)", text))
    fonts = {}

    def font(match):
        name = files[addresses[names[match[1]]]]
        fonts[name] = script.with_name(name)
        return f'src: url({name}) format("woff2")'

    css = re.sub(r'src: url\(\$\{([\w$]+)\}\) format\("woff2"\)[^;]*', font, css)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,:>])\s+", r"\1", css).strip()
    missing = [name for name, path in fonts.items() if not path.is_file()]
    if len(fonts) < 20 or missing or "${" in css or not css.endswith("}"):
        raise LookupError(f"KaTeX's fonts are not where its style sheet says: {missing or fonts}")
    return css, fonts


def write_files(app):
    """Put KaTeX's style sheet, fonts and script beside the site's other static files."""
    if app.builder.format != "html" or app.builder.math_renderer_name != "dlbook":
        return
    folder = Path(app.outdir) / "_static" / "katex"
    folder.mkdir(parents=True, exist_ok=True)
    css, fonts = style_sheet()
    (folder / "katex.css").write_text(css, "utf8")
    for name, path in fonts.items():
        (folder / name).write_bytes(path.read_bytes())
    (folder / "katex.min.js").write_bytes(katex_script().read_bytes())


def render(translator, node, display):
    """HTML of one formula, or its source and a warning if it cannot be set."""
    tex = source(node.astext(), display)
    try:
        return typeset(tex, display, json.dumps(translator.config.dlbook_macros))
    except ValueError as error:
        logger.warning("formula cannot be set: %s", error, location=node,
                       type="dlbook", subtype="mathematics")
        return f"<code>{escape(tex)}</code>"


def visit_inline(translator, node):
    """Write an inline formula."""
    html = render(translator, node, display=False)
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    translator.body.append(html + "</span>")
    raise nodes.SkipNode


def visit_display(translator, node):
    """Write a formula on a line of its own, before it its number (the style shows it right)."""
    html = render(translator, node, display=True)
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(html + "</div>\n")
    raise nodes.SkipNode


def setup(app):
    """Register the renderer ``dlbook`` (``html_math_renderer = "dlbook"``)."""
    app.add_config_value("dlbook_macros", {}, "env", [dict])
    app.add_html_math_renderer("dlbook", (visit_inline, None), (visit_display, None))
    app.connect("builder-inited", write_files)
    app.add_css_file("katex/katex.css", priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

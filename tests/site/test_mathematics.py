"""Formulas are set at build time, a bad one fails the build, and style sheet and script fit."""

import re
import xml.etree.ElementTree as ET

import pytest

from dlbook.site.mathematics import engine, style_sheet, typeset
from tests.site.tiny_book import build, page, write

SAMPLE = (
    r"\mathbf h_t=\tanh(W_h\mathbf h_{t-1}+W_x\mathbf x_t+\mathbf b)\in\mathbb R^{H}",
    r"\begin{aligned}a&=\frac{\partial L}{\partial W}\\&\le\sqrt{\sum_{k=0}^{T}G_k}\end{aligned}",
    r"\begin{bmatrix}W_h&W_x\end{bmatrix}\begin{cases}1&x>0\\0&\text{else}\end{cases}",
    r"\underbrace{\prod_{t=T}^{k+1}}_{n}\Big\|\overrightarrow{\mathbf h}\Big\|_2\;\hat y\;\bar{x}'",
    r"\operatorname*{arg\,min}_\theta\mathcal L(\theta)\odot\boldsymbol\delta\xrightarrow{n}a",
    r"\text{循环}\overset{!}{=}\;\left(\frac{a}{\frac{b}{c}}\right)\mathsf x\mathtt y\mathfrak g",
)
CONF = {"extensions": ["myst_nb", "sphinx_exercise", "dlbook.site.records",
                       "dlbook.site.mathematics"],
        "html_math_renderer": "dlbook",
        "dlbook_macros": {"\\state": "\\mathbf h_{#1}"}}  # fmt: skip
DEFINED = "\n\n:::{definition} eq-one\nA name.\n:::\n"


def tiny(folder, text):
    """Build a book of one page."""
    write({"index.md": f"# Tiny\n\n{text}\n", "questions.yml": "[]"}, folder)
    return build(folder, **CONF)


@pytest.mark.parametrize("tex", SAMPLE)
def test_a_formula_is_set_for_the_eye_and_for_screen_readers(tex):
    html = typeset(tex, display=True)
    assert 'class="katex-display"' in html and 'aria-hidden="true"' in html
    mathml = re.search(r"<math.*</math>", html, re.DOTALL)[0]
    ET.fromstring(mathml.replace("&nbsp;", " "))
    assert "katex-error" not in html


def test_the_style_sheet_has_its_fonts_and_nothing_of_another_site():
    css, fonts = style_sheet()
    assert len(fonts) == 20
    assert set(re.findall(r"url\(([^)]*)\)", css)) == set(fonts)
    for path in fonts.values():
        assert path.read_bytes()[:4] == b"wOF2"


def test_script_and_style_sheet_are_of_one_series():
    css, _ = style_sheet()
    styled = re.search(r'katex-version::after\{content:"([\d.]+)"', css)[1]
    script = engine().evaljs("katex.version")
    assert styled.split(".")[:2] == script.split(".")[:2] == ["0", "16"]


def test_the_style_sheet_knows_what_the_script_writes():
    css, _ = style_sheet()
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", css))
    # Names that KaTeX gives without styling them: kinds of atoms, and hooks.
    kinds = {"katex-html", "mord", "mbin", "mrel", "mopen", "mclose", "mpunct", "minner", "mop",
             "mtight", "mtable", "delimsizing", "accent", "mover", "munder", "stretchy", "text",
             "vlist-t2", "op-symbol", "svg-align", "nulldelimiter", "root", "cjk_fallback",
             "upper", "middle", "col-align-l", "col-align-c", "col-align-r", "mfrac",
             "mult", "delim-size1", "delim-size4", "sqrt", "mathnormal", "sizing", "overset",
             "x-arrow", "brace-left", "brace-center", "brace-right", "msupsub",
             "op-limits"}  # fmt: skip
    classes = re.findall(r'class="([^"]*)"', "".join(typeset(tex, True) for tex in SAMPLE))
    written = set(" ".join(classes).split())
    assert written - styled - kinds == set()


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match=r"Undefined control sequence: \\nosuch"):
        typeset(r"a+\nosuch b")
    with pytest.raises(ValueError, match="expected '}'"):
        typeset(r"\frac{a}{b")


def test_macros_come_from_the_configuration(tmp_path):
    code, log = tiny(tmp_path, r"It is $\state{3}$.")
    assert (code, log) == (0, "")
    assert "mathbf h_{3}" not in page(tmp_path, "index")  # TeX stands in the annotation as written
    assert r"\state{3}" in page(tmp_path, "index")
    assert (tmp_path / "_build/html/_static/katex/katex.css").is_file()


@pytest.mark.parametrize("text", [r"Inline $\nosuch$.", "$$\n\\frac{a}{b\n$$ (eq-bad)"])
def test_a_bad_formula_fails_the_build_and_says_where(tmp_path, text):
    code, log = tiny(tmp_path, text)
    assert code != 0
    assert "index.md" in log and "formula cannot be set" in log


def test_lines_without_an_environment_are_aligned(tmp_path):
    assert tiny(tmp_path, "$$\na &= b \\\\\nc &= d\n$$") == (0, "")
    assert page(tmp_path, "index").count("<mtr>") == 2


def test_an_equation_keeps_its_number_and_its_link(tmp_path):
    assert tiny(tmp_path, "$$ a = b $$ (eq-one)\n\nSee {eq}`eq-one`." + DEFINED) == (0, "")
    html = page(tmp_path, "index")
    assert 'id="equation-eq-one"' in html
    assert 'href="#equation-eq-one"' in html
    assert re.search(r'class="eqno">\(1', html)

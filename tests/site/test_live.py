"""Exercises in the page, as a reader uses them; nothing is asked of anybody but the site."""

import hashlib
import importlib
import io
import json
import pkgutil
import shutil
import zipfile
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

import dlbook.practice
from dlbook.practice import Exercise
from dlbook.site import live, vendor
from tests.practice.test_scalars import run as without_numpy
from tests.site import tiny_book
from tests.site.served import serve
from tests.site.test_browser import CONTRAST, Log

CHAPTER, SIZE = "chapters/depth/convolution.html", "#live-conv-size"
RIGHT = "def my_size(n, k, s, p, d):\n    return (n + 2 * p - d * (k - 1) - 1) // s + 1\n"
STARTED = 120_000  # milliseconds in which Python has started, also on a busy machine


@pytest.fixture(scope="module")
def core(site):
    """Skip where the site carries no Python."""
    if not list((site / "_static" / "live").glob("pyodide-*/pyodide.mjs")):
        pytest.skip(f"no {vendor.NAME} {vendor.VERSION} in the site: there was no network to "
                    "download it when the site was built")  # fmt: skip


class Editor:
    """One exercise on a page."""

    def __init__(self, page, place=SIZE):
        self.page, self.box = page, page.locator(place)
        self.code, self.result = self.box.locator("textarea"), self.box.locator("pre")
        self.place = place

    def press(self, name):
        self.box.get_by_role("button", name=name).click()

    def wait(self):
        self.page.wait_for_function(
            "place => { const box = document.querySelector(place);"
            "return box.ariaBusy !== 'true' && box.querySelector('pre').dataset.status; }",
            arg=self.place, timeout=STARTED)  # fmt: skip
        return self.result.get_attribute("data-status"), self.result.text_content()

    def does(self, button, code):
        """Write code and press a button; return status and text."""
        self.code.fill(code)
        self.press(button)
        return self.wait()


@pytest.fixture
def editor(core, open_page):
    """An exercise of a chapter that was just opened."""
    return Editor(open_page(CHAPTER))


@pytest.fixture(scope="module")
def running(core, browser, address):
    """An exercise whose Python has started; the page may ask nobody but the site."""
    page, log = browser.new_page(), Log()
    log(page)
    page.goto(address + CHAPTER)
    started = Editor(page)
    assert started.does("Run", "print('hello')") == ("ran", "hello")
    yield started
    assert not log.faults
    assert not [url for url in log.requests if not url.startswith((address, "data:"))]
    page.context.close()


# --- what is checked ---


def test_a_right_answer_passes_as_in_the_notebook(running):
    assert running.does("Check", RIGHT) == ("passed", "✓ conv-size: passed on 5 inputs.")


def test_a_wrong_answer_names_the_mistake(running):
    mistake = "✗ conv-size: You added p once. Padding is added on both sides: 2 * p."
    assert running.does("Check", RIGHT.replace("2 * p", "p")) == ("failed", mistake)


def test_the_stub_is_not_attempted(running):
    status, text = running.does("Check", running.code.evaluate("e => e.defaultValue"))
    assert status == "not attempted" and text.startswith("○ conv-size: not attempted yet.")


def test_a_syntax_error_shows_the_line(running):
    for button in ("Check", "Run"):
        status, text = running.does(button, "x = 1\ndef my_size(n:\n    return n\n")
        assert status == "failed" and "SyntaxError" in text and "in line 2: def my_size(n:" in text


def test_an_error_shows_the_line_and_what_is_missing(running):
    status, text = running.does("Run", "print('first')\nnp.sqrt(2)")
    assert text.startswith("first\n✗ NameError: name 'np' is not defined, in line 2: np.sqrt(2)")
    assert text.endswith("For more, open the notebook: convolution.ipynb")
    text = running.does("Run", "import statistics\nstatistics.mean([])")[1]
    assert text.endswith("in line 2: statistics.mean([])")  # not a line of the library


def test_every_exercise_on_the_page_has_an_answer_of_its_own(running):
    other = Editor(running.page, "#live-conv-equivariant-decide")
    code = "def equivariant(layers, shift):\n    return True, shift\n"
    assert other.does("Check", code)[1].startswith("✗ conv-equivariant-decide: ")


def test_an_endless_loop_is_stopped_and_the_next_run_works(running):
    running.box.evaluate("e => { e.dataset.seconds = 1; }")
    stubborn = "def my_size(*a):\n while True:\n  try: 1 / 0\n  except BaseException: pass\n"
    status, text = running.does("Check", stubborn)
    assert status == "failed" and text.startswith("✗ Stopped after 1 seconds")
    running.box.evaluate("e => { e.dataset.seconds = 20; }")
    assert running.does("Run", "6 * 7") == ("ran", "42")


def test_stop_ends_a_run_and_the_next_one_works(running):
    stop = running.box.get_by_role("button", name="Stop")
    assert not stop.is_visible()
    running.code.fill("while True: pass")
    running.press("Run")
    running.page.wait_for_function("p => document.querySelector(p + ' pre').textContent == "
                                   "'Running …'", arg=running.place)  # fmt: skip
    running.press("Stop")
    assert running.wait() == ("failed", "Stopped.")
    assert not stop.is_visible()
    assert running.page.evaluate("document.activeElement.textContent") == "Check"
    assert running.does("Run", "6 * 7") == ("ran", "42")


def test_another_exercise_says_that_it_has_to_wait(running):
    other = Editor(running.page, "#live-conv-equivariant-decide")
    running.code.fill("while True: pass")
    running.press("Run")
    other.press("Check")
    waits = "Another exercise is running. Try again when it has ended."
    assert other.result.text_content() == waits
    running.press("Stop")
    running.wait()
    assert other.does("Run", "6 * 7") == ("ran", "42")


def test_input_is_answered_without_an_error_of_the_browser(running):
    status, text = running.does("Run", "x = input('x? ')")  # `running` looks at the console
    assert status == "failed" and text == ("✗ EOFError: input() cannot be used here: write the "
                                           "value into the code, in line 1: x = input('x? ')")


def test_python_that_breaks_is_said_to_and_starts_again(running):
    status, text = running.does("Run", "import os\nos._exit(1)")
    assert status == "broken" and text.startswith("✗ Python stopped: ")
    assert running.does("Run", "6 * 7") == ("ran", "42")


def test_whatever_the_site_offers_accepts_its_reference(running, site):
    carried = {"numpy"} if list(site.glob("_static/live/pyodide-*/numpy-*.whl")) else set()
    offered = [(module, variable) for module, variable, needs in
               live.catalogue(live.PACKAGE / "practice").values() if needs <= carried]  # fmt: skip
    code = f"""
from dlbook.practice.live import exercise
{"import numpy as np" if carried else ""}
for found in [exercise(*where) for where in {offered}]:
    for function in (found.reference, *(mistake.function for mistake in found.mistakes)):
        assert found.check(function).passed == (function is found.reference), found.name
{len(offered)}"""
    running.box.evaluate("e => { e.dataset.seconds = 300; }")
    assert running.does("Run", code) == ("ran", str(len(offered)))


# --- the page ---


def test_nothing_of_python_is_loaded_before_the_first_run(core, open_page):
    log = Log()
    page = open_page(CHAPTER, watch=log)
    page.wait_for_load_state("networkidle")
    Editor(page).code.fill("x = 1")
    page.wait_for_timeout(300)
    assert any("live.js" in url for url in log.requests)
    assert not [url for url in log.requests if "/live/" in url or "worker" in url]


def test_other_pages_load_nothing(core, pages, site):
    for name in pages:
        html = (site / name).read_text("utf8")
        live_one = 'class="dlb-live"' in html
        assert ("live.js" in html) == (".dlb-has-live" in html) == live_one, name
    sizes = [(site / "_static" / name).stat().st_size
             for name in ("live.js", "live.css", "live-worker.js")]  # fmt: skip
    assert sum(sizes) < 15_000


def test_what_was_written_is_kept(editor):
    stub = editor.code.input_value()
    assert stub == "def my_size(n, k, s, p, d):\n    ...\n"
    editor.code.fill(RIGHT)
    editor.page.reload()
    assert editor.code.input_value() == RIGHT
    assert Editor(editor.page, "#live-conv-equivariant-decide").code.input_value() != RIGHT


def test_reset_brings_the_stub_back_and_loses_nothing(editor):
    stub = editor.code.input_value()
    editor.press("Reset")
    assert editor.code.input_value() == stub
    editor.code.fill(RIGHT)
    editor.press("Reset")
    assert editor.code.input_value() == stub
    editor.page.reload()
    editor.press("Undo reset")
    assert editor.code.input_value() == RIGHT
    editor.press("Reset")
    editor.code.focus()
    editor.page.keyboard.press("Control+z")
    assert editor.code.input_value() == RIGHT


def test_the_keyboard_is_enough(editor):
    page, keys = editor.page, editor.page.keyboard
    editor.code.focus()
    keys.press("Control+a")
    keys.type("def my_size(n, k, s, p, d):\nx = 1\nreturn n")
    assert editor.code.input_value().splitlines()[1:] == ["    x = 1", "    return n"]
    keys.press("Tab")
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    assert editor.code.input_value().splitlines()[2].rstrip() == "return n"
    keys.press("Control+a")
    keys.press("Tab")
    lines = editor.code.input_value().splitlines()
    assert [len(line) - len(line.lstrip()) for line in lines] == [4, 8, 4]
    assert editor.code.evaluate("e => e === document.activeElement")
    keys.press("Escape")
    keys.press("Tab")
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == "Check"
    keys.press("Escape")
    keys.press("Shift+Tab")
    assert editor.code.evaluate("e => e === document.activeElement")
    keys.press("Control+Enter")
    assert "Starting Python" in editor.result.text_content()


def test_it_says_what_it_is(editor):
    box = editor.page.get_by_role("group", name="Exercise: How long is the output?")
    assert box.get_by_label("Your code").count() == 1
    assert box.get_by_role("status").count() == 1
    help_ = editor.code.get_attribute("aria-describedby")
    said = editor.page.locator(f"#{help_}").text_content()
    assert "Ctrl+Enter" in said and "Escape, then Tab" in said


def test_paper_shows_the_whole_code_and_no_controls(editor):
    editor.code.fill(f"x = {' + '.join('a' * 200)}\n" * 3)
    editor.page.emulate_media(media="print")
    assert editor.code.evaluate("e => e.scrollWidth <= e.clientWidth && "
                                "e.scrollHeight <= e.clientHeight")  # fmt: skip
    hidden = ":is(button, .dlb-live-help, .dlb-not-attempted)"
    assert editor.page.locator(f"{hidden} >> visible=true").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_editor_can_be_read(core, open_page, theme):
    page = open_page(CHAPTER, theme=theme, width=360)
    result = page.locator(f"{SIZE} pre")
    for status in ("failed", "passed"):
        result.evaluate("(e, s) => { e.textContent = 'said'; e.dataset.status = s; }", status)
        page.wait_for_timeout(50)
        seen = page.evaluate(CONTRAST)
        parts = ("BUTTON", "TEXTAREA", "LABEL", "PRE.dlb", "P.dlb-live")
        own = [ratio for ratio, name, _ in seen if name.startswith(parts)]
        assert len(own) >= 13 and min(own) >= 4.5
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_without_scripts_the_page_is_as_it_was(core, open_page):
    page = open_page(CHAPTER, scripts=False)
    assert page.locator(".dlb-live").locator("visible=true").count() == 0
    assert page.locator("#cell-conv-size pre").is_visible()
    page = open_page(CHAPTER)
    assert not page.locator("#cell-conv-size pre").is_visible()


def test_an_exercise_that_needs_numpy_runs_or_offers_the_notebook(core, open_page, site):
    page = open_page(CHAPTER)
    if list(site.glob("_static/live/pyodide-*/numpy-*.whl")):
        needing = Editor(page, "#live-conv-input-gradient")
        assert needing.does("Run", "np.arange(3).sum()") == ("ran", "np.int64(3)")
        return
    line = page.locator("#cell-conv-input-gradient + p")
    assert line.text_content() == ("This exercise needs NumPy, which does not run in this page: "
                                   "download the notebook (how to run it).")  # fmt: skip
    book, how = [page.request.get(link.evaluate("e => e.href"))
                 for link in line.get_by_role("link").all()]  # fmt: skip
    assert json.loads(book.text())["cells"] and "A chapter, to run and change" in how.text()
    assert not page.locator("#cell-conv-input-gradient .dlb-not-attempted").is_visible()


def test_a_page_from_a_disk_says_what_to_do(core, browser, site):
    page = browser.new_page()
    page.goto((site / CHAPTER).as_uri())
    editor = Editor(page)
    assert "python -m http.server" in editor.result.text_content()
    editor.press("Check")
    status, text = editor.wait()
    assert status == "broken" and text.endswith("convolution.ipynb")
    page.context.close()


def test_a_site_that_lost_its_python_says_so(core, open_page):
    page = open_page(CHAPTER, watch=lambda page: page.route("**/live/**", lambda r: r.abort()))
    status, text = Editor(page).does("Check", RIGHT)
    assert status == "broken" and text.endswith("open the notebook: convolution.ipynb")


# --- what a page may run, and what a site carries ---


def exercises():
    """Name of every exercise -> module and variable."""
    found = {}
    for info in pkgutil.iter_modules(dlbook.practice.__path__):
        module = importlib.import_module(f"dlbook.practice.{info.name}")
        text = Path(module.__file__).read_text("utf8")
        found |= {value.name: (info.name, variable) for variable, value in vars(module).items()
                  if isinstance(value, Exercise) and f'"{value.name}"' in text}  # fmt: skip
    return found


def test_every_exercise_is_found_without_importing_it():
    known = live.catalogue(live.PACKAGE / "practice")
    assert {name: where[:2] for name, where in known.items()} == exercises()
    assert {need for *_, needs in known.values() for need in needs} == {"numpy"}


def test_exercises_that_need_nothing_work_without_numpy():
    known = live.catalogue(live.PACKAGE / "practice")
    free = [(module, variable) for module, variable, needs in known.values() if not needs]
    assert len(free) >= 14
    said = without_numpy(f"""
        from dlbook.practice.live import exercise
        for module, variable in {free}:
            found = exercise(module, variable)
            print(found.check(found.reference).status)
            for mistake in found.mistakes:
                assert found.check(mistake.function).mistake == mistake.name
        """)
    assert said.split() == ["passed"] * len(free)


def test_what_an_imported_module_needs_is_needed(tmp_path):
    for name, imports in (("a", "import math\nfrom . import b"), ("b", "from .c import d"),
                          ("c", "import numpy.linalg\nfrom .a import e"), ("f", "import re")):
        (tmp_path / f"{name}.py").write_text(f"{imports}\nx = Exercise('{name}')\n", "utf8")
    known = live.catalogue(tmp_path)
    assert {name: needs for name, (*_, needs) in known.items()} == {
        "a": {"numpy"}, "b": {"numpy"}, "c": {"numpy"}, "f": set()}  # fmt: skip


def test_the_zip_holds_the_practice_and_nothing_else():
    names = zipfile.ZipFile(io.BytesIO(live.practice_zip())).namelist()
    assert "dlbook/practice/engine.py" in names and "dlbook/__init__.py" in names
    assert all(name.startswith(("dlbook/practice/", "dlbook/__init__")) for name in names)
    assert live.practice_zip() == live.practice_zip()


def book(stub="updates"):
    """A book with an exercise that needs nothing and one that needs NumPy."""

    def exercise(name, variable):
        return [f"```{{exercise}} Do it\n:label: ex-{name}\nDo it.\n```",
                new_code_cell(f"def f(x):\n    ...\n\n\npractice.{variable}.check(f)"),
                f"```{{solution}} ex-{name}\n:label: so-{name}\nDone.\n```"]  # fmt: skip

    cells = ["# Chapter", *exercise("gd-updates", stub), *exercise("mom-steps", "steps")]
    return {"index.md": "# Tiny\n\n```{toctree}\nchapter\n```\n", "questions.yml": "[]",
            "chapter.ipynb": cells}  # fmt: skip


def build(folder):
    """Build the book in a folder; return what its log says and the page."""
    extensions = [*tiny_book.CONF["extensions"], "dlbook.site.live"]
    code, log = tiny_book.build(folder, extensions=extensions)
    assert code == bool(log)
    return log, tiny_book.page(folder, "chapter")


def test_a_stub_that_checks_something_else_is_a_fault(tmp_path):
    tiny_book.write(book(stub="decide"), tmp_path)
    log, _ = build(tmp_path)
    assert "practice.decide, which is not the exercise gd-updates" in log


def test_the_pages_follow_what_the_site_carries(core, site, browser, tmp_path):
    """Nothing, then Python, then a wheel in NumPy's place, which the page loads."""
    tiny_book.write(book(), tmp_path)  # and never again: the pages change without their sources
    log, html = build(tmp_path)
    assert not log and 'class="dlb-live"' not in html and "live.js" not in html
    assert html.count("needs Python, which does not run in this page") == 2

    folder = tmp_path / vendor.FOLDER
    shutil.copytree(next((site / "_static" / "live").glob("pyodide-*")), folder)
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("numpy/__init__.py", "pi = 'from the wheel'\n")
        archive.writestr("numpy-1.dist-info/METADATA", "Name: numpy\nVersion: 1\n")
        archive.writestr("numpy-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("numpy-1.dist-info/RECORD", "")
    lock = json.loads((folder / vendor.LOCK).read_text("utf8"))
    lock["packages"]["numpy"] = {
        "depends": [], "file_name": "numpy-1-py3-none-any.whl", "imports": ["numpy"],
        "install_dir": "site", "name": "numpy", "package_type": "package", "version": "1",
        "sha256": hashlib.sha256(wheel.getvalue()).hexdigest(), "unvendored_tests": False,
    }  # fmt: skip
    (folder / vendor.LOCK).write_text(json.dumps(lock), "utf8")
    log, html = build(tmp_path)
    assert not log and html.count('class="dlb-live"') == 1
    assert html.count("This exercise needs NumPy, which does not run in this page") == 1

    (tmp_path / "wheel.whl").write_bytes(wheel.getvalue())
    assert vendor.main(tmp_path, {"NUMPY_WHEEL": str(tmp_path / "wheel.whl")}) == 0
    log, html = build(tmp_path)
    assert not log and html.count('class="dlb-live"') == 2 and "This exercise needs" not in html
    with serve(tmp_path / "_build" / "html") as address:
        page = browser.new_page()
        page.goto(address + "chapter.html")
        free, needing = Editor(page, "#live-gd-updates"), Editor(page, "#live-mom-steps")
        assert free.does("Run", "np.pi") == ("ran", "'from the wheel'")
        assert needing.does("Run", "import sys\n'numpy' in sys.modules") == ("ran", "True")
        wheels = list((tmp_path / "_build/html").rglob("numpy-1-*.whl"))
        wheels[0].write_bytes(b"another wheel")
        page.reload()
        assert needing.does("Run", "1")[0] == "broken"  # the browser compares the hash once more
        page.context.close()

    (folder / "numpy-1-py3-none-any.whl").unlink()
    _, html = build(tmp_path)
    assert html.count('class="dlb-live"') == 1
    copied = {path.name for path in (tmp_path / "_build/html/_static/live").rglob("*.whl")}
    assert copied == set()

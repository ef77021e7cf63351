"""The showcase of the home page: it shows what the chapters have, and nothing that is not so."""

import pytest

from dlbook.site.showcase import find_exercise, wrong_answer
from tests.site import tiny_book

EXERCISE = "linear_regression.standardise_split"
SHOWCASE = """
```{showcase}
:equation: eq-sum
:belief: far-only
:exercise: linear_regression.standardise_split

def standardise(train, test):
    return [(X - X.mean(axis=0)) / X.std(axis=0) for X in (train, test)]
```
"""


def book(showcase=SHOWCASE, **equation):
    """A tiny book whose home page has a showcase; the record of its equation can be changed."""
    found = tiny_book.sound_book()
    found["index.md"] += showcase
    cells = [c.replace("ex-do", "ex-linreg-standardise-split") if isinstance(c, str) else c
             for c in found["chapter.ipynb"]]  # fmt: skip
    record = tiny_book.equation(**equation)
    found["chapter.ipynb"] = [record if "referee" in c else c for c in cells]
    return found


def home(folder, **changed):
    """Build the book; return the showcase on its home page."""
    tiny_book.write(book(**changed), folder)
    assert tiny_book.build(folder) == (0, "")
    html = tiny_book.page(folder, "index")
    return html[html.index('class="dlb-showcase') :]


def test_it_shows_what_the_chapters_have(tmp_path):
    html = home(tmp_path)
    assert html.count('role="group"') == 3
    assert '<details class="dlb-badge dlb-checked" open="open">' in html
    for text in ("torch.autograd", "no transpose", "3e-16", "It learns only far", " refuted",
                 "final loss", "3 (1 to 5)", "by its own mean and deviation"):  # fmt: skip
        assert text in html
    for target in ("#equation-eq-sum", "#belief-far-only", "#ex-linreg-standardise-split"):
        assert f'href="chapter.html{target}"' in html


def test_it_changes_with_the_chapters(tmp_path):
    home(tmp_path)
    html = home(tmp_path, referee="brute force", worst=7.1e-15)
    assert "brute force" in html and "7e-15" in html and "torch.autograd" not in html


def test_what_the_book_does_not_have_is_a_fault(tmp_path):
    showcase = SHOWCASE.replace("eq-sum", "eq-none").replace("far-only", "near-only")
    tiny_book.write(tiny_book.sound_book() | {"index.md": book(showcase)["index.md"]}, tmp_path)
    code, log = tiny_book.build(tmp_path)
    assert code == 1
    for missing in ("equation eq-none", "belief near-only", "exercise ex-linreg-standardise-split"):
        assert f"index.md:9: WARNING: showcase: unknown {missing}" in log


def test_a_senseless_showcase_is_told(tmp_path):
    found = book(SHOWCASE.replace(":belief: far-only\n", ""))
    found["other.md"] += SHOWCASE.replace("def ", "x = 1 #")
    tiny_book.write(found, tmp_path)
    code, log = tiny_book.build(tmp_path)
    assert code == 1 and "showcase: the option :belief: is missing" in log
    assert "showcase: the wrong answer does not run: IndentationError" in log


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def f(:", "the wrong answer does not run: SyntaxError"),
        ("x = 1", "the wrong answer defines no function"),
        ("def f(train, test):\n    return test, train", "has to make a named mistake: ✗"),
        ("def f(a, b):\n    return [(X - a.mean(0)) / a.std(0) for X in (a, b)]", "mistake: ✓"),
    ],
)
def test_a_wrong_answer_that_makes_no_known_mistake_is_refused(code, message):
    with pytest.raises(ValueError, match=message):
        wrong_answer(find_exercise(EXERCISE), code)


@pytest.mark.parametrize("name", ["nowhere.thing", "linear_regression.thing", "thing"])
def test_an_unknown_exercise_is_refused(name):
    with pytest.raises(ValueError, match="no exercise"):
        find_exercise(name)

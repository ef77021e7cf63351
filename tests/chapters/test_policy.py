"""What every chapter promises, read from its notebook; and that each rule can fail.

The rules are in ``tests.policy``, ``tests.policy_text`` and ``tests.policy_files``. For each there
is a notebook with one thing wrong, on which it has to complain.
"""

import copy
import importlib
import pkgutil
from types import SimpleNamespace

import pytest
import yaml

from dlbook.practice import Exercise
from tests import policy, policy_files, policy_text
from tests.notebooks import ROOT, chapters, read, slug
from tests.policy_text import directives

RULES = policy.RULES + policy_text.RULES
NAMES = policy_files.repository_files(ROOT)
BANK = yaml.safe_load((ROOT / "chapters" / "questions.yml").read_text(encoding="utf-8")) or []


def fine(complaints):
    assert not complaints, "\n" + "\n".join(complaints)


def practice(chapter):
    """The exercises of a chapter: those of dlbook.practice.<its name>."""
    name = chapter.rsplit("/", 1)[-1].replace("-", "_")
    module = importlib.import_module(f"dlbook.practice.{name}")
    return [value for value in vars(module).values() if isinstance(value, Exercise)]


# ------------------------------------------------------------------------------------- the book


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", chapters(), ids=slug)
def test_chapter(path, rule):
    fine(rule(read(path)))


@pytest.mark.parametrize("path", chapters(), ids=slug)
def test_exercises_name_their_mistakes(path):
    fine(policy_text.named_mistakes(read(path), practice(slug(path))))


@pytest.mark.parametrize("path", chapters(), ids=slug)
def test_questions_are_answered(path):
    fine(policy_text.questions(read(path), slug(path), BANK))


def test_question_bank():
    fine(policy_text.entries(BANK, {slug(path) for path in chapters()}))


def test_there_are_chapters():
    assert chapters()


@pytest.mark.parametrize("path", sorted((ROOT / "chapters").rglob("*.md")), ids=lambda p: p.name)
def test_reference_pages(path):
    page = {"cells": [markdown("page", path.read_text(encoding="utf-8"))]}
    fine(policy_text.banned_phrases(page))
    titles = [text for text in policy_text.headings(page) if "H1" in text or "H4" in text]
    fine(titles)


def test_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    fine(policy_files.contents(toc, NAMES))


def test_files_are_small():
    fine(policy_files.sizes(ROOT, NAMES))


def test_files_name_no_machine():
    fine(policy_files.machine_paths(ROOT, NAMES))


def test_files_are_written_not_generated():
    fine(policy_files.generated(NAMES))


def test_practice_modules_belong_to_chapters():
    package = importlib.import_module("dlbook.practice")
    stems = {path.stem.replace("-", "_") for path in chapters()}
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert stems <= modules


# ------------------------------ each rule on a chapter with nothing wrong, and with one thing wrong


def code(name, source, **metadata):
    cell = {"cell_type": "code", "id": name, "source": source, "metadata": metadata}
    return cell | {"outputs": [], "execution_count": None}


def markdown(name, source):
    return {"cell_type": "markdown", "id": name, "source": source, "metadata": {}}


def exercise(name):
    return [
        markdown(f"ex-{name}", f"```{{exercise}} Try it\n:label: ex-{name}\nWrite it.\n```"),
        code(f"stub-{name}", f"def {name}(x):\n    ...\n\n\npractice.{name}.check({name})"),
        markdown(f"open-{name}", f"```{{solution-start}} ex-{name}\n:class: dropdown\n```"),
        code(f"solution-{name}", f"practice.{name}.verify(lambda x: x)"),
        markdown(f"close-{name}", "```{solution-end}\n```"),
    ]


ALT = {"alt": "A straight line that rises from left to right, by one unit a step."}
FIGURE = {"caption": "The state grows by one each step.", "name": "fig-line"}
CHECK = """evidence.equation("eq-sum", lambda x: x + 1, add_one, [1.0],
                  referee="counting", wrong={"minus": lambda x: x - 1})"""
CLAIM = """evidence.claim("more-is-better", trial, verdict="refuted",
               statistic="loss", criterion=evidence.below(1))"""
TEXT = """# A chapter

It promises something.

:::{questions}
:::

## Add one number

Take a step:

$$
y = x + 1
$$ (eq-sum)

```python
# simply a comment in literal code
```

## Add another number

$$
z = y + 1
$$ (eq-more)

## Read the figure

$$
u = z + 1
$$ (eq-name)

:::{definition} eq-name
It only gives a name.
:::

## What people say

:::{belief} more-is-better
:verdict: refuted
:zh: 越多越好
More is better.
:::"""


def good():
    """A chapter about which no rule complains."""
    more = CHECK.replace("eq-sum", "eq-more")
    figure = 'fig, ax = figure()\nax.plot(x, color=BLUE)\nax.plot(y, "--", color="C1")'
    closing = [exercise(name) for name in ("one", "two", "three")]
    return {
        "cells": [
            markdown("title", TEXT),
            code("imports", "import numpy as np\n\nuse_book_style()"),
            markdown("text-check", "Is it right?"),
            code("check", CHECK),
            markdown("text-more", "And the next one?"),
            code("more", more),
            markdown("text-claim", "Ask the seeds."),
            code("claim", CLAIM),
            markdown("text-figure", "Look at it."),
            code("figure", figure, mystnb={"image": ALT, "figure": FIGURE}),
            markdown("text-torch", "## In PyTorch\n\nThe same."),
            markdown("text-exercises", "## Exercises"),
            *[cell for cells in closing for cell in cells],
            markdown(
                "text-answers",
                "## Answers in brief\n\n:::{answer} why-one\n"
                "Because the sum of x and one is one more than x.\n:::",
            ),
            markdown("text-sources", "## Sources\n\nA book."),
        ],
        "metadata": copy.deepcopy(policy.LANGUAGE),
        "nbformat": 4,
        "nbformat_minor": 5,
    }


GOOD_BANK = [{"id": "why-one", "chapter": "tiny", "kind": "derivation", "en": "Why?", "zh": "?",
              "evidence": ["eq-sum", "more-is-better"]}]  # fmt: skip
GOOD_PRACTICE = [
    SimpleNamespace(name=name, mistakes=[SimpleNamespace(name=str(k)) for k in range(3)])
    for name in ("one", "two", "three")
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nobody_complains_about_a_good_chapter(rule):
    assert rule(good()) == []


def test_nobody_complains_about_its_questions_and_mistakes():
    assert policy_text.questions(good(), "tiny", GOOD_BANK) == []
    assert policy_text.entries(GOOD_BANK, {"tiny"}) == []
    assert policy_text.named_mistakes(good(), GOOD_PRACTICE) == []


def at(name, key="source", **changes):
    """A fault: cell `name` with texts replaced, or with other fields."""

    def fault(notebook):
        cell = next(cell for cell in notebook["cells"] if cell["id"] == name)
        for before, after in changes.pop("texts", {}).items():
            assert before in cell[key], before
            cell[key] = cell[key].replace(before, after)
        cell.update(changes)

    return fault


def swap(name, before, after):
    return at(name, texts={before: after})


def add(name, source, after="check", kind=code):
    """A fault: one more cell, after another."""

    def fault(notebook):
        place = [cell["id"] for cell in notebook["cells"]].index(after)
        said = markdown(f"text-{name}", "Something is said.")
        notebook["cells"][place + 1 : place + 1] = [said, kind(name, source)]

    return fault


def drop(*names):
    """A fault: cells are gone."""

    def fault(notebook):
        count = len(notebook["cells"])
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in names]
        assert len(notebook["cells"]) == count - len(names)

    return fault


def top(**changes):
    return lambda notebook: notebook.update(changes)


KERNEL = policy.LANGUAGE | {"kernelspec": {"display_name": "my env", "name": "env"}}
FAULTS = [
    ("stored_clean", at("check", outputs=[{"output_type": "stream"}]), "outputs"),
    ("stored_clean", at("check", execution_count=3), "execution count"),
    ("stored_clean", at("check", metadata={"collapsed": True}), "collapsed"),
    ("stored_clean", at("title", attachments={"a.png": {}}), "attachments"),
    ("stored_clean", top(metadata=KERNEL), "my env"),
    ("format_and_ids", top(nbformat_minor=4), "4.5"),
    ("format_and_ids", at("check", id="more"), "2 cells"),
    ("format_and_ids", at("check", id="3f2b9c1e"), "lower case"),
    ("format_and_ids", at("check", id="cf2b9c1e"), "random"),
    ("format_and_ids", at("check", id="Cell 1"), "lower case"),
    ("imports_first", swap("check", "evidence.eq", "import torch\nevidence.eq"), "import torch"),
    ("imports_first", at("check", source="def f():\n    import torch"), "import torch"),
    ("imports_first", swap("imports", "use_book_style()", ""), "use_book_style"),
    ("allowed_imports", swap("imports", "import", "import dlbook.site\nimport"), "dlbook.site"),
    ("allowed_imports", swap("imports", "import", "from dlbook import site\nimport"), ".site"),
    ("allowed_imports", swap("imports", "import", "from numpy import *\nimport"), "star"),
    ("plain_python", at("check", source="%timeit f(x)"), "magics"),
    ("plain_python", at("check", source="x = 1\n!pip install x"), "pip"),
    ("plain_python", at("check", source="x = ("), "not plain Python"),
    ("no_global_seed", add("seed", "torch.manual_seed(0)"), "torch.manual_seed"),
    ("no_global_seed", add("seed", "np.random.seed(0)"), "np.random.seed"),
    ("no_global_seed", add("seed", "def f():\n    return np.random.randn(3)"), "default_rng"),
    ("cell_size", at("check", source="x = 1\n" * 25 + "x"), "26 lines"),
    ("cell_size", at("check", source="x = " + "1 + " * 20 + "1"), "85 columns"),
    ("cell_size", at("check", source=" \n"), "empty"),
    ("prose_between", drop("text-check"), "between"),
    ("prose_between", swap("text-check", "Is it right?", ":::\n"), "between"),
    ("no_looks", swap("figure", "figure()", "plt.subplots(figsize=(3, 2))"), "figsize"),
    ("no_looks", swap("figure", "figure()", "plt.subplots(dpi=300)"), "dpi"),
    ("no_looks", swap("figure", "BLUE", "'red'"), "'red'"),
    ("no_looks", swap("figure", "BLUE", "'0.5'"), "'0.5'"),
    ("no_looks", swap("figure", "BLUE", "f('#aabbcc')"), "#aabbcc"),
    ("no_looks", swap("figure", '"--"', '"r--"'), "'r--'"),
    ("no_looks", add("looks", "plt.rcParams['font.size'] = 3"), "rcParams"),
    ("no_looks", add("looks", "plt.style.use('ggplot')"), "style line"),
    ("no_looks", add("looks", "ax.imshow(x, cmap='jet')"), "jet"),
    ("no_looks", add("looks", "ax.set_title('a', fontsize=9)"), "fontsize"),
    ("figures_described", at("figure", metadata={}), "no alt text"),
    ("figures_described", at("figure", metadata={"mystnb": {"image": ALT}}), "without a caption"),
    ("figures_described", at("figure", metadata={"mystnb": {"figure": FIGURE}}), "no alt"),
    ("figures_described", add("plt", "fig, ax = plt.subplots()"), "without a caption"),
    ("figures_described", add("drawn", "def f():\n    plt.figure()\n\n\nf()"), "no alt text"),
    ("figures_described", add("slide", "slider(draw, [1, 2], name='a', caption='b')"), "no alt"),
    ("headings", swap("text-figure", "Look", "# Another title\n\nLook"), "2 H1"),
    ("headings", swap("title", "# A chapter\n", "Hello\n\n## A chapter\n"), "0 H1"),
    ("headings", swap("title", "# A chapter\n", "## First\n# A chapter\n"), "first line"),
    ("headings", swap("text-figure", "Look", "#### Detail\n\nLook"), "no H4"),
    ("headings", swap("title", "## Read the figure", "### Read the figure"), "3 H2"),
    ("headings", swap("text-sources", "## Sources", "Sources"), "stand there once"),
    ("headings", swap("text-sources", "A book.", "## More"), "last sections"),
    ("headings", swap("title", "## Read the figure", "## Read The Whole Figure"), "sentence case"),
    ("headings", swap("title", "## Read the figure", "## Read the figure."), "ends like"),
    ("banned_phrases", swap("title", "Take a step", "Clearly, we take a step"), "Clearly"),
    ("banned_phrases", swap("title", "Take", "```{note}\nx\n```\nIt can be shown"), "can be shown"),
    ("banned_phrases", swap("text-sources", "A book.", "This is simply so."), "simply"),
    ("banned_phrases", swap("text-sources", "A book.", "obviously"), "obviously"),
    ("equations", drop("more"), "eq-more has no evidence"),
    ("equations", swap("title", "(eq-more)", "(more)"), "does not begin with eq-"),
    ("equations", swap("title", "(eq-more)", "(eq-sum)"), "2 equations"),
    ("equations", swap("title", "(eq-more)", ""), "no equation has this label"),
    ("equations", swap("title", "{definition} eq-name", "{definition} eq-more"), "no definition"),
    ("equations", swap("title", "It only gives a name.", ""), "no reason"),
    ("equations", swap("title", "z = y + 1\n$$ (eq-more)",
                       "z = y + 1\n$$ (eq-more)\n\n:::{definition} eq-more\nIt is a name.\n:::"),
     "2 of 3"),
    ("wrong_versions", swap("check", 'wrong={"minus": lambda x: x - 1}', ""), "no wrong version"),
    ("wrong_versions", swap("check", '{"minus": lambda x: x - 1}', "{}"), "no wrong version"),
    ("wrong_versions", swap("check", 'referee="counting", ', ""), "no referee"),
    ("wrong_versions", swap("check", '"eq-sum"', "label"), "written out"),
    ("beliefs", drop("claim"), "no evidence.claim"),
    ("beliefs", swap("claim", '"refuted"', '"holds"'), "differ in the verdict"),
    ("beliefs", swap("title", ":zh: 越多越好\n", ""), "Chinese"),
    ("beliefs", swap("claim", "more-is-better", "less-is-better"), "no belief box"),
    ("asked_functions", swap("ex-one", "Write it.", "Write `other(x)`."), "asks for other"),
    ("exercises", drop("stub-one"), "no cell for the learner"),
    ("exercises", swap("stub-one", "practice.one.check(one)", "one(1)"), "no check"),
    ("exercises", drop("open-one", "solution-one", "close-one"), "ex-one: has no solution"),
    ("exercises", swap("solution-one", "verify", "check"), "not verified"),
    ("exercises", drop("close-one"), "no solution"),
    ("exercises", swap("ex-one", ":label: ex-one", ""), "no label"),
    ("exercises", drop("ex-one"), "without an exercise"),
    ("exercises", drop(*(cell["id"] for cell in exercise("one"))), "2 exercises"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "fault", "expected"), FAULTS, ids=[f"{r}: {e}" for r, _, e in FAULTS]
)
def test_the_rule_finds_the_fault(rule, fault, expected):
    notebook = good()
    fault(notebook)
    complaints = next(r for r in RULES if r.__name__ == rule)(notebook)
    assert any(expected in text for text in complaints), complaints


def test_every_rule_was_shown_to_fail():
    assert {rule for rule, _, _ in FAULTS} == {rule.__name__ for rule in RULES}


def test_seeding_inside_fork_rng_is_allowed():
    notebook = good()
    source = "with torch.random.fork_rng():\n    torch.manual_seed(0)\n    net = nn.Linear(2, 3)"
    add("forked", source)(notebook)
    add("drawn", "rng = np.random.default_rng(0)\nx = rng.normal(size=3)")(notebook)
    assert policy.no_global_seed(notebook) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": "why-two"}, "why-two: has no answer"),
        ({"chapter": "other"}, "is no question of tiny"),
        ({"evidence": ["eq-unknown"]}, "eq-unknown is not in the chapter"),
        ({"evidence": []}, "rests on evidence"),
    ],
)
def test_questions_without_answers_and_answers_without_questions(change, expected):
    complaints = policy_text.questions(good(), "tiny", [GOOD_BANK[0] | change])
    assert any(expected in text for text in complaints), complaints


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"zh": ""}, "has no zh"),
        ({"kind": "riddle"}, "kind is one of"),
        ({"chapter": "none"}, "no chapter"),
        ({"en": "Again?"}, "2 questions"),
    ],
)
def test_faults_of_the_question_bank(change, expected):
    complaints = policy_text.entries([*GOOD_BANK, GOOD_BANK[0] | change], {"tiny"})
    assert any(expected in text for text in complaints), complaints


def test_faults_of_answers():
    notebook = good()
    swap("text-answers", "Because the sum of x and one is one more than x.", "Yes.")(notebook)
    assert any(
        "is no answer" in text for text in policy_text.questions(notebook, "tiny", GOOD_BANK)
    )
    drop("title")(notebook)
    complaints = policy_text.questions(notebook, "tiny", GOOD_BANK)
    assert any("{questions}" in text for text in complaints)


def test_faults_of_named_mistakes():
    few = [SimpleNamespace(name="one", mistakes=GOOD_PRACTICE[0].mistakes[:2]), *GOOD_PRACTICE[1:]]
    assert "ex-one: names fewer than 3 mistakes" in policy_text.named_mistakes(good(), few)
    same = [SimpleNamespace(name="one", mistakes=GOOD_PRACTICE[0].mistakes[:1] * 3)]
    assert "ex-one: names fewer than 3 mistakes" in policy_text.named_mistakes(good(), same)
    assert any("not in the chapter's module" in t for t in policy_text.named_mistakes(good(), same))
    more = [*GOOD_PRACTICE, SimpleNamespace(name="four", mistakes=[])]
    assert any("not in the chapter" in t for t in policy_text.named_mistakes(good(), more))


def test_faults_of_the_table_of_contents():
    toc = {"root": "chapters/intro", "parts": [{"chapters": [{"file": "chapters/a/b"}]}]}
    names = ["chapters/intro.md", "chapters/a/b.ipynb", "README.md"]
    assert policy_files.contents(toc, names) == []
    assert "not in _toc.yml" in policy_files.contents(toc, [*names, "chapters/c.md"])[0]
    assert "no such page" in policy_files.contents(toc, names[:1])[0]
    toc["parts"].append({"chapters": [{"file": "chapters/a/b"}, {"file": "chapters/01"}]})
    complaints = policy_files.contents(toc, [*names, "chapters/01.md"])
    assert any("2 times" in text for text in complaints)
    assert any("order lives in" in text for text in complaints)


def test_faults_of_files(tmp_path):
    (tmp_path / "large.csv").write_bytes(b"1" * 500_001)
    texts = {
        "a.py": "open('/{}/x')",
        "b.md": "see /{}/me/x",
        "c.md": "a/{}/x is relative",
        "d": "x",
    }
    places = {"a.py": "tmp", "b.md": "home", "c.md": "tmp", "d": ""}
    for name, text in texts.items():
        (tmp_path / name).write_text(text.format(places[name]))
    names = policy_files.repository_files(tmp_path)
    assert names == ["a.py", "b.md", "c.md", "d", "large.csv"]
    assert policy_files.sizes(tmp_path, names) == ["large.csv: 500001 bytes, at most 500000"]
    found = policy_files.machine_paths(tmp_path, names)
    assert [text.split(",")[0] for text in found] == ["a.py", "b.md"]
    assert policy_files.generated(["_build/html/a.js", "a/b.pyc", "a.py"]) == [
        "_build/html/a.js: is generated", "a/b.pyc: is generated"
    ]  # fmt: skip


def test_directives_are_read_with_their_options_and_content():
    notebook = {"cells": [markdown("a", ":::{belief} one\n:zh: 一\n\nText.\n\n:::\nrest")]}
    ((cell, argument, options, content),) = directives(notebook, "belief")
    assert (cell.id, argument, options, content) == ("a", "one", {"zh": "一"}, "Text.")

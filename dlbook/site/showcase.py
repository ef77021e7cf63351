"""``{showcase}``: an equation, a belief and an exercise of the book, side by side on one screen.

Nothing in it is copied from the chapters: formula, evidence, verdict and numbers are theirs, and
the wrong answer below the directive is checked by the exercise itself while the page is read.
"""

from __future__ import annotations

from importlib import import_module

from docutils import nodes
from docutils.parsers.rst import directives as option
from sphinx.application import Sphinx

from dlbook.practice import Exercise, Result
from dlbook.site.badges import ShowBadges, pill, to_equation, verdict_pill
from dlbook.site.directives import DlbookDirective, from_pieces
from dlbook.site.domain import Entry, record_line
from dlbook.site.nodes import el, facts, link, slot
from dlbook.site.wording import css, plural, short


def find_exercise(name: str) -> Exercise:
    """The exercise of ``dlbook.practice`` that ``module.name`` stands for.

    Raises
    ------
    ValueError
        There is none.
    """
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(import_module(f"dlbook.practice.{module}"), attribute, None)
    except ImportError as error:
        raise ValueError(f"no exercise {name}: {error}") from error
    if not isinstance(found, Exercise):
        raise ValueError(f"dlbook.practice.{module} has no exercise {attribute!r}")
    return found


def wrong_answer(exercise: Exercise, code: str) -> Result:
    """What the exercise says about code that makes one of its named mistakes.

    Parameters
    ----------
    exercise : Exercise
    code : str
        Definitions of functions; the last is the answer.

    Raises
    ------
    ValueError
        The code does not run, defines no function, or makes no mistake that has a name.
    """
    defined: dict[str, object] = {}
    try:
        exec(compile(code, "the wrong answer", "exec"), defined)
    except Exception as error:
        raise ValueError(f"the wrong answer does not run: {error!r}") from error
    answers = [f for name, f in defined.items() if name != "__builtins__" and callable(f)]
    if not answers:
        raise ValueError("the wrong answer defines no function")
    result = exercise.check(answers[-1])
    if result.mistake is None:
        raise ValueError(f"the wrong answer has to make a named mistake: {result!r}")
    return result


class ShowcaseDirective(DlbookDirective):
    """``{showcase}`` with an equation, a belief, an exercise, and a wrong answer to it."""

    option_spec = dict.fromkeys(("equation", "belief", "exercise"), option.unchanged_required)

    def run(self):
        self.assert_has_content()
        missing = [name for name in self.option_spec if name not in self.options]
        if missing:
            raise self.error(f"showcase: the option :{missing[0]}: is missing")
        code = "\n".join(self.content)
        try:
            exercise = find_exercise(self.options["exercise"])
            result = wrong_answer(exercise, code)
        except ValueError as error:
            raise self.error(f"showcase: {error}") from error
        names = self.options | {"exercise": f"ex-{exercise.name}"}
        node = self.slot("showcase", nodes.literal_block(code, code, language="python"),
                         dlb_entry=("generated", "showcase", {"line": self.lineno, "shows": names}))
        node["result"] = {"kind": "exercise", "name": result.name, "status": result.status}
        node["said"], node["task"] = repr(result), exercise.task
        return [node]


class ShowShowcase(ShowBadges):
    """Fills the showcase; what it cannot find is reported as a fault."""

    def run(self, **kwargs):
        for node in list(self.document.findall(slot)):
            if node["shows"] == "showcase":
                names = node["dlb_entry"][2]["shows"]
                found = {kind: self.index.first(kind, names[kind]) for kind in names}
                cards = [getattr(self, kind)(entry, node) for kind, entry in found.items() if entry]
                node.replace_self(el("div", cards, cls="dlb-showcase"))

    def card(self, name: str, title: str, state: str, body: list, foot: list) -> nodes.Node:
        """One of the three; ``state`` colours its edge."""
        heading = el("p", title, cls="dlb-card-title", id=f"showcase-{name}")
        return el("div", heading, body, el("p", foot, cls="dlb-card-foot"), role="group",
                  cls=f"dlb-card {css(state)}", aria_labelledby=f"showcase-{name}")

    def equation(self, entry: Entry, node: slot) -> nodes.Node:
        formula = nodes.math_block("", entry.data["latex"], nowrap=False, label=None, number=None,
                                   docname=self.env.docname)
        records = self.index.get("evidence", entry.label)[:1]
        badge = el("details", el("summary", pill("checked")),
                   el("div", [self.evidence(r) for r in records], cls="dlb-panel"),
                   cls="dlb-badge dlb-checked", open="open")
        foot = [to_equation(self, entry, "Eq. "), nodes.Text(", "), self.chapter(entry)]
        return self.card("equation", "An equation, computed twice", "checked", [formula, badge],
                         foot)

    def belief(self, entry: Entry, node: slot) -> nodes.Node:
        told = el("blockquote", el("p", from_pieces(entry.data["claim"])), cls="dlb-told")
        body = [told, el("p", "Verdict: ", verdict_pill(entry.data["verdict"]))]
        for claim in self.index.get("claim", entry.label):
            record = claim.data["record"]
            arms = [(arm["name"], f"{short(arm['median'])} ({short(arm['min'])} to "
                                  f"{short(arm['max'])})") for arm in record["arms"]]
            seeds = f"median and range of {plural(len(record['seeds']), 'seed')}"
            body += [facts([("Measured:", record["statistic"]),
                            ("The belief predicts:", record["criterion"])]),
                     el("div", el("p", f"Found, {seeds}:"), facts(arms), cls="dlb-found")]
        foot = [link(self, entry.docname, entry.anchor, "The experiment"), nodes.Text(", "),
                self.chapter(entry)]
        return self.card("belief", "A belief, put to a test", entry.data["verdict"], body, foot)

    def exercise(self, entry: Entry, node: slot) -> nodes.Node:
        said = el("div", record_line(node["result"], node["said"]), cls="dlb-record dlb-failed")
        foot = [link(self, entry.docname, entry.anchor, "The exercise"), nodes.Text(", "),
                self.chapter(entry)]
        return self.card("exercise", "A mistake, called by name", "failed",
                         [el("p", node["task"]), *node.children, said], foot)

    def chapter(self, entry: Entry) -> nodes.Node:
        """A link to a chapter by the short form of its title."""
        title = self.env.titles[entry.docname].astext()
        return link(self, entry.docname, "", title.split(":")[0])


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("showcase", ShowcaseDirective)
    app.add_post_transform(ShowShowcase)

"""The markup of chapters and reference pages.

Each directive leaves a node with ``dlb_entry`` (what the domain collects) or a ``slot`` (what is
filled in when the page is written).
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives as option
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dlbook.site import questions
from dlbook.site.nodes import chinese, el, slot
from dlbook.site.wording import VERDICTS


class DlbookDirective(SphinxDirective):
    """What the directives share."""

    has_content = True

    def slot(self, shows: str, *children, **data) -> slot:
        """A node to be filled when the page is written."""
        node = slot("", "", *children, shows=shows, **data)
        self.set_source_info(node)
        return node

    def named(self, node: nodes.Element, name: str) -> nodes.Element:
        """Give a node an id and a name that ``{ref}`` and ``[text](#name)`` find."""
        node["names"].append(nodes.fully_normalize_name(name))
        node["ids"].append(nodes.make_id(name))
        self.state.document.note_explicit_target(node, node)
        return node

    def body(self) -> list[nodes.Node]:
        """The parsed content."""
        holder = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, holder)
        return holder.children

    def inline(self, text: str) -> list[nodes.Node]:
        """Parsed text of one line, with its mathematics."""
        found, _messages = self.state.inline_text(text, self.lineno)
        return found

    def needs_bank(self) -> questions.Bank:
        """The question bank; the page is read again when the file changes."""
        self.env.note_dependency(str(self.env.app.srcdir / self.env.config.dlbook_questions))
        return questions.load(self.env.app)


class DefinitionDirective(DlbookDirective):
    """``:::{definition} eq-label``: this equation defines a symbol; the content says why."""

    required_arguments = 1

    def run(self):
        self.assert_has_content()
        label = self.arguments[0]
        return [self.slot("definition", *self.body(),
                          dlb_entry=("definition", label, {"line": self.lineno}))]


class BeliefDirective(DlbookDirective):
    """``:::{belief} slug``: a claim as people tell it, with the verdict it got here."""

    required_arguments = 1
    option_spec = {"verdict": lambda text: option.choice(text, VERDICTS),
                   "zh": option.unchanged_required}

    def run(self):
        self.assert_has_content()
        slug = self.arguments[0]
        if "verdict" not in self.options:
            raise self.error(f"belief {slug}: the option :verdict: is missing")
        zh = self.options.get("zh", "")
        told = self.body()
        data = {"verdict": self.options["verdict"], "line": self.lineno,
                "claim": pieces(told), "zh": pieces(self.inline(zh))}
        node = self.slot("belief", *told, dlb_entry=("belief", slug, data))
        if zh:
            node += nodes.paragraph("", "", chinese(*self.inline(zh)))
        return [self.named(node, f"belief-{slug}")]


class AnswerDirective(DlbookDirective):
    """``:::{answer} id``: the answer to a question of the bank, under the question."""

    required_arguments = 1

    def run(self):
        self.assert_has_content()
        name = self.arguments[0]
        question = self.needs_bank().questions.get(name)
        data = {"line": self.lineno, "source": "\n".join(self.content)}  # a new text, a new bank
        box = nodes.container(classes=["dlb-answer"], dlb_entry=("answer", name, data))
        self.set_source_info(box)
        if question:  # an unknown one is reported with all other faults
            box += el("p", self.inline(question.en), cls="dlb-question", role="heading",
                      aria_level="3")
            box += chinese(*self.inline(question.zh), tag="p", cls="dlb-question-zh")
        box += self.body()
        if question and question.evidence:
            box += self.slot("question-evidence", question=name)
        return [self.named(box, f"answer-{name}")]


class QuestionsDirective(DlbookDirective):
    """``{questions}``: what this chapter answers."""

    def run(self):
        asked = self.needs_bank().of(self.env.docname)
        if not asked:
            raise self.error(f"{self.env.config.dlbook_questions} has no question for the "
                             f"chapter {self.env.docname}")
        items = [self.slot("question", el("span", self.inline(q.en)),
                           chinese(*self.inline(q.zh)), question=q.id) for q in asked]
        return [self.slot("questions", *items)]


class QuestionBankDirective(DlbookDirective):
    """``{question-bank}``: all questions of the book."""

    def run(self):
        items = [self.slot("question", el("span", self.inline(q.en)),
                           chinese(*self.inline(q.zh)), question=q.id)
                 for q in self.needs_bank().questions.values()]
        return [generated(self, "question-bank", items)]


class LedgerDirective(DlbookDirective):
    """``{ledger}``: all equations of the book."""

    def run(self):
        return [generated(self, "ledger")]


class BeliefsDirective(DlbookDirective):
    """``{beliefs}``: all beliefs tested in the book."""

    def run(self):
        return [generated(self, "beliefs")]


def generated(directive: DlbookDirective, shows: str, items=()) -> slot:
    """A slot for a table about the whole book."""
    return directive.slot(shows, *items, dlb_entry=("generated", shows, {}))


def pieces(found: list[nodes.Node]) -> list[tuple[str, str]]:
    """Text and mathematics of some nodes, free of the page they stand on."""
    result: list[tuple[str, str]] = []
    for top in found:
        for node in top.findall():
            if isinstance(node, nodes.math):
                result.append(("math", node.astext()))
            elif isinstance(node, nodes.Text) and not isinstance(node.parent, nodes.math):
                result.append(("text", node.astext()))
    return result


def from_pieces(parts: list[tuple[str, str]]) -> list[nodes.Node]:
    """The nodes again."""
    return [nodes.math("", text) if kind == "math" else nodes.Text(text) for kind, text in parts]


def setup(app: Sphinx) -> None:
    """Register the directives and the place of the question bank."""
    app.add_config_value("dlbook_questions", "chapters/questions.yml", "env", (str,))
    for name, directive in {
            "definition": DefinitionDirective, "belief": BeliefDirective,
            "answer": AnswerDirective, "questions": QuestionsDirective,
            "question-bank": QuestionBankDirective, "ledger": LedgerDirective,
            "beliefs": BeliefsDirective}.items():
        app.add_directive(name, directive)

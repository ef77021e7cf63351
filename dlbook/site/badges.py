"""What stands beside an equation, in a belief box, below a question: filled in on writing."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from dlbook.site import questions
from dlbook.site.domain import Entry, EvidenceDomain, Index, equation_number
from dlbook.site.nodes import el, facts, link, mark, row, slot, spoken, table
from dlbook.site.wording import MARKS, css, one_digit, plural, sentences, short, tolerance

SHORT = 8  # questions; a longer list is folded


def status(index: Index, label: str) -> str:
    """``checked``, ``definition`` or ``unchecked``."""
    if index.get("evidence", label):
        return "checked"
    return "definition" if index.get("definition", label) else "unchecked"


def to_cell(transform, record: Entry, text: str = "See the cell that computed it") -> nodes.Node:
    """A link to the cell that showed a record."""
    return link(transform, record.docname, record.data.get("cell") or record.anchor, text)


def pill(state: str, *more) -> list[nodes.Node]:
    """A mark and the word it stands for."""
    return [mark(MARKS[state]), nodes.Text(f" {state}"), *more]


def verdict_pill(verdict: str) -> nodes.Node:
    """The verdict of a belief."""
    return el("span", pill(verdict), cls=f"dlb-pill {css(verdict)}")


class Show(SphinxPostTransform):
    """Runs before references are resolved (priority 10) and after outputs are chosen (4)."""

    default_priority = 5

    @property
    def index(self) -> Index:
        domain = self.env.get_domain("dlbook")
        assert isinstance(domain, EvidenceDomain)
        return domain.index


class ShowBadges(Show):
    """Puts the badge beside every labelled equation of the page, and its notes behind the page.

    A badge cannot be opened on paper: there a number stands in its place, and the notes follow the
    text. The screen hides both.
    """

    formats = ("html",)

    def run(self, **kwargs):
        reasons = {node["dlb_entry"][1]: node for node in self.document.findall(slot)
                   if node["shows"] == "definition"}
        notes: list[nodes.Node] = []
        for node in list(self.document.findall(nodes.math_block)):
            if node.get("label") and "amsmath" not in node["classes"]:
                box = nodes.container("", classes=["dlb-equation"])
                node.parent.replace(node, box)  # unlike replace_self leaves the id to the formula
                box += [node, self.badge(node["label"], reasons.get(node["label"]))]
                note = self.note(node["label"])
                if note:
                    notes.append(note)
                    box += el("span", mark(MARKS["checked"]), el("sup", str(len(notes))),
                              cls="dlb-note-mark")
        if notes:
            title = el("p", nodes.strong("", "How the equations were checked"))
            self.document[-1] += el("div", title, el("ol", notes), cls="dlb-notes")
        for node in reasons.values():
            node.parent.remove(node)

    def badge(self, label: str, reason: slot | None) -> nodes.Node:
        state = status(self.index, label)
        number = equation_number(self.env, self.env.docname, label)
        name = f": evidence for equation {number}" if state == "checked" else f": equation {number}"
        body = [self.evidence(record) for record in self.index.get("evidence", label)]
        if not body:
            body = [el("p", nodes.strong("", "Definition. "), "Nothing to check.")]
            if reason is not None:
                first = el("p", nodes.strong("", "Definition. "))
                body = [first, *reason.children]
                if isinstance(reason[0], nodes.paragraph):
                    first += reason[0].children
                    body = [first, *reason.children[1:]]
        return el("details", el("summary", pill(state, spoken(name))),
                  el("div", body, cls="dlb-panel"), cls=f"dlb-badge {css(state)}")

    def note(self, label: str) -> nodes.Node | None:
        """What the badge of a checked equation says, as a footnote."""
        said = [sentences(entry.data["record"]) for entry in self.index.get("evidence", label)]
        number = equation_number(self.env, self.env.docname, label)
        return el("li", f"Eq. {number or label}. {' '.join(said)}") if said else None

    def evidence(self, entry: Entry) -> nodes.Node:
        record = entry.data["record"]
        bound = record.get("relation") == "<="
        wrong = [el("li", w["name"]) for w in record.get("wrong", [])]
        return el("div", facts([
            ("Never above" if bound else "Compared with", record["referee"]),
            ("On", plural(record["cases"], "case")),
            ("Tolerance", tolerance(record)),
            ("Worst error", one_digit(record["worst"])),
            ("Wrong versions rejected", [el("ul", wrong)] if wrong else "")]),
            el("p", to_cell(self, entry)))


class ShowSlots(Show):
    """Fills belief boxes, lists of questions and the evidence lines of answers."""

    def run(self, **kwargs):
        bank = questions.load(self.app)
        fill = {"belief": self.belief, "questions": self.questions,
                "question-evidence": self.question_evidence}
        for node in list(self.document.findall(slot)):
            if node["shows"] in fill:
                node.replace_self(fill[node["shows"]](node, bank))

    def belief(self, node: slot, bank) -> nodes.Node:
        _, slug, data = node["dlb_entry"]
        title = el("p", el("span", "A belief, tested", id=f"title-{node['ids'][0]}"),
                   verdict_pill(data["verdict"]), cls="dlb-belief-title")
        told = el("blockquote", list(node.children), cls="dlb-told")
        box = el("div", title, told, cls=f"dlb-belief {css(data['verdict'])}", role="group",
                 aria_labelledby=f"title-{node['ids'][0]}")
        box["ids"] = node["ids"]
        claim = self.index.first("claim", slug)
        if claim:
            box += self.arms(claim)
            box += el("p", to_cell(self, claim, "See the experiment"), cls="dlb-belief-foot")
        return box

    def arms(self, entry: Entry) -> nodes.Node:
        record = entry.data["record"]
        seeds = len(record["seeds"])
        heads = ["Condition", f"Median (range) over {plural(seeds, 'seed')}", "The belief predicts",
                 "Seeds as predicted"]
        rows = [row(heads, [
            arm["name"],
            f"{short(arm['median'])} ({short(arm['min'])} to {short(arm['max'])})",
            arm["criterion"], f"{round(arm['share'] * seeds)} of {seeds}"])
            for arm in record["arms"]]
        return table(f"Measured: {record['statistic']}", heads, rows)

    def questions(self, node: slot, bank) -> nodes.Node:
        items = [el("li", self.asked(item)) for item in node.children]
        title = el("summary", f"Questions this chapter answers ({len(items)})")
        shown = {"open": "open"} if len(items) <= SHORT else {}  # a long list would fill the screen
        return el("details", title, el("ol", items), cls="dlb-questions", **shown)

    def asked(self, item: slot) -> list[nodes.Node]:
        """A question as a link to its answer, and in Chinese."""
        answer = self.index.first("answer", item["question"])
        en, zh = item.children
        if answer:
            en = link(self, answer.docname, answer.anchor, *en.children)
        return [en, nodes.Text(" "), zh]

    def question_evidence(self, node: slot, bank) -> nodes.Node:
        links = evidence_links(self, bank.questions[node["question"]])
        return el("p", nodes.strong("", "Evidence: "), links, cls="dlb-answer-evidence")


def evidence_links(transform: Show, question) -> list[nodes.Node]:
    """Links to the equations and beliefs a question rests on."""
    links: list[nodes.Node] = []
    for name in question.evidence:
        belief = transform.index.first("belief", name)
        equation = transform.index.first("equation", name)
        if belief:
            verdict = belief.data["verdict"]
            found = link(transform, belief.docname, belief.anchor, mark(MARKS[verdict] + " "),
                         f"belief {verdict}")
        elif equation:
            found = to_equation(transform, equation, "Eq. ")
        else:
            continue  # reported as a fault
        links += [nodes.Text(", "), found] if links else [found]
    return links


def to_equation(transform: Show, equation: Entry, before: str = "") -> nodes.Node:
    """A link that shows the number of an equation."""
    number = equation_number(transform.env, equation.docname, equation.label)
    anchor = nodes.make_id(f"equation-{equation.label}")
    return link(transform, equation.docname, anchor, before + (number or equation.label))


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_post_transform(ShowBadges)
    app.add_post_transform(ShowSlots)

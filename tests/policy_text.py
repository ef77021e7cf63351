"""Rules for the prose of a chapter, and for what prose and code promise each other.

Each rule gives a list of complaints. Most take a notebook; what they need beside it is named.
"""

import ast
import re
from collections import Counter

from tests.notebooks import cells
from tests.policy import nodes
from tests.roles import verb
from tests.syntax import called

CLOSING = ("In PyTorch", "Exercises", "Answers in brief", "Sources")
BANNED = re.compile(r"\b(it can be shown|obviously|clearly|simply)\b", re.I)
FENCE = re.compile(r"^\s*(`{3,}|:{3,})\s*(\{[\w-]+\})?\s*(.*?)\s*$")
LABELLED = re.compile(r"\$\$\s*\(([\w.-]+)\)\s*$", re.M)
FIELDS = ("id", "chapter", "kind", "en", "zh")
KINDS = ("definition", "derivation", "belief", "design", "how-to")
MISTAKES, EXERCISES = 3, range(3, 6)


def prose(notebook):
    """(cell, line) of all lines of markdown that are not literal code."""
    for cell in cells(notebook):
        literal, fences = None, []
        for line in cell.source.split("\n") if cell.kind == "markdown" else []:
            fence = FENCE.match(line)
            if literal is not None:
                literal = None if line.strip() == literal else literal
            elif fence and fence[2]:
                fences.append(fence[1])
            elif fence and not fence[3] and fence[1] in fences:
                del fences[fences.index(fence[1]) :]
            elif fence and fence[1][0] == "`":
                literal = fence[1]
            else:
                yield cell, line


def directives(notebook, name):
    """(cell, argument, options, content) of every directive of that name."""
    found = []
    for cell in cells(notebook):
        lines = cell.source.split("\n") if cell.kind == "markdown" else []
        for number, line in enumerate(lines):
            fence = FENCE.match(line)
            if not fence or fence[2] != f"{{{name}}}":
                continue
            close = re.compile(rf"\s*{re.escape(fence[1])}\s*$")
            inside = []
            for later in lines[number + 1 :]:
                if close.fullmatch(later):
                    break
                inside.append(later)
            options = dict(re.findall(r"^\s*:([\w-]+):\s*(.*?)\s*$", "\n".join(inside), re.M))
            content = [text for text in inside if not re.match(r"\s*:[\w-]+:", text)]
            found.append((cell, fence[3], options, "\n".join(content).strip()))
    return found


def headings(notebook):
    """One H1, at the top; four to seven sections and the four that close a chapter; no H4."""
    found, titles = [], []
    for cell, line in prose(notebook):
        if match := re.match(r"(#+)\s+(.*?)\s*$", line):
            titles.append((cell.id, len(match[1]), match[2]))
    first = [title for title in titles if title[1] == 1]
    if len(first) != 1:
        found.append(f"notebook: {len(first)} H1, not one")
    elif titles[0] != first[0] or notebook["cells"][0].get("id") != first[0][0]:
        found.append(f"{first[0][0]}: the H1 is the first line of the chapter")
    found += [f"{name}: {'#' * depth} {text}: no H4" for name, depth, text in titles if depth > 3]
    sections = [text for _, depth, text in titles if depth == 2]
    content = [text for text in sections if text not in CLOSING]
    if not 4 <= len(content) <= 7:
        found.append(f"notebook: {len(content)} H2 with content, not four to seven")
    if [text for text in sections if text in CLOSING] != list(CLOSING):
        found.append(f"notebook: the sections {', '.join(CLOSING)} stand there once, in this order")
    elif sections[-3:] != list(CLOSING[1:]):
        found.append(f"notebook: {', '.join(CLOSING[1:])} are the last sections")
    for name, depth, text in titles:
        if text.endswith((".", ":")):
            found.append(f"{name}: the heading {text!r} ends like a sentence")
        words = [word for word in re.findall(r"[A-Za-z]+", text)[1:] if len(word) > 3]
        if depth == 2 and len(words) > 1 and all(word[0].isupper() for word in words):
            found.append(f"{name}: the heading {text!r} is not in sentence case")
    return found


def banned_phrases(notebook):
    """Words that stand where a reason should."""
    found = []
    for cell, line in prose(notebook):
        for match in BANNED.finditer(line):
            found.append(f"{cell.id}: {match[0]!r}: give the step, or leave the word out")
    return found


def checks(notebook, kind):
    """(cell, label, call) of each evidence.equation or evidence.claim; label None if computed."""
    for cell, node in nodes(notebook, ast.Call):
        if verb(node) == kind:
            words = {word.arg: word.value for word in node.keywords}
            label = node.args[0] if node.args else words.get("label")
            text = label.value if isinstance(label, ast.Constant) else None
            yield cell, text, node


def equations(notebook):
    """Every labelled equation is checked or a definition; few are definitions."""
    found = []
    labels = [(cell.id, label) for cell in cells(notebook) if cell.kind == "markdown"
              for label in LABELLED.findall(cell.source)]  # fmt: skip
    counts = Counter(label for _, label in labels)
    found += [f"{label}: {n} equations have this label" for label, n in counts.items() if n > 1]
    defined = {argument for _, argument, _, _ in directives(notebook, "definition")}
    checked = {label for _, label, _ in checks(notebook, "equation")}
    for name, label in labels:
        if not re.fullmatch(r"eq-[a-z0-9-]+", label):
            found.append(f"{name}: the label {label!r} does not begin with eq-")
        if label not in checked | defined:
            found.append(f"{name}: {label} has no evidence.equation and is no definition")
    for label in sorted((defined | checked - {None}) - set(counts)):
        found.append(f"{label}: is checked or defined, but no equation has this label")
    for label in sorted(defined & (checked - {None})):
        found.append(f"{label}: is checked, so it is no definition")
    for cell, argument, _, content in directives(notebook, "definition"):
        if len(content.split()) < 3:
            found.append(f"{cell.id}: the definition {argument} gives no reason")
    if 3 * len(defined) > len(counts):
        found.append(f"notebook: {len(defined)} of {len(counts)} equations are definitions")
    return found


def wrong_versions(notebook):
    """Each check of an equation names its referee, and a wrong version that it rejects."""
    found = []
    tables = {}
    for _, node in nodes(notebook, ast.Assign):
        if isinstance(node.value, ast.Dict):
            tables |= {ast.unparse(target): node.value for target in node.targets}
    for cell, label, call in checks(notebook, "equation"):
        words = {word.arg: word.value for word in call.keywords}
        if label is None:
            found.append(f"{cell.id}: the label of a check is written out, not computed")
        wrong = words.get("wrong")
        wrong = tables.get(ast.unparse(wrong), wrong) if wrong is not None else None
        if wrong is None or (isinstance(wrong, ast.Dict) and not wrong.keys):
            found.append(f"{cell.id}: the check of {label} rejects no wrong version")
        if "referee" not in words:
            found.append(f"{cell.id}: the check of {label} names no referee")
    return found


def beliefs(notebook):
    """Every belief box has its claim, with the same verdict, and the other way round."""
    found = []
    claims = {}
    for cell, label, call in checks(notebook, "claim"):
        words = {word.arg: word.value for word in call.keywords}
        verdict = getattr(words.get("verdict"), "value", None)
        claims[label] = (cell.id, verdict)
    boxes = {argument: (cell.id, options, content)
             for cell, argument, options, content in directives(notebook, "belief")}  # fmt: skip
    for slug, (name, options, content) in boxes.items():
        if slug not in claims:
            found.append(f"{name}: no evidence.claim puts the belief {slug} to the test")
        elif claims[slug][1] != options.get("verdict"):
            found.append(f"{name}: the box of {slug} and its claim differ in the verdict")
        if not options.get("zh") or not content:
            found.append(f"{name}: the belief {slug} is told in English and in Chinese (:zh:)")
    for slug, (name, _) in claims.items():
        if slug not in boxes:
            found.append(f"{name}: the claim {slug} belongs to no belief box")
    return found


def exercises(notebook):
    """Three to five; each with a stub, a check, and a solution that is executed and verified."""
    found, steps = [], {}
    current = None
    for cell in cells(notebook):
        if cell.kind == "markdown":
            for fence in map(FENCE.match, cell.source.split("\n")):
                name = fence[2] if fence else None
                if name == "{exercise}":
                    label = re.search(r"^\s*:label:\s*(\S+)", cell.source, re.M)
                    current = label[1] if label else f"the exercise in {cell.id}"
                    steps[current] = (
                        [] if label and label[1].startswith("ex-") else ["no label ex-"]
                    )
                elif name == "{solution-start}":
                    current = fence[3]
                    steps.setdefault(current, ["no exercise"]).append("solution")
                elif name == "{solution-end}" and current:
                    steps[current].append("end")
                    current = None
        elif current is not None:
            names = [called(node) for node in ast.walk(ast.parse(cell.source))]
            steps[current] += ["code", *(name for name in names if name in ("check", "verify"))]
    for label, done in steps.items():
        after = done[done.index("solution") :] if "solution" in done else []
        before = done[: len(done) - len(after)]
        wanted = {
            "has no label that begins with ex-": "no label ex-" not in done,
            "is a solution without an exercise": "no exercise" not in done,
            "has no cell for the learner": "code" in before,
            "has no check of what the learner wrote": "check" in before,
            "has no solution": bool(after) and after[-1] == "end",
            "has a solution whose code is not verified": "verify" in after,
        }
        found += [f"{label}: {complaint}" for complaint, fine in wanted.items() if not fine]
    if len(steps) not in EXERCISES:
        found.append(f"notebook: {len(steps)} exercises, not three to five")
    return found


def asked_functions(notebook):
    """An exercise asks for the function that its stub defines: the checker looks for that name."""
    found, asked = [], None
    for cell in cells(notebook):
        if cell.kind == "markdown":
            match = re.search(r"\{exercise\}.*?Write `(\w+)\(", cell.source, re.S)
            asked = match[1] if match else None
        elif asked:
            defined = re.findall(r"^def (\w+)", cell.source, re.M)
            if asked not in defined:
                found.append(f"{cell.id}: the text asks for {asked}, the stub defines {defined}")
            asked = None
    return found


def named_mistakes(notebook, practice):
    """Each exercise of the chapter is in its practice module, with three named mistakes."""
    found = []
    known = {exercise.name: exercise for exercise in practice}
    labels = [options.get("label", "") for _, _, options, _ in directives(notebook, "exercise")]
    for label in labels:
        exercise = known.pop(label.removeprefix("ex-"), None)
        if exercise is None:
            found.append(f"{label}: is not in the chapter's module of dlbook.practice")
        elif len({mistake.name for mistake in exercise.mistakes}) < MISTAKES:
            found.append(f"{label}: names fewer than {MISTAKES} mistakes")
    found += [f"ex-{name}: is in dlbook.practice, but not in the chapter" for name in known]
    return found


def questions(notebook, chapter, bank):
    """Every question of the chapter is answered, and every answer has its question."""
    found = []
    own = {entry["id"]: entry for entry in bank if entry["chapter"] == chapter}
    given = Counter(argument for _, argument, _, _ in directives(notebook, "answer"))
    for cell, argument, _, content in directives(notebook, "answer"):
        if len(content.split()) < 8:
            found.append(f"{cell.id}: the answer to {argument} is no answer")
    found += [f"{name}: has no answer in the chapter" for name in own if name not in given]
    found += [
        f"{name}: is answered, but is no question of {chapter}" for name in given - own.keys()
    ]
    found += [f"{name}: is answered {n} times" for name, n in given.items() if n > 1]
    if len(directives(notebook, "questions")) != 1:
        found.append("notebook: one box {questions} stands near the top")
    labels = {label for cell in cells(notebook) for label in LABELLED.findall(cell.source)}
    labels |= {argument for _, argument, _, _ in directives(notebook, "belief")}
    for name, entry in own.items():
        for label in set(entry.get("evidence") or []) - labels:
            found.append(f"{name}: its evidence {label} is not in the chapter")
        if entry["kind"] in ("derivation", "belief") and not entry.get("evidence"):
            found.append(f"{name}: a {entry['kind']} rests on evidence: name it in questions.yml")
    return found


def entries(bank, chapters):
    """The question bank itself: every entry complete, with an id of its own, about a chapter."""
    found = []
    for entry in bank:
        name = entry.get("id")
        missing = {"id", "chapter", "kind", "en", "zh"} - {
            key for key, text in entry.items() if text
        }
        found += [f"{name}: has no {key}" for key in sorted(missing)]
        if entry.get("kind") not in KINDS:
            found.append(f"{name}: kind is one of {', '.join(KINDS)}")
        if entry.get("chapter") not in chapters:
            found.append(f"{name}: there is no chapter {entry.get('chapter')}")
    counts = Counter(entry.get("id") for entry in bank)
    return found + [f"{name}: {n} questions have this id" for name, n in counts.items() if n > 1]


RULES = (headings, banned_phrases, equations, wrong_versions, beliefs, exercises, asked_functions)

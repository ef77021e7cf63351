"""Make small slips in the computing code of a chapter, and count how many the chapter notices.

    python -m tests.slips chapters/memory/rnn-bptt.ipynb --n 100 --seed 0 --jobs 2

Places are drawn at random without putting back, each place and class of slip with the same chance
(``tests.variants`` has the classes); of the slips possible there, one is drawn. A chapter notices a
slip when it raises: through one of its checks (an ``AssertionError``), or because nothing fits
together any more (any other exception, here called a crash). A slip that only makes the chapter
write a warning stops the build of the book too, but does not count here. Nor does one that makes
the rest of the chapter run more than three times as long: it is stopped, and reported by itself.

What is not computing code is left alone (``tests.roles`` says what that is). Off by default,
because a change there makes nothing wrong, and with their own counts if asked for by ``--with``:
settings (plain numbers such as a learning rate, a size or a number of steps), and cases (the inputs
on which checks are evaluated). So the share says nothing about them. Slips that give the same
bytecode are dropped, and so are those listed, each with its reason, in
``tests/chapters/equivalent_slips.yml``.

The chapter is executed once. Before each cell with slips, a copy of the process is made for each of
them, which executes the changed cell and the rest, until something raises.
"""

import argparse
import collections
import json
import os
import random
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import yaml

from tests.children import Child, ready
from tests.mutants import slips
from tests.notebooks import Session, code_cells, read, slug
from tests.roles import computing_cells

EQUIVALENT = Path(__file__).parent / "chapters" / "equivalent_slips.yml"
NOTICED = ("check", "crash")
STATUSES = (*NOTICED, "warning", "timeout", "survived")


@dataclass(frozen=True)
class Outcome:
    """What became of one slip."""

    kind: str
    role: str
    cell: str  # id
    line: int
    before: str
    after: str
    status: str  # one of STATUSES
    where: str  # id of the cell that noticed
    message: str


def candidates(notebook, optional=()):
    """All slips of a chapter: computing code, and of the optional kinds those asked for."""
    cells, roles = computing_cells(notebook)
    found = [slip for cell, tree in cells for slip in slips(cell, tree, roles)]
    return [slip for slip in found if optional_kind(slip) in (None, *optional)]


def optional_kind(slip):
    """``settings`` or ``cases`` for a slip that is off by default."""
    if slip.role == "cases":
        return "cases"
    return "settings" if slip.kind == "setting" else None


def equivalents(chapter, path=EQUIVALENT):
    """Slips of a chapter that change nothing, as (cell, before, after) with the reason."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    own = [entry for entry in entries or [] if entry["chapter"] == chapter]
    return {(entry["cell"], *shown(entry["before"], entry["after"])): entry["why"] for entry in own}


def shown(*texts):
    """Texts with line ends and runs of blanks as one blank."""
    return tuple(" ".join(text.split()) for text in texts)


def key(slip):
    return (slip.cell.id, *shown(slip.before, slip.after))


def sample(found, count, seed):
    """At most `count` slips, one for each place drawn."""
    places = collections.defaultdict(list)
    for slip in found:
        places[slip.place].append(slip)
    rng = random.Random(seed)
    drawn = rng.sample(sorted(places), min(count, len(places)))
    return [rng.choice(places[place]) for place in drawn]


def execute(session, cells, changed=None):
    """Run cells until one raises; return (status, id of the cell, message)."""
    changed = changed or {}
    for cell in cells:
        try:
            session.run(cell.id, changed.get(cell.id, cell.source))
        except AssertionError as error:
            return "check", cell.id, f"{type(error).__name__}: {error}"[:600]
        except Exception as error:
            return "crash", cell.id, f"{type(error).__name__}: {error}"[:600]
    written = session.stderr.getvalue().strip()
    return ("warning", "", written[-600:]) if written else ("survived", "", "")


def baseline(cells):
    """Execute the unchanged chapter in a copy of this process: seconds of computing per cell."""

    def job():
        session, seconds = Session(), []
        for cell in cells:
            start = time.process_time()
            status, where, message = execute(session, [cell])
            seconds.append(time.process_time() - start)
            if status != "survived":
                return {"fault": f"unchanged, cell {where or cell.id} fails: {message}"}
        return {"seconds": seconds}

    answer = Child(job).result()
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    return answer["seconds"]


def changed_runs(cells, changes, jobs=1, limit=lambda k: None, reach=None):
    """Execute the chapter once for each change, a pair (id of the cell, its new source).

    Yields (number of the change, (status, id of the cell that raised, message)) in the order in
    which they end; the status is "timeout" if the run computed longer than limit(k) seconds from
    cell number k on. With `reach`, no run goes further than that many cells.
    """
    session, running = Session(), {}
    last = max((k for k, cell in enumerate(cells) if cell.id in dict(changes)), default=-1)

    def collect(most):
        while len(running) > most:
            for child in ready(running):
                yield running.pop(child), child.result() or ("timeout", "", "")

    try:
        for k, cell in enumerate(cells[: last + 1]):
            for number, (name, source) in enumerate(changes):
                if name == cell.id:
                    yield from collect(jobs - 1)
                    job = partial(execute, session, cells[k:][:reach], {name: source})
                    running[Child(job, limit(k))] = number
            if k < last:
                session.run(cell.id, cell.source)
        yield from collect(0)
    finally:
        for child in running:
            child.kill()


def run(notebook, drawn, jobs=1, slack=10.0, reach=None, report=lambda outcome: None):
    """Execute a chapter with each of the slips; return their outcomes."""
    cells = code_cells(notebook)
    seconds, outcomes = baseline(cells), []
    changes = [(slip.cell.id, slip.source) for slip in drawn]
    limits = [3 * sum(seconds[k:]) + slack for k in range(len(cells))]
    for number, result in changed_runs(cells, changes, jobs, limits.__getitem__, reach):
        outcomes.append(outcome(drawn[number], result))
        report(outcomes[-1])
    return outcomes


def outcome(slip, result):
    status, where, message = result
    texts = shown(slip.before, slip.after)
    return Outcome(slip.kind, slip.role, slip.cell.id, slip.line, *texts, status, where, message)


def plant(notebook, errors, jobs=1):
    """Execute a chapter once for each error, a pair (text in the code, text in its place).

    Returns a list of (status, id of the cell, message).
    """
    cells, changes = code_cells(notebook), []
    for before, after in errors:
        places = [cell for cell in cells if before in cell.source]
        count = sum(cell.source.count(before) for cell in places)
        if count != 1:
            raise LookupError(f"{before!r} stands {count} times in the code, not once")
        changes.append((places[0].id, places[0].source.replace(before, after)))
    found = dict(changed_runs(cells, changes, jobs))
    return [found[number] for number in range(len(changes))]


def summary(outcomes):
    """Lines of the table: one for each class, then all."""
    groups = {}
    for item in outcomes:
        name = optional_kind_of(item) or item.kind
        groups.setdefault(name, []).append(item)
    lines = [f"{'class':12}{'slips':>6}{'noticed':>9}" + "".join(f"{s:>10}" for s in STATUSES)]
    rows = sorted(groups.items())
    main = [item for item in outcomes if optional_kind_of(item) is None]
    for name, items in [*rows, ("computing", main)]:
        count = collections.Counter(item.status for item in items)
        noticed = sum(count[status] for status in NOTICED)
        lines.append(
            f"{name:12}{len(items):6}{noticed:9}" + "".join(f"{count[s]:10}" for s in STATUSES)
        )
    return lines


def optional_kind_of(item):
    return "cases" if item.role == "cases" else "settings" if item.kind == "setting" else None


def shares(outcomes):
    """Share noticed of the slips in computing code, and of those of them that crash nothing."""
    main = [item.status for item in outcomes if optional_kind_of(item) is None]
    quiet = [status for status in main if status != "crash"]
    all_noticed = sum(status in NOTICED for status in main) / max(len(main), 1)
    return all_noticed, quiet.count("check") / max(len(quiet), 1)


def describe(item):
    place = f"{item.cell} line {item.line}"
    text = f"{item.status:9}{item.kind:11}{place}: {item.before}  ->  {item.after}"
    return f"{text}   [{item.where} {item.message[:90]!r}]" if item.message else text


def arguments():
    about = __doc__.split("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m tests.slips", description=about)
    add = parser.add_argument
    add("notebook", type=Path)
    add("--n", type=int, default=100, help="number of slips")
    add("--seed", type=int, default=0)
    add("--jobs", type=int, default=2, help="changed chapters at a time")
    add("--with", dest="optional", action="append", default=[], choices=("settings", "cases"))
    add("--cell", help="only slips in the cell with this id")
    add("--list", action="store_true", help="print every slip with its outcome")
    add("--dry-run", action="store_true", help="print the slips, execute nothing")
    add("--json", type=Path, help="file for the outcomes")
    add("--slack", type=float, default=10.0, help="seconds added to the limit of a slip")
    add("--reach", type=int, help="look no further than so many cells: a quicker lower bound")
    add("--at-least", type=float, help="fail if a smaller share is noticed")
    add("--plant", nargs=2, action="append", metavar=("BEFORE", "AFTER"), help="no other slip")
    return parser


def main(argv=None):
    options = arguments().parse_args(argv)
    notebook, chapter = read(options.notebook), slug(options.notebook)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if options.plant:
        print(json.dumps(plant(notebook, options.plant, options.jobs)))
        return 0

    known = equivalents(chapter)
    found = candidates(notebook, options.optional)
    found = [slip for slip in found if key(slip) not in known]
    found = [slip for slip in found if options.cell in (None, slip.cell.id)]
    drawn = sample(found, options.n, options.seed)
    places = len({slip.place for slip in found})
    print(f"{chapter}: {len(drawn)} slips from {places} places; {len(known)} more change nothing")
    if options.dry_run:
        for slip in drawn:
            print(describe(outcome(slip, ("", "", ""))).strip())
        return 0
    tell = (lambda item: print(describe(item), flush=True)) if options.list else (lambda item: None)
    try:
        outcomes = run(notebook, drawn, options.jobs, options.slack, options.reach, tell)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    noticed, quiet = shares(outcomes)
    print(*summary(outcomes), sep="\n")
    print(f"noticed: {noticed:.1%} of all slips, {quiet:.1%} of those that crash nothing")
    for item in outcomes:
        if item.status not in NOTICED:
            print(describe(item))
    if options.json:
        record = {"chapter": chapter, "seed": options.seed, "places": places, "noticed": noticed,
                  "outcomes": [asdict(item) for item in outcomes]}  # fmt: skip
        options.json.write_text(json.dumps(record, indent=1), encoding="utf-8")
    return int(options.at_least is not None and noticed < options.at_least)


if __name__ == "__main__":
    sys.exit(main())

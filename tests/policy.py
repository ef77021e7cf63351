"""Rules for how a chapter is stored, and for its code. Each rule: notebook -> list of complaints.

A complaint names the cell by its id and says what to do. ``tests.policy_text`` has the rules for
the prose and for what prose and code promise each other, ``tests.policy_files`` those for files.
"""

import ast
import re
from collections import Counter

from tests.notebooks import cells, code_cells
from tests.syntax import called, root

LANGUAGE = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LINES, COLUMNS = 25, 78
FIGURES = {"figure", "subplots", "subplot_mosaic"}
LOOK = {"figsize", "dpi", "fontsize", "fontfamily", "fontname", "fontweight", "font"}
COLOURED = {"color", "c", "colors", "facecolor", "edgecolor", "ecolor", "markerfacecolor"}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|(tab|xkcd):.*")
SEEDS = {"seed", "manual_seed", "manual_seed_all", "set_seed", "set_state", "set_rng_state"}
LEGACY = {"rand", "randn", "randint", "normal", "uniform", "random", "choice", "shuffle"}
LEGACY |= {"permutation", "random_sample", "RandomState", "get_state", "standard_normal"}


def parsed(notebook):
    """(cell, syntax tree) of the code cells; a cell that is not plain Python is left out."""
    pairs = []
    for cell in code_cells(notebook):
        try:
            pairs.append((cell, ast.parse(cell.source)))
        except SyntaxError:
            pass
    return pairs


def nodes(notebook, kind):
    """(cell, node) of all nodes of a kind, in all code cells."""
    for cell, tree in parsed(notebook):
        yield from ((cell, node) for node in ast.walk(tree) if isinstance(node, kind))


def stored_clean(notebook):
    """No outputs, no counts, and no metadata but those that the book uses."""
    found = []
    if notebook.get("metadata") != LANGUAGE:
        found.append(f"notebook: metadata are {notebook.get('metadata')}, not {LANGUAGE}")
    for cell in notebook["cells"]:
        name = cell.get("id")
        if cell.get("outputs"):
            found.append(f"{name}: has outputs: run `make strip`")
        if cell.get("execution_count") is not None:
            found.append(f"{name}: has an execution count: run `make strip`")
        if unknown := set(cell.get("metadata", {})) - {"tags", "mystnb"}:
            found.append(f"{name}: metadata {sorted(unknown)}: run `make strip`")
        if cell.get("attachments"):
            found.append(f"{name}: has attachments: a picture is made by the chapter's code")
    return found


def format_and_ids(notebook):
    """Format 4.5; every cell has an id that is a name and is its own."""
    found = []
    if (notebook.get("nbformat"), notebook.get("nbformat_minor")) != (4, 5):
        found.append("notebook: format is not 4.5")
    ids = Counter(cell.get("id") for cell in notebook["cells"])
    for name, count in ids.items():
        if count > 1:
            found.append(f"{name}: {count} cells have this id")
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,63}", name or ""):
            found.append(f"{name}: an id is a name in lower case letters, digits and hyphens")
        elif re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}.*)?", name):
            found.append(f"{name}: an id says what the cell is, it is not drawn at random")
    return found


def imports_first(notebook):
    """The first code cell holds all imports and the style line."""
    first = code_cells(notebook)[0].id if code_cells(notebook) else None
    found = []
    for cell, node in nodes(notebook, (ast.Import, ast.ImportFrom)):
        if cell.id != first:
            found.append(f"{cell.id}: imports {ast.unparse(node)!r}; all imports stand in {first}")
    if "use_book_style" not in {called(n) for c, n in nodes(notebook, ast.Call) if c.id == first}:
        found.append(f"{first}: the first code cell calls use_book_style()")
    return found


def allowed_imports(notebook):
    """Chapters never import the Sphinx side."""
    found = []
    for cell, node in nodes(notebook, (ast.Import, ast.ImportFrom)):
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        for name in names:
            if name.startswith(("dlbook.site", "sphinx", "docutils", "tests.")):
                found.append(f"{cell.id}: chapters do not import {name}")
            if name.endswith(".*"):
                found.append(f"{cell.id}: no star imports")
    return found


def plain_python(notebook):
    """No magics, no shell lines, nothing that only works in a notebook."""
    found = []
    for cell in code_cells(notebook):
        if re.search(r"^\s*[%!]|get_ipython|pip install", cell.source, re.M):
            found.append(f"{cell.id}: no %magics and no !pip")
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            found.append(f"{cell.id}: not plain Python: {error.msg}, line {error.lineno}")
    return found


def no_global_seed(notebook):
    """Random numbers come from a generator that is passed on, or from inside fork_rng()."""
    found = []
    for cell, tree in parsed(notebook):
        forked = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.With):
                calls = [called(item.context_expr) for item in node.items]
                if "fork_rng" in calls:
                    forked |= {id(part) for part in ast.walk(node)}
        for node in ast.walk(tree):
            name = called(node)
            if name is None or id(node) in forked or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            if name in SEEDS and owner in ("np.random", "torch", "torch.random", "random"):
                found.append(f"{cell.id}: {owner}.{name} outside `with torch.random.fork_rng():`")
            elif name in LEGACY and owner in ("np.random", "random"):
                found.append(f"{cell.id}: {owner}.{name}: draw from a np.random.default_rng(seed)")
    return found


def cell_size(notebook):
    """A cell does one thing, and fits a page."""
    found = []
    for cell in code_cells(notebook):
        lines = cell.source.split("\n")
        if len(lines) > LINES:
            found.append(f"{cell.id}: {len(lines)} lines, at most {LINES}")
        if not cell.source.strip():
            found.append(f"{cell.id}: empty")
        for number, line in enumerate(lines, start=1):
            if len(line) > COLUMNS:
                found.append(f"{cell.id}: line {number} has {len(line)} columns, at most {COLUMNS}")
    return found


def prose_between(notebook):
    """Prose stands between any two code cells."""
    found, above = [], None
    for cell in cells(notebook):
        if cell.kind == "code" and above is not None:
            found.append(f"{cell.id}: nothing is said between it and the cell {above} before it")
        if cell.kind == "code":
            above = cell.id
        elif re.search(r"\w", cell.source):
            above = None
    return found


def no_looks(notebook):
    """Size, colours, fonts and resolution are the business of dlbook.plotting."""
    found = []
    for cell, node in nodes(notebook, (ast.Attribute, ast.keyword, ast.Constant, ast.Call)):
        complaint = None
        if isinstance(node, ast.Attribute) and node.attr in ("rcParams", "rc", "rc_context"):
            complaint = f"{node.attr} belongs to dlbook.plotting"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if COLOUR.fullmatch(node.value):
                complaint = f"{node.value!r}: take a colour of dlbook.plotting by its name"
        elif isinstance(node, ast.keyword):
            complaint = _keyword(node)
        elif isinstance(node, ast.Call):
            complaint = _call(node)
        if complaint:
            found.append(f"{cell.id}: {complaint}")
    return found


def _keyword(node):
    text = node.value.value if isinstance(node.value, ast.Constant) else None
    if node.arg in LOOK:
        return f"{node.arg}= belongs to dlbook.plotting"
    if node.arg in COLOURED and isinstance(text, str) and not re.fullmatch(r"C\d|none", text):
        return f"{node.arg}={text!r}: take a colour of dlbook.plotting by its name"
    if node.arg == "cmap" and isinstance(text, str) and text not in ("viridis", "cividis"):
        return f"cmap={text!r}: cividis or viridis"
    return None


def _call(node):
    name = called(node)
    if name in ("set_size_inches", "set_dpi", "set_color", "style"):
        return f"{name}() belongs to dlbook.plotting"
    if name == "use" and isinstance(node.func, ast.Attribute):
        if ast.unparse(node.func.value).endswith(("style", "matplotlib", "mpl")):
            return "use_book_style() is the only style line"
    if name in ("plot", "semilogx", "semilogy", "loglog", "errorbar"):
        for text in (arg.value for arg in node.args if isinstance(arg, ast.Constant)):
            if isinstance(text, str) and re.fullmatch(r"[-:.,o^v<>sp*+xD|_]*[bgrcmykw][^C]*", text):
                return f"{text!r} names a colour: leave it to the style"
    return None


def figures_described(notebook):
    """A cell that makes a figure says in its metadata what the figure answers and shows."""
    found, makers = [], set()
    for _, node in nodes(notebook, ast.FunctionDef):
        if any(_makes_figure(part, set()) for part in ast.walk(node)):
            makers.add(node.name)
    for cell, tree in parsed(notebook):
        outside = [node for top in tree.body if not isinstance(top, ast.FunctionDef)
                   for node in ast.walk(top)]  # fmt: skip
        for node in outside:
            if called(node) == "slider":
                words = {word.arg for word in node.keywords}
                missing = {"name", "alt", "caption"} - words
                if missing:
                    found.append(f"{cell.id}: the slider has no {' and no '.join(sorted(missing))}")
        if any(_makes_figure(node, makers) for node in outside):
            found += [f"{cell.id}: {text}" for text in _description(cell.metadata)]
    return found


def _makes_figure(node, makers):
    name = called(node)
    plot = isinstance(node, ast.Call) and (
        isinstance(node.func, ast.Name) or root(node.func) in ("plt", "plotting")
    )
    return plot and (name in FIGURES or name in makers)


def _description(metadata):
    about = metadata.get("mystnb", {})
    alt = about.get("image", {}).get("alt", "").strip()
    caption = about.get("figure", {}).get("caption", "").strip()
    name = about.get("figure", {}).get("name", "")
    if len(alt.split()) < 8:
        yield "a figure with no alt text in its metadata (mystnb: image: alt): a sentence or two"
    if len(caption.split()) < 4:
        yield "a figure without a caption in its metadata (mystnb: figure: caption): its answer"
    if alt and alt == caption:
        yield "alt text and caption are the same: one says what is seen, one what it means"
    if not re.fullmatch(r"fig-[a-z0-9-]+", name):
        yield "a figure without a name fig-... in its metadata (mystnb: figure: name)"


RULES = (
    stored_clean, format_and_ids, imports_first, allowed_imports, plain_python, no_global_seed,
    cell_size, prose_between, no_looks, figures_described,
)  # fmt: skip

"""Rules for the files of the repository. Each gives a list of complaints."""

import re
import subprocess

import yaml

LARGEST = 500_000  # bytes of one file
# Written in two parts, so that this file obeys its own rule.
PLACES = ["/" + "work/", "/" + "tmp/", "/" + "root/", r"/home/\w", r"/Users/\w", r"[A-Z]:\\Users"]
MACHINE = re.compile(rf"(?<![\w.}})/-])({'|'.join(PLACES)})")
GENERATED = re.compile(r"\.(pyc|html|log|so|pt|npz|npy|pkl)$|(^|/)(_build|\.venv|__pycache__)/")


def repository_files(root):
    """What is or would be committed, relative to the root; everything where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=root, capture_output=True)
    if done.returncode == 0:
        names = done.stdout.decode().split("\0")
        return sorted(name for name in set(names) if name and (root / name).is_file())
    files = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    hidden = {".venv", "_build", "__pycache__", ".git"}
    return sorted(str(path) for path in files if not hidden & set(path.parts))


def sizes(root, names):
    """Nothing is larger than half a megabyte."""
    large = [(name, (root / name).stat().st_size) for name in names]
    return [f"{name}: {size} bytes, at most {LARGEST}" for name, size in large if size > LARGEST]


def machine_paths(root, names):
    """No file speaks of a place on the machine it was written on."""
    found = []
    for name in names:
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            if match := MACHINE.search(line):
                found.append(f"{name}, line {number}: {match[0]} is a place on some machine")
    return found


def generated(names):
    """What a build makes is not stored."""
    kept = re.compile(r"^dlbook/site/templates/")
    return [f"{name}: is generated" for name in names
            if GENERATED.search(name) and not kept.match(name)]  # fmt: skip


def contents(toc, names):
    """Chapters and reference pages are in the table of contents, and what it lists is there."""
    text = yaml.safe_dump(toc)
    listed = re.findall(r"(?:file|root): (\S+)", text)
    pages = {name.rsplit(".", 1)[0] for name in names
             if name.startswith("chapters/") and name.endswith((".md", ".ipynb"))}  # fmt: skip
    found = [f"{name}: is listed {listed.count(name)} times" for name in set(listed)
             if listed.count(name) > 1]  # fmt: skip
    found += [f"{name}: is not in _toc.yml" for name in sorted(pages - set(listed))]
    found += [f"{name}: is in _toc.yml, but there is no such page" for name in set(listed) - pages]
    numbered = [name for name in pages if re.search(r"(^|/)\d", name)]
    return found + [f"{name}: order lives in _toc.yml, not in a file's name" for name in numbered]

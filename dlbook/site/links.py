"""Do the links that lead out of the book still lead somewhere?

``python -m dlbook.site.links`` reads the pages of the built site and executes nothing. The links
are handed to Sphinx's own link checker, which tries again after a failure and waits as long as a
busy server asks it to. A DOI is looked up where DOIs are registered: whether it exists is known
there, and publishers turn programs away.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SITE = Path("_build", "html")
LINK = re.compile(r'<a\s[^>]*?href="(https?://[^"]+)"')
DOI, REGISTRY = "https://doi.org/", "https://doi.org/api/handles/"
SETTINGS = {
    "project": "Outside links", "copyright": "", "linkcheck_timeout": 30, "linkcheck_retries": 3,
    "linkcheck_workers": 2, "linkcheck_rate_limit_timeout": 300,
    "linkcheck_report_timeouts_as_broken": False,  # but as "timeout"
}  # fmt: skip
# Sphinx reads a list of placeholders, and asks for what they stand for: no markup changes a link.
CONF = """
{settings}
LINKS = {links!r}

def setup(app):
    app.connect("linkcheck-process-uri", lambda app, uri: LINKS[int(uri.rpartition("/")[2])])
"""


class Answer(NamedTuple):
    """What became of a link."""

    status: str  # working, redirected, broken or timeout
    page: str  # the first page that has the link, relative to the site
    link: str
    why: str  # the reason of a failure, or where the link leads now


def outside(site: Path, own: str = "") -> dict[str, str]:
    """The links that lead out of a built site, each with the first page that has it.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built site.
    own : str
        Links that begin like this lead to the book itself, and are left out.
    """
    found: dict[str, str] = {}
    for page in sorted(site.rglob("*.html")):
        if "_static" not in page.parts:
            for link in map(html.unescape, LINK.findall(page.read_text(encoding="utf-8"))):
                if not (own and link.startswith(own)):
                    found.setdefault(link, page.relative_to(site).as_posix())
    return found


def asked(link: str) -> str:
    """The address that is asked for a link."""
    return link.replace(DOI, REGISTRY, 1) if link.startswith(DOI) else link


def check(links: dict[str, str]) -> Iterable[Answer]:
    """Ask for each link, and yield what came of it.

    Parameters
    ----------
    links : dict
        As :func:`outside` returns them.

    Raises
    ------
    RuntimeError
        The checker gave no answer for a link; the message holds what it said.
    """
    settings = "\n".join(f"{name} = {value!r}" for name, value in SETTINGS.items())
    with tempfile.TemporaryDirectory() as scratch:
        source, out = Path(scratch, "source"), Path(scratch, "out")
        source.mkdir()
        conf = CONF.format(settings=settings, links=[asked(link) for link in links])
        (source / "conf.py").write_text(conf, encoding="utf-8")
        placeholders = " ".join(f"https://link.invalid/{number}" for number in range(len(links)))
        (source / "index.rst").write_text(f"Links\n=====\n\n{placeholders}\n", encoding="utf-8")
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "linkcheck", source, out]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        output = out / "output.json"
        text = output.read_text(encoding="utf-8") if output.is_file() else ""
    answers = {one["uri"]: one for one in map(json.loads, text.splitlines())}
    for link, page in links.items():
        if (answer := answers.get(asked(link))) is None:
            raise RuntimeError(f"Sphinx's link checker gave no answer for {link}:\n{run.stderr}")
        yield Answer(answer["status"], page, link, answer["info"])


def main(root: Path) -> int:
    """Check the links of the book in a folder; returns 0, or 1 if one is broken."""
    from dlbook.site.addresses import read

    site = root / SITE
    if not (site / "index.html").is_file():
        print(f"There is no built site in {site}: build the book first.", file=sys.stderr)
        return 1
    repository, own = read(root)
    links = {link: page for link, page in outside(site, own).items()
             if not (repository and link.startswith(f"{repository}/"))}  # fmt: skip
    answers = list(check(links))
    moved = [answer for answer in answers if answer.status == "redirected"]
    broken = [answer for answer in answers if answer.status not in ("working", "redirected")]
    for answer in broken:
        print(f"{answer.status}: {answer.link}\n    on {answer.page}: {answer.why}")
    print(f"{len(answers)} outside links: {len(answers) - len(moved) - len(broken)} work, "
          f"{len(moved)} are redirected, {len(broken)} are broken")  # fmt: skip
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))

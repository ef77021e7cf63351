"""Where the book stands in the world: the address of its repository and of its site.

Both are set in one place, ``_config.yml``: ``dlbook_repository`` and ``html_baseurl``. They are
empty as long as nobody has published the book, and then no page speaks of an address. The
environment has the last word (``DLBOOK_REPOSITORY``, ``DLBOOK_BASEURL``), so that a fork is
published under its own address without a change.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

GITHUB = re.compile(r"https://github\.com/([^/]+)/([^/]+)")


class Addresses(NamedTuple):
    """Two addresses; each is empty where it is not known."""

    repository: str  # without a slash at its end
    site: str  # with a slash at its end


def addresses(settings: Mapping[str, str], environment: Mapping[str, str] = os.environ):
    """The addresses that these settings and the environment give.

    Parameters
    ----------
    settings : mapping
        May hold ``dlbook_repository`` and ``html_baseurl``.
    environment : mapping
        May hold ``DLBOOK_REPOSITORY`` and ``DLBOOK_BASEURL``, which come first.

    Returns
    -------
    Addresses
        Where only a repository on GitHub is known, the site is what GitHub Pages makes of it.

    Raises
    ------
    ValueError
        An address is not one of http or https.
    """
    repository, site = (
        _address(environment.get(variable) or settings.get(key) or "", f"{key} or {variable}")
        for key, variable in (("dlbook_repository", "DLBOOK_REPOSITORY"),
                              ("html_baseurl", "DLBOOK_BASEURL"))
    )  # fmt: skip
    if not site and (match := GITHUB.fullmatch(repository)):
        owner, name = match[1].lower(), match[2]
        host = f"{owner}.github.io"
        site = f"https://{host}" if name.lower() == host else f"https://{host}/{name}"
    return Addresses(repository, f"{site}/" if site else "")


def _address(text: str, where: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError(f"{where} must be empty or an address such as https://host/path, "
                         f"got {text!r}")  # fmt: skip
    return text.rstrip("/")


def read(root: str | Path, environment: Mapping[str, str] = os.environ) -> Addresses:
    """The addresses of the book in a folder, for what is not a part of Sphinx."""
    import yaml

    config = yaml.safe_load(Path(root, "_config.yml").read_text(encoding="utf-8"))
    return addresses(config["sphinx"]["config"], environment)


def use(app, config) -> None:
    """Hand the addresses to Sphinx (canonical links) and to the theme (links to the source)."""
    settings = {key: config[key] for key in ("dlbook_repository", "html_baseurl")}
    repository, config.html_baseurl = addresses(settings)
    if repository:
        config.html_theme_options |= {
            "repository_url": repository, "repository_branch": "main", "path_to_docs": "",
            "use_repository_button": True, "use_edit_page_button": True, "use_issues_button": True,
        }  # fmt: skip


def plain_icons(app, pagename, templatename, context, doctree) -> None:
    """Show the links to the source with an icon that the small icon font has, not with a brand."""
    for button in context.get("header_buttons", []):
        if button["icon"].startswith("fab "):
            button["icon"] = "fas fa-code-branch"
        for inner in button.get("buttons", []):
            if inner.get("icon", "").startswith("fab "):
                inner["icon"] = "fas fa-code-branch"


def setup(app) -> dict:
    """Connect to Sphinx."""
    app.add_config_value("dlbook_repository", "", "html", str)
    app.connect("config-inited", use)
    app.connect("html-page-context", plain_icons, priority=902)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""The built site, copied elsewhere and served from there.

``DLBOOK_SITE``  a built site other than ``_build/html``
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.served import serve

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site():
    """Folder of the built site; it is built first if there is none."""
    folder = Path(os.environ.get("DLBOOK_SITE", ROOT / "_build" / "html"))
    if not (folder / "index.html").is_file():
        command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-q", "-W", "-n",
                   "--keep-going"]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    return folder


@pytest.fixture(scope="session")
def address(site, tmp_path_factory):
    """Where a copy of the site is served: not at the root of a host, as on a laptop."""
    root = tmp_path_factory.mktemp("laptop")
    shutil.copytree(site, root / "a copied folder")
    with serve(root) as server:
        yield f"{server}a%20copied%20folder/"


@pytest.fixture(scope="session")
def pages(site):
    """Addresses of all pages, relative to the site; index.html only leads to the home page."""
    found = sorted(page.relative_to(site).as_posix() for page in site.rglob("*.html")
                   if "_static" not in page.parts and page != site / "index.html")  # fmt: skip
    assert "chapters/intro.html" in found
    return found


@pytest.fixture
def open_page(browser, address):
    """Return a function that opens a page of the site in a window of its own."""
    windows = []

    def open_(name, *, width=1280, theme="light", scripts=True, watch=None):
        window = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme,
                                     java_script_enabled=scripts)  # fmt: skip
        windows.append(window)
        page = window.new_page()
        if watch is not None:
            watch(page)
        page.goto(address + name)
        return page

    yield open_
    for window in windows:
        window.close()

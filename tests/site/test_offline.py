"""What a reader takes along: it is complete, equal input gives equal bytes, and it is made once."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from dlbook.site import offline

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the package with a site of three files, packed."""
    root = tmp_path_factory.mktemp("book")
    shutil.copytree(ROOT / "dlbook", root / "dlbook", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "README.md", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    site = root / offline.SITE
    (site / "chapters").mkdir(parents=True)
    (site / "index.html").write_text("home")
    (site / "picture.png").write_bytes(bytes(1000))
    (site / ".hidden").write_text("not for readers")
    (site / offline.PAGE).write_text('a<p class="dlb-zip"><a href="x.zip">\nzip</a></p>z')
    assert [Path(name).suffix for name in offline.pack(root)] == [".whl", ".zip"]
    return root


def read(book, suffix):
    """Name -> content of the one download of a kind."""
    (path,) = (book / offline.SITE / offline.DOWNLOADS).glob("*" + suffix)
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_wheel_holds_every_file_of_the_package(book):
    listed = subprocess.run(["git", "ls-files", "dlbook"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.split()  # fmt: skip
    present = {name for name in listed if (ROOT / name).is_file()}
    assert len(present) > 50 and present <= set(read(book, ".whl"))


def test_the_package_imports_from_the_wheel_alone(book, tmp_path):
    with zipfile.ZipFile(next((book / offline.SITE / offline.DOWNLOADS).glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path)
    code = ("import dlbook.data, dlbook.evidence, dlbook.models, dlbook.plotting, dlbook.practice;"
            "dlbook.plotting.use_book_style(); print(dlbook.__file__)")  # fmt: skip
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
                         env={"PYTHONPATH": str(tmp_path), "PATH": ""}, check=False)  # fmt: skip
    assert run.stdout.strip() == str(tmp_path / "dlbook" / "__init__.py"), run.stderr


def test_the_constraints_are_the_pins(book):
    lines = (book / offline.SITE / offline.DOWNLOADS / "constraints.txt").read_text().splitlines()
    required = (ROOT / "requirements.txt").read_text().splitlines()
    assert "torch==2.13.0" in lines and set(lines[1:]) <= set(required)
    assert {line for line in required if "==" in line} <= set(lines)


def test_the_zip_is_the_site_with_a_note_and_without_itself(book):
    packed = read(book, ".zip")
    top = f"{offline.NAME}/"
    names = {name.removeprefix(top) for name in packed if name.startswith(top)}
    wheel = "downloads/dlbook-0.1.0-py3-none-any.whl"
    assert names == {"README.txt", "index.html", "picture.png", offline.PAGE, wheel,
                     "downloads/constraints.txt"}  # fmt: skip
    assert len(packed) == len(names)
    assert packed[top + "picture.png"] == bytes(1000)
    assert b"http.server" in packed[top + "README.txt"]
    page = packed[top + offline.PAGE].decode()
    assert page == 'a<p class="dlb-zip">This is such a copy.</p>z'


def test_nothing_is_made_twice_and_equal_input_gives_equal_bytes(book):
    folder = book / offline.SITE / offline.DOWNLOADS
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert offline.pack(book) == []
    for path in [*(book / "dlbook").glob("*.py"), book / offline.SITE / "index.html"]:
        path.touch()
        path.chmod(0o600)
    assert offline.pack(book) == []
    shutil.rmtree(folder)
    assert len(offline.pack(book)) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_changed_is_made_again(book):
    (book / offline.SITE / "index.html").write_text("home, changed")
    assert offline.pack(book) == ["deep-learning-checked.zip"]
    assert b"home, changed" in read(book, ".zip").values()

    project = book / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "0.1.0"', 'version = "0.2.0"'))
    wheel = "dlbook-0.2.0-py3-none-any.whl"
    assert offline.pack(book) == [wheel, "deep-learning-checked.zip"]
    assert [path.name for path in (book / offline.SITE).rglob("*.whl")] == [wheel]

    (book / "dlbook" / "new.py").write_text("ANSWER = 42\n")
    offline.pack(book)
    assert "dlbook/new.py" in read(book, ".whl")


def test_without_a_site_or_with_a_broken_project_it_says_what_is_wrong(tmp_path, book):
    with pytest.raises(FileNotFoundError, match="no built site in .* build the book first"):
        offline.pack(tmp_path)
    (book / "pyproject.toml").write_text("[project\n")
    with pytest.raises(RuntimeError, match=r"(?s)wheel of dlbook could not be built.*pyproject"):
        offline.pack(book)


# --- the book's own page and downloads -----------------------------------------------------------


def test_the_page_names_the_files_that_are_there(site):
    html = (site / offline.PAGE).read_text(encoding="utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    wheel = f"dlbook-{version}-py3-none-any.whl"
    links = re.findall(r'href="\.\./downloads/([^"]+)"', html)
    assert sorted(links) == sorted([wheel, "constraints.txt", f"{offline.NAME}.zip"])
    assert f"{wheel}[chapters]" in html and len(offline.OFFER.findall(html)) == 1
    missing = [name for name in links if not (site / "downloads" / name).is_file()]
    assert not missing, "the site was built without: python -m dlbook.site.offline"


def test_the_download_button_of_a_chapter_gives_its_notebook(site):
    notebooks = [path.relative_to(ROOT) for path in ROOT.glob("chapters/*/*.ipynb")]
    assert notebooks
    for path in notebooks:
        html = (site / path.with_suffix(".html")).read_text(encoding="utf-8")
        assert f'href="../../_sources/{path.as_posix()}"' in html
        assert (site / "_sources" / path).read_bytes() == (ROOT / path).read_bytes()

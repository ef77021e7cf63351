"""Python for the pages is fetched once, checked, and never in the way of a build."""

import base64
import hashlib
import io
import json
import tarfile

import pytest

from dlbook.site import vendor
from tests.site.served import serve

WHEEL = b"a wheel"
ENTRY = {"file_name": "numpy-1-none-any.whl", "sha256": hashlib.sha256(WHEEL).hexdigest()}


def package(leave_out=()):
    """An npm package with the names of the real one."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in set(vendor.FILES) - set(leave_out) | {"console.html"}:
            text = json.dumps({"packages": {"numpy": ENTRY}}) if name == vendor.LOCK else name
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """The address of a registry that has the package, and what it asks for."""
    content = package()
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    monkeypatch.setattr(vendor, "INTEGRITY", f"sha512-{digest}")
    place = tmp_path / "registry" / vendor.NAME / "-" / f"{vendor.NAME}-{vendor.VERSION}.tgz"
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    with serve(tmp_path / "registry") as address:
        yield {"npm_config_registry": address}, place


@pytest.fixture
def book(tmp_path):
    """The folder of a book."""
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


def test_it_is_downloaded_once(registry, book, capsys):
    environment, place = registry
    assert vendor.carried(book) == (None, [])
    assert vendor.main(book, environment) == 0
    assert capsys.readouterr().out.startswith("Downloaded pyodide")
    folder, packages = vendor.carried(book)
    assert packages == []
    assert {path.name for path in folder.iterdir()} == set(vendor.FILES)
    assert (folder / "pyodide.mjs").read_text("utf8") == "pyodide.mjs"
    place.unlink()
    assert vendor.main(book, environment) == 0
    assert vendor.main(book, {"npm_config_registry": "http://127.0.0.1:9/"}) == 0
    assert capsys.readouterr() == ("", "")


def test_another_file_is_refused(registry, book, capsys):
    environment, place = registry
    place.write_bytes(package(leave_out=["README.md"]))
    assert vendor.main(book, environment) == 0
    said = capsys.readouterr().err
    assert "is not the file it should be: expected sha512-" in said and ", got sha512-" in said
    assert said.count("\n") == 1 and vendor.WITHOUT in said
    assert vendor.carried(book) == (None, [])


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://nowhere.invalid/npm/"])
def test_without_a_network_the_build_goes_on(address, book, capsys):
    assert vendor.main(book, {"npm_config_registry": address}) == 0
    said = capsys.readouterr().err
    assert said.startswith(f"No pyodide {vendor.VERSION}: ") and said.count("\n") == 1
    assert vendor.carried(book) == (None, [])


def test_half_a_package_leaves_nothing(registry, book, monkeypatch):
    monkeypatch.setattr(vendor, "checked", lambda content, *what: package(["README.md"]))
    with pytest.raises(KeyError, match="README"):
        vendor.main(book, registry[0])
    assert vendor.carried(book) == (None, [])
    monkeypatch.undo()
    monkeypatch.setattr(vendor, "checked", lambda content, *what: content)
    assert vendor.main(book, registry[0]) == 0  # what was left behind is not in the way
    assert vendor.carried(book)[0]


@pytest.mark.parametrize("kind", ["file", "folder", "address"])
def test_a_wheel_is_added(kind, registry, book, tmp_path):
    environment, _ = registry
    place = tmp_path / "registry" / ENTRY["file_name"]
    place.write_bytes(WHEEL)
    address = environment["npm_config_registry"] + place.name
    where = {"file": place, "folder": place.parent, "address": address}[kind]
    assert vendor.main(book, environment | {"NUMPY_WHEEL": str(where)}) == 0
    folder, packages = vendor.carried(book)
    assert packages == ["numpy"]
    assert (folder / place.name).read_bytes() == WHEEL
    place.unlink()
    assert vendor.main(book, environment | {"NUMPY_WHEEL": str(where)}) == 0  # it is there already
    assert vendor.main(book, environment) == 0
    assert vendor.carried(book)[1] == ["numpy"]


def test_another_wheel_is_refused_and_stops_the_build(registry, book, tmp_path, capsys):
    other = tmp_path / ENTRY["file_name"]
    other.write_bytes(b"another wheel")
    assert vendor.main(book, registry[0] | {"NUMPY_WHEEL": str(other)}) == 1
    said = capsys.readouterr().err
    assert "NUMPY_WHEEL cannot be used" in said and "got sha256-" in said
    assert vendor.main(book, registry[0] | {"NUMPY_WHEEL": str(tmp_path / "none.whl")}) == 1
    assert "none.whl" in capsys.readouterr().err
    assert vendor.carried(book)[1] == []

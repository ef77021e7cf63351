"""Find and verify files of installed packages."""

import hashlib
import sys

import pytest

from dlbook.data.packages import ChangedData, MissingPackage, find

CONTENT = b"one\ntwo\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def carrier(tmp_path, monkeypatch):
    """A package that must not be imported, with a file two folders down."""
    folder = tmp_path / "carrier_of_words"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (folder / "a" / "b" / "words.txt").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def ask(package="carrier_of_words", member="a/b/words.txt", sha256=DIGEST):
    return find(package, member, sha256=sha256, install="carrier-of-words==1.2")


def test_the_file_is_found_and_the_package_is_not_imported(carrier):
    assert ask() == carrier / "a" / "b" / "words.txt"
    assert ask().read_bytes() == CONTENT
    assert "carrier_of_words" not in sys.modules


def test_a_package_without_init_is_found(carrier):
    (carrier / "__init__.py").unlink()
    assert ask().read_bytes() == CONTENT


def test_a_missing_package_is_named_with_what_to_install():
    with pytest.raises(MissingPackage, match=r"words\.txt.*'no_such_package_here'.*") as error:
        ask(package="no_such_package_here")
    assert str(error.value).endswith("pip install carrier-of-words==1.2")
    assert isinstance(error.value, ImportError)


def test_a_single_module_carries_no_data(tmp_path, monkeypatch):
    (tmp_path / "lonely_module.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingPackage, match="lonely_module"):
        ask(package="lonely_module")


def test_a_changed_file_is_refused_with_both_digests(carrier):
    (carrier / "a" / "b" / "words.txt").write_bytes(b"one\ntwo")
    found = hashlib.sha256(b"one\ntwo").hexdigest()
    with pytest.raises(ChangedData, match=f"{found}.*{DIGEST}.*pip install carrier-of-words==1.2"):
        ask()


def test_an_absent_file_is_named(carrier):
    with pytest.raises(ChangedData, match=r"other\.txt does not exist.*carrier-of-words==1.2"):
        ask(member="a/other.txt")


@pytest.mark.parametrize("name", ["os.path", "", "a/b", "scikit-learn"])
def test_only_top_level_names_are_looked_up(name):
    with pytest.raises(ValueError, match="top-level"):
        ask(package=name)

"""Addresses: one place to set them, no address where none is set."""

import re
import subprocess
from pathlib import Path

import pytest

from dlbook.site.addresses import addresses, read
from tests.site import tiny_book

ROOT = Path(__file__).parents[2]
HUB, PAGES = "https://github.com/Someone/a-book", "https://someone.github.io/a-book/"


@pytest.mark.parametrize(
    ("settings", "environment", "expected"),
    [
        ({}, {}, ("", "")),
        ({"dlbook_repository": HUB}, {}, (HUB, PAGES)),
        ({"dlbook_repository": HUB + "/"}, {}, (HUB, PAGES)),
        ({}, {"DLBOOK_REPOSITORY": HUB}, (HUB, PAGES)),
        ({"dlbook_repository": "https://git.example/x"}, {"DLBOOK_REPOSITORY": HUB}, (HUB, PAGES)),
        ({"html_baseurl": "http://b.example"}, {"DLBOOK_REPOSITORY": HUB},
         (HUB, "http://b.example/")),
        ({"html_baseurl": "http://b.example"}, {"DLBOOK_BASEURL": "http://c.example/d"},
         ("", "http://c.example/d/")),
        ({"dlbook_repository": "https://github.com/Someone/someone.github.io"}, {},
         ("https://github.com/Someone/someone.github.io", "https://someone.github.io/")),
        ({"dlbook_repository": "https://git.example/x/y"}, {}, ("https://git.example/x/y", "")),
    ],
)  # fmt: skip
def test_the_environment_comes_first_and_pages_follow_from_the_repository(
    settings, environment, expected
):
    assert addresses(settings, environment) == expected


@pytest.mark.parametrize("wrong", ["someone/a-book", "git@github.com:someone/a-book", "https://"])
def test_what_is_no_address_is_refused(wrong):
    with pytest.raises(ValueError, match=f"dlbook_repository .* got '{re.escape(wrong)}'"):
        addresses({"dlbook_repository": wrong}, {})


@pytest.mark.parametrize("repository", ["", HUB])
def test_a_page_names_its_address_only_where_there_is_one(tmp_path, monkeypatch, repository):
    monkeypatch.setenv("DLBOOK_REPOSITORY", repository)
    tiny_book.write(tiny_book.sound_book(), tmp_path)
    extensions = [*tiny_book.CONF["extensions"], "dlbook.site.addresses"]
    code, log = tiny_book.build(tmp_path, extensions=extensions, html_theme="sphinx_book_theme")
    assert (code, log) == (0, "")
    html = tiny_book.page(tmp_path, "chapter")
    links = [f'<link rel="canonical" href="{PAGES}chapter.html"', f'href="{HUB}"',
             f'href="{HUB}/edit/main/chapter.ipynb"', f'href="{HUB}/issues/new']  # fmt: skip
    assert [link in html for link in links] == [bool(repository)] * 4
    assert "github" not in html or repository
    assert "fab fa-" not in html  # the small icon font has no brands


def test_the_book_itself_has_no_address_yet_and_names_none_elsewhere():
    assert read(ROOT, {}) == ("", "")
    listed = subprocess.run(["git", "ls-files", "*.md", "*.cff", "*.toml", "Makefile", ".github"],
                            cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    for name in listed.stdout.splitlines():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.findall(r"https?://(?:www\.)?github\.com/\w\S*|\w+\.github\.io", text), name

"""Drawings that share one page."""

import xml.etree.ElementTree as ET

import pytest

from dlbook.plotting.svg import share

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HEAD = f'<svg {XMLNS} width="9pt">'


def drawing(mark, x):
    return f"""<?xml version="1.0"?>{HEAD}
  <metadata><a/></metadata>
  <defs><style type="text/css">*{{stroke-linejoin: round}}</style></defs>
  <g id="axes_1">
   <defs><path id="m1" d="M 0 {mark}
L 1.23456 -2.3449"/></defs>
   <g clip-path="url(#p1)" style="fill: url(#h1); stroke-width: 0.123456">
    <use xlink:href="#m1" x="{x}" transform="scale(0.015625)"/>
    <image xlink:href="data:image/png;base64,
AA1.23456"/>
   </g>
  </g>
  <defs><clipPath id="p1"><rect x="1"/></clipPath>
   <pattern id="h1"><path id="z" d="M 1"/></pattern></defs>
</svg>"""


def parse(shared, drawings):
    return ET.fromstring(f"<div><defs>{shared}</defs>{''.join(drawings)}</div>")


def test_definitions_are_kept_once_and_every_reference_finds_its_own():
    page = parse(*share([drawing(1, 5), drawing(2, 6), drawing(1, 7)], prefix="q-"))
    defined = {part.get("id"): part for part in page.iter() if part.get("id")}
    assert len(defined) == sum(part.get("id") is not None for part in page.iter()) == 4
    assert all(name.startswith("q-") for name in defined)
    uses = [defined[use.get("href")[1:]] for use in page.iter("use")]
    assert [use.get("d") for use in uses] == [f"M 0 {k} L 1.23 -2.34" for k in (1, 2, 1)]
    for group in page.iter("g"):
        if group.get("clip-path"):
            assert defined[group.get("clip-path")[5:-1]].tag == "clipPath"
            assert defined[group.get("style").split("#")[1].split(")")[0]].tag == "pattern"
    assert page.find("defs/pattern/path").get("id") is None


def test_what_is_left_is_the_drawing():
    shared, (result,) = share([drawing(1, 5)], prefix="q")
    page = parse(shared, [result])
    assert not list(page.iter("metadata")) and not list(page.iter("style"))
    assert "xmlns" not in result and "\n" not in result + shared and "axes_1" not in result
    assert page.find("svg").get("stroke-linejoin") == "round"
    assert page.find("svg").get("width") == "9pt"
    assert page.find(".//use").get("x") == "5"
    assert page.find(".//use").get("transform") == "scale(0.015625)"  # not rounded
    assert "stroke-width: 0.123456" in result
    assert page.find(".//image").get("href") == "data:image/png;base64, AA1.23456"


def test_a_reference_to_nothing_is_an_error():
    with pytest.raises(KeyError, match="nowhere"):
        share([f'{HEAD}<use xlink:href="#nowhere"/></svg>'], prefix="q")
    with pytest.raises(KeyError, match="nowhere"):
        share([f'{HEAD}<g clip-path="url(#nowhere)"/></svg>'], prefix="q")

"""Several SVG drawings by matplotlib in one page: no id twice, no definition twice."""

import re
import xml.etree.ElementTree as ET

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
LENGTHS = ("d", "x", "y", "points")  # in these nobody sees the third decimal
LONG = re.compile(r"-?\d+\.\d{3,}")
REFERENCE = re.compile(r"url\(#([^)]+)\)")


def share(drawings, *, prefix):
    """Take the definitions (glyphs, marks, clip paths) out of drawings, and keep each once.

    Parameters
    ----------
    drawings : sequence of str
        SVG documents as matplotlib writes them. One id may mean different things in different
        documents.
    prefix : str
        Begins every id of the result; unique on the page.

    Returns
    -------
    shared : str
        The definitions, to stand in a ``<defs>`` before the drawings.
    drawings : list of str
        ``<svg>`` elements without metadata, definitions and ids.

    Raises
    ------
    KeyError
        A drawing refers to an id that it does not define.
    """
    names = {}  # text of a definition -> its id
    results = [_without_definitions(ET.fromstring(text), names, prefix) for text in drawings]
    shared = "".join(re.sub(r"^<\w+", rf'\g<0> id="{name}"', text) for text, name in names.items())
    return shared, results


def _without_definitions(root, names, prefix):
    ids = {}  # id in this document -> id in the page
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{SVG}metadata":
                parent.remove(child)
            if child.tag == f"{SVG}defs":
                parent.remove(child)
                for definition in child:
                    if definition.tag == f"{SVG}style":  # it would rule the whole page
                        continue
                    old = definition.attrib["id"]
                    ids[old] = names.setdefault(_lean(definition, {}), f"{prefix}{len(names):x}")
    root.set("stroke-linejoin", "round")  # what the style element said
    return _lean(root, ids)


def _lean(element, ids):
    """Write an element as HTML has it, without ids, with references renamed by `ids`."""
    for part in element.iter():
        part.tag = part.tag.removeprefix(SVG)
        part.text = part.tail = None  # text is drawn as outlines; what is left is indentation
        part.attrib.pop("id", None)
        target = part.attrib.pop(f"{XLINK}href", None)
        if target is not None:
            part.set("href", f"#{ids[target[1:]]}" if target.startswith("#") else target)
        for name, value in part.attrib.items():
            if name in LENGTHS:
                value = LONG.sub(lambda number: f"{float(number[0]):.2f}", value)
            value = REFERENCE.sub(lambda match: f"url(#{ids[match[1]]})", value)
            part.set(name, " ".join(value.split()))
    return ET.tostring(element, encoding="unicode")

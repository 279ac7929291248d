"""The body of a QTI item: its text with blanks where entries stand, and its interactions."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from lianbing.banks.interchange.raising import degrees, lowered, raised
from lianbing.banks.interchange.rich_text import picture_mark
from lianbing.banks.interchange.xml_trees import attribute, child, name_of

BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "prompt"}
KNOWN = {"choiceInteraction", "orderInteraction", "matchInteraction", "extendedTextInteraction"}
SILENT = {"feedbackInline", "rubricBlock", "templateDeclaration", "stylesheet", "script"}
HEAVIEST = 999


@dataclass(kw_only=True, slots=True)
class Body:
    """``entries`` are text entries in order of their blanks; ``parts`` those of a case."""

    text: str = ""
    interactions: list[Element] = field(default_factory=list)
    entries: list[Element] = field(default_factory=list)
    parts: "list[Body]" = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    weight: int = 1


def body_of(element: Element) -> Body:
    """An element's text and interactions; several interactions make a case of its parts."""
    body = Body()
    pieces: list[str] = []
    _walk(element, body, pieces)
    body.text = _tidy(pieces)
    if not body.parts and len(body.interactions) > 1:
        body.parts = [_alone(one) for one in body.interactions]
    return body


def _alone(interaction: Element) -> Body:
    prompt = child(interaction, "prompt")
    text = body_of(prompt).text if prompt is not None else ""
    return Body(text=text, interactions=[interaction])


def _walk(element: Element, body: Body, pieces: list[str]) -> None:
    if element.text:
        pieces.append(_spaced(element.text))
    for one in element:
        _take(one, body, pieces)
        if one.tail:
            pieces.append(_spaced(one.tail))


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)


def _take(one: Element, body: Body, pieces: list[str]) -> None:
    name = name_of(one)
    if name == "textEntryInteraction":
        body.entries.append(one)
        pieces.append(f"{{{{{len(body.entries)}}}}}")
    elif name in KNOWN:
        body.interactions.append(one)
        prompt = child(one, "prompt")
        if prompt is not None:
            pieces += ["\n", body_of(prompt).text, "\n"]
    elif name in ("sup", "sub"):
        inner: list[str] = []
        _walk(one, body, inner)
        pieces.append(raised("".join(inner)) if name == "sup" else lowered("".join(inner)))
    elif name.endswith("Interaction"):
        body.unknown.append(name)
    elif name == "img":
        pieces.append(picture_mark(one.get("src", ""), one.get("alt", "")))
    elif "lianbing-part" in one.get("class", "").split():
        part = body_of(one)
        weight = attribute(one, "data-weight")
        part.weight = int(weight) if weight.isdecimal() and int(weight) <= HEAVIEST else 1
        body.parts.append(part)
    elif name not in SILENT:
        line = "\n" if name in BREAKS else ""
        pieces.append(line)
        _walk(one, body, pieces)
        pieces.append(line if name != "br" else "")


def _tidy(pieces: list[str]) -> str:
    lines = [line.strip() for line in "".join(pieces).split("\n")]
    return degrees("\n".join(line for line in lines if line))

"""XML from strangers as trees: no entities, nothing external, bounded depth; plain names."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lianbing.banks.interchange.drafts import Refused
from lianbing.kernel.errors import N_

DEEPEST = 60
ENTITIES = N_("The file defines entities or points outside itself. It was not opened.")
NOT_XML = N_("The file is no readable XML (line %(line)s). Save it again and send it anew.")
TOO_DEEP = N_("The file is nested too deeply. It was not opened.")


def parse(data: bytes) -> Element:
    """The root; raises Refused for anything but plain XML without a document type."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused(ENTITIES) from error
    except ParseError as error:
        raise Refused(NOT_XML, line=error.position[0]) from error
    except (ValueError, LookupError) as error:
        raise Refused(NOT_XML, line=1) from error
    _measure(root)
    return root


def _measure(root: Element) -> None:
    level = [root]
    for _depth in range(DEEPEST):
        level = [child for parent in level for child in parent]
        if not level:
            return
    raise Refused(TOO_DEEP)


def name_of(element: Element) -> str:
    """The name without namespace; ``qti-choice-interaction`` as ``choiceInteraction``."""
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if not name.startswith("qti-"):
        return name
    first, *rest = name[4:].split("-")
    return first + "".join(piece.capitalize() for piece in rest)


def attribute(element: Element, name: str) -> str:
    """An attribute as QTI 2 (``baseType``) or 3 (``base-type``) writes it; "" when missing."""
    dashed = "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] in (name, dashed):
            return value
    return ""


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Every element below of one of the names, in order."""
    return (one for one in element.iter() if name_of(one) in names)


def child(element: Element, name: str) -> Element | None:
    """The first child of a name."""
    return next((one for one in element if name_of(one) == name), None)


def child_text(element: Element, name: str) -> str:
    """The text of the first child of a name, "" when there is none."""
    found = child(element, name)
    return "".join(found.itertext()).strip() if found is not None else ""

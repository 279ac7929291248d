"""Formulas as trees of plain data, which Typst and Word each build anew; pure.

Nothing of a formula is ever read as a program by either: letters stay data.
"""

from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from lianbing.banks.rendering import UnreadableFormula, to_mathml

Tree = dict[str, Any]
ACCENTS = {"―": "‾", "¯": "‾", "→": "→", "^": "^", "~": "~", "˙": "˙", "¨": "¨"}


def formula_tree(tex: str) -> Tree | None:
    """The formula; None for one that cannot be shown as such."""
    try:
        return _tree(fromstring(to_mathml(tex)))
    except UnreadableFormula:
        return None


def _tree(element: Element) -> Tree:
    name = element.tag.rpartition("}")[2]
    children = list(element)
    match name:
        case "mi" | "mo" | "mn" | "ms" | "mtext":
            text = (element.text or "").replace("\u2061", "")
            return {"k": "text" if name in ("mtext", "ms") else name, "t": text}
        case "mspace":
            return {"k": "text", "t": " "}
        case "mfrac":
            return {"k": "frac", "a": _tree(children[0]), "b": _tree(children[1])}
        case "msqrt":
            return {"k": "root", "a": _row(children), "i": None}
        case "mroot":
            return {"k": "root", "a": _tree(children[0]), "i": _tree(children[1])}
        case "msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover":
            return _attached(name, [_tree(child) for child in children])
        case "mtable":
            rows = [[_row(list(cell)) for cell in row] for row in children]
            return {"k": "table", "rows": rows}
        case _:
            return _row(children)


def _row(children: list[Element]) -> Tree:
    return {"k": "row", "c": [_tree(child) for child in children]}


def _attached(name: str, parts: list[Tree]) -> Tree:
    base, first = parts[0], parts[1]
    if name == "mover" and first.get("t") in ACCENTS:
        return {"k": "accent", "a": base, "t": ACCENTS[first["t"]]}
    low = first if name.startswith(("msub", "munder")) else None
    high = parts[-1] if name not in ("msub", "munder") else None
    return {
        "k": "attach",
        "a": base,
        "low": low,
        "high": high,
        "limits": name.startswith("mu") or name == "mover",
    }

"""Formulas in Word's own form (OMML), from the same trees as the PDF's."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn

from lianbing.banks.sheets.formulas import Tree

nsmap.setdefault("m", "http://schemas.openxmlformats.org/officeDocument/2006/math")


def omml(tree: Tree) -> Any:
    """An ``m:oMath`` element to append to a paragraph."""
    return _with("m:oMath", tree)


def _with(name: str, tree: Tree) -> Any:
    element = OxmlElement(name)
    for child in _elements(tree):
        element.append(child)
    return element


def _elements(tree: Tree) -> list[Any]:
    match tree:
        case {"k": "row", "c": children}:
            return [element for child in children for element in _elements(child)]
        case {"k": "frac", "a": above, "b": below}:
            return [_of("m:f", _with("m:num", above), _with("m:den", below))]
        case {"k": "root", "a": under, "i": index}:
            degree = OxmlElement("m:deg") if index is None else _with("m:deg", index)
            hide = _of("m:radPr", _value("m:degHide", "1" if index is None else "0"))
            return [_of("m:rad", hide, degree, _with("m:e", under))]
        case {"k": "accent", "a": base, "t": sign}:
            return [_of("m:acc", _of("m:accPr", _value("m:chr", sign)), _with("m:e", base))]
        case {"k": "attach", "a": base, "low": low, "high": high}:
            return [_attached(base, low, high)]
        case {"k": "table", "rows": rows}:
            lines = [_of("m:mr", *(_with("m:e", cell) for cell in row)) for row in rows]
            return [_of("m:m", *lines)]
        case _:
            return [_run(tree)]


def _attached(base: Tree, low: Tree | None, high: Tree | None) -> Any:
    inner = _with("m:e", base)
    if low is not None and high is not None:
        return _of("m:sSubSup", inner, _with("m:sub", low), _with("m:sup", high))
    if low is not None:
        return _of("m:sSub", inner, _with("m:sub", low))
    return _of("m:sSup", inner, _with("m:sup", high or {"k": "row", "c": []}))


def _run(tree: Tree) -> Any:
    run, text = OxmlElement("m:r"), OxmlElement("m:t")
    if tree["k"] == "text":
        run.append(_of("m:rPr", OxmlElement("m:nor")))
    text.text = tree["t"]
    run.append(text)
    return run


def _of(name: str, *children: Any) -> Any:
    element = OxmlElement(name)
    for child in children:
        element.append(child)
    return element


def _value(name: str, value: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("m:val"), value)
    return element

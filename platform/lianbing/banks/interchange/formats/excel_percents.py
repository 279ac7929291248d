"""Cells that a workbook shows in percent: Excel keeps 5 % as 0.05, which no trainer ever typed."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lianbing.banks.interchange.formats.excel_pictures import WORKBOOK, relations_of
from lianbing.banks.interchange.packages import Package
from lianbing.banks.interchange.xml_trees import attribute, child, descendants, parse

STYLES = "xl/styles.xml"
BUILT_IN = {"9": 0, "10": 2}
"""The numbers under which every workbook has 0% and 0.00%."""
STYLED = re.compile(rb"""<(?:\w+:)?c\s([^<>]{0,200}?\bs\s*=\s*["'](\d{1,6})["'][^<>]{0,200}?)>""")
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
KIND = re.compile(rb"""\bt\s*=\s*["'](?!n["'])""")
Cell = tuple[int, int]
"""Row and column from 0."""


def percent_cells(package: Package) -> dict[str, dict[Cell, int]]:
    """By sheet, the cells of an inspected workbook shown in percent, with their decimal places."""
    styles = _styles(package)
    if not styles:
        return {}
    targets = relations_of(package, WORKBOOK)
    found = {}
    for sheet in descendants(parse(package.read(WORKBOOK)), "sheet"):
        member = targets.get(attribute(sheet, "id"), "")
        if package.holds(member):
            found[sheet.get("name", "")] = dict(_cells(package.read(member), styles))
    return found


def _styles(package: Package) -> dict[int, int]:
    """Decimal places by the index of each style that shows percent."""
    if not package.holds(STYLES):
        return {}
    root = parse(package.read(STYLES))
    places = dict(BUILT_IN)
    for one in descendants(root, "numFmt"):
        code = attribute(one, "formatCode").partition(";")[0]
        if "%" in code:
            decimals = re.search(r"\.([0#?]+)", code)
            places[attribute(one, "numFmtId")] = len(decimals[1]) if decimals else 0
    formats = child(root, "cellXfs")
    return {
        at: places[attribute(one, "numFmtId")]
        for at, one in enumerate(formats if formats is not None else ())
        if attribute(one, "numFmtId") in places
    }


def _cells(xml: bytes, styles: dict[int, int]) -> Iterator[tuple[Cell, int]]:
    for found in STYLED.finditer(xml):
        places = styles.get(int(found[2]))
        where = PLACE.search(found[1])
        if places is None or where is None or KIND.search(found[1]):
            continue
        column = 0
        for letter in where[1]:
            column = column * 26 + letter - 64
        yield (int(where[2]) - 1, column - 1), places


def in_percent(text: str, places: int) -> str:
    """A share as its cell shows it: ``0.05`` as ``5%``; what is no number stays."""
    try:
        value = Decimal(text) * 100
    except InvalidOperation:
        return text
    return f"{value:.{places}f}%" if value.is_finite() else text

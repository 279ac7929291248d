"""Pictures that float over a workbook's cells, or that WPS put into them, with their cells."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from lianbing.banks.interchange.packages import Package
from lianbing.banks.interchange.rows import Sheet
from lianbing.banks.interchange.xml_trees import attribute, child_text, descendants, parse

WORKBOOK = "xl/workbook.xml"
CELL_IMAGES = "xl/cellimages.xml"
DISPIMG = re.compile(r"=?(?:_xlfn\.)?DISPIMG\(\"([^\"]{1,80})\"[^)]*\)", re.I)
MOST_PICTURE_BYTES = 64 * 1024 * 1024
MOST_COLUMN, MOST_ROW = 200, 20_010


@dataclass(kw_only=True, slots=True)
class Pictures:
    """Members by the target that texts name; where they stand: sheet, row and column from 0."""

    members: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)

    def shown(self, sheet: Sheet) -> Sheet:
        """The sheet with each picture named in the cell it stands at."""
        rows = [
            [DISPIMG.sub(lambda found: self._named(found[1]), cell) for cell in row]
            if any("DISPIMG" in cell for cell in row)
            else list(row)
            for row in sheet.rows
        ]
        for row, column, target in self.anchors.get(sheet.name, ()):
            if row < len(rows):
                cells = rows[row]
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = f"{cells[column]}\n![图]({target})".strip()
        return replace(sheet, rows=rows)

    def _named(self, name: str) -> str:
        return f"![图]({self.by_id.get(name, name)})"

    def read(self, package: Package) -> dict[str, bytes]:
        """The bytes of the pictures, up to a bound for all together."""
        found, left = {}, MOST_PICTURE_BYTES
        for target, member in self.members.items():
            data = package.read(member)
            left -= len(data)
            if left < 0:
                break
            found[target] = data
        return found


def find_pictures(package: Package) -> Pictures:
    """The pictures of an inspected workbook; none when it holds no media."""
    pictures = Pictures()
    if not any(name.startswith("xl/media/") for name in package.names()):
        return pictures
    targets = relations_of(package, WORKBOOK)
    for sheet in descendants(parse(package.read(WORKBOOK)), "sheet"):
        member = targets.get(attribute(sheet, "id"), "")
        for drawing in relations_of(package, member).values():
            if drawing.startswith("xl/drawings/") and drawing.endswith(".xml"):
                anchors = pictures.anchors.setdefault(sheet.get("name", ""), [])
                anchors += _anchors(package, drawing, pictures)
    if package.holds(CELL_IMAGES):
        _cell_images(package, pictures)
    return pictures


def relations_of(package: Package, member: str) -> dict[str, str]:
    """The members that a member points to, by relation; nothing outside the package."""
    folder, name = posixpath.split(member)
    place = f"{folder}/_rels/{name}.rels"
    if not package.holds(place):
        return {}
    found = {}
    for one in parse(package.read(place)):
        target = one.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        path = posixpath.normpath(path)
        if one.get("TargetMode") != "External" and package.holds(path):
            found[one.get("Id", "")] = path
    return found


def _anchors(package: Package, drawing: str, pictures: Pictures) -> Iterator[tuple[int, int, str]]:
    media = relations_of(package, drawing)
    root = parse(package.read(drawing))
    for anchor in descendants(root, "twoCellAnchor", "oneCellAnchor"):
        start = next(descendants(anchor, "from"), None)
        member = _media(anchor, media)
        if start is None or not member:
            continue
        row, column = child_text(start, "row"), child_text(start, "col")
        if row.isdecimal() and column.isdecimal() and len(row) < 8 and len(column) < 8:
            target = posixpath.basename(member)
            if int(row) < MOST_ROW and int(column) < MOST_COLUMN:
                pictures.members[target] = member
                yield int(row), int(column), target


def _media(element: Element, media: dict[str, str]) -> str:
    blip = next(descendants(element, "blip"), None)
    return media.get(attribute(blip, "embed"), "") if blip is not None else ""


def _cell_images(package: Package, pictures: Pictures) -> None:
    """WPS keeps pictures inside cells apart, under a name that the cell's formula says."""
    media = relations_of(package, CELL_IMAGES)
    for image in descendants(parse(package.read(CELL_IMAGES)), "cellImage"):
        about = next(descendants(image, "cNvPr"), None)
        member = _media(image, media)
        if about is not None and member:
            target = posixpath.basename(member)
            pictures.members[target] = member
            pictures.by_id[about.get("name", "")] = target

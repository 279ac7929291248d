"""Word documents (.docx) as lines: paragraphs with automatic numbers, formulas, pictures."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from xml.etree.ElementTree import Element

from lianbing.banks.interchange.drafts import FileFormat, ReadFile, Refused
from lianbing.banks.interchange.formats.omml import tex_of
from lianbing.banks.interchange.formats.text_reader import read_lines
from lianbing.banks.interchange.packages import Package
from lianbing.banks.interchange.raising import degrees, lowered, raised
from lianbing.banks.interchange.rich_text import picture_mark, picture_name
from lianbing.banks.interchange.xml_trees import attribute, child, descendants, name_of, parse
from lianbing.kernel.errors import N_

DOCUMENT = "word/document.xml"
MOST_LINES = 400_000
MOST_PICTURE_BYTES = 64 * 1024 * 1024
SYMBOL_FONTS = {
    "Wingdings": "FC√ FB× FE√ FD× E0→ A8□",
    "Wingdings 2": "50√ 4F× 52√ 54× 9D□",
    "Symbol": "D6√ B4× B0° B1± 57Ω 6Dμ AE→ A3≤ B3≥",
}
SYMBOLS = {
    (font, pair[:2]): pair[2:] for font, pairs in SYMBOL_FONTS.items() for pair in pairs.split()
}
"""Signs that Word's menus insert by font and number."""
NO_DOCUMENT = N_("This is no Word document. Save it as .docx and send it again.")


@dataclass(kw_only=True, slots=True)
class _Numbering:
    """Word's automatic numbers: format and pattern by list and level, and the counts so far."""

    levels: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def label(self, properties: Element) -> str:
        number, level = child(properties, "numId"), child(properties, "ilvl")
        list_id = attribute(number, "val") if number is not None else "0"
        depth = attribute(level, "val") if level is not None else "0"
        found = self.levels.get((list_id, depth))
        if found is None:
            return ""
        counts = self.counts.setdefault(list_id, {})
        counts[depth] = counts.get(depth, 0) + 1
        for other in [other for other in counts if other > depth]:
            del counts[other]
        kind, pattern = found
        shown = _counted(kind, counts[depth])
        return pattern.replace(f"%{int(depth) + 1}", shown) + " " if shown else ""


def _counted(kind: str, count: int) -> str:
    match kind:
        case "decimal" | "decimalFullWidth" | "decimalZero":
            return str(count)
        case "upperLetter" if count <= 26:
            return chr(64 + count)
        case "lowerLetter" if count <= 26:
            return chr(96 + count)
        case "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" if count <= 10:
            return "一二三四五六七八九十"[count - 1]
        case _:
            return ""


def read_word(data: bytes) -> ReadFile:
    """Drafts from a document; raises Refused."""
    package = Package(data)
    if not package.holds(DOCUMENT):
        raise Refused(NO_DOCUMENT)
    body = parse(package.read(DOCUMENT))
    numbering = _Numbering()
    if package.holds("word/numbering.xml"):
        numbering = _numbering(parse(package.read("word/numbering.xml")))
    targets = _targets(package)
    used: dict[str, str] = {}
    lines = list(islice(_lines(body, numbering, targets, used), MOST_LINES))
    read = read_lines(lines, FileFormat.WORD)
    return replace(read, pictures=_pictures(package, used))


def _numbering(root: Element) -> _Numbering:
    abstract: dict[str, dict[str, tuple[str, str]]] = {}
    for one in descendants(root, "abstractNum"):
        levels: dict[str, tuple[str, str]] = {}
        for level in descendants(one, "lvl"):
            kind, text = child(level, "numFmt"), child(level, "lvlText")
            if kind is not None and text is not None:
                levels[attribute(level, "ilvl")] = (attribute(kind, "val"), attribute(text, "val"))
        abstract[attribute(one, "abstractNumId")] = levels
    numbering = _Numbering()
    for one in descendants(root, "num"):
        base = child(one, "abstractNumId")
        if base is not None:
            for depth, level_facts in abstract.get(attribute(base, "val"), {}).items():
                numbering.levels[attribute(one, "numId"), depth] = level_facts
    return numbering


def _targets(package: Package) -> dict[str, str]:
    """Picture members by relation id; what points outside the package is left out."""
    name = "word/_rels/document.xml.rels"
    if not package.holds(name):
        return {}
    found = {}
    for relation in parse(package.read(name)):
        if relation.get("TargetMode") == "External" or not relation.get("Type", "").endswith(
            "/image"
        ):
            continue
        target = relation.get("Target", "")
        path = (
            target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"word/{target}")
        )
        if package.holds(path):
            found[relation.get("Id", "")] = path
    return found


def _pictures(package: Package, used: dict[str, str]) -> dict[str, bytes]:
    pictures, left = {}, MOST_PICTURE_BYTES
    for target, member in used.items():
        data = package.read(member)
        left -= len(data)
        if left < 0:
            break
        pictures[target] = data
    return pictures


def _lines(
    body: Element, numbering: _Numbering, targets: dict[str, str], used: dict[str, str]
) -> Iterator[tuple[int, str]]:
    """Each line with the number of its paragraph."""
    for at, paragraph in enumerate(descendants(body, "p"), start=1):
        text = degrees("".join(_pieces(paragraph, targets, used)))
        properties = child(paragraph, "pPr")
        numbered = child(properties, "numPr") if properties is not None else None
        label = numbering.label(numbered) if numbered is not None and text.strip() else ""
        yield from ((at, line) for line in (label + text).split("\n"))


def _pieces(
    element: Element, targets: dict[str, str], used: dict[str, str], words: str = ""
) -> Iterator[str]:
    """The text of a paragraph; underlined spaces are a blank; ``words`` tell of a picture."""
    for one in element:
        match name_of(one):
            case "Fallback" | "pPr" | "rPr" | "p" | "delText":
                continue  # paragraphs within text boxes come as paragraphs of their own
            case "r":
                yield _looked("".join(_pieces(one, targets, used)), one)
            case "t":
                yield one.text or ""
            case "tab" | "br" | "cr" | "noBreakHyphen" | "sym":
                yield _sign(one)
            case "inline" | "anchor":
                shown = child(one, "docPr")
                told = attribute(shown, "descr") if shown is not None else ""
                yield from _pieces(one, targets, used, told)
            case "oMath":
                yield f"${tex_of(one).strip()}$"
            case "blip" | "imagedata":
                relation = attribute(one, "embed") or attribute(one, "id")
                if relation in targets:
                    target = picture_name(posixpath.basename(targets[relation]))
                    used[target] = targets[relation]
                    yield picture_mark(target, words)
            case _:
                yield from _pieces(one, targets, used, words)


def _sign(element: Element) -> str:
    """A sign that Word writes as an element."""
    if name_of(element) == "sym":
        return SYMBOLS.get(
            (attribute(element, "font"), attribute(element, "char")[-2:].upper()), ""
        )
    return {"tab": "\t", "noBreakHyphen": "-"}.get(name_of(element), "\n")


def _looked(text: str, run: Element) -> str:
    """A run's text with what its look says: underlined spaces, raised and lowered signs."""
    properties = child(run, "rPr")
    if properties is None or not text:
        return text
    line, shift = child(properties, "u"), child(properties, "vertAlign")
    if not text.strip() and line is not None and attribute(line, "val") not in ("none", "0"):
        return "____"
    match attribute(shift, "val") if shift is not None else "":
        case "superscript":
            return raised(text)
        case "subscript":
            return lowered(text)
        case _:
            return text

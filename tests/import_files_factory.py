"""Files as Excel, WPS, Word, Moodle and authoring tools write them, for tests of reading them."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

FILES = Path(__file__).parent / "unit" / "banks" / "interchange" / "files"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def stored(name: str) -> bytes:
    """A file kept beside the tests."""
    return (FILES / name).read_bytes()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A package of members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An Excel workbook of sheets of rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def word(document: bytes | None = None) -> bytes:
    """A document as WPS writes it: automatic numbers, a formula, a picture, an underlined blank."""
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": document or stored("wps_document.xml"),
            "word/numbering.xml": stored("wps_numbering.xml"),
            "word/_rels/document.xml.rels": stored("document_rels.xml"),
            "word/media/image1.png": PIXEL,
        }
    )


def qti_package() -> bytes:
    """A package with items of QTI 2.1 and 3.0, one of them named outside the package."""
    return zipped(
        {
            "imsmanifest.xml": stored("imsmanifest.xml"),
            "items/choice.xml": stored("qti21_choice.xml"),
            "items/entry.xml": stored("qti30_entry.xml"),
            "items/images/sign.png": PIXEL,
            "test.xml": b"<x/>",
        }
    )


def table(rows: Sequence[Sequence[str]], *, encoding: str = "utf-8") -> bytes:
    """A CSV file as Excel and WPS write it."""
    text = "\r\n".join(
        ",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows
    )
    return text.encode(encoding)

"""Files that are not read here, known by their bytes and told by name with what to do; pure.

Readers of the old binary formats cannot be measured before they run (docs/adr/0076), so the
program that wrote the file saves it anew.
"""

from lianbing.banks.interchange.packages import ENCRYPTED
from lianbing.kernel.errors import N_

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_EXCEL = N_("This is a workbook of the old kind (.xls, .et). Save it as .xlsx and send that.")
OLD_WORD = N_("This is a document of the old kind (.doc, .wps). Save it as .docx and send that.")
OLD_SLIDES = N_("Slides (.ppt, .pptx, .dps) hold no questions. Send Excel, Word or text.")
OLD_OTHER = N_(
    "This is a file of an old office program. Open it there, save it as .xlsx or .docx, and send "
    "that."
)
ARCHIVE = N_(
    "This is an archive of the kind %(kind)s, which is not opened here. Unpack it and send the "
    "files inside one by one."
)
PDF = N_("This is a PDF: its text has no order to rely on. Send the Word or Excel file behind it.")
PICTURE = N_("This is a picture. Type its questions into Excel or Word and send that.")
RICH_TEXT = N_("This is a rich text file (.rtf). Open it in Word or WPS and save it as .docx.")
OPEN_DOCUMENT = N_("This is an OpenDocument file. Save it as .xlsx or .docx and send that.")
BINARY_EXCEL = N_("This is a binary workbook (.xlsb). Save it as .xlsx and send that.")
ZIPPED = N_("This zip holds files as they are. Unpack it and send them one by one.")
MOODLE_BACKUP = N_(
    "This is the backup of a Moodle course. In Moodle, export the question bank as Moodle XML and "
    "send that."
)
WEB_PAGE = N_("This is a web page, not a table. Open it in Excel and save it as .xlsx.")

ARCHIVES = {
    b"Rar!\x1a\x07": ".rar",
    b"7z\xbc\xaf\x27\x1c": ".7z",
    b"\x1f\x8b": ".gz",
    b"\xfd7zXZ\x00": ".xz",
}
BEGINNINGS = {
    b"%PDF": PDF,
    b"{\\rtf": RICH_TEXT,
    b"\x89PNG\r\n": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
}
MARKUP = {
    b"urn:schemas-microsoft-com:office:spreadsheet": OLD_EXCEL,
    b"schemas.microsoft.com/office/word/2003": OLD_WORD,
    b"schemas.microsoft.com/office/2006/xmlpackage": OLD_WORD,
}
"""Workbooks and documents saved as one XML file."""
STREAMS = (
    ("EncryptedPackage", ENCRYPTED),
    ("EncryptionInfo", ENCRYPTED),
    ("WordDocument", OLD_WORD),
    ("Workbook", OLD_EXCEL),
    ("PowerPoint Document", OLD_SLIDES),
)
"""Names in the directory of an old office file, by which it is known whatever it is called."""
NAMES = {
    OLD_WORD: (".doc", ".wps", ".dot", ".wpt"),
    OLD_EXCEL: (".xls", ".et", ".xlt", ".ett"),
    OLD_SLIDES: (".ppt", ".dps", ".pps"),
}
MEMBERS = (
    ("xl/workbook.bin", BINARY_EXCEL),
    ("ppt/presentation.xml", OLD_SLIDES),
    ("content.xml", OPEN_DOCUMENT),
)


def foreign(name: str, data: bytes) -> tuple[str, dict[str, object]] | None:
    """Why this file is not read and what to do, with parameters; None when it may be."""
    if name.casefold().endswith(".mbz"):
        return MOODLE_BACKUP, {}
    if data.startswith(OLE):
        return _of_office(name.casefold(), data), {}
    for beginning, kind in ARCHIVES.items():
        if data.startswith(beginning):
            return ARCHIVE, {"kind": kind}
    for beginning, message in BEGINNINGS.items():
        if data.startswith(beginning):
            return message, {}
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for sign, message in MARKUP.items():
        if head.startswith(b"<?xml") and sign in head:
            return message, {}
    if head.startswith((b"<html", b"<!doctype html", b"<table")):
        return WEB_PAGE, {}
    return None


def _of_office(name: str, data: bytes) -> str:
    """An old office file by the streams it names, else by its own name."""
    for stream, message in STREAMS:
        if stream.encode("utf-16-le") in data:
            return message
    return next((message for message, ends in NAMES.items() if name.endswith(ends)), OLD_OTHER)


def foreign_package(names: list[str]) -> str:
    """Why a package of these members is not read; "" when it is not known."""
    for member, message in MEMBERS:
        if member in names:
            return message
    known = (".xlsx", ".docx", ".xls", ".doc", ".csv", ".txt", ".et", ".wps", ".gift")
    return ZIPPED if any(name.casefold().endswith(known) for name in names) else ""

"""Whether a PDF is one, and holds nothing that acts by itself: pure.

Names are read as a viewer reads them: ``/J#61vaScript`` is ``/JavaScript``. Object streams, in
which such names may hide, are unpacked within bounds; one that cannot be unpacked, or a file under
a password, cannot be vouched for. What remains is served as a download and never shown by us, so
this keeps the plainly hostile out and does not pretend to be more (docs/adr/0089).
"""

import re
import zlib

START = b"%PDF-"
END = b"%%EOF"
END_WITHIN = 2048
MOST_UNPACKED = 64 * 1024 * 1024
ACTIVE = frozenset(
    (b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA")
)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
DICTIONARY_WITHIN = 2000

NO_PDF, LOCKED, ACTS, UNREADABLE = "no_pdf", "pdf_locked", "pdf_acts", "pdf_unreadable"


class UnfitPdf(ValueError):
    """The bytes are no PDF that can be kept; ``why`` is one of the words above."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_pdf(raw: bytes) -> None:
    """Raise UnfitPdf unless the bytes are a PDF without a password and without actions."""
    if not raw.startswith(START) or END not in raw[-END_WITHIN:]:
        raise UnfitPdf(NO_PDF)
    left, at = MOST_UNPACKED, 0
    seen: set[bytes] = set()
    for found in STREAM.finditer(raw):
        seen |= names_in(raw[at : found.start()])
        head = raw[max(at, found.start() - DICTIONARY_WITHIN) : found.start()]
        if b"ObjStm" in names_in(head[head.rfind(b"obj") :]):
            inside = _unpacked(found[1], head, left)
            left -= len(inside)
            seen |= names_in(inside)
        at = found.end()
    seen |= names_in(raw[at:])
    if b"Encrypt" in seen:
        raise UnfitPdf(LOCKED)
    if seen & ACTIVE:
        raise UnfitPdf(ACTS)


def names_in(text: bytes) -> set[bytes]:
    """The names of a piece of PDF, their escapes resolved."""
    return {ESCAPED.sub(_byte, name) for name in NAME.findall(text)}


def _byte(found: "re.Match[bytes]") -> bytes:
    return bytes([int(found[1], 16)])


def _unpacked(packed: bytes, head: bytes, most: int) -> bytes:
    names = names_in(head[head.rfind(b"obj") :])
    if b"FlateDecode" not in names:
        if b"Filter" in names:
            raise UnfitPdf(UNREADABLE)
        return packed
    unpacking = zlib.decompressobj()
    try:
        inside = unpacking.decompress(packed, max(most, 1))
    except zlib.error as error:
        raise UnfitPdf(UNREADABLE) from error
    if unpacking.unconsumed_tail or b"Predictor" in names:
        raise UnfitPdf(UNREADABLE)
    return inside

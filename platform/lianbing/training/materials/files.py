"""What a file of study material must be: told by its own bytes, never by its name: pure."""

import hashlib
from dataclasses import dataclass

from lianbing.banks.pictures.rules import MAGIC, UnfitPicture, tidy_picture
from lianbing.training.materials.pdf_check import START, UnfitPdf, check_pdf
from lianbing.training.materials.rules import ItemKind

MOST_BYTES = 10 * 1024 * 1024
PDF = "application/pdf"
EMPTY, TOO_LARGE, UNKNOWN = "empty", "file_too_large", "unknown"
ENDINGS = {PDF: ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class UnfitFile(ValueError):
    """The bytes cannot be kept; ``why`` is a key of ``errors.REFUSALS``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True, slots=True)
class TidyFile:
    """A file as it is kept; ``name`` is the SHA-256 of ``data``."""

    name: str
    kind: ItemKind
    mime: str
    data: bytes


def tidy_file(raw: bytes) -> TidyFile:
    """A PDF as it came or a picture drawn anew; raises UnfitFile."""
    if not raw:
        raise UnfitFile(EMPTY)
    if len(raw) > MOST_BYTES:
        raise UnfitFile(TOO_LARGE)
    try:
        if raw.startswith(START):
            check_pdf(raw)
            return _named(ItemKind.PDF, PDF, raw)
        if raw.startswith(tuple(MAGIC.values())):
            picture = tidy_picture(raw)
            return _named(ItemKind.PICTURE, picture.mime, picture.data)
    except (UnfitPdf, UnfitPicture) as refusal:
        raise UnfitFile(refusal.why) from refusal
    raise UnfitFile(UNKNOWN)


def _named(kind: ItemKind, mime: str, data: bytes) -> TidyFile:
    return TidyFile(name=hashlib.sha256(data).hexdigest(), kind=kind, mime=mime, data=data)

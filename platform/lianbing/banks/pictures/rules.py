"""What a picture must be, and how one is made harmless: read by its first bytes, drawn anew.

Drawing anew drops all that is not pixels: camera data, comments, trailing archives. Pillow reads
only PNG and JPEG here; the size in pixels is known before a pixel is unpacked.
"""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

MOST_BYTES_IN = 5 * 1024 * 1024
MOST_PIXELS_IN = 24_000_000
MOST_BYTES = 400 * 1024
LONGEST_SIDE = 1200
HASH_DIGITS = 32
JPEG_QUALITIES = (85, 75, 60)
MAGIC = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}
MIME = {"PNG": "image/png", "JPEG": "image/jpeg"}


class UnfitPicture(ValueError):
    """The bytes are no picture that can be kept; ``why`` is one of the values of ``Unfit``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


NO_PICTURE, TOO_LARGE, TOO_HEAVY = "no_picture", "too_large", "too_heavy"


@dataclass(frozen=True, kw_only=True, slots=True)
class TidyPicture:
    """A picture as it is kept; ``name`` is the head of its SHA-256."""

    name: str
    mime: str
    data: bytes
    width: int
    height: int


def tidy_picture(raw: bytes) -> TidyPicture:
    """A PNG or JPEG as it may be kept: upright, bounded, pixels alone; raises UnfitPicture."""
    if len(raw) > MOST_BYTES_IN:
        raise UnfitPicture(TOO_LARGE)
    kind = next((kind for kind, magic in MAGIC.items() if raw.startswith(magic)), None)
    if kind is None:
        raise UnfitPicture(NO_PICTURE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _drawn_anew(raw, kind)
    except UnfitPicture:
        raise
    except Exception as error:  # the decoder raises whatever a broken file makes it raise
        raise UnfitPicture(NO_PICTURE) from error


def _drawn_anew(raw: bytes, kind: str) -> TidyPicture:
    with Image.open(BytesIO(raw), formats=[kind]) as opened:
        if opened.width * opened.height > MOST_PIXELS_IN:
            raise UnfitPicture(TOO_LARGE)
        upright = ImageOps.exif_transpose(opened)
        has_alpha = "A" in upright.getbands() or "transparency" in upright.info
        drawn = upright.convert("RGBA" if has_alpha and kind == "PNG" else "RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    for data in _written(clean, kind):
        if len(data) <= MOST_BYTES:
            name = hashlib.sha256(data).hexdigest()[:HASH_DIGITS]
            return TidyPicture(
                name=name, mime=MIME[kind], data=data, width=clean.width, height=clean.height
            )
    raise UnfitPicture(TOO_HEAVY)


def _written(picture: Image.Image, kind: str) -> list[bytes]:
    ways = [{"optimize": True}] if kind == "PNG" else [{"quality": q} for q in JPEG_QUALITIES]
    made = []
    for way in ways:
        out = BytesIO()
        picture.save(out, kind, **way)
        made.append(out.getvalue())
    return made

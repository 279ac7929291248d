"""Photos for tickets: told by their own bytes, and kept without metadata: pure.

No picture library: a JPEG keeps the segments that draw it, a PNG the chunks that draw it. Where
it was taken, with what and when (EXIF, XMP, comments, thumbnails) is dropped; of EXIF only the
orientation is written anew, since without it phones' pictures lie on their side.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lianbing.kernel.errors import N_

MOST_BYTES = 300 * 1024
LEAST_SIDE, MOST_SIDE = 100, 4000
JPEG, PNG = "image/jpeg", "image/png"
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"IDAT", b"IEND"}
FRAMES = {0xC0, 0xC1, 0xC2}
ORIENTATION = 0x0112


class UnfitPhoto(Exception):
    """Why a picture cannot be used, as an English msgid."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanPhoto:
    """A picture without metadata."""

    media_type: str
    content: bytes
    width: int
    height: int

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean_photo(raw: bytes) -> CleanPhoto:
    """The picture without metadata; raises UnfitPhoto."""
    if not raw:
        raise UnfitPhoto(N_("choose a file"))
    if len(raw) > MOST_BYTES:
        raise UnfitPhoto(N_("it is larger than 300 kB"))
    try:
        if raw.startswith(b"\xff\xd8\xff"):
            found = _clean_jpeg(raw)
        elif raw.startswith(PNG_START):
            found = _clean_png(raw)
        else:
            raise UnfitPhoto(N_("it must be a JPEG or PNG picture"))
    except (struct.error, IndexError, zlib.error) as error:
        raise UnfitPhoto(N_("the picture is damaged")) from error
    shorter, longer = sorted((found.width, found.height))
    if shorter < LEAST_SIDE or longer > MOST_SIDE:
        raise UnfitPhoto(N_("its sides must measure 100 to 4,000 pixels"))
    return found


def _clean_jpeg(raw: bytes) -> CleanPhoto:
    kept, orientation, scanned = [b"\xff\xd8"], 1, False
    size: tuple[int, int] | None = None
    for marker, body in _segments(raw):
        if marker in FRAMES:
            height, width = struct.unpack(">HH", body[1:5])
            size = (width, height)
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        scanned = scanned or marker == 0xDA
        if marker == 0xDA:
            kept.append(body)  # the scan carries its own marker and all that follows
        elif marker == 0xE0 and body.startswith(b"JFIF\0"):
            kept.append(_segment(marker, body[:12] + b"\0\0"))  # without its thumbnail
        elif marker < 0xE0 or marker == 0xEE:
            kept.append(_segment(marker, body))
    if size is None or not scanned:
        raise UnfitPhoto(N_("the picture is damaged"))
    if orientation != 1:
        kept.insert(1, _orientation_segment(orientation))
    return CleanPhoto(media_type=JPEG, content=b"".join(kept), width=size[0], height=size[1])


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def _segments(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment of a JPEG; a scan as one piece with its header, up to the next segment."""
    at = 2
    while True:
        if raw[at] != 0xFF:
            raise UnfitPhoto(N_("the picture is damaged"))
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return
        length = struct.unpack(">H", raw[at + 2 : at + 4])[0]
        end = at + 2 + length
        if length < 2 or end > len(raw):
            raise UnfitPhoto(N_("the picture is damaged"))
        if marker != 0xDA:
            yield marker, raw[at + 4 : end]
            at = end
            continue
        after = _end_of_scan(raw, end)
        last = raw[after + 1] == 0xD9
        yield marker, raw[at:after] + (b"\xff\xd9" if last else b"")
        at = after


def _end_of_scan(raw: bytes, at: int) -> int:
    """Where the next real marker begins: stuffed zeros and restarts belong to the scan."""
    while True:
        at = raw.find(b"\xff", at)
        if at < 0:
            raise UnfitPhoto(N_("the picture is damaged"))
        following = raw[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """The orientation an EXIF block tells, 1 where it tells none that there is."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        start = struct.unpack(order + "I", tiff[4:8])[0]
        count = struct.unpack(order + "H", tiff[start : start + 2])[0]
        for place in range(min(count, 200)):
            entry = tiff[start + 2 + 12 * place :][:12]
            tag, kind = struct.unpack(order + "HH", entry[:4])
            if tag == ORIENTATION and kind == 3:
                value = struct.unpack(order + "H", entry[8:10])[0]
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _orientation_segment(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return _segment(0xE1, b"Exif\0\0" + tiff)


def _clean_png(raw: bytes) -> CleanPhoto:
    kept, at, pixels = [PNG_START], len(PNG_START), 0
    size: tuple[int, int] | None = None
    while True:
        length, name = struct.unpack(">I4s", raw[at : at + 8])
        body, end = raw[at + 8 : at + 8 + length], at + 12 + length
        if end > len(raw) or struct.unpack(">I", raw[end - 4 : end])[0] != zlib.crc32(name + body):
            raise UnfitPhoto(N_("the picture is damaged"))
        if name == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
            size = (width, height)
        if name in PNG_KEPT:
            kept.append(raw[at:end])
        pixels += name == b"IDAT"
        at = end
        if name == b"IEND":
            break
    if size is None or not pixels:
        raise UnfitPhoto(N_("the picture is damaged"))
    return CleanPhoto(media_type=PNG, content=b"".join(kept), width=size[0], height=size[1])

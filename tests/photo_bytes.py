"""Pictures made of bytes, for tests of photos."""

import struct
import zlib
from collections.abc import Callable


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def exif(*, note: bytes, orientation: int) -> bytes:
    """A JPEG segment with EXIF: little-endian, as phones write it, and a note."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entries + struct.pack("<I", 0) + note
    return _segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(*, width: int = 300, height: int = 400, extra: bytes = b"") -> bytes:
    """The skeleton of a JPEG; its scan holds a stuffed zero and a restart marker."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            extra,
            _segment(0xFE, b"a comment"),
            _segment(0xDB, b"\0" + bytes(64)),
            _segment(0xC0, frame),
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"scan\xff\x00data\xff\xd0more",
            b"\xff\xd9",
        ]
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _white(width: int) -> bytes:
    return b"\xff" * width


def png(
    *,
    width: int = 120,
    height: int = 160,
    extra: tuple[tuple[bytes, bytes], ...] = (),
    noise: Callable[[int], bytes] = _white,
) -> bytes:
    """A grey PNG, white unless ``noise`` gives the bytes of a row."""
    rows = zlib.compress(b"".join(b"\0" + noise(width) for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [_chunk(b"IHDR", head), *(_chunk(*one) for one in extra), _chunk(b"IDAT", rows)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + _chunk(b"IEND", b"")

"""Compression: files once for each version of theirs, pages as they go out; by gzip alone.

Brotli would save another seventh and takes a dependency; gzip brings a first visit far below its
limit (ADR 0095). Pages carry no foreign text beside their tokens that an onlooker could vary from
another site, since the session's cookie is SameSite=Lax.
"""

import gzip
import struct
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Response, request

SMALLEST = 1024
PAGE_LEVEL = 5
FILES_KEPT = 512
PAGE_TYPES = frozenset({"text/html", "application/json"})
FILE_TYPES = frozenset({".css", ".js", ".svg", ".json"})


@lru_cache(FILES_KEPT)
def _packed(path: Path, _changed: float) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _wanted(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and "Content-Encoding" not in response.headers
        and "Range" not in request.headers
        and "gzip" in request.headers.get("Accept-Encoding", "")
    )


def pack_file(response: Response, path: Path) -> None:
    """Answer with the file's compressed form where that is worth it and understood."""
    if path.suffix not in FILE_TYPES:
        return
    response.vary.add("Accept-Encoding")
    if not _wanted(response) or path.stat().st_size < SMALLEST:
        return
    etag, _weak = response.get_etag()
    response.response.close()  # type: ignore[union-attr]  # the open file that is not sent
    response.direct_passthrough = False
    response.set_data(_packed(path, path.stat().st_mtime))
    response.headers["Content-Encoding"] = "gzip"
    if etag is not None:
        response.set_etag(etag, weak=True)


def pack_page(response: Response) -> None:
    """Compress a page or a JSON answer that is whole in memory."""
    if response.mimetype not in PAGE_TYPES or response.is_streamed or response.direct_passthrough:
        return
    response.vary.add("Accept-Encoding")
    if not _wanted(response) or (response.content_length or 0) < SMALLEST:
        return
    response.set_data(gzip.compress(response.get_data(), PAGE_LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"


class PackedHalves:
    """A page that differs in one place only: packed once on both sides of it.

    Packing it for each of thousands would cost more than all else that is done for them. What
    differs is put between the halves as it is, in a block of its own (RFC 1951, 3.2.4).
    """

    def __init__(self, before: bytes, after: bytes) -> None:
        self._before, self._after = before, after
        self._head = _GZIP_HEAD + _deflate(before, zlib.Z_FULL_FLUSH)
        self._tail = _deflate(after, zlib.Z_FINISH)
        self._sum = zlib.crc32(before)

    def plain_round(self, middle: bytes) -> bytes:
        """The whole as it is."""
        return self._before + middle + self._after

    def packed_round(self, middle: bytes) -> bytes:
        """The whole by gzip; ``middle`` has at most 65,535 bytes."""
        stored = struct.pack("<BHH", 0, len(middle), len(middle) ^ 0xFFFF)
        check = zlib.crc32(self._after, zlib.crc32(middle, self._sum))
        length = len(self._before) + len(middle) + len(self._after)
        end = struct.pack("<II", check, length)
        return b"".join((self._head, stored, middle, self._tail, end))


_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def _deflate(data: bytes, ending: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(ending)

"""Compression: files once for each version of theirs, pages as they go out; by gzip alone.

Brotli would save another seventh and takes a dependency; gzip brings a first visit far below its
limit (ADR 0095). Pages carry no foreign text beside their tokens that an onlooker could vary from
another site, since the session's cookie is SameSite=Lax.
"""

import gzip
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

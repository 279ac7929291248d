"""Static files: an address carries the file's content hash, so browsers may keep it for good.

They go out compressed; so do pages.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from lianbing.web.compression import pack_file, pack_page

FOR_GOOD = "public, max-age=31536000, immutable"
HASH_LENGTH = 10


@cache
def content_hash(path: Path, _changed: float) -> str:
    """The first digits of a file's SHA-256; computed once for each time of change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LENGTH]


def _static_folder(app: Flask, endpoint: str) -> Path | None:
    owner = app if endpoint == "static" else app.blueprints.get(endpoint.removesuffix(".static"))
    return Path(owner.static_folder) if owner is not None and owner.static_folder else None


def init_static_files(app: Flask) -> None:
    """Version every static address; let versioned answers be kept, others be asked about."""

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if not (endpoint == "static" or endpoint.endswith(".static")) or "v" in values:
            return
        folder = _static_folder(app, endpoint)
        path = folder / values["filename"] if folder else None
        if path is not None and path.is_file():
            values["v"] = content_hash(path, path.stat().st_mtime)

    @app.after_request
    def keep(response: Response) -> Response:
        endpoint = request.endpoint or ""
        is_static = endpoint == "static" or endpoint.endswith(".static")
        if is_static and response.status_code in (200, 304) and request.args.get("v"):
            response.headers["Cache-Control"] = FOR_GOOD
        folder = _static_folder(app, endpoint) if is_static else None
        if folder is not None and response.status_code == 200:
            pack_file(response, folder / (request.view_args or {})["filename"])
        elif not is_static:
            pack_page(response)
        return response

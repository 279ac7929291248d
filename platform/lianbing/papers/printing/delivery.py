"""Handing a made document to the browser under a name people recognise."""

from urllib.parse import quote

from flask import Response

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf_answer(content: bytes, name: str) -> Response:
    """A PDF to save."""
    return _answer(content, f"{name}.pdf", PDF)


def word_answer(content: bytes, name: str) -> Response:
    """A Word file to save."""
    return _answer(content, f"{name}.docx", WORD)


def _answer(content: bytes, name: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    safe = quote(name.replace("/", "／"), safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{safe}"
    response.headers["Cache-Control"] = "no-store"
    return response

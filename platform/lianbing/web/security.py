"""Security headers: nothing from elsewhere, no framing, no inline script."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}
"""On every response, also on those that answer ahead of Flask."""


def _headers(response: Response) -> Response:
    if (request.endpoint or "").endswith("static"):
        # A file is no page: what holds for the page that loads it need not be said again.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_security(app: Flask) -> None:
    """Add the headers to every page and answer, and what a file needs to a file."""
    app.after_request(_headers)

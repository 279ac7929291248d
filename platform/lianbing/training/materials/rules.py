"""What study material may hold, and what a link may be. Pure."""

from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_TITLE = 120
LONGEST_BODY = 20_000
LONGEST_LINK = 500
MOST_ITEMS = 30
MOST_POINTS = 200
OFFERED = 3
"""How many materials are offered for one point."""


class ItemKind(StrEnum):
    """What a part of a material is."""

    PDF = "pdf"
    PICTURE = "picture"
    LINK = "link"


def clean_title(text: str) -> str:
    """A title on one line, without signs that cannot be seen; "" for nothing."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def clean_link(text: str) -> str | None:
    """An http or https address to be written down as it is; None for anything else.

    An address with a name before its host, or with signs that cannot be seen, misleads the eye.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_LINK or not text.isprintable() or " " in text:
        return None
    if "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        port_is_read = parts.port is None or parts.port > 0
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return text if port_is_read else None


def host_of(link: str) -> str:
    """Where a stored link leads, for the eye."""
    return urlsplit(link).hostname or ""

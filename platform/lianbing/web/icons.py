"""Icons: single drawings taken at start-up from the sprite that Bootstrap-Flask ships.

The sprite is 1 MB; a page carries only the drawings it shows, inline. Nothing is copied into
this repository.
"""

import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from markupsafe import Markup

SPRITE = (
    Path(flask_bootstrap.__file__).parent
    / "static"
    / "bootstrap5"
    / "icons"
    / "bootstrap-icons.svg"
)
SYMBOL = re.compile(
    r'<symbol[^>]*viewBox="([^"]+)"[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL
)


@cache
def drawings() -> dict[str, tuple[str, str]]:
    """Every drawing of the sprite: name → (view box, paths)."""
    found = SYMBOL.findall(SPRITE.read_text(encoding="utf-8"))
    return {name: (box, paths) for box, name, paths in found}


def icon(name: str, label: str = "", extra_class: str = "") -> Markup:
    """A drawing as inline SVG; hidden from screen readers unless it has a label.

    An unknown name draws nothing, since a missing ornament must not break a page; a test
    finds unknown names in templates.
    """
    drawing = drawings().get(name)
    if drawing is None:
        return Markup("")
    box, paths = drawing
    classes = f"icon {extra_class}".strip()
    start = Markup('<svg class="{}" viewBox="{}" width="1em" height="1em" fill="currentColor" ')
    if label:
        shown = Markup('role="img" aria-label="{}">').format(label)
    else:
        shown = Markup('aria-hidden="true" focusable="false">')
    return start.format(classes, box) + shown + Markup(paths) + Markup("</svg>")  # noqa: S704 - the package's own file

"""Pages that differ from person to person in a few words only: drawn once, the words put in.

Drawing a page takes milliseconds, and in the minutes before an exam thousands ask for the same
one. Such a page is drawn with a mark in the place of each word that is a person's own: the frame's
(name, mark, form token) and those the view names. Nothing else of it may depend on the person but
what ``frame_look`` tells apart.
"""

import re
import secrets
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, current_app, g, get_flashed_messages, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from lianbing.web.layout import OWN_WORDS, frame_look, frame_words

MOST = 64
_NONCE = secrets.token_hex(8)  # nobody can write a mark into a title or a name
_MARK = re.compile(f"own-{_NONCE}-([a-z_]+);")
FORM_TOKEN = "csrf_token"  # noqa: S105 - its name; here and in ``g``, where Flask-WTF keeps it


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page in parts: text and the names of words by turns; and what it was drawn from."""

    context: Mapping[str, object]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnPages:
    """The pages this process has drawn for many."""

    _kept: dict[Hashable, _Drawn] = field(default_factory=dict)

    def find(self, key: Hashable, context: Mapping[str, object]) -> _Drawn | None:
        """The page, unless it was drawn from something that has changed since."""
        found = self._kept.get(key)
        return found if found is not None and found.context == context else None

    def keep(self, key: Hashable, drawn: _Drawn) -> _Drawn:
        """Keep a page, in the place of an older one of its key."""
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = drawn
        return drawn


def draw_for_many(
    template: str, *, words: Mapping[str, str], apart: Hashable, **context: object
) -> str:
    """What ``render_template`` would give for ``words`` and ``context``.

    ``words``: what is the person's own; the template may show them, not ask about them. ``apart``:
    what tells the page from others of this address. The page is drawn anew for another context.
    """
    pages: DrawnPages = current_app.extensions["lianbing_drawn"]
    if get_flashed_messages():  # told once, to one person; kept for the rest of this request
        return render_template(template, **words, **context)
    key = (template, request.host, request.full_path, frame_look(), apart)
    drawn = pages.find(key, context)
    if drawn is None:
        marks = {name: _mark(name) for name in words}
        with _frame_in_marks():
            text = render_template(template, **marks, **context)
        drawn = pages.keep(key, _Drawn(context, tuple(_MARK.split(text))))
    own = {**words, **frame_words(), FORM_TOKEN: generate_csrf()}
    parts = drawn.parts
    return "".join(escape(own[part]) if at % 2 else part for at, part in enumerate(parts))


def _mark(name: str) -> str:
    """What stands for a word; no character of it is changed by escaping."""
    return f"own-{_NONCE}-{name};"


@contextmanager
def _frame_in_marks() -> Iterator[None]:
    """Draw the frame with marks instead of its own words, and forms with one for their token."""
    token = generate_csrf()
    g.frame_words = {name: _mark(name) for name in OWN_WORDS}
    setattr(g, FORM_TOKEN, _mark(FORM_TOKEN))
    try:
        yield
    finally:
        del g.frame_words
        setattr(g, FORM_TOKEN, token)


def init_drawn_pages(app: Flask) -> None:
    """Begin to keep pages for an application."""
    app.extensions["lianbing_drawn"] = DrawnPages()

"""Languages: Chinese first, English complete beside it; each feature keeps its own catalogue."""

import logging
import os
from datetime import datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, request
from flask_babel import Babel, format_datetime, get_locale

from lianbing.infra.settings import Settings
from lianbing.web.access import find_actor

log = logging.getLogger(__name__)

PACKAGE = Path(__file__).resolve().parents[1]
LANGUAGES = {"zh_CN": "简体中文", "en": "English"}
LANGUAGE_COOKIE = "lang"
CHINESE_FOLDER = "zh_Hans_CN"  # what Babel resolves zh_CN to; any other name is silently ignored


def catalogues() -> list[Path]:
    """Every feature's translation folder."""
    return sorted(path for path in PACKAGE.glob("*/translations") if path.is_dir())


def choose_locale() -> str:
    """This device's choice, else the person's, else the installation's default.

    The device comes first so that the switch in the header always works; signing in and
    saving one's settings put the person's language on the device (``preferences``).
    """
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in LANGUAGES:
        actor = find_actor()
        chosen = actor.locale if actor else None
    return chosen if chosen in LANGUAGES else request_default()


@cache
def _locale_of(code: str) -> Locale:
    """Parsed once: at every request it took a fifth of a millisecond."""
    return Locale.parse(code)


def request_default() -> str:
    """The installation's default language."""
    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


def compile_catalogues() -> None:
    """Write ``messages.mo`` beside each ``messages.po`` that is newer.

    A read-only installation must have been compiled when it was built; it is told so in the log.
    """
    for folder in catalogues():
        for po_path in folder.glob("*/LC_MESSAGES/messages.po"):
            mo_path = po_path.with_suffix(".mo")
            if mo_path.exists() and mo_path.stat().st_mtime >= po_path.stat().st_mtime:
                continue
            try:
                _compile(po_path, mo_path)
            except OSError as error:
                log.warning("cannot compile %s: %s", po_path, error)


def _compile(po_path: Path, mo_path: Path) -> None:
    with po_path.open("rb") as source:
        catalogue = read_po(source)
    temporary = mo_path.with_suffix(f".{os.getpid()}.tmp")  # several processes may start at once
    with temporary.open("wb") as target:
        write_mo(target, catalogue)
    temporary.replace(mo_path)


def show_instant(value: datetime | None, pattern: str = "yyyy-MM-dd HH:mm") -> str:
    """An instant in the viewer's zone; an en dash for none."""
    return format_datetime(value, pattern) if value is not None else "–"


def init_i18n(app: Flask, settings: Settings) -> None:
    """Install Babel over all catalogues, compiled."""
    compile_catalogues()
    app.config["BABEL_DEFAULT_LOCALE"] = settings.default_locale
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.time_zone
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(path) for path in catalogues())
    Babel(app, locale_selector=lambda: _locale_of(choose_locale()))
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    app.jinja_env.filters["instant"] = show_instant

"""Finds words a visitor would see that do not go through translation. A heuristic, kept simple."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
SENTENCE = re.compile(r"^[A-Z][a-z]+(\s|$|[.,:])")
SHOWN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "data-label"}
SILENT_TAGS = {"script", "style", "code", "kbd"}
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}

VALIDATORS = "InputRequired|DataRequired|Length|Regexp|NumberRange"
SHOWING_CALLS = re.compile(rf"^(flash|\w+Field|{VALIDATORS})$")
SHOWN_WORDS = {"label", "message", "description"}

environment = Environment(
    extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True
)


class _Text(HTMLParser):
    """Collects visible text and shown attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT_TAGS
        self.found += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT_TAGS

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def _markup_only(source: str) -> str:
    """The template's literal HTML, without expressions, translated blocks and class names."""
    kept, silent, words = [], False, []
    for _line, kind, value in environment.lex(source):
        if kind == "block_begin":
            words = []
        elif kind == "name":
            words.append(value)
        elif kind == "block_end":
            silent = words[:1] == ["trans"] or words[:2] == ["block", "body_class"]
        elif kind == "data" and not silent:
            kept.append(value)
    return "".join(kept)


def _literal_arguments(source: str) -> Iterator[str]:
    """Sentences handed to macros as bare strings."""
    for call in environment.parse(source).find_all(nodes.Call):
        name = getattr(call.node, "name", getattr(call.node, "attr", ""))
        if name in TRANSLATORS:
            continue
        values = [*call.args, *(keyword.value for keyword in call.kwargs)]
        yield from (
            value.value
            for value in values
            if isinstance(value, nodes.Const) and isinstance(value.value, str)
        )


def in_template(path: Path) -> list[str]:
    """Bare visible text of a template."""
    source = path.read_text(encoding="utf-8")
    parser = _Text()
    parser.feed(_markup_only(source))
    bare = [text.strip() for text in parser.found if CHINESE.search(text) or ENGLISH.search(text)]
    bare += [
        text for text in _literal_arguments(source) if CHINESE.search(text) or SENTENCE.search(text)
    ]
    return bare


def in_python(path: Path) -> list[str]:
    """Bare words handed to flash messages, form fields and validators."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if not SHOWING_CALLS.match(name):
            continue
        values = [
            *call.args[:1],
            *(word.value for word in call.keywords if word.arg in SHOWN_WORDS),
        ]
        found += [
            value.value
            for value in values
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value
        ]
    return found

"""Template filters that show questions: rendered texts, with their pictures in place."""

from functools import partial

from flask import Blueprint
from flask_babel import gettext
from markupsafe import Markup

from lianbing.banks import rendering, shortening
from lianbing.banks.pictures.queries import picture_source
from lianbing.infra.database import db


def _placed(html: str) -> Markup:
    # Read at the last moment: a picture is fixed by its name, so it is no row that could change.
    return Markup(rendering.with_pictures(html, partial(picture_source, db.session())))  # noqa: S704 - cleaned by rendering


def rich(text: str) -> Markup:
    """A text as HTML: paragraphs, tables, formulas, pictures."""
    return _placed(rendering.render_block(text))


def rich_line(text: str) -> Markup:
    """An option or a step as HTML that fits a line."""
    return _placed(rendering.render_line(text))


def rich_short(text: str, most: int) -> Markup:
    """A text in one line of at most so many signs, for lists."""
    return Markup(shortening.render_short(text, most))  # noqa: S704 - cleaned by rendering


def rich_stem(stem: str) -> Markup:
    """A stem as HTML with a rule for each blank."""
    rule = Markup('<span class="blank" aria-label="{}">{}</span>')
    return Markup("").join(
        rule.format(gettext("blank %(number)s", number=part.blank), part.blank)
        if part.blank
        else _placed(part.html)
        for part in rendering.rich_parts(stem)
    )


def rich_cut(stem: str) -> list[tuple[Markup, int]]:
    """A stem as HTML cut at its blanks: HTML and 0, or nothing and the blank's number."""
    return [(_placed(part.html), part.blank) for part in rendering.rich_parts(stem)]


def register(blueprint: Blueprint) -> None:
    """Let every template use them."""
    for name, shown in (
        ("rich", rich),
        ("rich_line", rich_line),
        ("rich_short", rich_short),
        ("rich_stem", rich_stem),
        ("rich_cut", rich_cut),
        ("short_pictures", shortening.short_pictures),
        ("plain_text", rendering.plain_text),
    ):
        blueprint.add_app_template_filter(shown, name)

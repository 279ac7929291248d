"""What the core puts on the practice home: ten of the bank, in order, and the wrong book."""

from flask import render_template, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from lianbing.infra.database import db
from lianbing.kernel.actor import Actor
from lianbing.practice import sequence
from lianbing.practice.slots import Tile
from lianbing.practice.today import Today


def ten_of_the_bank(actor: Actor, today: Today) -> Markup:
    """Ten questions, one button."""
    return Markup(render_template("practice/_ten.html", today=today))  # noqa: S704 - a template


def sequential(actor: Actor, today: Today) -> Tile | None:
    """The bank from end to end, with how far one has come."""
    if today.bank is None:
        return None
    progress = sequence.get_progress(db.session(), actor, today.bank.id)
    return Tile(
        icon="list-ol",
        title=gettext("In order"),
        note=gettext("%(done)d of %(total)d", done=progress.done, total=progress.total),
        address=url_for("practice.sequential"),
    )


def at_random(_actor: Actor, today: Today) -> Tile | None:
    """Ten of the bank by chance."""
    if today.bank is None:
        return None
    begun = today.random_ten
    note = gettext("Ten questions")
    if begun is not None:
        note = gettext("%(done)d of %(total)d", done=begun.position - 1, total=begun.length)
    return Tile(
        icon="shuffle",
        title=gettext("At random"),
        note=note,
        address=url_for("practice_start.bank", bank_id=today.bank.id),
        posts=True,
    )


def wrong_book(actor: Actor, today: Today) -> Tile:
    """The person's own mistakes."""
    note = gettext("Empty")
    if today.in_book:
        note = ngettext("%(num)d question", "%(num)d questions", today.in_book)
    return Tile(
        icon="journal-x",
        title=gettext("Wrong book"),
        note=note,
        address=url_for("practice.wrong_book"),
    )

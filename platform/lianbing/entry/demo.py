"""The demo: an invented province, its people, banks and a contest, loaded in a fixed order.

Each feature brings its own idempotent ``demo.py``; this module knows only their order and
what the starter tells the user about them.
"""

import click
from flask import Flask
from flask.cli import with_appcontext

from lianbing.banks import demo as banks_demo
from lianbing.contests import demo as contests_demo
from lianbing.entry.factory import MIGRATIONS
from lianbing.exams.mass_quiz import demo as quiz_demo
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.papers import demo as papers_demo
from lianbing.people import demo as people_demo
from lianbing.practice import demo as modes_demo
from lianbing.practice.campaigns import demo as campaigns_demo
from lianbing.practice.daily import demo as practice_demo
from lianbing.practice.mentoring import demo as mentoring_demo
from lianbing.training import demo as training_demo

BANKS = MIGRATIONS.parent / "question_banks"


def load_all(app: Flask) -> None:
    """Load every feature's demo, each in one transaction; doing it twice changes nothing."""
    with app.app_context():
        _load_each()


def _load_each() -> None:
    """People first, then banks, papers and contests: each rests on those before it."""
    now = utc_now()
    with transaction() as session:
        people = people_demo.load_demo(session, now=now)
    with transaction() as session:
        banks_demo.load_demo(session, organisation_id=people.city, folder=BANKS, now=now)
    with transaction() as session:
        training_demo.load_demo(session, people=people, now=now)
    with transaction() as session:
        practice_demo.load_demo(session, people=people, now=now)
    with transaction() as session:
        campaigns_demo.load_demo(session, people=people, now=now)
    with transaction() as session:
        paper_id = papers_demo.load_demo(session, organisation_id=people.city, now=now)
    with transaction() as session:
        quiz_demo.load_demo(session, people=people, now=now)
    if paper_id is None:
        return
    with transaction() as session:
        modes_demo.load_demo(session, people=people, now=now)
    with transaction() as session:
        contests_demo.load_demo(session, people=people, paper_id=paper_id, now=now)
    with transaction() as session:
        training_demo.load_classes(session, people=people, now=now)
    with transaction() as session:
        mentoring_demo.load_demo(session, people=people, now=now)


def sign_ins() -> list[str]:
    """One line a role, for the starter's closing words."""
    return [
        f"{chinese} {english}: {phone} / {people_demo.PASSWORD}"
        for chinese, english, phone in people_demo.DEMO_SIGN_INS
    ]


@click.group("demo")
def demo_group() -> None:
    """The demo data."""


@demo_group.command("load")
@with_appcontext
def load_command() -> None:
    """Load the demo into the configured database; doing it twice changes nothing."""
    _load_each()
    click.echo("\n".join(["The demo is loaded. Sign-ins:", *sign_ins()]))

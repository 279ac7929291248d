"""The world of two weeks: the demo's plant with a new electrician, their phone and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.fortnight import Memory, Worker
from tests.browser.moved_clock import MovedClock
from tests.browser.serving import Served
from tests.people_factory import actor_for, make_person, sign_in

from lianbing.banks.models import QuestionBank
from lianbing.entry.demo import load_all
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.people.demo import DemoPeople, load_demo
from lianbing.practice.mastery.queries import evidence_of
from lianbing.practice.queries import identities_of
from lianbing.practice.rewards.queries import get_own_rewards
from lianbing.practice.starting import choose_bank, start_daily_drill

SEED = 11
NOON = time(12, 30)


@dataclass
class Fortnight:
    """The worker, their phone, the clock, and what the demo knows of the plant."""

    worker: Worker
    page: Page
    url: str
    clock: MovedClock
    monday: date
    people: DemoPeople
    bank_id: BankId
    album: Path
    old_mistakes: set[int] = field(default_factory=set)
    """What was in the wrong book on the day on which one began to go through it."""

    def go_to(self, day: int) -> datetime:
        """Move the clock to the lunch break of a day, 0 being the first Monday."""
        zone = current_settings().zone
        noon = datetime.combine(self.monday + timedelta(days=day), NOON, zone)
        self.clock.stand_at(noon)
        return self.clock.now()

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def keep(self, name: str) -> None:
        """Keep the screen; nothing is wider than the phone."""
        self.album.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.album / f"{name}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def daily(self, now: datetime, *, right: bool | None = None) -> int:
        """Today's ten, by script."""
        with transaction() as session:
            drill_id = start_daily_drill(session, self.me, self.bank_id, seed=SEED, now=now)
        return self.worker.play(drill_id, now, right=right)

    def streak(self) -> int:
        db.session.rollback()
        return get_own_rewards(db.session(), self.me, now=self.clock.now()).streak.length

    def answers_on_the_map(self, now: datetime) -> int:
        db.session.rollback()
        found = evidence_of(db.session(), identities_of(db.session(), self.me), now=now)
        return sum(one.answers for one in found.values())

    def check_book(self) -> None:
        assert self.worker.stored_book() == self.worker.book.inside

    @property
    def me(self) -> Actor:
        return self.worker.actor

    def other(self, phone: str) -> Actor:
        return actor_for(db.session(), self.people.persons[phone])


@contextmanager
def two_weeks(
    served: Served, clock: MovedClock, open_context: OpenContext, album: Path
) -> Iterator[Fortnight]:
    """Start the server over a loaded demo with a new colleague, signed in on a phone."""
    load_all(served.app)
    context = open_context(width=360, height=740)
    with served.app.app_context():
        session, today = db.session(), local_date(utc_now())
        with transaction() as writing:
            people = load_demo(writing, now=utc_now())
        person = make_person(session, "林小川", organisation=people.organisations["DEMO-T1"])
        client = served.app.test_client()
        sign_in(client, person)
        cookie = client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": str(cookie.value), "url": served.url}])
        title = QuestionBank.code == "electrician-g5-g4"
        bank_id = BankId(session.scalars(select(QuestionBank.id).where(title)).one())
        actor = actor_for(session, person)
        session.rollback()
        with transaction() as writing:
            choose_bank(writing, actor, bank_id)
        served.start()
        yield Fortnight(
            worker=Worker(actor=actor, memory=Memory(SEED)),
            page=context.new_page(),
            url=served.url,
            clock=clock,
            monday=today + timedelta(days=7 - today.weekday()),
            people=people,
            bank_id=bank_id,
            album=album,
        )
        db.session.remove()

"""Days of practice made directly, for tests of weeks, leagues and campaigns' pictures."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from lianbing.infra.database import transaction
from lianbing.infra.redis_client import current_settings
from lianbing.people.models import Person
from lianbing.practice.rewards import weeks
from lianbing.practice.rewards.models import PracticeDay

MONDAY = date(2035, 11, 19)
"""Far ahead, so that every organisation and membership made today holds on it."""


def noon_of(day: date) -> datetime:
    """Noon of a day, in whatever zone the installation keeps."""
    return datetime.combine(day, time(12), current_settings().zone)


def add_days(
    session: Session, person: Person | int, points: Mapping[date, int], *, answers: int = 10
) -> None:
    """Days on which a person earned so many points with so many answers."""
    person_id = person if isinstance(person, int) else person.id
    session.rollback()  # what others wrote since must be seen before SQLite lets this write
    session.add_all(
        PracticeDay(
            person_id=person_id,
            day=day,
            answers=answers,
            right_count=answers,
            points=earned,
            needed=5,
            waiting=True,
        )
        for day, earned in points.items()
    )
    session.commit()


def take_up(day: date) -> int:
    """Take up what waits, as at noon of a day."""
    with transaction() as session:
        return weeks.take_up(session, now=noon_of(day))


def days_before(day: date, count: int) -> list[date]:
    """The day and those before it, ``count`` of them, oldest first."""
    return [day - timedelta(days=back) for back in range(count - 1, -1, -1)]

"""A person's standing folded from their tries, with what the tries earn.

The standing's row is the person's lock in a quiz: whoever begins, ends or voids a try holds it,
so a double click waits, then finds the first one's try.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.events import QuizPointsDue
from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizStanding, MassQuizTry
from lianbing.exams.mass_quiz.rules import (
    CountedTry,
    Counting,
    PointsFor,
    points_due,
    score_of,
)
from lianbing.infra import outbox
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import PersonId
from lianbing.people.authority import identities_of
from lianbing.people.queries import homes_of


def hold_standing(
    session: Session, quiz_id: int, person_id: PersonId, *, on: date
) -> MassQuizStanding:
    """A person's row in a quiz, made when there is none, held until the transaction ends.

    It is the kept identity's, whichever is named. A new one is counted for the team and unit the
    person belongs to on that day.
    """
    person_id = identities_of(session, person_id)[0]
    held = _locked(session, quiz_id, person_id)
    if held is not None:
        return held
    home = homes_of(session, [person_id], on=on).get(person_id)
    session.execute(
        insert_for(session, cast(Table, MassQuizStanding.__table__))
        .values(
            quiz_id=quiz_id,
            person_id=person_id,
            unit_id=home.unit_id if home else None,
            team_id=home.team_id if home else None,
            tries=0,
            marks=Decimal(0),
            seconds=0,
            revision=0,
            waiting=False,
        )
        .on_conflict_do_nothing()
    )
    made = _locked(session, quiz_id, person_id)
    if made is None:
        raise RuntimeError("a standing vanished under its lock")
    return made


def _locked(session: Session, quiz_id: int, person_id: PersonId) -> MassQuizStanding | None:
    return session.get(
        MassQuizStanding, (quiz_id, person_id), with_for_update=True, populate_existing=True
    )


def fold(
    session: Session,
    quiz: MassQuiz,
    standing: MassQuizStanding,
    changed: MassQuizTry,
    now: datetime,
) -> None:
    """Bring a held standing up to its tries after one of them changed, and say what it earns."""
    identities = identities_of(session, PersonId(standing.person_id))
    finished = session.scalars(
        select(MassQuizTry).where(
            MassQuizTry.quiz_id == quiz.id,
            MassQuizTry.person_id.in_(identities),
            MassQuizTry.ended_at.is_not(None),
            MassQuizTry.voided_at.is_(None),
        )
    ).all()
    _take_over(session, standing, identities)
    score = score_of(Counting(quiz.counting), [_counted(one) for one in finished])
    standing.tries = score.tries if score else 0
    standing.marks = score.marks if score else Decimal(0)
    standing.seconds = score.seconds if score else 0
    standing.reached_at = score.reached_at if score else None
    standing.waiting = True
    if quiz.points:
        standing.revision += 1
        outbox.publish(session, _points(quiz, standing, changed, finished), now=now)


def _take_over(
    session: Session, standing: MassQuizStanding, identities: Sequence[PersonId]
) -> None:
    """Who was merged into the person stands nowhere any more: their tries count here.

    What is said of points from now on is newer than what was said of theirs.
    """
    others = select(MassQuizStanding).where(
        MassQuizStanding.quiz_id == standing.quiz_id,
        MassQuizStanding.person_id.in_(identities),
        MassQuizStanding.person_id != standing.person_id,
    )
    for other in session.scalars(others):
        standing.revision = max(standing.revision, other.revision)
        if other.tries:
            other.tries, other.waiting = 0, True


def _counted(one: MassQuizTry) -> CountedTry:
    if one.marks is None or one.seconds is None or one.ended_at is None:
        raise ValueError(f"try {one.id} is not marked")
    return CountedTry(day=one.day, marks=one.marks, seconds=one.seconds, ended_at=one.ended_at)


def _points(
    quiz: MassQuiz,
    standing: MassQuizStanding,
    changed: MassQuizTry,
    finished: Sequence[MassQuizTry],
) -> QuizPointsDue:
    earning = [one for one in finished if one.marks]
    if quiz.points_for == PointsFor.TRY:
        source = f"quiz:{quiz.id}:try:{changed.id}"
        earns = any(one.id == changed.id for one in earning)
    else:
        source = f"quiz:{quiz.id}:{changed.day}"
        earns = any(one.day == changed.day for one in earning)
    return QuizPointsDue(
        person_id=standing.person_id,
        day=changed.day.isoformat(),
        source=source,
        points=points_due(quiz.points, earning=earns),
        revision=standing.revision,
    )

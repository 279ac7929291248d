"""Standings that changed, taken up: the person board, then their units and teams.

Nothing here decides what is true: a standing is, the moment a try is marked. A task takes up
what waits every few seconds, and whoever opens the quiz takes up their own first.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizStanding, MassQuizTry
from lianbing.exams.mass_quiz.outside import who_stays_off
from lianbing.exams.mass_quiz.places import count_places, refresh_places
from lianbing.exams.mass_quiz.rules import is_final
from lianbing.infra.calendar import local_date
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.models import BoardEntry
from lianbing.leaderboards.rules import encode, groups_of

BATCH = 200


def take_up(
    session: Session,
    *,
    now: datetime,
    quiz_id: int | None = None,
    people: Collection[PersonId] = (),
    limit: int = BATCH,
) -> int:
    """Take up standings that wait, of one quiz's people or of anybody; return how many.

    What somebody else takes up now is left to them.
    """
    statement = (
        select(MassQuizStanding)
        .where(MassQuizStanding.waiting == true())
        .order_by(MassQuizStanding.quiz_id, MassQuizStanding.person_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if quiz_id is not None:
        statement = statement.where(
            MassQuizStanding.quiz_id == quiz_id, MassQuizStanding.person_id.in_(people)
        )
    by_quiz: dict[int, list[MassQuizStanding]] = defaultdict(list)
    for row in session.scalars(statement):
        row.waiting = False
        by_quiz[row.quiz_id].append(row)
    session.flush()
    for quiz, rows in sorted(by_quiz.items()):
        _take_quiz(session, session.get_one(MassQuiz, quiz), rows, now=now)
    return sum(map(len, by_quiz.values()))


def _take_quiz(
    session: Session, quiz: MassQuiz, rows: Sequence[MassQuizStanding], *, now: datetime
) -> None:
    off = who_stays_off(session, [PersonId(row.person_id) for row in rows])
    standing = [row for row in rows if row.tries and row.person_id not in off]
    if quiz.board_id is not None:
        board_id = BoardId(quiz.board_id)
        boards.record_many(session, board_id, [_entry(row) for row in standing], now=now)
        leaving = {row.person_id for row in rows} - {row.person_id for row in standing}
        _leave(session, board_id, leaving)
    touched = {row.unit_id for row in rows} | {row.team_id for row in rows}
    count_places(session, quiz.id, {place for place in touched if place is not None})


def _entry(row: MassQuizStanding) -> Entry:
    groups = groups_of(
        unit_id=OrganisationId(row.unit_id) if row.unit_id else None,
        team_id=OrganisationId(row.team_id) if row.team_id else None,
    )
    key = encode(row.marks, row.seconds)
    return Entry(person_id=PersonId(row.person_id), sort_key=key, groups=groups)


def _leave(session: Session, board_id: BoardId, people: Collection[int]) -> None:
    on_it = session.scalars(
        select(BoardEntry.person_id)
        .where(BoardEntry.board_id == board_id, BoardEntry.person_id.in_(sorted(people)))
        .order_by(BoardEntry.person_id)
    ).all()
    for person_id in on_it:
        boards.remove(session, board_id, PersonId(person_id))


def take_up_anew(session: Session, people: Collection[PersonId]) -> None:
    """Have the people taken up again in every quiz they stand in: they left boards or came back."""
    session.execute(
        update(MassQuizStanding)
        .where(MassQuizStanding.person_id.in_(people), MassQuizStanding.tries > 0)
        .values(waiting=True)
    )


def refresh_one(session: Session, *, now: datetime) -> bool:
    """Bring the places of one running quiz up to today's tree and heads; whether one was due."""
    quiz = session.scalars(
        select(MassQuiz)
        .where(
            MassQuiz.published_at.is_not(None),
            MassQuiz.settled_at.is_(None),
            MassQuiz.places_on < local_date(now),
            MassQuiz.closes_at > now,
        )
        .order_by(MassQuiz.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if quiz is None:
        return False
    refresh_places(session, quiz, on=local_date(now))
    return True


def settle_quizzes(session: Session, *, now: datetime) -> int:
    """Call the boards of quizzes final that are over and of which nothing waits any more."""
    over = session.scalars(
        select(MassQuiz)
        .where(
            MassQuiz.published_at.is_not(None),
            MassQuiz.settled_at.is_(None),
            MassQuiz.closes_at < now,
        )
        .order_by(MassQuiz.id)
        .with_for_update(skip_locked=True)
    ).all()
    settled = [quiz for quiz in over if is_final(quiz.closes_at, now) and _is_done(session, quiz)]
    for quiz in settled:
        quiz.settled_at = now
        if quiz.board_id is not None:
            boards.close_board(session, BoardId(quiz.board_id))
    return len(settled)


def _is_done(session: Session, quiz: MassQuiz) -> bool:
    opened = select(MassQuizTry.id).where(
        MassQuizTry.quiz_id == quiz.id, MassQuizTry.is_open.is_(True)
    )
    waits = select(MassQuizStanding.person_id).where(
        MassQuizStanding.quiz_id == quiz.id, MassQuizStanding.waiting == true()
    )
    return all(session.scalar(one.limit(1)) is None for one in (opened, waits))

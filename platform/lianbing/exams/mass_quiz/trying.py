"""A worker's tries: begin or go on, keep answers, end, and end what nobody ended."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import examinable
from lianbing.exams.errors import BadToken
from lianbing.exams.journal import Entry
from lianbing.exams.mass_quiz.errors import NoTriesToday, QuizCannotAsk, QuizNotFound, QuizNotOpen
from lianbing.exams.mass_quiz.folding import fold, hold_standing
from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizTry
from lianbing.exams.mass_quiz.queries import is_meant_for, state_of
from lianbing.exams.mass_quiz.rules import (
    GRACE,
    SETTLE,
    DayUse,
    QuizState,
    due_at,
    seconds_used,
    tries_left,
    usable,
)
from lianbing.exams.mass_quiz.tries import own_identities, own_try, paper_of
from lianbing.exams.scratch import Seat, SeatTokens, Standing, answers_of, keep_answers, standing_of
from lianbing.grading.rules import MarkingRule, mark_script
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId
from lianbing.papers.blueprints import cells_from_json
from lianbing.papers.drawing import CannotFill, draw_apart
from lianbing.papers.pool.queries import list_enemies

QUIZ_RULE = MarkingRule()
"""The rule an exam has unless its organiser chooses another."""


class QuizTokens(SeatTokens):
    """Signs and reads the tokens of tries."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret, salt="lianbing.exams.mass_quiz")


def begin_try(session: Session, actor: Actor, quiz_id: int, *, seed: int, now: datetime) -> int:
    """Begin a try, or go on with the one under way; the try's id.

    Raises QuizNotFound, QuizNotOpen, NoTriesToday, and QuizCannotAsk when questions were
    withdrawn so that its paper can no longer be filled.
    """
    quiz, today = session.get(MassQuiz, quiz_id), local_date(now)
    identities = own_identities(session, actor)
    if quiz is None or quiz.published_at is None:
        raise QuizNotFound
    if not is_meant_for(session, actor, quiz, on=today):
        raise QuizNotFound
    standing = hold_standing(session, quiz_id, identities[0], on=today)
    under_way = _find_open(session, quiz_id, identities)
    if under_way is not None:
        if now <= under_way.due_at:
            return under_way.id
        _end(session, under_way, at=under_way.due_at, now=now)
    if state_of(quiz, now) is not QuizState.OPEN:
        raise QuizNotOpen
    used = session.execute(
        select(MassQuizTry.given_back, MassQuizTry.try_no).where(
            MassQuizTry.quiz_id == quiz_id,
            MassQuizTry.person_id.in_(identities),
            MassQuizTry.day == today,
        )
    ).all()
    if not tries_left(quiz.tries, [DayUse(given_back=row[0]) for row in used]):
        raise NoTriesToday
    one = MassQuizTry(
        quiz_id=quiz_id,
        person_id=standing.person_id,
        day=today,
        try_no=1 + max((row[1] for row in used), default=0),
        questions=_draw(session, quiz, seed),
        seed=seed,
        number=0,
        is_open=True,
        began_at=now,
        due_at=due_at(now, quiz.minutes, quiz.closes_at),
        answers="{}",
        last_seq=0,
    )
    session.add(one)
    session.flush()
    return _kept_to(session, quiz, one, now=now)


def _kept_to(session: Session, quiz: MassQuiz, one: MassQuizTry, *, now: datetime) -> int:
    """Read the quiz's end again: the insert has waited for whoever was closing it meanwhile."""
    session.refresh(quiz)
    if state_of(quiz, now) is not QuizState.OPEN:
        raise QuizNotOpen
    one.due_at = due_at(now, quiz.minutes, quiz.closes_at)
    return one.id


def _find_open(
    session: Session, quiz_id: int, identities: Collection[PersonId]
) -> MassQuizTry | None:
    return session.scalars(
        select(MassQuizTry)
        .where(
            MassQuizTry.quiz_id == quiz_id,
            MassQuizTry.person_id.in_(identities),
            MassQuizTry.is_open.is_(True),
        )
        .order_by(MassQuizTry.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _draw(session: Session, quiz: MassQuiz, seed: int) -> list[list[object]]:
    bank_id = BankId(quiz.bank_id)
    items = usable(examinable(session, bank_id), reserved_only=quiz.reserved_only)
    cells = cells_from_json(quiz.cells)
    try:
        drawn = draw_apart(items, cells, list_enemies(session, bank_id), seed=seed)
    except CannotFill as refusal:
        raise QuizCannotAsk from refusal
    return [[one.item.version_id, str(one.cell.marks)] for one in drawn]


def open_page(session: Session, actor: Actor, try_id: int) -> Seat:
    """The seat of a page that shows the try from now on; an earlier page is put out."""
    own_try(session, actor, try_id)
    one = session.get_one(MassQuizTry, try_id, with_for_update=True, populate_existing=True)
    one.number += 1
    return Seat(sitting_id=one.id, person_id=PersonId(one.person_id), number=one.number)


def try_of(session: Session, seat: Seat, *, lock: bool = False) -> MassQuizTry:
    """The try of a token; BadToken for one that is not known."""
    one = session.get(
        MassQuizTry, seat.sitting_id, with_for_update=lock or None, populate_existing=lock
    )
    if one is None or one.person_id != seat.person_id:
        raise BadToken
    return one


def save_try(
    session: Session, seat: Seat, entries: Collection[Entry], *, now: datetime
) -> Standing:
    """Keep answers while the time runs; those of an old page or after the end are dropped."""
    one = try_of(session, seat, lock=True)
    if _takes(one, seat, now):
        keep_answers(one, entries)
    return standing_of(one, now=now)


def end_try(session: Session, seat: Seat, entries: Collection[Entry], *, now: datetime) -> Standing:
    """Hand in, with what came along, and mark at once. Again is harmless."""
    one = try_of(session, seat)
    hold_standing(session, one.quiz_id, PersonId(one.person_id), on=one.day)
    one = try_of(session, seat, lock=True)
    if one.is_open and one.number == seat.number:
        if _takes(one, seat, now):
            keep_answers(one, entries)
        _end(session, one, at=min(now, one.due_at), now=now)
    return standing_of(one, now=now)


def _takes(one: MassQuizTry, seat: Seat, now: datetime) -> bool:
    return one.number == seat.number and standing_of(one, now=now - GRACE).is_open


def settle(session: Session, try_id: int, *, now: datetime) -> bool:
    """End a try whose time and grace are over, with what has arrived; whether it did."""
    one = session.get(MassQuizTry, try_id)
    if one is None or not one.is_open or not _is_over(one, now):
        return False
    hold_standing(session, one.quiz_id, PersonId(one.person_id), on=one.day)
    held = session.get_one(MassQuizTry, try_id, with_for_update=True, populate_existing=True)
    if not held.is_open:
        return False
    _end(session, held, at=held.due_at, now=now)
    return True


def settle_own(session: Session, actor: Actor, quiz_id: int, *, now: datetime) -> None:
    """End the actor's try of a quiz when its time and grace are over."""
    one = session.scalar(
        select(MassQuizTry.id)
        .where(
            MassQuizTry.quiz_id == quiz_id,
            MassQuizTry.person_id.in_(own_identities(session, actor)),
            MassQuizTry.is_open.is_(True),
            MassQuizTry.due_at < now - GRACE,
        )
        .limit(1)
    )
    if one is not None:
        settle(session, one, now=now)


def list_due(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Tries whose time and grace are over and that nobody ended, the longest over first."""
    statement = (
        select(MassQuizTry.id)
        .where(MassQuizTry.is_open.is_(True), MassQuizTry.due_at < now - GRACE - SETTLE)
        .order_by(MassQuizTry.due_at, MassQuizTry.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def _is_over(one: MassQuizTry, now: datetime) -> bool:
    return now > one.due_at + GRACE


def _end(session: Session, one: MassQuizTry, *, at: datetime, now: datetime) -> None:
    """Mark a held try by what has arrived and bring its person's standing along."""
    sheet = mark_script(paper_of(session, one), answers_of(one), QUIZ_RULE)
    one.is_open, one.ended_at, one.marks = None, at, sheet.total
    one.seconds = seconds_used(one.began_at, at)
    one.items = {
        str(number): {"marks": str(mark.marks), "verdict": mark.verdict.value}
        for number, mark in sheet.items.items()
    }
    session.flush()
    standing = hold_standing(session, one.quiz_id, PersonId(one.person_id), on=one.day)
    fold(session, session.get_one(MassQuiz, one.quiz_id), standing, one, now)

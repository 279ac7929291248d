"""Quizzes and tries as their pages show them, in frozen rows, and a try's paper made again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionBank
from lianbing.exams.mass_quiz.errors import QuizNotFound
from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizStanding, MassQuizTry
from lianbing.exams.mass_quiz.rules import (
    Counting,
    DayUse,
    PointsFor,
    QuizPlan,
    QuizState,
    state_at,
    tries_left,
)
from lianbing.exams.mass_quiz.tries import TryRow, own_identities, try_row
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import (
    BlueprintId,
    BoardId,
    OrganisationId,
    PersonId,
)
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.people.authority import reachable_ids
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.queries import organisation_names, person_facts

PER_PAGE = 20
ON_HOME = 3
LEADERS = (Role.ORGANISER, Role.TRAINER, Role.TEAM_LEADER)
"""Who may see how the people below them do; only organisers change a quiz."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuizRow:
    """A quiz as lists and pages show it."""

    id: int
    plan: QuizPlan
    organisation_id: OrganisationId
    organisation_name: str
    blueprint_id: BlueprintId
    bank_title: str
    questions: int
    total_marks: Decimal
    opens_at: datetime
    closes_at: datetime
    state: QuizState
    board_id: BoardId | None
    settled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnScore:
    """What somebody's tries come to so far."""

    marks: Decimal
    seconds: int
    tries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnQuiz:
    """A quiz as one of those it is meant for sees it."""

    row: QuizRow
    tries_left: int
    under_way: TryRow | None
    score: OwnScore | None


def _quizzes() -> Select[MassQuiz, str]:
    return select(MassQuiz, QuestionBank.title).join(
        QuestionBank, QuestionBank.id == MassQuiz.bank_id
    )


def plan_of(quiz: MassQuiz) -> QuizPlan:
    """What a quiz asks for, as a value."""
    return QuizPlan(
        title=quiz.title,
        about=quiz.about,
        opens_on=quiz.opens_on,
        closes_on=quiz.closes_on,
        minutes=quiz.minutes,
        tries=quiz.tries,
        counting=Counting(quiz.counting),
        points=quiz.points,
        points_for=PointsFor(quiz.points_for),
        names=MaskPolicy(quiz.names),
        reserved_only=quiz.reserved_only,
        explains=quiz.explains,
    )


def state_of(quiz: MassQuiz, now: datetime) -> QuizState:
    """Where a quiz stands at an instant."""
    return state_at(
        published=quiz.published_at is not None,
        opens_at=quiz.opens_at,
        closes_at=quiz.closes_at,
        now=now,
    )


def _rows(
    session: Session, found: Sequence[tuple[MassQuiz, str]], *, now: datetime
) -> list[QuizRow]:
    names = organisation_names(session, {OrganisationId(quiz.organisation_id) for quiz, _ in found})
    return [
        QuizRow(
            id=quiz.id,
            plan=plan_of(quiz),
            organisation_id=OrganisationId(quiz.organisation_id),
            organisation_name=names[OrganisationId(quiz.organisation_id)],
            blueprint_id=BlueprintId(quiz.blueprint_id),
            bank_title=bank_title,
            questions=quiz.questions,
            total_marks=quiz.total_marks,
            opens_at=quiz.opens_at,
            closes_at=quiz.closes_at,
            state=state_of(quiz, now),
            board_id=BoardId(quiz.board_id) if quiz.board_id is not None else None,
            settled=quiz.settled_at is not None,
        )
        for quiz, bank_title in found
    ]


def page_of_led(session: Session, actor: Actor, number: int, *, now: datetime) -> Page[QuizRow]:
    """One page of the quizzes a leader may follow: those of a node within reach, and published
    ones of a node above one within reach. Drafts are for organisers."""
    above = _above(reachable_ids(actor, *LEADERS))
    statement = (
        _quizzes()
        .where(
            or_(
                MassQuiz.organisation_id.in_(reachable_ids(actor, Role.ORGANISER)),
                MassQuiz.published_at.is_not(None) & MassQuiz.organisation_id.in_(above),
            )
        )
        .order_by(MassQuiz.closes_at.desc(), MassQuiz.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows(_rows(session, [(row[0], row[1]) for row in page.rows], now=now))


def _above(nodes: Select[int]) -> Select[int]:
    return select(OrganisationReach.ancestor_id).where(OrganisationReach.descendant_id.in_(nodes))


def get_led(session: Session, actor: Actor, quiz_id: int, *, now: datetime) -> QuizRow:
    """A quiz a leader may follow; raises QuizNotFound."""
    row = get_quiz(session, quiz_id, now=now)
    own = reachable_ids(actor, Role.ORGANISER)
    place = row.organisation_id
    reach = _above(reachable_ids(actor, *LEADERS)) if row.state is not QuizState.DRAFT else own
    known = select(Organisation.id).where(
        Organisation.id == place, or_(Organisation.id.in_(own), Organisation.id.in_(reach))
    )
    if session.scalar(known) is None:
        raise QuizNotFound
    return row


def get_quiz(session: Session, quiz_id: int, *, now: datetime) -> QuizRow:
    """A quiz; raises QuizNotFound."""
    found = session.execute(_quizzes().where(MassQuiz.id == quiz_id)).one_or_none()
    if found is None:
        raise QuizNotFound
    return _rows(session, [(found[0], found[1])], now=now)[0]


def is_meant_for(session: Session, actor: Actor, quiz: QuizRow | MassQuiz, *, on: date) -> bool:
    """Whether somebody belongs to the quiz's organisation or below it on a day."""
    if actor.person_id is None:
        return False
    facts = person_facts(session, actor.person_id, on=on)
    return quiz.organisation_id in facts.organisation_ids


def get_own(session: Session, actor: Actor, quiz_id: int, *, now: datetime) -> OwnQuiz:
    """A published quiz meant for the actor, or tried by them; raises QuizNotFound."""
    row = get_quiz(session, quiz_id, now=now)
    identities = own_identities(session, actor)
    if row.state is QuizState.DRAFT:
        raise QuizNotFound
    own = _own(session, identities, [row], now=now)[0]
    tried = own.under_way is not None or own.score is not None
    if not tried and not is_meant_for(session, actor, row, on=local_date(now)):
        raise QuizNotFound
    return own


def page_of_own(session: Session, actor: Actor, number: int, *, now: datetime) -> Page[OwnQuiz]:
    """One page of the published quizzes meant for the actor or tried, the last to close first."""
    identities = own_identities(session, actor)
    facts = person_facts(session, identities[0], on=local_date(now))
    tried = select(MassQuizStanding.quiz_id).where(MassQuizStanding.person_id.in_(identities))
    statement = (
        _quizzes()
        .where(
            MassQuiz.published_at.is_not(None),
            or_(
                MassQuiz.organisation_id.in_(sorted(facts.organisation_ids)),
                MassQuiz.id.in_(tried),
            ),
        )
        .order_by(MassQuiz.closes_at.desc(), MassQuiz.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    rows = _rows(session, [(row[0], row[1]) for row in page.rows], now=now)
    return page.with_rows(_own(session, identities, rows, now=now))


def list_open(session: Session, actor: Actor, *, now: datetime) -> list[OwnQuiz]:
    """The open quizzes meant for the actor, those that close first; at most three."""
    is_open = (
        MassQuiz.published_at.is_not(None) & (MassQuiz.opens_at <= now) & (MassQuiz.closes_at > now)
    )
    if session.scalar(select(MassQuiz.id).where(is_open).limit(1)) is None:
        return []  # the usual case on every home page: one look at an index
    identities = own_identities(session, actor)
    facts = person_facts(session, identities[0], on=local_date(now))
    found = session.execute(
        _quizzes()
        .where(is_open, MassQuiz.organisation_id.in_(sorted(facts.organisation_ids)))
        .order_by(MassQuiz.closes_at, MassQuiz.id)
        .limit(ON_HOME)
    )
    rows = _rows(session, [(row[0], row[1]) for row in found], now=now)
    return _own(session, identities, rows, now=now)


def _own(
    session: Session, identities: Collection[PersonId], rows: Sequence[QuizRow], *, now: datetime
) -> list[OwnQuiz]:
    quizzes = [row.id for row in rows]
    standings = session.scalars(
        select(MassQuizStanding).where(
            MassQuizStanding.quiz_id.in_(quizzes),
            MassQuizStanding.person_id.in_(identities),
            MassQuizStanding.tries > 0,
        )
    )
    scores = {
        one.quiz_id: OwnScore(marks=one.marks, seconds=one.seconds, tries=one.tries)
        for one in standings
    }
    today = local_date(now)
    tries = session.scalars(
        select(MassQuizTry).where(
            MassQuizTry.quiz_id.in_(quizzes),
            MassQuizTry.person_id.in_(identities),
            (MassQuizTry.day == today) | MassQuizTry.is_open.is_(True),
        )
    ).all()
    return [
        OwnQuiz(
            row=row,
            tries_left=tries_left(
                row.plan.tries,
                [
                    DayUse(given_back=one.given_back)
                    for one in tries
                    if one.quiz_id == row.id and one.day == today
                ],
            ),
            under_way=next(
                (
                    try_row(one)
                    for one in tries
                    if one.quiz_id == row.id and one.is_open and one.due_at > now
                ),
                None,
            ),
            score=scores.get(row.id),
        )
        for row in rows
    ]

"""Pairs as frozen rows, for the two of them alone; the apprentice's answers only while in force."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId
from lianbing.people.queries import load_actor, same_person_ids
from lianbing.practice.mastery.queries import OutlineStanding, get_standing
from lianbing.practice.mentoring.errors import NotInForce, PairNotFound
from lianbing.practice.mentoring.models import MentoringDrill, MentoringNote, MentoringPair
from lianbing.practice.mentoring.rules import PairFacts, PairState
from lianbing.practice.models import PracticeAnswer
from lianbing.practice.queries import (
    PracticeBank,
    choose_among,
    learner_of,
    list_practice_banks,
)
from lianbing.subjects.models import AssessmentPoint, AssessmentScope

PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class PairRow:
    """A pair as one of the two sees it; ``is_mentor``: which of them looks."""

    id: int
    mentor_id: PersonId
    apprentice_id: PersonId
    is_mentor: bool
    pact: str
    facts: PairFacts
    state: PairState
    has_signed: bool
    end_reason: str
    drills_set: int
    drills_done: int

    @property
    def partner_id(self) -> PersonId:
        return self.apprentice_id if self.is_mentor else self.mentor_id

    @property
    def is_in_force(self) -> bool:
        return self.state is PairState.IN_FORCE


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillRow:
    """A drill set; ``answered`` since it was set, of ``wanted``."""

    id: int
    bank_id: BankId
    scope_id: int | None
    point_id: int | None
    title: str
    wanted: int
    answered: int
    due_on: date

    @property
    def is_done(self) -> bool:
        return self.answered >= self.wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRow:
    """A note."""

    author_id: PersonId
    text: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedMap:
    """Where the apprentice stands in the bank they practise."""

    bank: PracticeBank
    standing: OutlineStanding


def page_of_pairs(session: Session, actor: Actor, number: int, *, now: datetime) -> Page[PairRow]:
    """One page of the actor's pairs, those that are open first, then the newest."""
    mine = same_person_ids(session, learner_of(actor))
    statement = (
        select(MentoringPair)
        .where(or_(MentoringPair.mentor_id.in_(mine), MentoringPair.apprentice_id.in_(mine)))
        .order_by(MentoringPair.ended_on.is_not(None), MentoringPair.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows([_row(pair, mine, now=now) for (pair,) in page.rows])


def get_pair(session: Session, actor: Actor, pair_id: int, *, now: datetime) -> PairRow:
    """A pair of the actor's; raises PairNotFound for anyone else."""
    mine = same_person_ids(session, learner_of(actor))
    pair = session.get(MentoringPair, pair_id)
    if pair is None or not {pair.mentor_id, pair.apprentice_id} & set(mine):
        raise PairNotFound
    return _row(pair, mine, now=now)


def facts_of(pair: MentoringPair) -> PairFacts:
    """What a pair's state follows from."""
    return PairFacts(
        starts_on=pair.starts_on,
        ends_on=pair.ends_on,
        agreed_on=pair.agreed_on,
        ended_on=pair.ended_on,
    )


def _row(pair: MentoringPair, mine: Collection[PersonId], *, now: datetime) -> PairRow:
    is_mentor = pair.mentor_id in mine
    signed = pair.mentor_signed_at if is_mentor else pair.apprentice_signed_at
    return PairRow(
        id=pair.id,
        mentor_id=PersonId(pair.mentor_id),
        apprentice_id=PersonId(pair.apprentice_id),
        is_mentor=is_mentor,
        pact=pair.pact,
        facts=facts_of(pair),
        state=facts_of(pair).state(local_date(now)),
        has_signed=signed is not None,
        end_reason=pair.end_reason,
        drills_set=pair.drills_set,
        drills_done=pair.drills_done,
    )


def find_map(session: Session, pair: PairRow, *, now: datetime) -> SharedMap | None:
    """The apprentice's map, for both while the pair is in force; None without a bank.

    Raises NotInForce.
    """
    if not pair.is_in_force:
        raise NotInForce
    bank = bank_of(session, pair)
    if bank is None:
        return None
    identities = same_person_ids(session, pair.apprentice_id)
    standing = get_standing(session, identities, bank.subject_id, bank.outline_id, now=now)
    return SharedMap(bank=bank, standing=standing)


def bank_of(session: Session, pair: PairRow) -> PracticeBank | None:
    """The bank the apprentice practises now."""
    apprentice = load_actor(session, pair.apprentice_id)
    return choose_among(session, apprentice, list_practice_banks(session, apprentice))


def list_drills(session: Session, pair_id: int) -> list[DrillRow]:
    """The drills of a pair, at most fifty, the next due first, with how far each has come."""
    rows = session.execute(
        select(MentoringDrill, AssessmentScope.title, AssessmentPoint.title)
        .outerjoin(AssessmentScope, AssessmentScope.id == MentoringDrill.scope_id)
        .outerjoin(AssessmentPoint, AssessmentPoint.id == MentoringDrill.point_id)
        .where(MentoringDrill.pair_id == pair_id)
        .order_by(MentoringDrill.due_on.desc(), MentoringDrill.id.desc())
    ).all()
    pair = session.get_one(MentoringPair, pair_id)
    identities = same_person_ids(session, PersonId(pair.apprentice_id))
    return [
        DrillRow(
            id=drill.id,
            bank_id=BankId(drill.bank_id),
            scope_id=drill.scope_id,
            point_id=drill.point_id,
            title=scope_title or point_title or "",
            wanted=drill.wanted,
            answered=_answered(session, identities, drill),
            due_on=drill.due_on,
        )
        for drill, scope_title, point_title in rows
    ]


def _answered(session: Session, identities: Collection[PersonId], drill: MentoringDrill) -> int:
    """How many answers were given to it since it was set."""
    points = [drill.point_id]
    if drill.scope_id is not None:
        points = list(_points_below(session, drill.scope_id))
    statement = (
        select(func.count())
        .select_from(PracticeAnswer)
        .join(QuestionVersion, QuestionVersion.id == PracticeAnswer.version_id)
        .join(Question, Question.id == PracticeAnswer.question_id)
        .where(
            PracticeAnswer.person_id.in_(identities),
            PracticeAnswer.answered_at >= drill.set_at,
            Question.bank_id == drill.bank_id,
            QuestionVersion.point_id.in_(points),
        )
    )
    return session.scalar(statement) or 0


def _points_below(session: Session, scope_id: int) -> Collection[int]:
    """The points of a scope and of the scopes below it, three levels at most."""
    scopes = {scope_id}
    for _level in range(2):
        below = select(AssessmentScope.id).where(AssessmentScope.parent_id.in_(scopes))
        scopes |= set(session.scalars(below))
    points = select(AssessmentPoint.id).where(AssessmentPoint.scope_id.in_(scopes))
    return set(session.scalars(points))


def page_of_notes(session: Session, pair_id: int, number: int) -> Page[NoteRow]:
    """One page of a pair's notes, the newest first."""
    statement = (
        select(MentoringNote)
        .where(MentoringNote.pair_id == pair_id)
        .order_by(MentoringNote.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    rows = [
        NoteRow(author_id=PersonId(note.author_id), text=note.text, written_at=note.written_at)
        for (note,) in page.rows
    ]
    return page.with_rows(rows)


def count_waiting(session: Session, actor: Actor, *, now: datetime) -> tuple[int, int]:
    """How many pacts wait for the actor's word, and how many drills set are not due yet."""
    mine = same_person_ids(session, learner_of(actor))
    pair = MentoringPair
    pacts = select(func.count()).where(
        pair.ended_on.is_(None),
        or_(
            pair.mentor_id.in_(mine) & pair.mentor_signed_at.is_(None),
            pair.apprentice_id.in_(mine) & pair.apprentice_signed_at.is_(None),
        ),
    )
    today = local_date(now)
    drills = (
        select(func.count())
        .select_from(MentoringDrill)
        .join(pair, pair.id == MentoringDrill.pair_id)
        .where(
            pair.apprentice_id.in_(mine),
            pair.ended_on.is_(None),
            pair.ends_on >= today,
            MentoringDrill.due_on >= today,
        )
    )
    return session.scalar(pacts) or 0, session.scalar(drills) or 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SettledPair:
    """A pair that is over, for whoever credits it."""

    id: int
    mentor_id: PersonId
    apprentice_id: PersonId
    began_on: date
    ended_on: date
    days: int
    earns_credit: bool
    drills_set: int
    drills_done: int


def find_settled(session: Session, pair_id: int) -> SettledPair | None:
    """A pair whose end was told; None for any other."""
    pair = session.get(MentoringPair, pair_id)
    if pair is None or pair.settled_at is None or pair.ended_on is None:
        return None
    facts = facts_of(pair)
    return SettledPair(
        id=pair.id,
        mentor_id=PersonId(pair.mentor_id),
        apprentice_id=PersonId(pair.apprentice_id),
        began_on=facts.began_on,
        ended_on=min(pair.ended_on, pair.ends_on),
        days=facts.days_in_force(pair.ended_on),
        earns_credit=facts.earns_credit(pair.ended_on),
        drills_set=pair.drills_set,
        drills_done=pair.drills_done,
    )

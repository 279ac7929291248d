"""Offer a blueprint, begin a mock, keep its answers, mark it at hand-in."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.exams.errors import BadToken
from lianbing.exams.journal import Entry
from lianbing.exams.scratch import (
    Seat,
    SeatTokens,
    Standing,
    answers_of,
    keep_answers,
    standing_of,
)
from lianbing.grading.rules import Verdict, mark_script
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import (
    BankId,
    BlueprintId,
    OrganisationId,
    PersonId,
    QuestionId,
    QuestionVersionId,
)
from lianbing.kernel.marks import ZERO
from lianbing.papers.blueprints import Cell, cells_from_json
from lianbing.papers.models import Blueprint
from lianbing.people.authority import require_reach
from lianbing.practice.learners import lock_learner
from lianbing.practice.mock.errors import MinutesInsane, NothingToSit
from lianbing.practice.mock.models import MockOffer, MockSitting
from lianbing.practice.mock.queries import (
    find_open,
    own_sitting,
    paper_of,
    practice_items,
)
from lianbing.practice.mock.rules import (
    GRACE,
    MOCK_RULE,
    USUAL_MINUTES,
    draw_what_fits,
    is_sane_length,
    usual_cells,
)
from lianbing.practice.queries import get_practice_bank, learner_of
from lianbing.practice.recording import Answered, lock_learners, record_answers
from lianbing.practice.rules import DrillMode

MockSeat = Seat


class MockTokens(SeatTokens):
    """Signs and reads the tokens of mock exams."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret, salt="lianbing.practice.mock")


def offer_blueprint(
    session: Session, actor: Actor, blueprint_id: BlueprintId, minutes: int | None, *, now: datetime
) -> None:
    """Let a blueprint be sat as a mock for so many minutes, or, with None, no longer."""
    blueprint = session.get(Blueprint, blueprint_id)
    if blueprint is None:
        raise NotFound
    keeper = OrganisationId(blueprint.organisation_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=keeper)
    if minutes is not None and not is_sane_length(minutes):
        raise MinutesInsane
    offer = session.get(MockOffer, blueprint_id)
    if minutes is None:
        if offer is not None:
            session.delete(offer)
    elif offer is None:
        session.add(
            MockOffer(
                blueprint_id=blueprint_id,
                minutes=minutes,
                offered_by=actor.person_id,
                offered_at=now,
            )
        )
    else:
        offer.minutes = minutes
    audit.record(
        session,
        actor,
        "practice.offer_mock",
        subject=("blueprint", blueprint_id),
        now=now,
        details={"minutes": minutes},
    )


def begin_mock(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    blueprint_id: BlueprintId | None,
    *,
    seed: int,
    now: datetime,
) -> int:
    """Draw a paper of practice questions and begin, or go on with the one under way.

    Raises NotFound for a bank or blueprint not open to the actor, NothingToSit.
    """
    bank = get_practice_bank(session, actor, bank_id)
    lock_learner(session, actor)
    under_way = find_open(session, actor)
    if under_way is not None:
        settle(session, actor, under_way.id, now=now)
        if session.get_one(MockSitting, under_way.id).is_open:
            return under_way.id
    items = practice_items(session, bank_id)
    if blueprint_id is None:
        title, minutes = bank.title, USUAL_MINUTES
        cells = usual_cells(Counter(item.type for item in items))
    else:
        title, cells, minutes = _offered(session, bank_id, blueprint_id)
    drawn = draw_what_fits(items, cells, seed=seed)
    if not drawn:
        raise NothingToSit
    sitting = MockSitting(
        person_id=learner_of(actor),
        bank_id=bank_id,
        blueprint_id=blueprint_id,
        title=title,
        questions=[[one.item.version_id, str(one.cell.marks)] for one in drawn],
        asked_for=sum(cell.count for cell in cells),
        seed=seed,
        number=1,
        is_open=True,
        began_at=now,
        due_at=now + timedelta(minutes=minutes),
        answers="{}",
        last_seq=0,
        total_marks=sum((one.cell.marks for one in drawn), ZERO),
    )
    session.add(sitting)
    session.flush()
    return sitting.id


def _offered(
    session: Session, bank_id: BankId, blueprint_id: BlueprintId
) -> tuple[str, tuple[Cell, ...], int]:
    found = session.execute(
        select(Blueprint, MockOffer.minutes)
        .join(MockOffer, MockOffer.blueprint_id == Blueprint.id)
        .where(Blueprint.id == blueprint_id, Blueprint.bank_id == bank_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0].title, cells_from_json(found[0].cells), found[1]


def open_page(session: Session, actor: Actor, sitting_id: int) -> MockSeat:
    """The seat of a page that shows the mock from now on; an earlier page is put out."""
    lock_learner(session, actor)
    sitting = own_sitting(session, actor, sitting_id)
    sitting.number += 1
    return MockSeat(
        sitting_id=sitting.id, person_id=PersonId(sitting.person_id), number=sitting.number
    )


def sitting_of(session: Session, seat: MockSeat, *, lock: bool = False) -> MockSitting:
    """The sitting of a token; BadToken for one that is not known."""
    if lock:
        lock_learners(session, [seat.person_id])
    found = session.scalars(
        select(MockSitting).where(
            MockSitting.id == seat.sitting_id, MockSitting.person_id == seat.person_id
        )
    ).one_or_none()
    if found is None:
        raise BadToken
    return found


def save_mock(
    session: Session, seat: MockSeat, entries: Collection[Entry], *, now: datetime
) -> Standing:
    """Keep answers while the time runs; those of an old page or after the end are dropped."""
    sitting = sitting_of(session, seat, lock=True)
    standing = standing_of(sitting, now=now - GRACE)
    if standing.is_open and sitting.number == seat.number:
        keep_answers(sitting, entries)
    return standing_of(sitting, now=now)


def end_mock(
    session: Session, seat: MockSeat, entries: Collection[Entry], *, now: datetime
) -> Standing:
    """Hand in, with what came along, and mark at once. Again is harmless."""
    sitting = sitting_of(session, seat, lock=True)
    if sitting.number == seat.number and sitting.is_open:
        if standing_of(sitting, now=now - GRACE).is_open:
            keep_answers(sitting, entries)
        _mark(session, sitting, now=min(now, sitting.due_at))
    return standing_of(sitting, now=now)


def settle(session: Session, actor: Actor, sitting_id: int, *, now: datetime) -> None:
    """Mark a mock whose time is up, with what has arrived by now."""
    lock_learner(session, actor)
    sitting = own_sitting(session, actor, sitting_id)
    if sitting.is_open and not standing_of(sitting, now=now).is_open:
        lock_learners(session, [PersonId(sitting.person_id)])
        _mark(session, sitting, now=sitting.due_at)


def _mark(session: Session, sitting: MockSitting, *, now: datetime) -> None:
    """Mark by the real rule, and let what was answered teach like any practice."""
    paper = paper_of(session, sitting)
    answers = answers_of(sitting)
    sheet = mark_script(paper, answers, MOCK_RULE)
    sitting.ended_at, sitting.is_open = now, None
    sitting.marks = sheet.total
    sitting.items = {
        str(number): {"marks": str(mark.marks), "verdict": mark.verdict.value}
        for number, mark in sheet.items.items()
    }
    session.flush()
    _teach(session, sitting, now=now)


def _teach(session: Session, sitting: MockSitting, *, now: datetime) -> None:
    """Record what was answered; what was left empty says nothing of what is known.

    The record keeps answers under the question's own letters, the sitting's are dealt anew: what
    is taken over is the verdict, the answer itself stays with the sitting.
    """
    asked = [one for one, _marks in sitting.questions]
    facts = {
        version.id: version
        for version in session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(asked)))
    }
    answered = []
    for number, (version_id, _marks) in enumerate(sitting.questions, start=1):
        verdict = Verdict((sitting.items or {})[str(number)]["verdict"])
        if verdict in (Verdict.UNANSWERED, Verdict.UNMARKED):
            continue
        version = facts[version_id]
        answered.append(
            Answered(
                person_id=PersonId(sitting.person_id),
                drill_id=None,
                position=None,
                question_id=QuestionId(version.question_id),
                version_id=QuestionVersionId(version_id),
                point_id=version.point_id,
                mode=DrillMode.MOCK.value,
                answer=None,
                verdict=verdict,
                answered_at=now,
            )
        )
    record_answers(session, answered, now=now)

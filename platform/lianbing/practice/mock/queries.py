"""What may be sat as a mock, and what was: frozen rows, and the paper made again."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.queries import (
    DrawItem,
    contents,
    drillable,
    get_bank,
    is_current,
    is_drillable,
    scope_paths,
)
from lianbing.exams.own_result import ItemRow, review_items
from lianbing.exams.scratch import answers_of
from lianbing.grading.rules import AnswerMark, Verdict
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, BlueprintId, PaperId, QuestionVersionId
from lianbing.papers.blueprints import cells_from_json
from lianbing.papers.freezing import paper_body, read_body
from lianbing.papers.models import Blueprint
from lianbing.papers.rules import FormOrder, FrozenPaper, form_order
from lianbing.people.authority import reachable_ids
from lianbing.practice.mock.models import MockOffer, MockSitting
from lianbing.practice.mock.rules import USUAL_MINUTES, pass_mark, usual_cells
from lianbing.practice.queries import PracticeBank, identities_of
from lianbing.subjects.models import AssessmentPoint

SITTINGS_A_PAGE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A mock that may be begun; ``blueprint_id`` None for the usual hundred marks."""

    blueprint_id: BlueprintId | None
    title: str
    questions: int
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRow:
    """A blueprint a trainer keeps; ``minutes`` None while it is not offered."""

    blueprint_id: BlueprintId
    title: str
    bank_title: str
    questions: int
    minutes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SittingRow:
    """A mock that was sat, or is; ``marks`` None while it is."""

    id: int
    bank_id: int
    title: str
    began_at: datetime
    due_at: datetime
    ended_at: datetime | None
    questions: int
    asked_for: int
    marks: Decimal | None
    total_marks: Decimal

    @property
    def passed(self) -> bool:
        return self.marks is not None and self.marks >= self.pass_mark

    @property
    def pass_mark(self) -> Decimal:
        return pass_mark(self.total_marks)


def list_offers(session: Session, bank: PracticeBank) -> list[Offer]:
    """The offered blueprints of a bank; without any, the usual hundred marks as far as its
    practice questions go."""
    rows = session.execute(
        select(Blueprint, MockOffer.minutes)
        .join(MockOffer, MockOffer.blueprint_id == Blueprint.id)
        .where(Blueprint.bank_id == bank.id)
        .order_by(Blueprint.title, Blueprint.id)
        .limit(20)
    ).all()
    offers = [
        Offer(
            blueprint_id=BlueprintId(blueprint.id),
            title=blueprint.title,
            questions=sum(cell.count for cell in cells_from_json(blueprint.cells)),
            minutes=minutes,
        )
        for blueprint, minutes in rows
    ]
    if offers:
        return offers
    cells = usual_cells(Counter(item.type for item in drillable(session, bank.id)))
    if not cells:
        return []
    questions = sum(cell.count for cell in cells)
    return [Offer(blueprint_id=None, title="", questions=questions, minutes=USUAL_MINUTES)]


def page_of_offers(session: Session, actor: Actor, number: int) -> Page[OfferRow]:
    """One page of the blueprints a trainer keeps, offered or not."""
    statement = (
        select(Blueprint, QuestionBank.title, MockOffer.minutes)
        .join(QuestionBank, QuestionBank.id == Blueprint.bank_id)
        .outerjoin(MockOffer, MockOffer.blueprint_id == Blueprint.id)
        .where(Blueprint.organisation_id.in_(reachable_ids(actor, Role.TRAINER)))
        .order_by(Blueprint.id.desc())
    )
    page = page_of(session, statement, number)
    return page.with_rows(
        [
            OfferRow(
                blueprint_id=BlueprintId(blueprint.id),
                title=blueprint.title,
                bank_title=bank_title,
                questions=sum(cell.count for cell in cells_from_json(blueprint.cells)),
                minutes=minutes,
            )
            for blueprint, bank_title, minutes in page.rows
        ]
    )


def practice_items(session: Session, bank_id: BankId) -> list[DrawItem]:
    """What a mock may draw from: every question of a bank that drills may show."""
    items = drillable(session, bank_id)
    paths = scope_paths(session, get_bank(session, bank_id).outline_id)
    scope_of = {
        row[0]: row[1]
        for row in session.execute(
            select(AssessmentPoint.id, AssessmentPoint.scope_id).where(
                AssessmentPoint.scope_id.in_(list(paths))
            )
        )
    }
    return [
        DrawItem(
            question_id=item.question_id,
            version_id=item.version_id,
            type=item.type,
            scope_codes=tuple(scope.code for scope in paths[scope_of[item.point_id]]),
            point_id=item.point_id,
            difficulty=item.difficulty,
        )
        for item in items
    ]


def paper_of(session: Session, sitting: MockSitting) -> FrozenPaper:
    """The paper of a sitting, the same each time: versions never change."""
    found = contents(session, [QuestionVersionId(one) for one, _marks in sitting.questions])
    asked = [(found[QuestionVersionId(one)], Decimal(marks)) for one, marks in sitting.questions]
    return read_body(PaperId(0), paper_body(sitting.title, asked, seed=sitting.seed))


def order_of(paper: FrozenPaper, sitting: MockSitting) -> FormOrder:
    """The order in which the sitting shows its paper."""
    return form_order(paper, seed=sitting.seed, shuffle_questions=True, shuffle_options=True)


def own_sitting(session: Session, actor: Actor, sitting_id: int) -> MockSitting:
    """A sitting of the actor's; raises NotFound for anyone else's."""
    found = session.scalars(
        select(MockSitting).where(
            MockSitting.id == sitting_id,
            MockSitting.person_id.in_(identities_of(session, actor)),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_open(session: Session, actor: Actor) -> SittingRow | None:
    """The sitting under way, its time up or not."""
    found = session.scalars(
        select(MockSitting)
        .where(
            MockSitting.person_id.in_(identities_of(session, actor)), MockSitting.is_open.is_(True)
        )
        .order_by(MockSitting.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else sitting_row(found)


def page_of_sittings(session: Session, actor: Actor, number: int) -> Page[SittingRow]:
    """One page of the mocks that are over, the last first."""
    statement = (
        select(MockSitting)
        .where(
            MockSitting.person_id.in_(identities_of(session, actor)),
            MockSitting.is_open.is_(None),
        )
        .order_by(MockSitting.began_at.desc(), MockSitting.id.desc())
    )
    page = page_of(session, statement, number, per_page=SITTINGS_A_PAGE)
    return page.with_rows([sitting_row(row[0]) for row in page.rows])


def sitting_row(sitting: MockSitting) -> SittingRow:
    """A sitting as its pages tell of it."""
    return SittingRow(
        id=sitting.id,
        bank_id=sitting.bank_id,
        title=sitting.title,
        began_at=sitting.began_at,
        due_at=sitting.due_at,
        ended_at=sitting.ended_at,
        questions=len(sitting.questions),
        asked_for=sitting.asked_for,
        marks=sitting.marks,
        total_marks=sitting.total_marks,
    )


def review(session: Session, sitting: MockSitting) -> tuple[ItemRow, ...]:
    """The marked questions with their explanations; those reserved for exams or retired since
    are left out."""
    paper = paper_of(session, sitting)
    marks = {
        int(number): AnswerMark(marks=Decimal(one["marks"]), verdict=Verdict(one["verdict"]))
        for number, one in (sitting.items or {}).items()
    }
    if not marks:
        return ()
    shown = _still_practised(session, [item.content.version_id for item in paper.questions])
    rows = review_items(paper, order_of(paper, sitting), answers_of(sitting), marks)
    return tuple(row for row in rows if row.version_id in shown)


def _still_practised(
    session: Session, version_ids: list[QuestionVersionId]
) -> set[QuestionVersionId]:
    """Those of the versions whose question may still be drilled."""
    rows = session.execute(
        select(QuestionVersion.id, QuestionVersion.question_id).where(
            QuestionVersion.id.in_(version_ids)
        )
    )
    questions = {row[0]: row[1] for row in rows}
    open_ids = set(
        session.scalars(
            select(Question.id)
            .join(QuestionVersion, is_current())
            .where(Question.id.in_(set(questions.values())), is_drillable())
        )
    )
    return {QuestionVersionId(one) for one, question in questions.items() if question in open_ids}

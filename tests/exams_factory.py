"""A small exam world for tests: a unit with a team, an organiser, candidates, a frozen paper.

Everything here commits, so that a use case in its own ``transaction()`` sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.pictures.rules import TidyPicture
from lianbing.banks.rules import Answer, CaseKey, ChoiceKey, QuestionType, TruthKey
from lianbing.exams import sitting
from lianbing.exams.attempt_tokens import Seat, SeatTokens
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.journal import Entry, Save, Saved, store
from lianbing.exams.own_result import right_answer
from lianbing.exams.use_cases import ExamPlan, enrol, schedule_exam
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, OrganisationId, PaperId, PersonId
from lianbing.papers.blueprints import Cell
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.rules import FrozenPaper
from lianbing.papers.use_cases import draw_paper, save_blueprint
from tests.banks_factory import load, make_bank, make_questions
from tests.people_factory import actor_for, make_organisation, make_person

TEST_DOOR = Doorway(user_agent="test")
CELLS = (
    Cell(type=QuestionType.SINGLE_CHOICE, count=4, marks=Decimal(10)),
    Cell(type=QuestionType.MULTIPLE_CHOICE, count=2, marks=Decimal(10)),
    Cell(type=QuestionType.TRUE_FALSE, count=2, marks=Decimal(10)),
    Cell(type=QuestionType.FILL_BLANK, count=2, marks=Decimal(10)),
)


@dataclass(frozen=True, kw_only=True)
class ExamWorld:
    """Ten questions of ten marks, pass 60, a window around now."""

    unit_id: int
    team_id: int
    organiser: Actor
    organiser_id: int
    candidates: tuple[PersonId, ...]
    paper_id: PaperId
    exam_id: ExamId
    plan: ExamPlan

    def actor(self, session: Session, index: int = 0) -> Actor:
        return actor_for(session, self.candidates[index])

    def paper(self, session: Session) -> FrozenPaper:
        return get_frozen_paper(session, self.paper_id)


def make_exam_world(
    session: Session,
    *,
    candidates: int = 2,
    seed: int = 7,
    cells: Sequence[Cell] | None = None,
    questions: Sequence[QuestionEntry] | None = None,
    pictures: Sequence[TidyPicture] = (),
    **changes: object,
) -> ExamWorld:
    """An open exam with enrolled candidates; ``changes`` go into its plan."""
    city = make_organisation(session, "市总工会")
    unit = make_organisation(session, "机械厂", parent=city)
    workshop = make_organisation(session, "车间", parent=unit)
    team = make_organisation(session, "一班", parent=workshop)
    organiser = make_person(
        session, "赵组织", organisation=unit, roles=[(Role.ORGANISER, city), (Role.TRAINER, city)]
    )
    people = [
        make_person(session, f"考生{number}", organisation=team) for number in range(candidates)
    ]
    paper_id = freeze_paper(
        session, city.id, seed=seed, cells=cells, questions=questions, pictures=pictures
    )
    now = utc_now()
    plan = ExamPlan(
        title="电工理论考试",
        organisation_id=OrganisationId(city.id),
        paper_id=paper_id,
        opens_at=now - timedelta(minutes=10),
        closes_at=now + timedelta(hours=2),
        duration=timedelta(minutes=60),
        pass_mark=Decimal(60),
    )
    plan = replace(plan, **changes)  # type: ignore[arg-type]
    person_ids = tuple(PersonId(person.id) for person in people)
    with transaction() as writing:
        exam_id = schedule_exam(writing, SYSTEM, plan, now=now)
        enrol(writing, SYSTEM, exam_id, person_ids, now=min(now, plan.opens_at))
    return ExamWorld(
        unit_id=unit.id,
        team_id=team.id,
        organiser=actor_for(session, organiser),
        organiser_id=organiser.id,
        candidates=person_ids,
        paper_id=paper_id,
        exam_id=exam_id,
        plan=plan,
    )


def freeze_paper(
    session: Session,
    organisation_id: int,
    *,
    seed: int = 7,
    cells: Sequence[Cell] | None = None,
    questions: Sequence[QuestionEntry] | None = None,
    pictures: Sequence[TidyPicture] = (),
) -> PaperId:
    """A frozen paper of ten questions drawn from a small bank, or of other cells and questions."""
    chosen = make_questions(1) if questions is None else questions
    bank = replace(make_bank(chosen), pictures=tuple(pictures))
    report = load(bank, organisation_id)
    with transaction() as writing:
        blueprint_id = save_blueprint(
            writing,
            SYSTEM,
            bank_id=report.bank_id,
            title="小卷",
            cells=cells or CELLS,
            now=utc_now(),
        )
        return draw_paper(writing, SYSTEM, blueprint_id, seed=seed, now=utc_now())


def enter(
    world: ExamWorld,
    index: int = 0,
    *,
    at: datetime | None = None,
    doorway: Doorway = TEST_DOOR,
) -> Seat:
    """A candidate takes a seat."""
    with transaction() as session:
        return sitting.enter(
            session,
            world.actor(session, index),
            world.exam_id,
            doorway,
            arrived_at=at or utc_now(),
        )


def save(
    seat: Seat, entries: Sequence[tuple[int, int, Answer]], *, at: datetime | None = None
) -> Saved:
    """Store (seq, question, answer) entries through the journal's own batch."""
    made = tuple(Entry(seq=seq, question=number, answer=answer) for seq, number, answer in entries)
    request = Save(
        attempt_id=seat.attempt_id,
        person_id=seat.person_id,
        device=seat.device,
        entries=made,
        arrived_at=at or utc_now(),
    )
    return store(db.engine, [request])[0]


def right_answers(paper: FrozenPaper) -> dict[int, Answer]:
    """What a perfect script answers."""
    return {question.number: _as_typed(question.content.key) for question in paper.questions}


def _as_typed(key: object) -> Answer:
    if isinstance(key, CaseKey):
        return [_as_typed(part) for part in key.keys]  # type: ignore[misc]
    if isinstance(key, ChoiceKey) and len(key.letters) == 1:
        return key.letters[0]
    if isinstance(key, TruthKey):
        return key.value
    return right_answer(key)  # type: ignore[arg-type]


def seats() -> SeatTokens:
    """The application's token signer."""
    tokens: SeatTokens = current_app.extensions["lianbing_seats"]
    return tokens


def post(client: FlaskClient, token: str, path: str, body: object) -> TestResponse:
    """Call the browser's API with an attempt token."""
    return client.post(f"/api/exams/{path}", json=body, headers={"X-Attempt-Token": token})


def token_of(app: Flask, seat: Seat) -> str:
    """The signed token of a seat."""
    with app.app_context():
        return seats().issue(seat)


def ticket_of(client: FlaskClient, exam_id: ExamId) -> str:
    """The ticket that a signed-in browser's lobby holds."""
    lobby = client.get(f"/exams/{exam_id}/").text
    return lobby.partition('data-ticket="')[2].partition('"')[0]


def start(client: FlaskClient, ticket: str, **body: object) -> TestResponse:
    """Enter from the waiting room with a ticket, as its script does."""
    return client.post("/api/exams/enter", json=body, headers={"X-Exam-Ticket": ticket})

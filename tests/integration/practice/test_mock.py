"""Mock exams on both databases: practice questions only, real marking, clock and rights."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.people_factory import actor_for, make_organisation, make_person
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.exams.errors import BadToken
from lianbing.exams.journal import Entry
from lianbing.exams.own_result import right_answer
from lianbing.exams.rules import AttemptState
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BlueprintId
from lianbing.papers.blueprints import Cell
from lianbing.papers.use_cases import save_blueprint
from lianbing.people.models import Person
from lianbing.practice.mock import queries, use_cases
from lianbing.practice.mock.errors import MinutesInsane, NothingToSit
from lianbing.practice.mock.models import MockSitting
from lianbing.practice.mock.rules import GRACE, USUAL_MINUTES
from lianbing.practice.mock.use_cases import MockSeat, MockTokens
from lianbing.practice.models import PracticeAnswer, WrongBookItem

NOW = utc_now()
WHOLE = timedelta(minutes=USUAL_MINUTES)
SECOND = timedelta(seconds=1)


class Desk:
    """Sits mocks for one learner."""

    def __init__(self, session: Session, learning: Learning) -> None:
        self.session, self.learning = session, learning

    def begin(self, blueprint: BlueprintId | None = None, *, now: datetime = NOW) -> int:
        with transaction() as session:
            return use_cases.begin_mock(
                session, self.learning.actor, self.learning.bank_id, blueprint, seed=7, now=now
            )

    def seat(self, sitting_id: int) -> MockSeat:
        with transaction() as session:
            return use_cases.open_page(session, self.learning.actor, sitting_id)

    def sitting(self, sitting_id: int) -> MockSitting:
        self.session.rollback()
        return queries.own_sitting(self.session, self.learning.actor, sitting_id)

    def right(self, sitting_id: int, *, but: int = 0) -> list[Entry]:
        """Right answers to every question but the first so many."""
        paper = queries.paper_of(self.session, self.sitting(sitting_id))
        entries = []
        for question in paper.questions[but:]:
            key = right_answer(question.content.key)
            if question.content.type is QuestionType.SINGLE_CHOICE and isinstance(key, list):
                key = key[0]
            entries.append(
                Entry(seq=question.number, question=question.number, answer=key, device_clock="")
            )
        return entries

    def save(self, seat: MockSeat, entries: list[Entry], *, now: datetime = NOW) -> None:
        with transaction() as session:
            use_cases.save_mock(session, seat, entries, now=now)

    def end(self, seat: MockSeat, entries: list[Entry], *, now: datetime = NOW) -> AttemptState:
        with transaction() as session:
            return use_cases.end_mock(session, seat, entries, now=now).state

    def blueprint(self, *cells: Cell) -> BlueprintId:
        with transaction() as session:
            return BlueprintId(
                save_blueprint(
                    session,
                    SYSTEM,
                    bank_id=self.learning.bank_id,
                    title="车间卷",
                    cells=cells,
                    now=NOW,
                )
            )

    def offer(self, actor: Actor, blueprint: BlueprintId, minutes: int | None) -> None:
        with transaction() as session:
            use_cases.offer_blueprint(session, actor, blueprint, minutes, now=NOW)

    def trainer(self) -> Actor:
        union = self.learning.union
        person = make_person(
            self.session, "孙教员", organisation=union, roles=[(Role.TRAINER, union)]
        )
        return actor_for(self.session, person)


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session, make_learning(session, mixed(12)))


def codes_of(desk: Desk, sitting_id: int) -> set[str]:
    paper = queries.paper_of(desk.session, desk.sitting(sitting_id))
    return {question.content.explanation for question in paper.questions}


def test_the_usual_hundred_marks_go_as_far_as_the_bank(desk: Desk) -> None:
    sitting = desk.sitting(desk.begin())
    assert len(sitting.questions) == sitting.asked_for == 12
    assert sitting.due_at == NOW + WHOLE
    assert sitting.total_marks == Decimal(3 + 6 + 3 + 6)


def test_exam_only_questions_are_never_drawn_and_practice_only_ones_are(session: Session) -> None:
    entries = [make_question(f"E{number}", use=QuestionUse.EXAM) for number in range(30)]
    entries += [make_question("P1", use=QuestionUse.PRACTICE), make_question("B1")]
    desk = Desk(session, make_learning(session, entries))
    assert codes_of(desk, desk.begin()) == {"解析 P1", "解析 B1"}


def test_a_right_script_has_full_marks_and_is_explained_at_once(desk: Desk) -> None:
    sitting_id = desk.begin()
    seat = desk.seat(sitting_id)
    entries = desk.right(sitting_id)
    desk.save(seat, entries[:5])
    assert desk.end(seat, entries[5:]) is AttemptState.HANDED_IN
    sitting = desk.sitting(sitting_id)
    assert sitting.marks == sitting.total_marks
    rows = queries.review(desk.session, sitting)
    assert len(rows) == 12
    assert all(row.verdict == "right" and row.explanation for row in rows)
    answers = desk.session.scalars(select(PracticeAnswer)).all()
    assert len(answers) == 12
    assert {answer.mode for answer in answers} == {"mock"}


def test_what_is_wrong_costs_marks_and_what_is_empty_is_no_mistake(desk: Desk) -> None:
    sitting_id = desk.begin()
    seat = desk.seat(sitting_id)
    entries = desk.right(sitting_id, but=2)
    paper = queries.paper_of(desk.session, desk.sitting(sitting_id))
    first = paper.questions[0]
    assert first.content.type is QuestionType.SINGLE_CHOICE
    key = right_answer(first.content.key)
    wrong = next(o.letter for o in first.content.options if o.letter not in (key or ""))
    entries.append(Entry(seq=99, question=1, answer=wrong, device_clock=""))
    desk.end(seat, entries)
    sitting = desk.sitting(sitting_id)
    assert sitting.marks == sitting.total_marks - 2
    assert len(desk.session.scalars(select(WrongBookItem)).all()) == 1


def test_answers_after_the_time_are_dropped_and_the_mock_is_marked(desk: Desk) -> None:
    sitting_id = desk.begin()
    seat = desk.seat(sitting_id)
    entries = desk.right(sitting_id)
    desk.save(seat, entries[:6], now=NOW + WHOLE + GRACE)
    desk.save(seat, entries[6:], now=NOW + WHOLE + GRACE + SECOND)
    with transaction() as session:
        use_cases.settle(
            session, desk.learning.actor, sitting_id, now=NOW + WHOLE + timedelta(hours=1)
        )
    sitting = desk.sitting(sitting_id)
    assert sitting.ended_at == sitting.due_at
    verdicts = [one["verdict"] for one in (sitting.items or {}).values()]
    assert (verdicts.count("right"), verdicts.count("unanswered")) == (6, 6)


def test_handing_in_twice_marks_once(desk: Desk) -> None:
    sitting_id = desk.begin()
    seat = desk.seat(sitting_id)
    desk.end(seat, [])
    desk.end(seat, desk.right(sitting_id))
    assert desk.sitting(sitting_id).marks == 0


def test_an_earlier_page_is_put_out(desk: Desk) -> None:
    sitting_id = desk.begin()
    earlier = desk.seat(sitting_id)
    later = desk.seat(sitting_id)
    desk.save(earlier, desk.right(sitting_id))
    assert desk.end(earlier, []) is AttemptState.OPEN
    assert desk.end(later, []) is AttemptState.HANDED_IN
    assert desk.sitting(sitting_id).marks == 0


def test_one_mock_at_a_time_over_all_identities(session: Session, desk: Desk) -> None:
    first = desk.begin()
    assert desk.begin(now=NOW + timedelta(minutes=5)) == first
    kept = make_person(session, "王小练", organisation=desk.learning.union)
    session.get_one(Person, desk.learning.person.id).kept_id = kept.id
    session.commit()
    desk.learning.actor = actor_for(session, kept)
    assert desk.begin(now=NOW + timedelta(minutes=6)) == first
    later = desk.begin(now=NOW + WHOLE + timedelta(hours=1))
    assert later != first
    assert desk.sitting(first).marks == 0


def test_what_is_reserved_for_exams_later_is_not_shown_in_the_result(desk: Desk) -> None:
    sitting_id = desk.begin()
    desk.end(desk.seat(sitting_id), desk.right(sitting_id))
    desk.learning.turn_exam_only(["Q00", "Q01"])
    rows = queries.review(desk.session, desk.sitting(sitting_id))
    assert len(rows) == 10
    assert not {"解析 Q00", "解析 Q01"} & {row.explanation for row in rows}


def test_another_persons_mock_is_not_there(session: Session, desk: Desk) -> None:
    sitting_id = desk.begin()
    seat = desk.seat(sitting_id)
    other = make_person(session, "李旁人", organisation=desk.learning.union)
    desk.learning.actor = actor_for(session, other)
    with pytest.raises(NotFound):
        desk.sitting(sitting_id)
    with pytest.raises(BadToken):
        use_cases.sitting_of(session, replace(seat, person_id=desk.learning.actor.person_id))
    with pytest.raises(BadToken):
        MockTokens("one secret").read(MockTokens("another").issue(seat))


def test_an_offered_blueprint_is_drawn_by_and_a_withdrawn_one_not(desk: Desk) -> None:
    blueprint = desk.blueprint(
        Cell(type=QuestionType.TRUE_FALSE, count=2, marks=Decimal(5)),
        Cell(type=QuestionType.SINGLE_CHOICE, count=50, marks=Decimal(1)),
    )
    with pytest.raises(NotFound):
        desk.begin(blueprint)
    trainer = desk.trainer()
    desk.offer(trainer, blueprint, 20)
    sitting = desk.sitting(desk.begin(blueprint))
    assert (len(sitting.questions), sitting.asked_for) == (5, 52)
    assert sitting.due_at == NOW + timedelta(minutes=20)
    desk.offer(trainer, blueprint, None)
    with pytest.raises(NotFound):
        desk.begin(blueprint, now=NOW + timedelta(hours=2))


def test_only_its_keepers_offer_a_blueprint_and_only_for_a_sane_time(
    session: Session, desk: Desk
) -> None:
    blueprint = desk.blueprint(Cell(type=QuestionType.TRUE_FALSE, count=2, marks=Decimal(5)))
    elsewhere = make_organisation(session, "别处总工会")
    stranger = make_person(
        session, "周外人", organisation=elsewhere, roles=[(Role.TRAINER, elsewhere)]
    )
    for actor in (actor_for(session, stranger), desk.learning.actor):
        with pytest.raises(Forbidden):
            desk.offer(actor, blueprint, 30)
    with pytest.raises(MinutesInsane):
        desk.offer(desk.trainer(), blueprint, 5)


def test_a_bank_without_the_usual_types_has_nothing_to_sit(session: Session) -> None:
    essay = make_question("S1", kind=QuestionType.SHORT_ANSWER)
    desk = Desk(session, make_learning(session, [essay]))
    with pytest.raises(NothingToSit):
        desk.begin()

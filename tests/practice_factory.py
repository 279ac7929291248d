"""A learner with a bank to practise, and the right and wrong answers to its questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.bank_file import BankFile, QuestionEntry
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.rules import PART_TYPES, QuestionType, QuestionUse
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId
from lianbing.people.models import Organisation, Person
from lianbing.practice.models import DrillItem
from lianbing.practice.rules import Given
from lianbing.practice.starting import (
    start_book_drill,
    start_daily_drill,
    start_drill,
    start_sequential,
)
from lianbing.practice.use_cases import answer_question
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

RIGHT = {
    QuestionType.SINGLE_CHOICE: Given(choices=("B",)),
    QuestionType.MULTIPLE_CHOICE: Given(choices=("C", "A")),
    QuestionType.TRUE_FALSE: Given(choices=("true",)),
    QuestionType.FILL_BLANK: Given(blanks=("接地", "50 Hz")),
    QuestionType.MATCHING: Given(matches=("A", "B", "C")),
    QuestionType.ORDERING: Given(order=("A", "B", "C", "D")),
    QuestionType.SHORT_ANSWER: Given(text="断电。", rating="right"),
    QuestionType.CASE: Given(
        parts=(
            Given(choices=("B",)),
            Given(blanks=("接地", "50 Hz")),
            Given(choices=("true",)),
        )
    ),
}
WRONG = {
    QuestionType.SINGLE_CHOICE: Given(choices=("A",)),
    QuestionType.MULTIPLE_CHOICE: Given(choices=("A",)),
    QuestionType.TRUE_FALSE: Given(choices=("false",)),
    QuestionType.FILL_BLANK: Given(blanks=("绝缘", "50")),
    QuestionType.MATCHING: Given(matches=("B", "A", "C")),
    QuestionType.ORDERING: Given(order=("B", "A", "C", "D")),
    QuestionType.SHORT_ANSWER: Given(rating="partial"),
    QuestionType.CASE: Given(
        parts=(Given(choices=("B",)), Given(blanks=("", "")), Given(choices=("true",)))
    ),
}


def mixed(count: int, *, point: str = "A01", prefix: str = "Q") -> list[QuestionEntry]:
    """``count`` questions, the types in turn, for practice and exams."""
    kinds = PART_TYPES
    return [
        make_question(f"{prefix}{number:02d}", kind=kinds[number % 4], point=point)
        for number in range(count)
    ]


@dataclass
class Learning:
    """A worker of a unit below a union that keeps a bank."""

    union: Organisation
    person: Person
    actor: Actor
    file: BankFile
    bank_id: BankId

    def reload(self, questions: Iterable[QuestionEntry]) -> None:
        """Load the bank again with other questions."""
        self.file = make_bank(list(questions), code=self.file.code, title=self.file.title)
        load(self.file, self.union.id)

    def turn_exam_only(self, codes: Iterable[str]) -> None:
        """Reserve questions for exams by new versions."""
        wanted = set(codes)
        self.reload(
            make_question(
                entry.code,
                kind=entry.type,
                point=entry.point_code,
                use=QuestionUse.EXAM if entry.code in wanted else entry.use,
            )
            for entry in self.file.questions
        )

    def start(self, *, seed: int = 1, now: datetime, scope_id: int | None = None) -> int:
        with transaction() as session:
            return start_drill(
                session, self.actor, self.bank_id, scope_id=scope_id, seed=seed, now=now
            )

    def start_point(self, point_id: int, *, seed: int = 1, now: datetime) -> int:
        with transaction() as session:
            return start_drill(
                session, self.actor, self.bank_id, point_id=point_id, seed=seed, now=now
            )

    def start_sequential(self, *, now: datetime, from_first: bool = False) -> int:
        with transaction() as session:
            return start_sequential(
                session, self.actor, self.bank_id, from_first=from_first, seed=1, now=now
            )

    def start_book(self, *, seed: int = 1, now: datetime) -> int:
        with transaction() as session:
            return start_book_drill(session, self.actor, seed=seed, now=now)

    def start_daily(self, *, seed: int = 1, now: datetime) -> int:
        with transaction() as session:
            return start_daily_drill(session, self.actor, self.bank_id, seed=seed, now=now)

    def answer(self, drill_id: int, position: int, given: Given, *, now: datetime) -> None:
        with transaction() as session:
            answer_question(session, self.actor, drill_id, position, given, now=now)

    def run(self, drill_id: int, *, wrong: Iterable[str] = (), now: datetime) -> None:
        """Answer every question right, but those whose codes are named."""
        missed = set(wrong)
        for position, (code, kind) in enumerate(items_of(drill_id), start=1):
            given = WRONG[kind] if code in missed else RIGHT[kind]
            self.answer(drill_id, position, given, now=now + timedelta(seconds=position))


def make_learning(session: Session, questions: Iterable[QuestionEntry]) -> Learning:
    """A worker who may practise a bank of these questions."""
    union = make_organisation(session, "青山市总工会")
    unit = make_organisation(session, "青山重型机械", parent=union)
    person = make_person(session, "王小练", organisation=unit)
    file = make_bank(list(questions))
    report = load(file, union.id)
    return Learning(
        union=union,
        person=person,
        actor=actor_for(session, person),
        file=file,
        bank_id=report.bank_id,
    )


def items_of(drill_id: int) -> list[tuple[str, QuestionType]]:
    """The frozen questions of a drill in order: code and type."""
    db.session.rollback()  # to see what requests and threads have written since
    rows = db.session.execute(
        select(Question.code, QuestionVersion.type)
        .join(DrillItem, DrillItem.question_id == Question.id)
        .join(QuestionVersion, QuestionVersion.id == DrillItem.version_id)
        .where(DrillItem.drill_id == drill_id)
        .order_by(DrillItem.position)
    )
    return [(code, QuestionType(kind)) for code, kind in rows]

"""Questions found by every filter and by words; many changed at once, and all of it undone."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.finding.errors import (
    ChangeIncomplete,
    NothingToChange,
    UndoTooLate,
)
from lianbing.banks.finding.queries import find_last_change, list_questions, list_tags
from lianbing.banks.finding.rules import BulkChange, BulkKind, FoundState, QuestionFilter
from lianbing.banks.finding.use_cases import change_many, undo
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import examinable
from lianbing.banks.question_queries import get_question
from lianbing.banks.retiring import retire_question
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import DifficultyBand, QuestionType, QuestionUse
from lianbing.banks.secrecy.use_cases import state_purpose
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId, QuestionId
from lianbing.subjects.models import AssessmentPoint
from lianbing.subjects.rules import Importance

BANK = make_bank(
    [
        make_question("Q1", stem="接地电阻不大于 4 Ω，100% 合格"),
        make_question("Q2", stem="安全电压ＡＢＣ的限值", point="B01", difficulty=Decimal("0.8")),
        make_question("Q3", stem="保密的题目", use=QuestionUse.EXAM),
        make_question("Q4", kind=QuestionType.TRUE_FALSE, stem="断电后应当验电"),
    ]
)


class Keeper:
    """A trainer of a bank of four questions."""

    def __init__(self, session: Session) -> None:
        self.session = session
        union = make_organisation(session, "青山市总工会")
        person = make_person(session, "张三", roles=[(Role.TRAINER, union)])
        self.bank_id: BankId = load(BANK, union.id).bank_id
        self.actor: Actor = actor_for(session, person)
        self.ids = {
            row[0]: QuestionId(row[1])
            for row in session.execute(select(Question.code, Question.id))
        }
        session.rollback()

    def found(self, *, opened: bool = True, **narrowing: object) -> list[str]:
        wanted = QuestionFilter(**narrowing)  # type: ignore[arg-type]
        page = list_questions(self.session, self.bank_id, wanted, opened=opened)
        assert page.total == len(page.rows)
        self.session.rollback()
        return [row.code for row in page.rows]

    def change(self, kind: BulkKind, *codes: str, **to: object) -> int:
        with transaction() as session:
            return change_many(
                session,
                self.actor,
                self.bank_id,
                BulkChange(kind=kind, **to),  # type: ignore[arg-type]
                wanted=QuestionFilter(),
                chosen=[self.ids[code] for code in codes] or None,
                now=utc_now(),
            )

    def pledge(self) -> None:
        with transaction() as session:
            state_purpose(
                session, self.actor, self.bank_id, purpose="整理", pledges=True, now=utc_now()
            )

    def undo(self) -> None:
        with transaction() as session:
            last = find_last_change(session, self.bank_id)
            assert last is not None
            undo(session, self.actor, last.id, now=utc_now())

    def picture(self) -> list[tuple[object, ...]]:
        """All that a change may touch, in the newest versions and in those in use."""
        rows = []
        for question_id in self.ids.values():
            question = get_question(self.session, question_id)
            newest = question.version()
            used = question.version(question.current_number) if question.current_number else None
            rows.append(
                (
                    question.state,
                    question.retired,
                    newest.content.point_code,
                    newest.content.difficulty,
                    newest.use,
                    used is not None and used.number == newest.number,
                )
            )
        tags = list_tags(self.session, self.bank_id)
        self.session.rollback()
        return [*rows, tuple(tags)]


@pytest.fixture
def keeper(session: Session) -> Keeper:
    return Keeper(session)


def test_two_characters_are_found_as_they_stand_or_in_full_width(keeper: Keeper) -> None:
    assert keeper.found(text="接地") == ["Q1"]
    assert keeper.found(text="abc") == ["Q2"]
    assert keeper.found(text="Ｑ２") == ["Q2"]
    assert keeper.found(text="Q1 之 B") == ["Q1"]
    assert keeper.found(text="q3") == ["Q3"]
    assert keeper.found(text="0%") == ["Q1"]
    assert keeper.found(text="1_0") == []


def test_each_filter_narrows(keeper: Keeper) -> None:
    point = keeper.session.scalars(
        select(AssessmentPoint.id).where(AssessmentPoint.code == "B01")
    ).one()
    assert keeper.found(type=QuestionType.TRUE_FALSE) == ["Q4"]
    assert keeper.found(use=QuestionUse.EXAM) == ["Q3"]
    assert keeper.found(band=DifficultyBand.HARD) == ["Q2"]
    assert keeper.found(point_id=point) == ["Q2"]
    assert keeper.found(importance=Importance.Y) == []
    assert keeper.found(state=FoundState.APPROVED, text="断电") == ["Q4"]
    assert keeper.found(state=FoundState.DRAFT) == []
    assert keeper.found(author_id=keeper.actor.person_id) == []


def test_words_of_what_was_not_opened_are_neither_shown_nor_found(keeper: Keeper) -> None:
    assert keeper.found(text="保密", opened=False) == []
    page = list_questions(keeper.session, keeper.bank_id, QuestionFilter(), opened=False)
    assert [row.stem for row in page.rows if row.code == "Q3"] == [""]


@pytest.mark.parametrize(
    ("kind", "to"),
    [
        (BulkKind.RETIRE, {}),
        (BulkKind.DIFFICULTY, {"difficulty": Decimal("0.1")}),
        (BulkKind.USE, {"use": QuestionUse.BOTH}),
        (BulkKind.USE, {"use": QuestionUse.EXAM}),
        (BulkKind.TAG, {"tag": "安全月"}),
    ],
)
def test_a_change_to_many_is_undone_whole(keeper: Keeper, kind: BulkKind, to: dict) -> None:
    before = keeper.picture()
    keeper.pledge()
    assert keeper.change(kind, **to) > 0
    assert keeper.picture() != before
    keeper.undo()
    assert keeper.picture() == before
    actions = list(keeper.session.scalars(select(AuditEntry.action)))
    assert actions.count("banks.change_many") == actions.count("banks.undo_change_many") == 1


def test_a_new_difficulty_is_a_version_that_keeps_its_approval(keeper: Keeper) -> None:
    assert keeper.change(BulkKind.DIFFICULTY, "Q1", difficulty=Decimal("0.1")) == 1
    drawn = {item.question_id: item for item in examinable(keeper.session, keeper.bank_id)}
    assert drawn[keeper.ids["Q1"]].difficulty == Decimal("0.1")
    question = get_question(keeper.session, keeper.ids["Q1"])
    assert [version.content.difficulty for version in question.versions] == [
        Decimal("0.1"),
        Decimal("0.5"),
    ]
    assert keeper.found(text="接地") == ["Q1"]


def test_opening_exam_only_content_to_practice_needs_a_review(keeper: Keeper) -> None:
    keeper.change(BulkKind.USE, use=QuestionUse.BOTH)
    question = get_question(keeper.session, keeper.ids["Q3"])
    assert (question.state, question.current_number) == (QuestionState.DRAFT, 1)
    assert question.version(1).use is QuestionUse.EXAM


def test_what_is_in_review_is_left_to_its_reviewer(keeper: Keeper) -> None:
    keeper.change(BulkKind.USE, "Q3", use=QuestionUse.BOTH)
    keeper.change(BulkKind.SUBMIT)
    with pytest.raises(NothingToChange):
        keeper.change(BulkKind.DIFFICULTY, "Q3", difficulty=Decimal("0.9"))


def test_an_undo_after_a_newer_change_is_refused_and_changes_nothing(keeper: Keeper) -> None:
    keeper.change(BulkKind.DIFFICULTY, difficulty=Decimal("0.1"))
    with transaction() as session:
        retire_question(session, keeper.actor, keeper.ids["Q4"], now=utc_now())
    before = keeper.picture()
    with pytest.raises(UndoTooLate):
        keeper.undo()
    assert keeper.picture() == before


def test_a_change_that_says_nothing_is_refused(keeper: Keeper) -> None:
    for kind in (BulkKind.POINT, BulkKind.DIFFICULTY, BulkKind.USE, BulkKind.TAG):
        with pytest.raises(ChangeIncomplete):
            keeper.change(kind)
    with pytest.raises(NothingToChange):
        keeper.change(BulkKind.USE, "Q1", use=QuestionUse.BOTH)


def test_a_trainer_elsewhere_changes_nothing(keeper: Keeper) -> None:
    far = make_organisation(keeper.session, "远山市总工会")
    person = make_person(keeper.session, "赵六", roles=[(Role.TRAINER, far)])
    keeper.actor = actor_for(keeper.session, person)
    keeper.session.rollback()
    with pytest.raises(Forbidden):
        keeper.change(BulkKind.RETIRE)
    assert keeper.session.scalar(select(func.count()).select_from(QuestionVersion)) == 4

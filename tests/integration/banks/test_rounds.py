"""Many drafts decided of in one go: each by its rules, all or none, and taken back whole."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.models import Question
from lianbing.banks.queries import examinable
from lianbing.banks.review import use_cases as review
from lianbing.banks.review.errors import NotInReview, NotTheReviewer, OwnVersion, TextNeeded
from lianbing.banks.review.queries import get_review
from lianbing.banks.review.rules import EntryKind, QuestionState
from lianbing.banks.rounds.errors import (
    EditedSince,
    NothingDecided,
    NotRead,
    RoundGoneOn,
    RoundRefused,
    TooManyDecisions,
)
from lianbing.banks.rounds.models import ReviewRound
from lianbing.banks.rounds.queries import find_last_round, page_of_reading
from lianbing.banks.rounds.rules import MOST_DECISIONS, Decision, Verdict
from lianbing.banks.rounds.use_cases import decide_many, undo_round
from lianbing.banks.rules import QuestionUse
from lianbing.banks.secrecy.use_cases import record_views, state_purpose
from lianbing.banks.use_cases import QuestionDraft, save_question
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError, Forbidden, NotFound
from lianbing.kernel.ids import BankId, QuestionId

CODES = ("Q1", "Q2", "Q3", "Q4")
BANK = make_bank(
    [
        make_question(code, use=QuestionUse.EXAM if code == "Q4" else QuestionUse.BOTH)
        for code in CODES
    ]
)


@dataclass
class Desk:
    """A bank whose three open questions have a draft that waits for the reviewer."""

    session: Session
    bank_id: BankId
    ids: dict[str, QuestionId]
    author: Actor
    reviewer: Actor
    third: Actor
    elsewhere: Actor

    def edit_and_submit(self, code: str, to: Actor | None, *, actor: Actor | None = None) -> None:
        entry = next(entry for entry in BANK.questions if entry.code == code)
        question = self.session.get_one(Question, self.ids[code])
        base = question.newest_number
        self.session.rollback()
        draft = QuestionDraft(
            entry=replace(entry, stem=f"{entry.stem}改 {base}"),
            question_id=self.ids[code],
            base_number=base,
        )
        with transaction() as session:
            by = actor or self.author
            save_question(session, by, self.bank_id, draft, now=utc_now())
            chosen = to.person_id if to else None
            review.submit(session, by, self.ids[code], reviewer_id=chosen, now=utc_now())

    def pledge(self, actor: Actor) -> None:
        with transaction() as session:
            state_purpose(session, actor, self.bank_id, purpose="审题", pledges=True, now=utc_now())

    def decide(self, actor: Actor, **verdicts: str) -> int:
        """``Q1="approve"``, or ``Q1="why it goes back"``."""
        with transaction() as session:
            return decide_many(session, actor, self.decisions(**verdicts), now=utc_now()).id

    def decisions(self, **verdicts: str) -> list[Decision]:
        return [
            Decision(
                question_id=self.ids[code],
                number=2,
                verdict=Verdict.APPROVE if said == "approve" else Verdict.REJECT,
                reason="" if said == "approve" else said,
            )
            for code, said in verdicts.items()
        ]

    def problems(self, actor: Actor, **verdicts: str) -> dict[str, type[DomainError]]:
        with pytest.raises(RoundRefused) as refused:
            self.decide(actor, **verdicts)
        names = {id_: code for code, id_ in self.ids.items()}
        return {names[id_]: type(error) for id_, error in refused.value.problems.items()}

    def states(self) -> dict[str, tuple[str, int, int | None]]:
        self.session.rollback()
        self.session.expire_all()
        rows = self.session.scalars(select(Question).order_by(Question.code))
        return {row.code: (row.state, row.current_number, row.reviewer_id) for row in rows}


@pytest.fixture
def desk(session: Session) -> Desk:
    union = make_organisation(session, "青山市总工会")
    other = make_organisation(session, "远山市总工会")
    roles = [(Role.TRAINER, union)]
    people = [make_person(session, name, roles=roles) for name in ("张三", "李四", "王五")]
    far = make_person(session, "赵六", roles=[(Role.TRAINER, other)])
    bank_id = load(BANK, union.id).bank_id
    author, reviewer, third = (actor_for(session, person) for person in people)
    ids = {
        row[0]: QuestionId(row[1]) for row in session.execute(select(Question.code, Question.id))
    }
    elsewhere = actor_for(session, far)
    session.rollback()
    desk = Desk(session, bank_id, ids, author, reviewer, third, elsewhere)
    desk.edit_and_submit("Q1", reviewer)
    desk.edit_and_submit("Q2", reviewer)
    desk.edit_and_submit("Q3", None)
    return desk


def test_approved_ones_come_into_use_and_each_sent_back_has_its_own_reason(desk: Desk) -> None:
    desk.decide(desk.reviewer, Q1="approve", Q2="限值写错了", Q3="答案不唯一")
    states = desk.states()
    assert states["Q1"][:2] == ("approved", 2)
    assert [states[code][:2] for code in ("Q2", "Q3")] == [("draft", 1)] * 2
    reasons = {}
    for code in ("Q2", "Q3"):
        entries = get_review(desk.session, desk.author, desk.ids[code]).entries
        reasons[code] = [e.text for e in entries if e.kind is EntryKind.REJECTED]
    assert reasons == {"Q2": ["限值写错了"], "Q3": ["答案不唯一"]}
    last = find_last_round(desk.session, desk.reviewer)
    assert last is not None
    assert (last.approved, last.rejected) == (1, 2)


def test_all_or_none_and_each_problem_is_told_of_its_question(desk: Desk) -> None:
    before = desk.states()
    assert desk.problems(desk.reviewer, Q1="approve", Q2=" ") == {"Q2": TextNeeded}
    assert desk.problems(desk.third, Q1="approve", Q3="approve") == {"Q1": NotTheReviewer}
    assert desk.problems(desk.author, Q1="approve", Q3="approve") == {
        "Q1": OwnVersion,
        "Q3": OwnVersion,
    }
    desk.edit_and_submit("Q1", desk.reviewer)
    assert desk.problems(desk.reviewer, Q1="approve", Q2="approve") == {"Q1": EditedSince}
    assert {**desk.states(), "Q1": before["Q1"]} == before
    assert desk.session.scalars(select(ReviewRound)).all() == []


def test_whoever_does_not_keep_the_bank_decides_nothing(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.decide(desk.elsewhere, Q1="approve")
    with pytest.raises(NothingDecided):
        desk.decide(desk.reviewer)
    many = desk.decisions(Q1="approve") * (MOST_DECISIONS + 1)
    with pytest.raises(TooManyDecisions), transaction() as session:
        decide_many(session, desk.reviewer, many, now=utc_now())


def test_a_round_is_undone_whole_and_once(desk: Desk) -> None:
    before = desk.states()
    number = desk.decide(desk.reviewer, Q1="approve", Q2="限值写错了", Q3="approve")
    assert desk.states() != before
    with pytest.raises(NotFound), transaction() as session:
        undo_round(session, desk.third, number, now=utc_now())
    with transaction() as session:
        assert undo_round(session, desk.reviewer, number, now=utc_now()) == 3
    assert desk.states() == before
    assert get_review(desk.session, desk.author, desk.ids["Q1"]).entries[0].kind is EntryKind.UNDONE
    assert find_last_round(desk.session, desk.reviewer) is None
    desk.session.rollback()
    with pytest.raises(RoundGoneOn), transaction() as session:
        undo_round(session, desk.reviewer, number, now=utc_now())


def test_what_was_changed_since_is_not_taken_back(desk: Desk) -> None:
    number = desk.decide(desk.reviewer, Q1="approve", Q2="限值写错了")
    desk.edit_and_submit("Q2", desk.third)
    before = desk.states()
    with pytest.raises(RoundGoneOn), transaction() as session:
        undo_round(session, desk.reviewer, number, now=utc_now())
    assert desk.states() == before
    assert before["Q1"][:2] == ("approved", 2)


def test_the_list_shows_contents_of_mine_and_free_ones_but_not_of_my_own(desk: Desk) -> None:
    desk.pledge(desk.third)
    desk.edit_and_submit("Q4", None, actor=desk.third)

    def codes(actor: Actor) -> list[tuple[str, bool]]:
        page = page_of_reading(desk.session, actor, desk.bank_id, 1)
        assert all(row.content.stem for row in page.rows)
        assert all(row.in_use == 1 for row in page.rows)
        return [(row.code, row.is_mine) for row in page.rows]

    assert codes(desk.reviewer) == [("Q1", True), ("Q2", True), ("Q3", False), ("Q4", False)]
    assert codes(desk.third) == [("Q3", False)]
    assert codes(desk.author) == [("Q4", False)]
    assert codes(desk.elsewhere) == []


def test_an_exam_only_question_is_decided_of_only_once_it_was_shown(desk: Desk) -> None:
    desk.pledge(desk.author)
    desk.edit_and_submit("Q4", desk.reviewer)
    assert desk.problems(desk.reviewer, Q4="approve") == {"Q4": NotRead}
    page = page_of_reading(desk.session, desk.reviewer, desk.bank_id, 1)
    version = next(row for row in page.rows if row.code == "Q4")
    desk.session.rollback()
    desk.pledge(desk.reviewer)
    with transaction() as session:
        seen = [version.content.version_id]
        record_views(session, desk.reviewer, desk.bank_id, seen, now=utc_now())
    desk.decide(desk.reviewer, Q4="approve")
    assert desk.states()["Q4"][:2] == ("approved", 2)
    assert desk.session.get_one(Question, desk.ids["Q4"]).state == QuestionState.APPROVED
    draws = {item.question_id for item in examinable(desk.session, desk.bank_id)}
    assert desk.ids["Q4"] in draws


def test_a_question_no_longer_in_review_is_refused(desk: Desk) -> None:
    with transaction() as session:
        review.withdraw(session, desk.author, desk.ids["Q3"], now=utc_now())
    assert desk.problems(desk.reviewer, Q1="approve", Q3="approve") == {"Q3": NotInReview}

"""A question's life: only what a second person approved is drawn or drilled."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.errors import QuestionChangedMeanwhile
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import contents, drillable, examinable
from lianbing.banks.question_queries import get_question
from lianbing.banks.review import use_cases as review
from lianbing.banks.review.errors import (
    NotADraft,
    NotATrainerHere,
    NotInReview,
    NotTheReviewer,
    OwnVersion,
    TextNeeded,
)
from lianbing.banks.review.models import ReviewEntry
from lianbing.banks.review.queries import QueueFilter, count_mine, get_review, page_of_queue
from lianbing.banks.review.rules import EntryKind, QuestionState
from lianbing.banks.use_cases import QuestionDraft, save_question
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId, PersonId, QuestionId

BANK = make_bank([make_question("Q1"), make_question("Q2")])


@dataclass
class Desk:
    """A bank with its author, two other trainers of it, and a trainer from elsewhere."""

    session: Session
    bank_id: BankId
    question_id: QuestionId
    author: Actor
    reviewer: Actor
    third: Actor
    elsewhere: Actor

    def edit(self, stem: str, *, base: int, actor: Actor | None = None) -> None:
        entry = replace(BANK.questions[0], stem=stem)
        draft = QuestionDraft(entry=entry, question_id=self.question_id, base_number=base)
        with transaction() as session:
            save_question(session, actor or self.author, self.bank_id, draft, now=utc_now())

    def act(self, act: Callable[..., object], actor: Actor, **arguments: object) -> None:
        with transaction() as session:
            act(session, actor, self.question_id, now=utc_now(), **arguments)

    def submit(self, to: Actor | None = None) -> None:
        self.act(review.submit, self.author, reviewer_id=to.person_id if to else None)

    def in_use(self) -> tuple[int, str]:
        self.session.rollback()
        item = next(
            i for i in examinable(self.session, self.bank_id) if i.question_id == self.question_id
        )
        assert item.version_id in {i.version_id for i in drillable(self.session, self.bank_id)}
        return len(examinable(self.session, self.bank_id)), contents(
            self.session, [item.version_id]
        )[item.version_id].stem


@pytest.fixture
def desk(session: Session) -> Desk:
    union = make_organisation(session, "青山市总工会")
    other = make_organisation(session, "远山市总工会")
    roles = [(Role.TRAINER, union)]
    people = [make_person(session, name, roles=roles) for name in ("张三", "李四", "王五")]
    far = make_person(session, "赵六", roles=[(Role.TRAINER, other)])
    bank_id = load(BANK, union.id).bank_id
    author, reviewer, third = (actor_for(session, person) for person in people)
    found = session.scalars(select(Question.id).where(Question.code == "Q1")).one()
    elsewhere = actor_for(session, far)
    session.rollback()
    return Desk(session, bank_id, QuestionId(found), author, reviewer, third, elsewhere)


def test_an_edit_is_a_draft_and_the_approved_version_goes_on_being_used(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    assert desk.in_use() == (2, "题干 Q1 ")
    question = get_question(desk.session, desk.question_id)
    assert (question.state, question.version().content.stem) == (QuestionState.DRAFT, "改过的题干")


def test_the_named_reviewer_brings_the_new_version_into_use(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    desk.submit(desk.reviewer)
    assert count_mine(desk.session, desk.reviewer) == 1
    desk.act(review.approve, desk.reviewer, number=2)
    assert desk.in_use() == (2, "改过的题干")
    assert count_mine(desk.session, desk.reviewer) == 0
    actions = set(desk.session.scalars(select(AuditEntry.action)))
    assert {"banks.review_submitted", "banks.review_approved"} <= actions


def test_nobody_but_the_named_reviewer_decides(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    desk.submit(desk.reviewer)
    with pytest.raises(NotTheReviewer):
        desk.act(review.approve, desk.third, number=2)
    with pytest.raises(OwnVersion):
        desk.act(review.approve, desk.author, number=2)
    with pytest.raises(Forbidden):
        desk.act(review.approve, desk.elsewhere, number=2)
    assert desk.in_use()[1] == "题干 Q1 "


def test_an_author_is_never_named_reviewer_nor_anyone_from_elsewhere(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    with pytest.raises(OwnVersion):
        desk.submit(desk.author)
    with pytest.raises(NotATrainerHere):
        desk.submit(desk.elsewhere)
    desk.submit()
    with pytest.raises(OwnVersion):
        desk.act(review.assign, desk.author, reviewer_id=desk.author.person_id)
    desk.act(review.assign, desk.third, reviewer_id=desk.third.person_id)
    desk.act(review.approve, desk.third, number=2)
    assert desk.in_use()[1] == "改过的题干"


def test_the_database_itself_refuses_an_author_as_reviewer(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    author_id = desk.author.person_id
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Question).values(author_id=author_id, reviewer_id=author_id))
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            ReviewEntry(
                question_id=desk.question_id,
                number=2,
                author_id=author_id,
                kind=EntryKind.APPROVED.value,
                by_id=author_id,
                text="",
                at=utc_now(),
            )
        )
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Question).values(current_number=99))


def test_a_rejection_says_why_and_returns_to_draft(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    desk.submit(desk.reviewer)
    with pytest.raises(TextNeeded):
        desk.act(review.reject, desk.reviewer, number=2, reason=" ")
    desk.act(review.reject, desk.reviewer, number=2, reason="限值写错了")
    row = get_review(desk.session, desk.author, desk.question_id)
    assert row.state is QuestionState.DRAFT
    assert (row.entries[0].kind, row.entries[0].text) == (EntryKind.REJECTED, "限值写错了")
    desk.session.rollback()
    with pytest.raises(NotInReview):
        desk.act(review.approve, desk.reviewer, number=2)


def test_an_edit_in_review_is_a_draft_again_and_what_was_seen_is_not_approved(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    desk.submit(desk.reviewer)
    desk.edit("又改过", base=2)
    with pytest.raises(QuestionChangedMeanwhile):
        desk.act(review.approve, desk.reviewer, number=2)
    with pytest.raises(NotInReview):
        desk.act(review.approve, desk.reviewer, number=3)
    desk.submit()
    with pytest.raises(NotADraft):
        desk.submit()
    desk.act(review.approve, desk.reviewer, number=3)
    assert desk.in_use()[1] == "又改过"


def test_a_reviewer_who_edits_becomes_the_author_and_reviews_no_more(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    desk.submit(desk.reviewer)
    desk.edit("审题人改的", base=2, actor=desk.reviewer)
    row = get_review(desk.session, desk.reviewer, desk.question_id)
    assert (row.is_own, row.reviewer_id) == (True, None)


def test_the_queue_shows_what_is_mine_or_free_but_not_what_i_wrote(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    desk.submit()

    def rows(actor: Actor, whose: str = "mine") -> int:
        return page_of_queue(desk.session, actor, QueueFilter(whose=whose)).total

    assert [rows(a) for a in (desk.author, desk.reviewer, desk.elsewhere)] == [0, 1, 0]
    assert rows(desk.author, "all") == 1
    desk.session.rollback()
    desk.act(review.assign, desk.author, reviewer_id=desk.third.person_id)
    assert [rows(a) for a in (desk.reviewer, desk.third)] == [0, 1]


def test_an_older_version_comes_back_as_a_new_draft(desk: Desk) -> None:
    desk.edit("改过的题干", base=1)
    with transaction() as session:
        assert review.restore_version(
            session, desk.third, desk.question_id, number=1, now=utc_now()
        )
        assert not review.restore_version(
            session, desk.third, desk.question_id, number=1, now=utc_now()
        )
    question = get_question(desk.session, desk.question_id)
    assert [v.number for v in question.versions] == [3, 2, 1]
    assert question.version(3).content.stem == question.version(1).content.stem
    assert question.version(3).author_id == desk.third.person_id
    assert question.version(2).content.stem == "改过的题干"


def test_a_version_never_changes(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="immutable"), transaction() as session:
        session.scalars(select(QuestionVersion)).first().stem = "偷改"  # type: ignore[union-attr]


def test_a_persons_own_load_makes_drafts(session: Session) -> None:
    unit = make_organisation(session, "重机公司")
    person = make_person(session, "张三", roles=[(Role.TRAINER, unit)])
    actor = actor_for(session, person)
    session.rollback()
    bank_id = load(BANK, unit.id, actor=actor).bank_id
    assert examinable(session, bank_id) == []
    assert session.scalars(select(Question.author_id)).all() == [PersonId(person.id)] * 2

"""What a trainer saves in the browser stands until the file says something new of it."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import approve_all, load, make_bank, make_question, with_question
from tests.people_factory import make_organisation

from lianbing.banks.errors import QuestionChangedMeanwhile
from lianbing.banks.models import Question
from lianbing.banks.queries import drillable
from lianbing.banks.question_queries import get_question
from lianbing.banks.retiring import retire_question
from lianbing.banks.use_cases import QuestionDraft, save_question
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, QuestionId

BANK = make_bank([make_question("Q1"), make_question("Q2")])


@pytest.fixture
def owner(session: Session) -> int:
    return make_organisation(session, "青山市总工会").id


@pytest.fixture
def bank_id(owner: int) -> BankId:
    return load(BANK, owner).bank_id


def saved(bank_id: BankId, draft: QuestionDraft) -> QuestionId:
    with transaction() as session:
        return save_question(session, SYSTEM, bank_id, draft, now=utc_now())


def id_of(session: Session, code: str) -> QuestionId:
    found = QuestionId(session.scalars(select(Question.id).where(Question.code == code)).one())
    session.rollback()
    return found


def edited(
    session: Session, bank_id: BankId, *, base: int = 1, stem: str = "浏览器里改的"
) -> QuestionId:
    question_id = id_of(session, "Q1")
    entry = replace(BANK.questions[0], stem=stem)
    draft = QuestionDraft(entry=entry, question_id=question_id, base_number=base)
    return saved(bank_id, draft)


def stem_now(session: Session, question_id: QuestionId) -> tuple[int, str]:
    session.rollback()
    version = get_question(session, question_id).version()
    return version.number, version.content.stem


def test_an_unchanged_file_does_not_undo_an_edit(
    session: Session, owner: int, bank_id: BankId
) -> None:
    question_id = edited(session, bank_id)
    assert load(BANK, owner).unchanged == 2
    assert stem_now(session, question_id) == (2, "浏览器里改的")


def test_a_file_that_changed_the_question_makes_the_next_version(
    session: Session, owner: int, bank_id: BankId
) -> None:
    question_id = edited(session, bank_id)
    assert load(with_question(BANK, "Q1", stem="文件里改的"), owner).changed == 1
    assert stem_now(session, question_id) == (3, "文件里改的")


def test_a_question_written_in_the_browser_survives_every_load(
    session: Session, owner: int, bank_id: BankId
) -> None:
    saved(bank_id, QuestionDraft(entry=replace(make_question(""), stem="全新的题")))
    assert load(BANK, owner).retired == 0
    approve_all(bank_id)
    session.rollback()
    assert len(drillable(session, bank_id)) == 3


def test_a_question_retired_by_hand_stays_so_while_its_file_is_unchanged(
    session: Session, owner: int, bank_id: BankId
) -> None:
    with transaction() as writing:
        retire_question(writing, SYSTEM, id_of(writing, "Q1"), now=utc_now())
    load(BANK, owner)
    session.rollback()
    assert len(drillable(session, bank_id)) == 1


def test_saving_the_same_again_makes_no_version(session: Session, bank_id: BankId) -> None:
    question_id = edited(session, bank_id)
    edited(session, bank_id, base=2)
    assert stem_now(session, question_id)[0] == 2


def test_of_two_edits_of_one_version_the_second_is_refused(
    session: Session, bank_id: BankId
) -> None:
    question_id = edited(session, bank_id)
    with pytest.raises(QuestionChangedMeanwhile):
        edited(session, bank_id, stem="另一人改的")
    assert stem_now(session, question_id) == (2, "浏览器里改的")

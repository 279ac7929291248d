"""A new edition of a law: every question that rested on the old one is looked at, by name."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.finding.queries import find_last_change, list_questions
from lianbing.banks.finding.rules import QuestionFilter
from lianbing.banks.finding.use_cases import undo
from lianbing.banks.models import Question, QuestionSource
from lianbing.banks.queries import examinable
from lianbing.banks.question_queries import get_question
from lianbing.banks.review.models import ReviewEntry
from lianbing.banks.review.rules import EntryKind, QuestionState
from lianbing.banks.sources.errors import EditionNeeded, NothingTicked, SupersededAlready
from lianbing.banks.sources.queries import get_source, page_of_sources
from lianbing.banks.sources.use_cases import settle, supersede
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import QuestionId

EDITION = "2026 年修正"


class Law:
    """A bank of three questions that rest on one law."""

    def __init__(self, session: Session) -> None:
        self.session = session
        union = make_organisation(session, "青山市总工会")
        far = make_organisation(session, "远山市总工会")
        person = make_person(session, "张三", roles=[(Role.TRAINER, union)])
        stranger = make_person(session, "赵六", roles=[(Role.TRAINER, far)])
        bank = make_bank([make_question(f"Q{number}") for number in (1, 2, 3)])
        self.bank_id = load(bank, union.id).bank_id
        self.actor, self.stranger = actor_for(session, person), actor_for(session, stranger)
        self.source_id = session.scalars(select(QuestionSource.id)).one()
        rows = session.execute(select(Question.code, Question.id))
        self.ids = {row[0]: QuestionId(row[1]) for row in rows}
        session.rollback()

    def supersede(self, edition: str = EDITION) -> int:
        with transaction() as session:
            return supersede(
                session,
                self.actor,
                self.source_id,
                title="",
                edition=edition,
                valid_from=date(2026, 6, 1),
                now=utc_now(),
            )

    def settle(self, *codes: str, still_right: bool, whole: bool = False) -> int:
        chosen = None if whole else [self.ids[code] for code in codes]
        with transaction() as session:
            return settle(
                session,
                self.actor,
                self.source_id,
                still_right=still_right,
                chosen=chosen,
                now=utc_now(),
            )

    def resting(self) -> list[str]:
        wanted = QuestionFilter(source_id=self.source_id)
        page = list_questions(self.session, self.bank_id, wanted)
        self.session.rollback()
        return [line.code for line in page.rows]

    def drawn(self) -> int:
        self.session.rollback()
        return len(examinable(self.session, self.bank_id))


@pytest.fixture
def law(session: Session) -> Law:
    return Law(session)


def test_a_new_edition_changes_nothing_by_itself_and_lists_what_rests_on_the_old(law: Law) -> None:
    new_id = law.supersede()
    assert law.resting() == ["Q1", "Q2", "Q3"]
    assert law.drawn() == 3
    old = get_source(law.session, law.source_id)
    assert (old.superseded_by, old.valid_to, old.new_edition) == (new_id, date(2026, 6, 1), EDITION)
    page = page_of_sources(law.session, law.bank_id, 1)
    assert [(row.edition, row.questions) for row in page.rows] == [("2021 年修正", 3), (EDITION, 0)]


def test_still_right_ties_to_the_new_edition_under_a_name(law: Law) -> None:
    law.supersede()
    assert law.settle("Q1", "Q2", still_right=True) == 2
    assert law.resting() == ["Q3"]
    assert law.drawn() == 3
    question = get_question(law.session, law.ids["Q1"])
    source = question.version().content.source
    assert source is not None
    assert source.edition == EDITION
    assert question.version(1).content.source != source
    entries = law.session.scalars(select(ReviewEntry).order_by(ReviewEntry.question_id)).all()
    assert [entry.question_id for entry in entries] == [law.ids["Q1"], law.ids["Q2"]]
    assert {entry.kind for entry in entries} == {EntryKind.STILL_RIGHT}
    assert {entry.by_id for entry in entries} == {law.actor.person_id}


def test_back_to_review_is_out_of_use_until_approved_and_can_be_undone(law: Law) -> None:
    law.supersede()
    assert law.settle(still_right=False, whole=True) == 3
    assert law.drawn() == 0
    assert get_question(law.session, law.ids["Q1"]).state is QuestionState.IN_REVIEW
    law.session.rollback()
    with transaction() as session:
        last = find_last_change(session, law.bank_id)
        assert last is not None
        undo(session, law.actor, last.id, now=utc_now())
    assert law.drawn() == 3


def test_only_what_rests_on_it_is_settled(law: Law) -> None:
    law.supersede()
    law.settle("Q1", still_right=True)
    assert law.settle("Q1", "Q2", still_right=False) == 1
    assert law.drawn() == 2
    with pytest.raises(NothingTicked):
        law.settle(still_right=True)


def test_an_edition_is_superseded_once_and_by_another(law: Law) -> None:
    for edition in ("", " ", "2021 年修正"):
        with pytest.raises(EditionNeeded):
            law.supersede(edition)
    law.supersede()
    with pytest.raises(SupersededAlready):
        law.supersede("2027 年修正")
    law.actor = law.stranger
    with pytest.raises(Forbidden):
        law.settle("Q1", still_right=True)

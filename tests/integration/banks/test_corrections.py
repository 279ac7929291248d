"""Reports of errors: one open a question and person, so many a day, answered by its keepers."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.corrections.errors import (
    AnsweredAlready,
    AnswerNeeded,
    ReportMisshapen,
    TooManyReports,
)
from lianbing.banks.corrections.queries import count_open, list_own, page_of_reports
from lianbing.banks.corrections.rules import MOST_A_DAY, ReportState
from lianbing.banks.corrections.use_cases import answer_report, report_error
from lianbing.banks.models import QuestionVersion
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PersonId, QuestionVersionId


class Desk:
    """A bank of twelve questions, its trainer, a trainer elsewhere and a worker."""

    def __init__(self, session: Session) -> None:
        self.session = session
        union = make_organisation(session, "青山市总工会")
        far = make_organisation(session, "远山市总工会")
        load(make_bank([make_question(f"Q{number:02d}") for number in range(12)]), union.id)
        keeper = make_person(session, "张三", roles=[(Role.TRAINER, union)])
        elsewhere = make_person(session, "赵六", roles=[(Role.TRAINER, far)])
        worker = make_person(session, "王五", organisation=union)
        self.keeper, self.elsewhere = actor_for(session, keeper), actor_for(session, elsewhere)
        self.worker: Actor = actor_for(session, worker)
        statement = select(QuestionVersion.id).order_by(QuestionVersion.id)
        self.versions = [QuestionVersionId(id_) for id_ in session.scalars(statement)]
        session.rollback()

    def report(self, index: int = 0, *, kind: str = "key", text: str = "应选 C") -> int:
        version_id = self.versions[index]
        with transaction() as session:
            return report_error(
                session, self.worker, version_id, kind=kind, text=text, now=utc_now()
            )

    def answer(self, report: int, *, mended: bool, text: str = "", by: Actor | None = None) -> None:
        with transaction() as session:
            answer_report(
                session, by or self.keeper, report, mended=mended, text=text, now=utc_now()
            )

    def own(self) -> list[tuple[ReportState, str]]:
        self.session.rollback()
        assert self.worker.person_id is not None
        rows = list_own(self.session, PersonId(self.worker.person_id))
        return [(row.state, row.answer) for row in rows]


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_a_report_reaches_the_keepers_and_its_answer_the_worker(desk: Desk) -> None:
    report = desk.report()
    assert [count_open(desk.session, who) for who in (desk.keeper, desk.elsewhere)] == [1, 0]
    row = page_of_reports(desk.session, desk.keeper, 1).rows[0]
    assert (row.code, row.number, row.text) == ("Q00", 1, "应选 C")
    desk.answer(report, mended=True)
    assert desk.own() == [(ReportState.MENDED, "")]
    assert count_open(desk.session, desk.keeper) == 0
    assert page_of_reports(desk.session, desk.keeper, 1, answered=True).total == 1


def test_a_second_report_of_a_question_waits_for_the_answer_to_the_first(desk: Desk) -> None:
    report = desk.report()
    with pytest.raises(IntegrityError):
        desk.report()
    desk.answer(report, mended=False, text="以 2021 年修正为准")
    desk.report()
    assert [state for state, _answer in desk.own()] == [ReportState.OPEN, ReportState.NO_ERROR]


def test_a_person_reports_only_so_many_a_day(desk: Desk) -> None:
    for index in range(MOST_A_DAY):
        desk.report(index)
    with pytest.raises(TooManyReports):
        desk.report(MOST_A_DAY)


def test_a_report_and_an_answer_say_enough_and_not_too_much(desk: Desk) -> None:
    for kind, text in (("riddle", ""), ("key", "长" * 501)):
        with pytest.raises(ReportMisshapen):
            desk.report(kind=kind, text=text)
    report = desk.report(text="")
    for text in ("", "长" * 501):
        with pytest.raises(AnswerNeeded):
            desk.answer(report, mended=False, text=text)
    with pytest.raises(Forbidden):
        desk.answer(report, mended=True, by=desk.elsewhere)
    desk.answer(report, mended=True)
    with pytest.raises(AnsweredAlready):
        desk.answer(report, mended=True)

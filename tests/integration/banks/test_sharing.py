"""A bank shared across: to read, to practise, to draw; for as long as the grant stands."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.models import Question
from lianbing.banks.queries import page_of_banks
from lianbing.banks.retiring import retire_question
from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.banks.sharing.errors import GrantDatesWrong, GranteeUnknown, GrantNeedless
from lianbing.banks.sharing.rules import GrantRight
from lianbing.banks.sharing.use_cases import draw_from_bank, grant, read_bank, revoke
from lianbing.banks.use_cases import open_question
from lianbing.infra.audit import AuditEntry
from lianbing.infra.calendar import today
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import QuestionId
from lianbing.papers.blueprints import Cell
from lianbing.papers.queries import get_paper
from lianbing.papers.use_cases import draw_paper, save_blueprint
from lianbing.practice.queries import list_practice_banks

CELLS = [Cell(type=QuestionType.SINGLE_CHOICE, count=2, marks=Decimal(50))]


class Neighbours:
    """A city that keeps a bank; another city with a plant, its trainer and its worker."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.city = make_organisation(session, "青山市总工会")
        self.other = make_organisation(session, "远山市总工会", code="YUAN")
        self.plant = make_organisation(session, "远山机械厂", parent=self.other)
        questions = [make_question("Q1"), make_question("Q2"), make_question("X1")]
        questions.append(make_question("X2", use=QuestionUse.EXAM))
        self.bank_id = load(make_bank(questions), self.city.id).bank_id
        self.keeper = self._actor("张三", self.city, Role.TRAINER)
        self.trainer = self._actor("李四", self.plant, Role.TRAINER)
        self.worker = actor_for(session, make_person(session, "王五", organisation=self.plant))
        rows = session.execute(select(Question.code, Question.id))
        self.ids = {row[0]: QuestionId(row[1]) for row in rows}
        session.rollback()

    def _actor(self, name: str, place: object, role: Role) -> Actor:
        person = make_person(self.session, name, roles=[(role, place)])  # type: ignore[list-item]
        return actor_for(self.session, person)

    def share(self, right: GrantRight, *, to: str = "YUAN", days: int | None = None) -> int:
        with transaction() as session:
            return grant(
                session,
                self.keeper,
                self.bank_id,
                organisation=to,
                right=right,
                valid_to=None if days is None else today() + timedelta(days=days),
                now=utc_now(),
            )

    def practises(self) -> bool:
        found = list_practice_banks(self.session, self.worker)
        self.session.rollback()
        return [bank.id for bank in found] == [self.bank_id]


@pytest.fixture
def neighbours(session: Session) -> Neighbours:
    return Neighbours(session)


def test_a_grant_to_practise_reaches_all_below_until_it_ends(neighbours: Neighbours) -> None:
    assert not neighbours.practises()
    granted = neighbours.share(GrantRight.PRACTISE)
    assert neighbours.practises()
    with transaction() as session:
        revoke(session, neighbours.keeper, granted, now=utc_now())
    assert not neighbours.practises()
    neighbours.share(GrantRight.PRACTISE, to="远山机械厂", days=0)
    assert neighbours.practises()
    actions = set(neighbours.session.scalars(select(AuditEntry.action)))
    assert {"banks.grant", "banks.revoke_grant"} <= actions


def test_a_reader_by_grant_reads_but_changes_nothing_and_sees_nothing_exam_only(
    neighbours: Neighbours,
) -> None:
    with pytest.raises(Forbidden):
        read_bank(neighbours.session, neighbours.trainer, neighbours.bank_id, now=utc_now())
    neighbours.session.rollback()
    neighbours.share(GrantRight.READ)
    trainer, now = neighbours.trainer, utc_now()
    with transaction() as session:
        read_bank(session, trainer, neighbours.bank_id, now=now)
        assert open_question(session, trainer, neighbours.ids["Q1"], now=now).code == "Q1"
        assert page_of_banks(session, trainer, 1, on=today()).total == 1
        for refused in (
            lambda: open_question(session, trainer, neighbours.ids["X2"], now=now),
            lambda: retire_question(session, trainer, neighbours.ids["Q1"], now=now),
            lambda: draw_from_bank(session, trainer, neighbours.bank_id, now=now),
        ):
            with pytest.raises(Forbidden):
                refused()


def test_papers_drawn_by_grant_belong_to_who_drew_them(neighbours: Neighbours) -> None:
    granted = neighbours.share(GrantRight.DRAW)
    with transaction() as session:
        blueprint_id = save_blueprint(
            session,
            neighbours.trainer,
            bank_id=neighbours.bank_id,
            title="小卷",
            cells=CELLS,
            now=utc_now(),
        )
        paper_id = draw_paper(session, neighbours.trainer, blueprint_id, seed=1, now=utc_now())
    assert get_paper(neighbours.session, paper_id).organisation_id == neighbours.plant.id
    neighbours.session.rollback()
    with transaction() as session:
        revoke(session, neighbours.keeper, granted, now=utc_now())
    with pytest.raises(Forbidden), transaction() as session:
        draw_paper(session, neighbours.trainer, blueprint_id, seed=2, now=utc_now())


def test_a_grant_names_one_other_organisation_and_a_day_to_come(neighbours: Neighbours) -> None:
    for unknown in ("", "无此单位"):
        with pytest.raises(GranteeUnknown):
            neighbours.share(GrantRight.READ, to=unknown)
    with pytest.raises(GrantNeedless):
        neighbours.share(GrantRight.READ, to="青山市总工会")
    with pytest.raises(GrantDatesWrong):
        neighbours.share(GrantRight.READ, days=-1)
    neighbours.share(GrantRight.READ)
    with pytest.raises(IntegrityError):
        neighbours.share(GrantRight.READ)


def test_only_a_keeper_shares_and_revokes(neighbours: Neighbours) -> None:
    granted = neighbours.share(GrantRight.READ)
    with pytest.raises(Forbidden), transaction() as session:
        revoke(session, neighbours.trainer, granted, now=utc_now())
    neighbours.keeper = neighbours.trainer
    with pytest.raises(Forbidden):
        neighbours.share(GrantRight.DRAW)

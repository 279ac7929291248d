"""Study material on both databases: who may see and keep it, files kept once, points, offers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank
from tests.people_factory import actor_for, make_organisation, make_person
from tests.training_factory import make_material, make_pdf, make_picture, point_ids

from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import OrganisationId
from lianbing.people.models import Organisation
from lianbing.training.materials import queries, use_cases
from lianbing.training.materials.errors import (
    FileUnfit,
    LinkUnfit,
    MaterialNotFound,
    PicturesGoBelow,
    TitleNeeded,
)
from lianbing.training.materials.models import StudyFile
from lianbing.training.materials.rules import OFFERED

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class House:
    """A union above two units, each with a worker; a trainer of the union."""

    def __init__(self, session: Session) -> None:
        self.union: Organisation = make_organisation(session, "青山市总工会")
        self.unit = make_organisation(session, "机械厂", parent=self.union)
        self.other = make_organisation(session, "配送站", parent=self.union)
        self.worker = self._actor(session, "王某", self.unit)
        self.stranger = self._actor(session, "李某", self.other)
        self.trainer = self._actor(session, "沈某", self.unit, Role.TRAINER, self.unit)
        load(make_bank(), self.union.id)
        session.rollback()

    @staticmethod
    def _actor(
        session: Session,
        name: str,
        home: Organisation,
        role: Role | None = None,
        at: Organisation | None = None,
    ) -> Actor:
        roles = [(role, at)] if role and at else []
        return actor_for(session, make_person(session, name, organisation=home, roles=roles))


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def test_material_is_open_at_and_below_the_node_that_keeps_it(
    session: Session, house: House
) -> None:
    of_unit = make_material(house.unit.id, title="厂里的", now=NOW)
    of_union = make_material(house.union.id, title="工会的", now=NOW)
    session.rollback()
    seen = [row.id for row in queries.page_of_open(session, house.worker, 1).rows]
    assert sorted(seen) == sorted([of_unit, of_union])
    assert [row.id for row in queries.page_of_open(session, house.stranger, 1).rows] == [of_union]
    with pytest.raises(MaterialNotFound):
        queries.get_material(session, house.stranger, of_unit)
    found = queries.page_of_open(session, house.worker, 1, search="厂里")
    assert [row.id for row in found.rows] == [of_unit]


def test_only_a_trainer_who_reaches_the_node_keeps_it(session: Session, house: House) -> None:
    unit, of_union = house.unit.id, make_material(house.union.id, now=NOW)
    for actor in (house.worker, house.trainer):
        with pytest.raises(Forbidden), transaction() as writing:
            use_cases.change_material(writing, actor, of_union, title="x", body="", now=NOW)
    with transaction() as writing:
        own = use_cases.create_material(
            writing, house.trainer, OrganisationId(unit), title=" 接地 ", body="一\r\n二", now=NOW
        )
    session.rollback()
    material = queries.get_material(session, house.trainer, own)
    assert (material.row.title, material.body, material.is_kept) == ("接地", "一\n二", True)
    assert not queries.get_material(session, house.worker, own).is_kept


def test_withdrawn_material_is_seen_by_its_keeper_alone(session: Session, house: House) -> None:
    kept = make_material(house.unit.id, now=NOW)
    with transaction() as writing:
        use_cases.withdraw_material(writing, house.trainer, kept, withdrawn=True, now=NOW)
    session.rollback()
    assert queries.get_material(session, house.trainer, kept).row.is_withdrawn
    with pytest.raises(MaterialNotFound):
        queries.get_material(session, house.worker, kept)
    with transaction() as writing:
        use_cases.withdraw_material(writing, house.trainer, kept, withdrawn=False, now=NOW)
    session.rollback()
    assert queries.get_material(session, house.worker, kept).row.id == kept


def test_a_file_is_kept_once_and_destroyed_with_its_last_use(
    session: Session, house: House
) -> None:
    first, second = (make_material(house.unit.id, title=name, now=NOW) for name in "甲乙")
    items = {}
    with transaction() as writing:
        for material in (first, second):
            items[material] = use_cases.add_file(
                writing, house.trainer, material, make_pdf(), title="手册", now=NOW
            )
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StudyFile)) == 1
    with transaction() as writing:
        use_cases.remove_item(writing, house.trainer, first, items[first], now=NOW)
    session.rollback()
    served = queries.get_file(session, house.worker, second, items[second])
    assert (served.mime, served.data) == ("application/pdf", make_pdf())
    with pytest.raises(MaterialNotFound):
        queries.get_file(session, house.stranger, second, items[second])
    with pytest.raises(MaterialNotFound):
        queries.get_file(session, house.worker, first, items[second])
    with transaction() as writing:
        use_cases.remove_item(writing, house.trainer, second, items[second], now=NOW)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StudyFile)) == 0


def test_what_does_not_fit_is_refused_with_a_reason(session: Session, house: House) -> None:
    kept = make_material(house.unit.id, now=NOW)
    with pytest.raises(FileUnfit) as refused, transaction() as writing:
        use_cases.add_file(writing, house.trainer, kept, b"<svg/>", title="图", now=NOW)
    assert "neither a PDF" in str(refused.value)
    with pytest.raises(TitleNeeded), transaction() as writing:
        use_cases.add_file(writing, house.trainer, kept, make_picture(), title=" ", now=NOW)
    with pytest.raises(LinkUnfit), transaction() as writing:
        use_cases.add_link(writing, house.trainer, kept, "javascript:alert(1)", title="x", now=NOW)
    spying = "![看](pic:" + "0" * 32 + ")"
    with pytest.raises(PicturesGoBelow), transaction() as writing:
        use_cases.change_material(writing, house.trainer, kept, title="x", body=spying, now=NOW)
    session.rollback()
    assert queries.get_material(session, house.trainer, kept).items == ()


def test_points_are_tied_a_page_at_a_time_and_offered(session: Session, house: House) -> None:
    a01, a02, b01 = point_ids(session, "A01", "A02", "B01")
    kept = make_material(house.unit.id, points=[a01, b01], now=NOW)
    with transaction() as writing:
        use_cases.tie_points(writing, house.trainer, kept, shown=[a01, a02], chosen=[a02], now=NOW)
    session.rollback()
    material = queries.get_material(session, house.trainer, kept)
    assert [point.id for point in material.points] == [a02, b01]
    offers = queries.materials_for(session, house.worker, [a01, a02, b01])
    assert {point: [offer.id for offer in found] for point, found in offers.items()} == {
        a02: [kept],
        b01: [kept],
    }
    assert queries.materials_for(session, house.stranger, [a02]) == {}
    assert queries.materials_for(session, house.worker, []) == {}


def test_at_most_three_are_offered_the_latest_change_first(session: Session, house: House) -> None:
    (a01,) = point_ids(session, "A01")
    made = [
        make_material(house.unit.id, title=f"第{n}份", points=[a01], now=NOW + timedelta(minutes=n))
        for n in range(5)
    ]
    session.rollback()
    offers = queries.materials_for(session, house.worker, [a01])[a01]
    assert [offer.id for offer in offers] == made[::-1][:OFFERED]


def test_points_to_choose_from_are_found_by_code_and_words(session: Session, house: House) -> None:
    (a01,) = point_ids(session, "A01")
    kept = make_material(house.unit.id, points=[a01], now=NOW)
    session.rollback()
    ((outline_id, _title),) = queries.list_outline_choices(session)
    page = queries.page_of_points(session, kept, outline_id, 1)
    tied = {row.code: row.is_tied for row in page.rows}
    assert tied == {"A01": True, "A02": False, "B01": False, "B02": False}
    found = queries.page_of_points(session, kept, outline_id, 1, search="B0")
    assert [row.code for row in found.rows] == ["B01", "B02"]

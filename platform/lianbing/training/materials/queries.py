"""Study material as frozen rows: what is open to a person, what a trainer keeps, what to offer."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import MaterialId, OrganisationId
from lianbing.people.authority import reachable_ids, reaches
from lianbing.people.organisations.queries import ancestor_ids
from lianbing.subjects.models import AssessmentOutline, AssessmentPoint, AssessmentScope
from lianbing.training.materials.errors import MaterialNotFound
from lianbing.training.materials.models import StudyFile, StudyItem, StudyMaterial, StudyPoint
from lianbing.training.materials.rules import OFFERED, ItemKind

KEEPERS = (Role.TRAINER,)
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class MaterialRow:
    """A material in a list; ``points`` and ``items`` are how many it has."""

    id: MaterialId
    organisation_id: OrganisationId
    title: str
    points: int
    items: int
    changed_at: datetime
    is_withdrawn: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRow:
    """A part of a material; ``url`` of a link, ``mime`` and ``size`` in bytes of a file."""

    id: int
    kind: ItemKind
    title: str
    url: str
    mime: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TiedPoint:
    """An assessment point that a material teaches."""

    id: int
    code: str
    title: str
    scope_title: str
    outline_id: int
    outline_title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """A material whole; ``is_kept``: the reader may change it."""

    row: MaterialRow
    body: str
    items: tuple[ItemRow, ...]
    points: tuple[TiedPoint, ...]
    is_kept: bool

    def of_kind(self, kind: str) -> tuple[ItemRow, ...]:
        """Its parts of one kind, in order."""
        return tuple(item for item in self.items if item.kind == kind)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """A file as it is served."""

    name: str
    title: str
    mime: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A material offered for a point."""

    id: MaterialId
    title: str


def is_kept(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor may change a material."""
    return StudyMaterial.organisation_id.in_(reachable_ids(actor, *KEEPERS))


def is_open(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The condition that a material may be studied: kept at or above a node of the actor."""
    above = frozenset[OrganisationId]().union(*ancestor_ids(session, actor.nodes(*Role)).values())
    return and_(
        StudyMaterial.withdrawn_at.is_(None),
        or_(StudyMaterial.organisation_id.in_(above), is_kept(actor)),
    )


def page_of_kept(
    session: Session, actor: Actor, number: int, *, search: str = ""
) -> Page[MaterialRow]:
    """One page of the materials an actor keeps, withdrawn ones too, the latest change first."""
    return _page(session, _rows().where(is_kept(actor)), number, search)


def page_of_open(
    session: Session, actor: Actor, number: int, *, search: str = ""
) -> Page[MaterialRow]:
    """One page of the materials open to an actor, the latest change first."""
    return _page(session, _rows().where(is_open(session, actor)), number, search)


def _page(
    session: Session, statement: Select[*tuple[Any, ...]], number: int, search: str
) -> Page[MaterialRow]:
    if search:
        statement = statement.where(StudyMaterial.title.icontains(search, autoescape=True))
    ordered = statement.order_by(StudyMaterial.changed_at.desc(), StudyMaterial.id.desc())
    page = page_of(session, ordered, number, per_page=PER_PAGE)
    return page.with_rows([_row(*row) for row in page.rows])


def _rows() -> Select[StudyMaterial, int, int]:
    points = select(func.count()).where(StudyPoint.material_id == StudyMaterial.id)
    items = select(func.count()).where(StudyItem.material_id == StudyMaterial.id)
    return select(
        StudyMaterial,
        points.correlate(StudyMaterial).scalar_subquery(),
        items.correlate(StudyMaterial).scalar_subquery(),
    )


def _row(material: StudyMaterial, points: int, items: int) -> MaterialRow:
    return MaterialRow(
        id=MaterialId(material.id),
        organisation_id=OrganisationId(material.organisation_id),
        title=material.title,
        points=points,
        items=items,
        changed_at=material.changed_at,
        is_withdrawn=material.withdrawn_at is not None,
    )


def get_material(session: Session, actor: Actor, material_id: MaterialId) -> Material:
    """A material open to the actor or kept by them; raises MaterialNotFound."""
    may_see = or_(is_open(session, actor), is_kept(actor))
    found = session.execute(_rows().where(StudyMaterial.id == material_id, may_see)).one_or_none()
    if found is None:
        raise MaterialNotFound
    row = _row(*found)
    return Material(
        row=row,
        body=found[0].body,
        items=_items(session, row.id),
        points=_points(session, row.id),
        is_kept=reaches(session, actor, *KEEPERS, organisation_id=row.organisation_id),
    )


def require_open(session: Session, actor: Actor, material_id: MaterialId) -> None:
    """Raise MaterialNotFound unless the actor may study the material now."""
    statement = select(StudyMaterial.id).where(
        StudyMaterial.id == material_id, is_open(session, actor)
    )
    if session.scalar(statement) is None:
        raise MaterialNotFound


def _items(session: Session, material_id: MaterialId) -> tuple[ItemRow, ...]:
    rows = session.execute(
        select(StudyItem, StudyFile.mime, StudyFile.size)
        .outerjoin(StudyFile, StudyFile.name == StudyItem.file_name)
        .where(StudyItem.material_id == material_id)
        .order_by(StudyItem.id)
    )
    return tuple(
        ItemRow(
            id=item.id,
            kind=ItemKind(item.kind),
            title=item.title,
            url=item.url or "",
            mime=mime or "",
            size=size or 0,
        )
        for item, mime, size in rows
    )


def _points(session: Session, material_id: MaterialId) -> tuple[TiedPoint, ...]:
    rows = session.execute(
        select(AssessmentPoint, AssessmentScope.title, AssessmentOutline.title)
        .join(StudyPoint, StudyPoint.point_id == AssessmentPoint.id)
        .join(AssessmentScope, AssessmentScope.id == AssessmentPoint.scope_id)
        .join(AssessmentOutline, AssessmentOutline.id == AssessmentPoint.outline_id)
        .where(StudyPoint.material_id == material_id)
        .order_by(AssessmentPoint.outline_id, AssessmentPoint.position, AssessmentPoint.id)
    )
    return tuple(
        TiedPoint(
            id=point.id,
            code=point.code,
            title=point.title,
            scope_title=scope,
            outline_id=point.outline_id,
            outline_title=outline,
        )
        for point, scope, outline in rows
    )


def get_file(session: Session, actor: Actor, material_id: MaterialId, item_id: int) -> StoredFile:
    """The bytes of one file of a material the actor may see; raises MaterialNotFound."""
    may_see = or_(is_open(session, actor), is_kept(actor))
    found = session.execute(
        select(StudyFile.name, StudyItem.title, StudyFile.mime, StudyFile.data)
        .join(StudyItem, StudyItem.file_name == StudyFile.name)
        .join(StudyMaterial, StudyMaterial.id == StudyItem.material_id)
        .where(StudyItem.id == item_id, StudyMaterial.id == material_id, may_see)
    ).one_or_none()
    if found is None:
        raise MaterialNotFound
    return StoredFile(name=found[0], title=found[1], mime=found[2], data=found[3])


def materials_for(
    session: Session, actor: Actor, point_ids: Collection[int]
) -> dict[int, tuple[Offer, ...]]:
    """What an actor may study for each of the points, the latest change first, at most three.

    A point without material is left out.
    """
    if not point_ids:
        return {}
    rows = session.execute(
        select(StudyPoint.point_id, StudyMaterial.id, StudyMaterial.title)
        .join(StudyMaterial, StudyMaterial.id == StudyPoint.material_id)
        .where(StudyPoint.point_id.in_(set(point_ids)), is_open(session, actor))
        .order_by(StudyMaterial.changed_at.desc(), StudyMaterial.id.desc())
    )
    found: dict[int, list[Offer]] = defaultdict(list)
    for point_id, material_id, title in rows:
        if len(found[point_id]) < OFFERED:
            found[point_id].append(Offer(id=MaterialId(material_id), title=title))
    return {point_id: tuple(offers) for point_id, offers in found.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class PointChoice:
    """A point of an outline to be tied or not."""

    id: int
    code: str
    title: str
    scope_title: str
    is_tied: bool


def list_outline_choices(session: Session) -> list[tuple[int, str]]:
    """Every outline with points in use, as id and title; by title."""
    has_points = select(AssessmentPoint.id).where(
        AssessmentPoint.outline_id == AssessmentOutline.id, AssessmentPoint.retired.is_(False)
    )
    rows = session.execute(
        select(AssessmentOutline.id, AssessmentOutline.title)
        .where(has_points.exists())
        .order_by(AssessmentOutline.title, AssessmentOutline.id)
    )
    return [(row[0], row[1]) for row in rows]


def page_of_points(
    session: Session, material_id: MaterialId, outline_id: int, number: int, *, search: str = ""
) -> Page[PointChoice]:
    """One page of an outline's points in use, with whether the material is tied to each."""
    tied = select(StudyPoint.point_id).where(StudyPoint.material_id == material_id)
    statement = (
        select(AssessmentPoint, AssessmentScope.title, AssessmentPoint.id.in_(tied))
        .join(AssessmentScope, AssessmentScope.id == AssessmentPoint.scope_id)
        .where(AssessmentPoint.outline_id == outline_id, AssessmentPoint.retired.is_(False))
        .order_by(AssessmentPoint.position, AssessmentPoint.id)
    )
    if search:
        statement = statement.where(
            AssessmentPoint.title.icontains(search, autoescape=True)
            | AssessmentScope.title.icontains(search, autoescape=True)
            | AssessmentPoint.code.startswith(search, autoescape=True)
        )
    page = page_of(session, statement, number)
    rows = [
        PointChoice(
            id=point.id,
            code=point.code,
            title=point.title,
            scope_title=scope,
            is_tied=bool(is_tied),
        )
        for point, scope, is_tied in page.rows
    ]
    return page.with_rows(rows)

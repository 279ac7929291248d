"""Subjects, their outlines and scope trees, as frozen rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lianbing.infra.paging import Page, page_of
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import SubjectId
from lianbing.subjects.models import (
    AssessmentOutline,
    AssessmentPoint,
    AssessmentScope,
    Occupation,
    Subject,
)
from lianbing.subjects.rules import Importance, SkillGrade, SubjectKind


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectRow:
    """A subject; ``occupation`` is (edition, code), None for a profession or a theme."""

    id: SubjectId
    kind: SubjectKind
    code: str
    title: str
    title_en: str
    occupation: tuple[str, str] | None
    grades: tuple[SkillGrade, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OccupationRow:
    """An occupation of one edition of 职业分类大典."""

    id: int
    edition: str
    code: str
    title: str
    title_en: str
    grades: tuple[SkillGrade, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutlineRow:
    """An organisation's outline of a subject."""

    id: int
    subject_id: SubjectId
    organisation_id: int
    code: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PointRow:
    """An assessment point."""

    id: int
    code: str
    title: str
    importance: Importance


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopeRow:
    """An assessment scope with all below it; ``weight`` in percent of the whole paper."""

    id: int
    outline_id: int
    code: str
    title: str
    weight: Decimal
    children: tuple["ScopeRow", ...]
    points: tuple[PointRow, ...]

    def all_points(self) -> tuple[PointRow, ...]:
        """The points of this scope and of every scope below it, in order."""
        below = (point for child in self.children for point in child.all_points())
        return (*self.points, *below)


def _subjects() -> Select[Subject, str | None, str | None]:
    return (
        select(Subject, Occupation.edition, Occupation.code)
        .outerjoin(Occupation, Occupation.id == Subject.occupation_id)
        .order_by(Subject.kind, Subject.code, Subject.id)
    )


def _subject_row(subject: Subject, edition: str | None, code: str | None) -> SubjectRow:
    return SubjectRow(
        id=SubjectId(subject.id),
        kind=SubjectKind(subject.kind),
        code=subject.code,
        title=subject.title,
        title_en=subject.title_en,
        occupation=(edition, code) if edition and code else None,
        grades=tuple(SkillGrade(grade) for grade in subject.grades),
    )


def list_subjects(session: Session) -> list[SubjectRow]:
    """Every subject, occupations first by code."""
    return [_subject_row(*row) for row in session.execute(_subjects())]


def page_of_subjects(session: Session, number: int) -> Page[SubjectRow]:
    """One page of the subjects."""
    page = page_of(session, _subjects(), number)
    rows = [_subject_row(*row) for row in page.rows]
    return page.with_rows(rows)


def get_subject(session: Session, subject_id: SubjectId) -> SubjectRow:
    """The subject; raises NotFound."""
    row = session.execute(_subjects().where(Subject.id == subject_id)).one_or_none()
    if row is None:
        raise NotFound
    return _subject_row(*row)


def page_of_occupations(session: Session, number: int, *, search: str = "") -> Page[OccupationRow]:
    """One page of the occupations, by edition and code; ``search`` in codes and names."""
    statement = select(Occupation).order_by(Occupation.edition.desc(), Occupation.code)
    if search:
        statement = statement.where(
            Occupation.name.icontains(search, autoescape=True)
            | Occupation.name_en.icontains(search, autoescape=True)
            | Occupation.code.startswith(search, autoescape=True)
        )
    page = page_of(session, statement, number)
    rows = [_occupation_row(row[0]) for row in page.rows]
    return page.with_rows(rows)


def _occupation_row(occupation: Occupation) -> OccupationRow:
    return OccupationRow(
        id=occupation.id,
        edition=occupation.edition,
        code=occupation.code,
        title=occupation.name,
        title_en=occupation.name_en,
        grades=tuple(SkillGrade(grade) for grade in occupation.grades),
    )


def find_occupation(session: Session, edition: str, code: str) -> OccupationRow | None:
    """The occupation under (edition, code)."""
    found = session.scalar(
        select(Occupation).where(Occupation.edition == edition, Occupation.code == code)
    )
    return _occupation_row(found) if found is not None else None


def find_occupation_named(session: Session, name: str) -> OccupationRow | None:
    """The occupation of exactly this name in either language, of the newest edition."""
    statement = (
        select(Occupation)
        .where(or_(Occupation.name == name, func.lower(Occupation.name_en) == name.lower()))
        .order_by(Occupation.edition.desc(), Occupation.id)
    )
    found = session.scalars(statement).first()
    return _occupation_row(found) if found is not None else None


def list_outlines(session: Session, subject_id: SubjectId) -> list[OutlineRow]:
    """Every outline of a subject, oldest first."""
    statement = (
        select(AssessmentOutline)
        .where(AssessmentOutline.subject_id == subject_id)
        .order_by(AssessmentOutline.id)
    )
    return [_outline_row(outline) for outline in session.scalars(statement)]


def list_all_outlines(session: Session) -> list[OutlineRow]:
    """The outlines there are, by title, for a choice list; at most 500."""
    statement = select(AssessmentOutline).order_by(AssessmentOutline.title, AssessmentOutline.id)
    return [_outline_row(outline) for outline in session.scalars(statement.limit(500))]


def find_outline(session: Session, outline_id: int) -> OutlineRow | None:
    """An outline by its id."""
    outline = session.get(AssessmentOutline, outline_id)
    return _outline_row(outline) if outline is not None else None


def _outline_row(outline: AssessmentOutline) -> OutlineRow:
    return OutlineRow(
        id=outline.id,
        subject_id=SubjectId(outline.subject_id),
        organisation_id=outline.organisation_id,
        code=outline.code,
        title=outline.title,
    )


def scope_tree(
    session: Session, subject_id: SubjectId, *, outline_id: int | None = None
) -> tuple[ScopeRow, ...]:
    """The top scopes with all below them; of one outline, or of all the subject's, in order."""
    statement = select(AssessmentScope).where(
        AssessmentScope.subject_id == subject_id, AssessmentScope.retired.is_(False)
    )
    if outline_id is not None:
        statement = statement.where(AssessmentScope.outline_id == outline_id)
    ordered = statement.order_by(AssessmentScope.outline_id, AssessmentScope.position)
    scopes = session.scalars(ordered).all()
    points = _points_by_scope(session, [scope.id for scope in scopes])
    below: dict[int | None, list[AssessmentScope]] = defaultdict(list)
    for scope in scopes:
        below[scope.parent_id].append(scope)
    return tuple(_scope_row(scope, below, points) for scope in below[None])


def _points_by_scope(session: Session, scope_ids: Sequence[int]) -> dict[int, list[PointRow]]:
    statement = (
        select(AssessmentPoint)
        .where(AssessmentPoint.scope_id.in_(scope_ids), AssessmentPoint.retired.is_(False))
        .order_by(AssessmentPoint.position)
    )
    found: dict[int, list[PointRow]] = defaultdict(list)
    for point in session.scalars(statement):
        row = PointRow(
            id=point.id,
            code=point.code,
            title=point.title,
            importance=Importance(point.importance),
        )
        found[point.scope_id].append(row)
    return found


def _scope_row(
    scope: AssessmentScope,
    below: dict[int | None, list[AssessmentScope]],
    points: dict[int, list[PointRow]],
) -> ScopeRow:
    return ScopeRow(
        id=scope.id,
        outline_id=scope.outline_id,
        code=scope.code,
        title=scope.title,
        weight=scope.weight,
        children=tuple(_scope_row(child, below, points) for child in below.get(scope.id, ())),
        points=tuple(points.get(scope.id, ())),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedPoint:
    """A point of an outline with the title of the scope it hangs on."""

    id: int
    code: str
    title: str
    scope_title: str


def list_points(session: Session, outline_id: int) -> list[PlacedPoint]:
    """The points in use of an outline, in its order."""
    statement = (
        select(AssessmentPoint, AssessmentScope.title)
        .join(AssessmentScope, AssessmentScope.id == AssessmentPoint.scope_id)
        .where(AssessmentPoint.outline_id == outline_id, AssessmentPoint.retired.is_(False))
        .order_by(AssessmentPoint.position)
    )
    return [
        PlacedPoint(id=point.id, code=point.code, title=point.title, scope_title=scope_title)
        for point, scope_title in session.execute(statement)
    ]


def count_by_subject(session: Session) -> dict[SubjectId, int]:
    """How many assessment points in use each subject has."""
    statement = (
        select(AssessmentScope.subject_id, func.count())
        .join(AssessmentPoint, AssessmentPoint.scope_id == AssessmentScope.id)
        .where(AssessmentPoint.retired.is_(False))
        .group_by(AssessmentScope.subject_id)
    )
    return {SubjectId(row[0]): row[1] for row in session.execute(statement)}

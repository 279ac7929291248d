"""Load occupations; take in the subject and the outline that a bank brings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import OrganisationId, SubjectId
from lianbing.subjects.errors import UnknownOccupation
from lianbing.subjects.models import (
    AssessmentOutline,
    AssessmentPoint,
    AssessmentScope,
    Occupation,
    Subject,
)
from lianbing.subjects.rules import ScopePlan, SkillGrade, SubjectKind, SubjectPlan, sorted_grades

OCCUPATIONS_FILE = "occupations-2022.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class OccupationsLoaded:
    """How many occupations are new, and how many carry other words or grades than before."""

    added: int
    changed: int


def load_occupations(session: Session, actor: Actor, *, now: datetime) -> OccupationsLoaded:
    """Bring the occupations in step with the file the package carries; again changes nothing."""
    known = {(row.edition, row.code): row for row in session.scalars(select(Occupation))}
    added = changed = 0
    for entry in _occupations_in_package():
        row = known.get((entry["edition"], entry["code"]))
        if row is None:
            session.add(Occupation(**entry))
            added += 1
        elif (row.name, row.name_en, row.grades) != (
            entry["name"],
            entry["name_en"],
            entry["grades"],
        ):
            row.name, row.name_en, row.grades = entry["name"], entry["name_en"], entry["grades"]
            changed += 1
    session.flush()
    if added or changed:
        audit.record(
            session,
            actor,
            "subjects.load_occupations",
            subject=("occupation", 0),
            now=now,
            details={"added": added, "changed": changed},
        )
    return OccupationsLoaded(added=added, changed=changed)


def _occupations_in_package() -> list[dict[str, Any]]:
    folder = resources.files("lianbing.subjects") / "data"
    document = yaml.safe_load((folder / OCCUPATIONS_FILE).read_text(encoding="utf-8"))
    sets = {
        name: [str(grade) for grade in sorted_grades(map(SkillGrade, grades))]
        for name, grades in document["grade_sets"].items()
    }
    return [
        {
            "edition": document["edition"],
            "code": entry["code"],
            "name": entry["name"]["zh_CN"],
            "name_en": entry["name"]["en"],
            "grades": sets[entry["grades"]],
        }
        for entry in document["occupations"]
    ]


def ensure_subject(session: Session, plan: SubjectPlan) -> SubjectId:
    """The subject a bank names, made when it is new; raises UnknownOccupation."""
    occupation = _occupation_of(session, plan)
    title, title_en = plan.title, plan.title_en
    if occupation is not None:
        title, title_en = occupation.name, occupation.name_en
    subject = session.scalar(
        select(Subject).where(Subject.kind == plan.kind, Subject.code == plan.key)
    )
    if subject is None:
        subject = Subject(
            kind=plan.kind.value,
            code=plan.key,
            occupation_id=occupation.id if occupation else None,
            grades=[grade.value for grade in plan.grades],
            title=title,
            title_en=title_en,
        )
        session.add(subject)
        session.flush()
    return SubjectId(subject.id)


def _occupation_of(session: Session, plan: SubjectPlan) -> Occupation | None:
    if plan.kind is not SubjectKind.OCCUPATION:
        return None
    found = session.scalar(
        select(Occupation).where(Occupation.edition == plan.edition, Occupation.code == plan.code)
    )
    if found is None:
        raise UnknownOccupation(edition=plan.edition, code=plan.code)
    return found


def keep_outline(
    session: Session,
    scopes: Sequence[ScopePlan],
    *,
    subject_id: SubjectId,
    organisation_id: OrganisationId,
    code: str,
    title: str,
) -> int:
    """Bring an organisation's outline in step with the plan and give its id.

    Scopes and points are found by code; what the plan no longer holds is retired.
    """
    outline = session.scalar(
        select(AssessmentOutline).where(
            AssessmentOutline.organisation_id == organisation_id, AssessmentOutline.code == code
        )
    )
    if outline is None:
        outline = AssessmentOutline(organisation_id=organisation_id, code=code)
        session.add(outline)
    outline.subject_id, outline.title = subject_id, title
    session.flush()
    _OutlineKeeper(session, outline).keep(scopes)
    return outline.id


class _OutlineKeeper:
    """Walks a plan, meeting each row by its code; rows not met are retired."""

    def __init__(self, session: Session, outline: AssessmentOutline) -> None:
        self._session = session
        self._outline = outline
        self._scopes = {
            row.code: row
            for row in session.scalars(
                select(AssessmentScope).where(AssessmentScope.outline_id == outline.id)
            )
        }
        self._points = {
            row.code: row
            for row in session.scalars(
                select(AssessmentPoint).where(AssessmentPoint.outline_id == outline.id)
            )
        }
        self._met: set[str] = set()
        self._position = 0

    def keep(self, scopes: Sequence[ScopePlan]) -> None:
        for scope in scopes:
            self._keep_scope(scope, None)
        for scope_row in self._scopes.values():
            scope_row.retired = scope_row.code not in self._met
        for point_row in self._points.values():
            point_row.retired = point_row.code not in self._met
        self._session.flush()

    def _keep_scope(self, plan: ScopePlan, parent_id: int | None) -> None:
        row = self._scopes.get(plan.code)
        if row is None:
            row = AssessmentScope(outline_id=self._outline.id, code=plan.code)
            self._session.add(row)
        row.subject_id, row.parent_id = self._outline.subject_id, parent_id
        row.title, row.weight = plan.title, plan.weight
        self._met.update((plan.code, *(point.code for point in plan.points)))
        row.position = self._next()
        self._session.flush()
        for child in plan.scopes:
            self._keep_scope(child, row.id)
        for point in plan.points:
            kept = self._points.get(point.code)
            if kept is None:
                kept = AssessmentPoint(outline_id=self._outline.id, code=point.code)
                self._session.add(kept)
            kept.scope_id, kept.title = row.id, point.title
            kept.importance, kept.position = point.importance.value, self._next()

    def _next(self) -> int:
        self._position += 1
        return self._position

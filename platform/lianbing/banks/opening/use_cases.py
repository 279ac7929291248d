"""Open a bank: an empty one, to be filled by import or in the editor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.bank_file import BankFile
from lianbing.banks.models import QuestionBank
from lianbing.banks.opening.errors import GradesNeeded, OccupationUnknown
from lianbing.banks.opening.rules import next_code, read_outline
from lianbing.banks.use_cases import load_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, OrganisationId
from lianbing.people.authority import require_reach
from lianbing.subjects.queries import (
    ScopeRow,
    find_occupation_named,
    find_outline,
    get_subject,
    scope_tree,
)
from lianbing.subjects.rules import PointPlan, ScopePlan, SkillGrade, SubjectKind, SubjectPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBank:
    """What a trainer says of a new bank.

    ``outline_id`` takes over another bank's subject, scopes and points; without it ``outline``
    is the typed text, and the subject the occupation at these grades, or a theme.
    """

    organisation_id: OrganisationId
    title: str
    outline_id: int | None = None
    occupation: str = ""
    grades: tuple[SkillGrade, ...] = ()
    outline: str = ""


def open_new_bank(session: Session, actor: Actor, new: NewBank, *, now: datetime) -> BankId:
    """Open an empty bank of an organisation; raises the errors of ``opening.errors``."""
    require_reach(session, actor, Role.TRAINER, organisation_id=new.organisation_id)
    taken = session.scalars(
        select(QuestionBank.code).where(QuestionBank.organisation_id == new.organisation_id)
    )
    code = next_code(taken)
    subject, scopes = _basis(session, new, code)
    bank_file = BankFile(
        code=code,
        title=new.title,
        title_en=new.title,
        subject=subject,
        language="zh_CN",
        licence="internal",
        sources=(),
        scopes=scopes,
        questions=(),
    )
    load_bank(session, actor, bank_file, organisation_id=new.organisation_id, now=now)
    bank_id = session.scalars(
        select(QuestionBank.id).where(
            QuestionBank.organisation_id == new.organisation_id, QuestionBank.code == code
        )
    ).one()
    audit.record(
        session, actor, "banks.open", subject=("question_bank", bank_id), now=now, details={}
    )
    return BankId(bank_id)


def _basis(session: Session, new: NewBank, code: str) -> tuple[SubjectPlan, tuple[ScopePlan, ...]]:
    if new.outline_id is not None:
        return _taken_over(session, new.outline_id)
    scopes = read_outline(new.outline)
    if not new.occupation:
        plan = SubjectPlan(
            kind=SubjectKind.THEME,
            code=f"{new.organisation_id}-{code}",
            title=new.title,
            title_en=new.title,
        )
        return plan, scopes
    occupation = find_occupation_named(session, new.occupation)
    if occupation is None:
        raise OccupationUnknown
    if not new.grades:
        raise GradesNeeded
    plan = SubjectPlan(
        kind=SubjectKind.OCCUPATION,
        code=occupation.code,
        edition=occupation.edition,
        grades=new.grades,
    )
    return plan, scopes


def _taken_over(session: Session, outline_id: int) -> tuple[SubjectPlan, tuple[ScopePlan, ...]]:
    outline = find_outline(session, outline_id)
    if outline is None:
        raise NotFound
    subject = get_subject(session, outline.subject_id)
    plan = SubjectPlan(
        kind=subject.kind,
        code=subject.occupation[1] if subject.occupation else subject.code,
        edition=subject.occupation[0] if subject.occupation else "",
        grades=subject.grades,
        title=subject.title,
        title_en=subject.title_en,
    )
    tree = scope_tree(session, subject.id, outline_id=outline.id)
    return plan, tuple(_plan(scope) for scope in tree)


def _plan(scope: ScopeRow) -> ScopePlan:
    return ScopePlan(
        code=scope.code,
        title=scope.title,
        weight=scope.weight,
        scopes=tuple(_plan(child) for child in scope.children),
        points=tuple(
            PointPlan(code=point.code, title=point.title, importance=point.importance)
            for point in scope.points
        ),
    )

"""Blueprints and papers as frozen rows; a frozen paper is read once a process."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionBank
from lianbing.infra.paging import PER_PAGE, Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, BlueprintId, OrganisationId, PaperId, SubjectId
from lianbing.papers.blueprints import Cell, cells_from_json, total_marks
from lianbing.papers.models import Blueprint, Paper, SealedPaper
from lianbing.papers.rules import FrozenPaper
from lianbing.papers.vault import CopyKey, OpenedPaper, find_copy, take_out
from lianbing.people.authority import reachable_ids

PAPERS_KEPT = 64
MOST_OFFERED = 500
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class BlueprintRow:
    """A blueprint with what it asks for."""

    id: BlueprintId
    bank_id: BankId
    bank_title: str
    organisation_id: OrganisationId
    title: str
    cells: tuple[Cell, ...]
    questions: int
    total_marks: Decimal
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperRow:
    """A frozen paper in a list: nothing of its content."""

    id: PaperId
    organisation_id: OrganisationId
    bank_id: BankId
    bank_title: str
    subject_id: SubjectId
    title: str
    questions: int
    total_marks: Decimal
    content_hash: str
    frozen_at: datetime


def _blueprints() -> Select[Blueprint, str]:
    return (
        select(Blueprint, QuestionBank.title)
        .join(QuestionBank, QuestionBank.id == Blueprint.bank_id)
        .order_by(Blueprint.id.desc())
    )


def _blueprint_row(blueprint: Blueprint, bank_title: str) -> BlueprintRow:
    cells = cells_from_json(blueprint.cells)
    return BlueprintRow(
        id=BlueprintId(blueprint.id),
        bank_id=BankId(blueprint.bank_id),
        bank_title=bank_title,
        organisation_id=OrganisationId(blueprint.organisation_id),
        title=blueprint.title,
        cells=cells,
        questions=sum(cell.count for cell in cells),
        total_marks=total_marks(cells),
        changed_at=blueprint.changed_at,
    )


def list_blueprints(session: Session, actor: Actor, number: int = 1) -> Page[BlueprintRow]:
    """One page of the blueprints an actor reaches, newest first."""
    statement = _blueprints().where(
        Blueprint.organisation_id.in_(reachable_ids(actor, Role.TRAINER))
    )
    page = page_of(session, statement, number)
    rows = [_blueprint_row(*row) for row in page.rows]
    return page.with_rows(rows)


def list_usable_blueprints(session: Session, actor: Actor) -> list[BlueprintRow]:
    """The newest blueprints a trainer or organiser may use, at most 500: what a form offers."""
    reach = reachable_ids(actor, Role.TRAINER, Role.ORGANISER)
    statement = _blueprints().where(Blueprint.organisation_id.in_(reach)).limit(MOST_OFFERED)
    return [_blueprint_row(*row) for row in session.execute(statement)]


def get_blueprint(session: Session, blueprint_id: BlueprintId) -> BlueprintRow:
    """The blueprint; raises NotFound."""
    row = session.execute(_blueprints().where(Blueprint.id == blueprint_id)).one_or_none()
    if row is None:
        raise NotFound
    return _blueprint_row(*row)


def _papers() -> Select[Paper, str, int]:
    return (
        select(Paper, QuestionBank.title, QuestionBank.subject_id)
        .join(QuestionBank, QuestionBank.id == Paper.bank_id)
        .order_by(Paper.frozen_at.desc(), Paper.id.desc())
    )


def _paper_row(paper: Paper, bank_title: str, subject_id: int) -> PaperRow:
    return PaperRow(
        id=PaperId(paper.id),
        organisation_id=OrganisationId(paper.organisation_id),
        bank_id=BankId(paper.bank_id),
        bank_title=bank_title,
        subject_id=SubjectId(subject_id),
        title=paper.title,
        questions=paper.question_count,
        total_marks=paper.total_marks,
        content_hash=paper.content_hash,
        frozen_at=paper.frozen_at,
    )


def list_papers(
    session: Session, actor: Actor, number: int = 1, *, per_page: int = PER_PAGE
) -> Page[PaperRow]:
    """One page of the papers a trainer or organiser may use, newest first."""
    reach = reachable_ids(actor, Role.TRAINER, Role.ORGANISER)
    page = page_of(
        session, _papers().where(Paper.organisation_id.in_(reach)), number, per_page=per_page
    )
    rows = [_paper_row(*row) for row in page.rows]
    return page.with_rows(rows)


def find_blueprint_of(session: Session, paper_id: PaperId) -> BlueprintId | None:
    """The blueprint a paper was drawn by; None for one put together otherwise."""
    found = session.scalar(select(Paper.blueprint_id).where(Paper.id == paper_id))
    return BlueprintId(found) if found is not None else None


def list_sibling_papers(session: Session, paper_id: PaperId) -> list[PaperRow]:
    """Other papers of the same blueprint, newest first; at most 50."""
    blueprint_id = find_blueprint_of(session, paper_id)
    if blueprint_id is None:
        return []
    siblings = _papers().where(Paper.blueprint_id == blueprint_id, Paper.id != paper_id)
    return [_paper_row(*row) for row in session.execute(siblings.limit(50))]


def get_paper(session: Session, paper_id: PaperId) -> PaperRow:
    """The paper's row; raises NotFound."""
    row = session.execute(_papers().where(Paper.id == paper_id)).one_or_none()
    if row is None:
        raise NotFound
    return _paper_row(*row)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperFigures:
    """What everybody may know of a paper that is still sealed."""

    questions: int
    total_marks: Decimal
    copy_name: str


class _Memory(Generic[Key, Value]):
    """What this process has read of papers, database by database; papers never change."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Engine, OrderedDict[Key, Value]] = WeakKeyDictionary()

    def find(self, engine: Engine, key: Key) -> Value | None:
        kept = self._kept.get(engine)
        return None if kept is None else kept.get(key)

    def keep(self, engine: Engine, key: Key, value: Value) -> Value:
        kept = self._kept.setdefault(engine, OrderedDict())
        kept[key] = value
        while len(kept) > PAPERS_KEPT:
            kept.popitem(last=False)
        return value

    def forget(self) -> None:
        self._kept.clear()


_opened: _Memory[PaperId, OpenedPaper] = _Memory()
_figures: _Memory[PaperId, PaperFigures] = _Memory()
_copies: _Memory[str, bytes] = _Memory()


def get_frozen_paper(session: Session, paper_id: PaperId) -> FrozenPaper:
    """The paper with its keys, from this process's memory when read before; raises NotFound.

    For a seat that was taken or a script to mark, so that a paper is kept in memory only from
    its release on. One that was altered behind the application is refused: SealBroken.
    """
    return _open(session, paper_id).paper


def find_kept_paper(engine: Engine, paper_id: PaperId) -> FrozenPaper | None:
    """A paper that this process has read before, without a session; None when it has not."""
    known = _opened.find(engine, paper_id)
    return None if known is None else known.paper


def get_copy_key(session: Session, paper_id: PaperId) -> CopyKey:
    """What opens the candidates' sealed copy, for a seat that was taken; kept with the paper."""
    return _open(session, paper_id).copy


def _open(session: Session, paper_id: PaperId) -> OpenedPaper:
    engine = session.get_bind().engine
    known = _opened.find(engine, paper_id)
    return known or _opened.keep(engine, paper_id, take_out(session, paper_id))


def find_sealed_copy(session: Session, name: str) -> bytes | None:
    """The sealed copy under the SHA-256 of its bytes; None when there is none."""
    engine = session.get_bind().engine
    known = _copies.find(engine, name)
    if known is not None:
        return known
    copy = find_copy(session, name)
    return None if copy is None else _copies.keep(engine, name, copy)


def get_figures(session: Session, paper_id: PaperId) -> PaperFigures:
    """Count, marks and the name of the sealed copy, without unsealing; raises NotFound."""
    engine = session.get_bind().engine
    known = _figures.find(engine, paper_id)
    if known is not None:
        return known
    row = session.execute(
        select(Paper.question_count, Paper.total_marks, SealedPaper.copy_name)
        .join(SealedPaper, SealedPaper.paper_id == Paper.id)
        .where(Paper.id == paper_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    found = PaperFigures(
        questions=row.question_count, total_marks=row.total_marks, copy_name=row.copy_name
    )
    return _figures.keep(engine, paper_id, found)


def forget_papers() -> None:
    """Empty the memory: only for tests, which reuse ids; a paper itself never changes."""
    for memory in (_opened, _figures, _copies):
        memory.forget()

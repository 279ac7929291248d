"""Sets of papers as frozen rows; the problem of a set as the bank stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionBank, QuestionVersion
from lianbing.banks.queries import DrawItem, examinable
from lianbing.banks.rules import QuestionUse
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, BlueprintId, OrganisationId, PaperId, QuestionVersionId
from lianbing.papers.assembly.conflicts import Conflict, conflict_from_json
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.models import PaperSet, PaperSetMember
from lianbing.papers.assembly.rules import Candidate, ItemParameters, Problem, usual_difficulty
from lianbing.papers.assembly.wanted import Wanted, wanted_from_json
from lianbing.papers.blueprints import Cell, cells_from_json
from lianbing.papers.pool.queries import count_uses, list_enemies, parameters_by_version
from lianbing.people.authority import reachable_ids


class SetState(StrEnum):
    """From asking to freezing."""

    WAITING = "waiting"
    RUNNING = "running"
    DRAFT = "draft"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"
    CANCELLED = "cancelled"
    FAILED = "failed"
    FROZEN = "frozen"
    DISCARDED = "discarded"

    @property
    def is_under_way(self) -> bool:
        return self in (SetState.WAITING, SetState.RUNNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetRow:
    """A set of papers: nothing of the papers' content. ``progress`` in percent."""

    id: int
    organisation_id: OrganisationId
    bank_id: BankId
    bank_title: str
    blueprint_id: BlueprintId
    title: str
    state: SetState
    progress: int
    cancel_asked: bool
    wanted: Wanted
    cells: tuple[Cell, ...]
    conflict: Conflict | None
    asked_at: datetime
    wrapping_key: str | None
    papers: tuple[PaperId, ...] = ()

    @property
    def is_sealed(self) -> bool:
        """Whether what it holds sealed is still needed to go on with it."""
        return self.state.is_under_way or self.state is SetState.DRAFT


def _sets() -> Select[PaperSet, str]:
    return (
        select(PaperSet, QuestionBank.title)
        .join(QuestionBank, QuestionBank.id == PaperSet.bank_id)
        .order_by(PaperSet.id.desc())
    )


def _row(found: PaperSet, bank_title: str, papers: tuple[PaperId, ...] = ()) -> SetRow:
    return SetRow(
        id=found.id,
        organisation_id=OrganisationId(found.organisation_id),
        bank_id=BankId(found.bank_id),
        bank_title=bank_title,
        blueprint_id=BlueprintId(found.blueprint_id),
        title=found.title,
        state=SetState(found.state),
        progress=found.progress,
        cancel_asked=found.cancel_asked,
        wanted=wanted_from_json(found.asked),
        cells=cells_from_json(found.cells),
        conflict=None if found.conflict is None else conflict_from_json(found.conflict),
        asked_at=found.asked_at,
        wrapping_key=found.wrapping_key,
        papers=papers,
    )


def page_of_sets(session: Session, actor: Actor, number: int) -> Page[SetRow]:
    """One page of the sets of the banks an actor keeps, newest first."""
    reach = reachable_ids(actor, Role.TRAINER)
    page = page_of(session, _sets().where(PaperSet.organisation_id.in_(reach)), number)
    rows = [_row(*row) for row in page.rows]
    return Page(rows=rows, number=page.number, total=page.total, per_page=page.per_page)


def get_set(session: Session, set_id: int) -> SetRow:
    """The set; raises NotFound."""
    found = session.execute(_sets().where(PaperSet.id == set_id)).one_or_none()
    if found is None:
        raise NotFound
    papers = session.scalars(
        select(PaperSetMember.paper_id)
        .where(PaperSetMember.set_id == set_id)
        .order_by(PaperSetMember.number)
    )
    return _row(*found, tuple(PaperId(number) for number in papers))


def find_set_of(session: Session, paper_id: PaperId) -> int | None:
    """The set a frozen paper came of."""
    return session.scalar(select(PaperSetMember.set_id).where(PaperSetMember.paper_id == paper_id))


def gather_candidates(session: Session, bank_id: BankId) -> tuple[Candidate, ...]:
    """The bank's questions for exams with their uses and parameters, in their numbers' order."""
    uses = count_uses(session, bank_id)
    parameters = parameters_by_version(session, bank_id)

    def parameters_of(item: DrawItem) -> ItemParameters | None:
        found = parameters.get(item.version_id)
        if found is None:
            return None
        return ItemParameters(a=float(found[0]), b=float(found[1]), c=float(found[2]))

    items = sorted(examinable(session, bank_id), key=lambda item: item.question_id)
    return tuple(
        Candidate(item=item, uses=uses.get(item.question_id, 0), parameters=parameters_of(item))
        for item in items
    )


def secret_versions(session: Session, version_ids: Iterable[int]) -> list[QuestionVersionId]:
    """Those of the versions that are for exams only, each once."""
    statement = select(QuestionVersion.id).where(
        QuestionVersion.id.in_(set(version_ids)), QuestionVersion.use == QuestionUse.EXAM
    )
    return [QuestionVersionId(number) for number in session.scalars(statement)]


def problem_of(session: Session, row: SetRow, draft: Draft) -> Problem:
    """What the set asks for, over the bank as it stands now."""
    candidates = gather_candidates(session, row.bank_id)
    wanted = row.wanted
    return Problem(
        cells=row.cells,
        candidates=candidates,
        papers=wanted.papers,
        seed=draft.seed,
        target=target_of(wanted, row.cells, candidates),
        tolerance=wanted.tolerance,
        shared_most=wanted.shared_most,
        cut=wanted.cut,
        uses_most=wanted.uses_most,
        points_least=wanted.points_least,
        fixed=frozenset(draft.fixed),
        enemies=list_enemies(session, row.bank_id),
    )


def target_of(
    wanted: Wanted, cells: tuple[Cell, ...], candidates: tuple[Candidate, ...]
) -> Decimal:
    """The difficulty aimed at."""
    return usual_difficulty(cells, candidates) if wanted.target is None else wanted.target

"""The papers of a set as they were placed, whatever has become of their questions since."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.banks.queries import DrawItem, get_bank, scope_paths
from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.kernel.ids import BankId, QuestionId, QuestionVersionId
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.queries import SetRow, target_of
from lianbing.papers.assembly.rules import Candidate, ItemParameters, Problem
from lianbing.papers.pool.queries import IDS_A_QUERY, list_enemies, parameters_by_version
from lianbing.subjects.models import AssessmentPoint


def placed_problem(session: Session, row: SetRow, draft: Draft) -> Problem:
    """The problem over nothing but the questions that the set's papers hold, as placed."""
    parameters = parameters_by_version(session, row.bank_id)
    candidates = tuple(
        Candidate(
            item=item,
            parameters=_parameters(parameters.get(item.version_id)),
        )
        for item in _items(session, row.bank_id, draft.versions.values())
    )
    wanted = row.wanted
    return Problem(
        cells=row.cells,
        candidates=candidates,
        papers=wanted.papers,
        seed=0,
        target=target_of(wanted, row.cells, candidates),
        tolerance=wanted.tolerance,
        shared_most=wanted.shared_most,
        cut=wanted.cut,
        points_least=wanted.points_least,
        fixed=frozenset(draft.fixed),
        enemies=list_enemies(session, row.bank_id),
    )


def _parameters(found: tuple[object, ...] | None) -> ItemParameters | None:
    if found is None:
        return None
    a, b, c = (float(str(value)) for value in found)
    return ItemParameters(a=a, b=b, c=c)


def _items(session: Session, bank_id: BankId, version_ids: Collection[int]) -> list[DrawItem]:
    paths = scope_paths(session, get_bank(session, bank_id).outline_id)
    wanted = sorted(set(version_ids))
    items: list[DrawItem] = []
    for start in range(0, len(wanted), IDS_A_QUERY):
        statement = (
            select(QuestionVersion, AssessmentPoint.scope_id)
            .join(AssessmentPoint, AssessmentPoint.id == QuestionVersion.point_id)
            .where(QuestionVersion.id.in_(wanted[start : start + IDS_A_QUERY]))
        )
        items += [
            DrawItem(
                question_id=QuestionId(version.question_id),
                version_id=QuestionVersionId(version.id),
                type=QuestionType(version.type),
                scope_codes=tuple(scope.code for scope in paths[scope_id]),
                point_id=version.point_id,
                difficulty=version.difficulty,
                use=QuestionUse(version.use),
            )
            for version, scope_id in session.execute(statement)
        ]
    return sorted(items, key=lambda item: item.question_id)

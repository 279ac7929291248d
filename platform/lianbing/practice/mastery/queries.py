"""Where a person stands, point by point: drills from the fold, exams from what is released."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.released import list_released_answers
from lianbing.infra.calendar import local_date
from lianbing.kernel.ids import PersonId, SubjectId
from lianbing.practice.mastery.models import PointMastery
from lianbing.practice.mastery.rules import (
    Evidence,
    Standing,
    answered,
    joined,
    point_shares,
    standings,
    weakest_first,
)
from lianbing.subjects.queries import PointRow, ScopeRow, scope_tree
from lianbing.subjects.weighing import weight_tree


@dataclass(frozen=True, kw_only=True, slots=True)
class OutlineStanding:
    """A person over one outline: its scopes in order, and the standing at each point."""

    scopes: tuple[ScopeRow, ...]
    standings: dict[int, Standing]
    points: dict[int, PointRow]
    scope_titles: dict[int, str]

    def weakest(self, count: int) -> list[Standing]:
        """The points that would raise the expected theory score most."""
        return weakest_first(self.standings.values())[:count]


def evidence_of(
    session: Session,
    identities: Collection[PersonId],
    point_ids: Collection[int] | None = None,
    *,
    now: datetime,
) -> dict[int, Evidence]:
    """All that is known of a person at each point, over all their identities.

    Exam answers count from their release to this person on, never before.
    """
    statement = select(
        PointMastery.point_id,
        PointMastery.right_weight,
        PointMastery.wrong_weight,
        PointMastery.answers,
        PointMastery.as_of,
    ).where(PointMastery.person_id.in_(identities))
    pieces: dict[int, list[Evidence]] = defaultdict(list)
    for point_id, right, wrong, answers, as_of in session.execute(statement):
        if point_ids is None or point_id in point_ids:
            piece = Evidence(right=right, wrong=wrong, answers=answers, as_of=as_of)
            pieces[point_id].append(piece)
    for answer in list_released_answers(session, identities, now=now):
        if point_ids is None or answer.point_id in point_ids:
            day = local_date(answer.answered_at)
            pieces[answer.point_id].append(answered(answer.verdict, day))
    return {point_id: joined(*each) for point_id, each in pieces.items()}


def list_standings(
    session: Session, identities: Collection[PersonId], outline_id: int, *, now: datetime
) -> list[Standing]:
    """A person's standing at every point of an outline, without titles: what scheduling needs."""
    shares = point_shares(weight_tree(session, outline_id))
    evidence = evidence_of(session, identities, shares.keys(), now=now)
    return standings(shares, evidence, local_date(now))


def get_standing(
    session: Session,
    identities: Collection[PersonId],
    subject_id: SubjectId,
    outline_id: int,
    *,
    now: datetime,
) -> OutlineStanding:
    """A person's standing over an outline, today."""
    scopes = scope_tree(session, subject_id, outline_id=outline_id)
    shares = point_shares(scopes)
    evidence = evidence_of(session, identities, shares.keys(), now=now)
    placed = [(point, scope) for scope in _all_scopes(scopes) for point in scope.points]
    return OutlineStanding(
        scopes=scopes,
        standings={
            standing.point_id: standing for standing in standings(shares, evidence, local_date(now))
        },
        points={point.id: point for point, _ in placed},
        scope_titles={point.id: scope.title for point, scope in placed},
    )


def _all_scopes(scopes: Collection[ScopeRow]) -> list[ScopeRow]:
    return [each for scope in scopes for each in (scope, *_all_scopes(scope.children))]

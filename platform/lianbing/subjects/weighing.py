"""The weights of an outline without its words: few columns, read by the point for each learner."""

from collections import defaultdict
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from lianbing.subjects.models import AssessmentPoint, AssessmentScope
from lianbing.subjects.queries import PointRow, ScopeRow
from lianbing.subjects.rules import Importance

_scope = cast(Table, AssessmentScope.__table__).c
_point = cast(Table, AssessmentPoint.__table__).c
_SCOPES = (
    select(_scope.id, _scope.parent_id, _scope.weight)
    .where(_scope.outline_id == bindparam("outline_id"), _scope.retired.is_(False))
    .order_by(_scope.position)
)
_POINTS = (
    select(_point.id, _point.scope_id, _point.importance)
    .where(_point.outline_id == bindparam("outline_id"), _point.retired.is_(False))
    .order_by(_point.position)
)
_IMPORTANCE = {importance.value: importance for importance in Importance}


def weight_tree(session: Session, outline_id: int) -> tuple[ScopeRow, ...]:
    """The top scopes with all below them, as ``scope_tree`` has them, codes and titles empty."""
    connection = session.connection()
    points: dict[int, list[PointRow]] = defaultdict(list)
    for point_id, scope_id, importance in connection.execute(_POINTS, {"outline_id": outline_id}):
        row = PointRow(id=point_id, code="", title="", importance=_IMPORTANCE[importance])
        points[scope_id].append(row)
    below: dict[int | None, list[tuple[int, Decimal]]] = defaultdict(list)
    for scope_id, parent_id, weight in connection.execute(_SCOPES, {"outline_id": outline_id}):
        below[parent_id].append((scope_id, weight))

    def row_of(scope_id: int, weight: Decimal) -> ScopeRow:
        return ScopeRow(
            id=scope_id,
            outline_id=outline_id,
            code="",
            title="",
            weight=weight,
            children=tuple(row_of(*child) for child in below.get(scope_id, ())),
            points=tuple(points.get(scope_id, ())),
        )

    return tuple(row_of(*scope) for scope in below[None])

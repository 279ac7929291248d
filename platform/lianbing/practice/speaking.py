"""Which of a merged person's rows for a question speaks: the one changed last.

What follows is written under the kept identity, so an undone merge finds the other's rows as
they were.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import aliased

from lianbing.kernel.ids import PersonId


def speaks(model: Any, identities: Collection[PersonId]) -> ColumnElement[bool]:
    """That no other identity's row for the same question was changed later.

    ``model`` has a row a person and question: id, person_id, question_id, changed_at.
    """
    if len(identities) == 1:
        return true()
    later = aliased(model)
    return ~(
        select(later.id)
        .where(
            later.person_id.in_(identities),
            later.question_id == model.question_id,
            or_(
                later.changed_at > model.changed_at,
                and_(later.changed_at == model.changed_at, later.id > model.id),
            ),
        )
        .exists()
    )

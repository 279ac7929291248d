"""Pictures that no version of any question shows are destroyed some time after they were taken in.

Papers and exams hold copies of versions, and versions are never deleted but with a draft that
nothing refers to: what no version names, nothing shows.
"""

from datetime import datetime, timedelta

from sqlalchemy import Text, cast, delete, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.banks.pictures.models import BankPicture, QuestionPicture
from lianbing.banks.rendering import stored_pictures

KEPT_FOR = timedelta(days=30)
"""Long enough for a question that is being written, and for a bank file loaded in parts."""
AT_ONCE = 500
SHOWING = (
    QuestionVersion.stem,
    QuestionVersion.explanation,
    QuestionVersion.options,
    QuestionVersion.prompts,
    QuestionVersion.parts,
    QuestionVersion.key,
)


def drop_ownerless(session: Session, *, now: datetime) -> int:
    """Destroy the pictures taken in long ago that no version names; how many."""
    old = select(QuestionPicture.name).where(QuestionPicture.created_at < now - KEPT_FOR)
    names = set(session.scalars(old))
    if not names:
        return 0
    ownerless = sorted(names - _shown(session))[:AT_ONCE]
    for table in (BankPicture, QuestionPicture):
        session.execute(delete(table).where(table.name.in_(ownerless)))
    return len(ownerless)


def _shown(session: Session) -> set[str]:
    texts = [cast(column, Text) for column in SHOWING]
    statement = select(*texts).where(or_(*(text.contains("](pic:") for text in texts)))
    rows = session.execute(statement.execution_options(yield_per=500))
    return {name for row in rows for text in row for name in stored_pictures(text)}

"""The live screen's figures, counted once for all who watch: a count reads the whole roster."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lianbing.exams.invigilation.queries import LiveFilter, count_live
from lianbing.kernel.ids import ExamId

FRESH = timedelta(seconds=4)
MOST_KEPT = 64

_counted: dict[tuple[int, ExamId, int | None, int | None], tuple[datetime, dict[str, int]]] = {}


def recent_counts(
    session: Session, exam_id: ExamId, *, now: datetime, wanted: LiveFilter
) -> dict[str, int]:
    """The counts of ``count_live``, at most four seconds old in this process."""
    key = (id(session.get_bind()), exam_id, wanted.room_id, wanted.batch_id)
    kept = _counted.get(key)
    if kept is not None and timedelta(0) <= now - kept[0] < FRESH:
        return kept[1]
    counts = count_live(session, exam_id, now=now, wanted=wanted)
    if len(_counted) >= MOST_KEPT:
        _counted.clear()
    _counted[key] = (now, counts)
    return counts

"""What happens to quizzes without anybody looking: tries end, boards follow, quizzes settle."""

from lianbing.exams.mass_quiz import trying
from lianbing.exams.mass_quiz.taking_up import BATCH, refresh_one, settle_quizzes, take_up
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now

MOST_BATCHES = 50


def close_due() -> int:
    """End tries whose time and grace are over, each in its own transaction."""
    now = utc_now()
    due = trying.list_due(db.session(), now=now, limit=BATCH)
    db.session.rollback()
    ended = 0
    for try_id in due:
        with transaction() as session:
            ended += trying.settle(session, try_id, now=now)
    return ended


def take_up_due() -> int:
    """Take up what waits, in short transactions; return how many standings."""
    total = 0
    for _ in range(MOST_BATCHES):
        with transaction() as session:
            taken = take_up(session, now=utc_now())
        total += taken
        if taken < BATCH:
            break
    with transaction() as session:
        refresh_one(session, now=utc_now())
    with transaction() as session:
        settle_quizzes(session, now=utc_now())
    return total

"""The periodic task that takes waiting days up into their week."""

from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.practice.rewards import weeks

BATCH = 200
MOST_BATCHES = 50


def take_up_due() -> int:
    """Take up what waits, in short transactions; return how many days."""
    total = 0
    for _ in range(MOST_BATCHES):
        with transaction() as session:
            taken = weeks.take_up(session, now=utc_now(), limit=BATCH)
        total += taken
        if taken < BATCH:
            break
    return total

"""What mentoring does by the clock."""

from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.practice.mentoring.use_cases import end_due_pairs


def end_due() -> None:
    """End the pairs whose last day is over."""
    with transaction() as session:
        end_due_pairs(session, now=utc_now())

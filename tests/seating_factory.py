"""A small seating world for tests: an exam ahead, two rooms, two batches, dealt and published."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lianbing.exams.seating import dealing, planning
from lianbing.exams.seating.planning import NewRoom
from lianbing.exams.seating.rules import CheckInRule
from lianbing.exams.seating.seat_queries import SeatFilter, SeatRow, find_seat, list_seats
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, OrganisationId
from tests.exams_factory import ExamWorld, make_exam_world

SEED = 11
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class SeatingWorld:
    """An exam of two hours from ``opens_at``; batches open at 0 and 60 minutes for 30 minutes."""

    exam: ExamWorld
    opens_at: datetime
    rooms: tuple[int, ...]
    batches: tuple[int, ...]

    @property
    def id(self) -> ExamId:
        return self.exam.exam_id

    def at(self, minutes: float) -> datetime:
        return self.opens_at + timedelta(minutes=minutes)

    def seat(self, session: Session, index: int = 0) -> SeatRow:
        found = find_seat(session, self.id, [self.exam.candidates[index]])
        assert found is not None
        return found

    def seats(self, session: Session, **wanted: int) -> list[SeatRow]:
        return list(list_seats(session, self.id, SeatFilter(**wanted)).rows)


def make_seating(
    session: Session,
    *,
    candidates: int = 6,
    seats: tuple[int, ...] = (4, 4),
    batches: int = 2,
    dealt: bool = True,
    published: bool = True,
    check_in: CheckInRule = CheckInRule.RECORDED,
    opens_in: timedelta = timedelta(hours=3),
    **changes: object,
) -> SeatingWorld:
    """An exam whose seats are planned, and dealt and published unless said otherwise."""
    opens_at = (utc_now() + opens_in).replace(microsecond=0)
    exam = make_exam_world(
        session,
        candidates=candidates,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        **changes,
    )
    before = opens_at - timedelta(hours=2)
    with transaction() as writing:
        actor = exam.organiser
        planning.set_check_in(writing, actor, exam.exam_id, check_in, ticket_rules="", now=before)
        rooms = tuple(
            planning.add_room(writing, actor, exam.exam_id, _room(exam, n, count), now=before)
            for n, count in enumerate(seats, start=1)
        )
        parts = tuple(
            planning.add_batch(
                writing,
                actor,
                exam.exam_id,
                opens_at=opens_at + 2 * n * HALF_HOUR,
                closes_at=opens_at + (2 * n + 1) * HALF_HOUR,
                now=before,
            )
            for n in range(batches)
        )
        if dealt:
            dealing.deal(writing, actor, exam.exam_id, now=before, seed=SEED)
        if dealt and published:
            dealing.publish_plan(writing, actor, exam.exam_id, now=before)
    return SeatingWorld(exam=exam, opens_at=opens_at, rooms=rooms, batches=parts)


def _room(exam: ExamWorld, number: int, seats: int) -> NewRoom:
    return NewRoom(
        name=f"第{number}考场",
        place=f"{number}楼",
        seats=seats,
        organisation_id=OrganisationId(exam.unit_id),
    )

"""Which rooms of an exam a person may see: organisers and judges all, invigilators their own."""

from sqlalchemy.orm import Session

from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.queries import ExamRow, get_exam
from lianbing.exams.seating.queries import rooms_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId
from lianbing.people.authority import reaches
from lianbing.people.queries import same_person_ids


def rooms_in_reach(session: Session, actor: Actor, exam: ExamRow) -> frozenset[int] | None:
    """The rooms an actor may act in; None means all. Raises Forbidden for who has none."""
    if reaches(session, actor, *STEERERS, organisation_id=exam.organisation_id):
        return None
    person_id = actor.person_id
    rooms = (
        rooms_of(session, exam.id, same_person_ids(session, person_id))
        if person_id is not None
        else frozenset()
    )
    if not rooms:
        raise Forbidden
    return rooms


def require_room(session: Session, actor: Actor, exam_id: ExamId, room_id: int) -> ExamRow:
    """The exam, for who may act in this room of it; raises Forbidden."""
    exam = get_exam(session, exam_id)
    rooms = rooms_in_reach(session, actor, exam)
    if rooms is not None and room_id not in rooms:
        raise Forbidden
    return exam

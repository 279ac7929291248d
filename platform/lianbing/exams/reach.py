"""The exam that a page of its staff is about, for who may act on it."""

from lianbing.exams.queries import ExamRow, get_exam
from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.ids import ExamId
from lianbing.people.authority import require_reach
from lianbing.web.access import current_actor


def exam_within_reach(exam_id: int, *roles: Role) -> ExamRow:
    """The exam, for who holds one of the roles over its host; raises ExamNotFound, Forbidden."""
    exam = get_exam(db.session(), ExamId(exam_id))
    require_reach(db.session(), current_actor(), *roles, organisation_id=exam.organisation_id)
    return exam

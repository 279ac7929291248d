"""The application's gate for views: whether the request at hand may come."""

from flask import current_app, request

from lianbing.exams.seb.gate import SebGate
from lianbing.infra.database import db
from lianbing.kernel.ids import ExamId


def gate() -> SebGate:
    """This process's gate."""
    found: SebGate = current_app.extensions["lianbing_seb_gate"]
    return found


def admit(exam_id: ExamId) -> None:
    """Raise SebRequired where the exam asks for SEB and the request does not come from it."""
    gate()(exam_id, request.environ, db.session())


def is_kept_out(exam_id: ExamId) -> bool:
    """Whether the exam asks for SEB and this browser does not show it (yet)."""
    policy = gate().policy(exam_id, db.session())
    return policy.required and not gate().is_inside(exam_id, policy, request.environ)

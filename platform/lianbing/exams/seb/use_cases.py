"""Deciding that an exam asks for Safe Exam Browser."""

import hashlib
import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.errors import AlreadyPublished, ExamNotFound
from lianbing.exams.models import Exam
from lianbing.exams.rules import ExamState
from lianbing.exams.seb.errors import BadSebPolicy
from lianbing.exams.seb.rules import SALT_BYTES, SebPolicy, read_keys
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import ExamId, OrganisationId
from lianbing.people.authority import require_reach


@dataclass(frozen=True, kw_only=True, slots=True)
class SebPlan:
    """What an organiser decides: asked for or not, Browser Exam Keys as text, a quit password.

    ``quit_password``: None keeps the one that is set, empty takes it away.
    """

    required: bool
    browser_exam_keys: str = ""
    quit_password: str | None = None


def policy_of_exam(exam: Exam) -> SebPolicy:
    """The policy an exam stores."""
    return SebPolicy.from_json(json.loads(exam.seb))


def set_seb(
    session: Session, actor: Actor, exam_id: ExamId, plan: SebPlan, *, now: datetime
) -> SebPolicy:
    """Store an exam's policy; the salt is drawn once, so the same plan gives the same file."""
    exam = session.scalars(select(Exam).where(Exam.id == exam_id).with_for_update()).one_or_none()
    if exam is None:
        raise ExamNotFound
    require_reach(
        session, actor, Role.ORGANISER, organisation_id=OrganisationId(exam.organisation_id)
    )
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    try:
        keys = read_keys(plan.browser_exam_keys)
    except ValueError as error:
        raise BadSebPolicy(why=N_("a Browser Exam Key has 64 hexadecimal digits")) from error
    before = policy_of_exam(exam)
    quit_hash = before.quit_password_hash
    if plan.quit_password is not None:
        password = plan.quit_password.encode()
        quit_hash = hashlib.sha256(password).hexdigest() if password else ""  # as SEB has it
    policy = SebPolicy(
        required=plan.required,
        browser_exam_keys=keys,
        salt=before.salt or b64encode(secrets.token_bytes(SALT_BYTES)).decode(),
        quit_password_hash=quit_hash,
    )
    exam.seb = json.dumps(policy.to_json())
    audit.record(
        session,
        actor,
        "exam.set_seb",
        subject=("exam", exam_id),
        now=now,
        details={"required": policy.required, "browser_exam_keys": len(keys)},
    )
    return policy

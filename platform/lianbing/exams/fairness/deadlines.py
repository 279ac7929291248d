"""Moving the deadlines of many attempts at once, and what has to wait for the last of them.

Attempts are locked in id order, as the journal's batches lock them: two orders would deadlock.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from lianbing.exams.errors import ExamNotFound
from lianbing.exams.models import Attempt, Exam, ExamCandidate
from lianbing.exams.rules import AttemptState, Release
from lianbing.infra.instants import later
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import BoardId, ExamId, OrganisationId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.people.authority import require_reach

STEERERS = (Role.ORGANISER, Role.JUDGE)
CHUNK = 5000


def lock_exam(session: Session, actor: Actor, exam_id: ExamId) -> Exam:
    """The exam under its row lock, for a judge or organiser in reach; raises ExamNotFound."""
    exam = session.scalars(
        select(Exam)
        .where(Exam.id == exam_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if exam is None:
        raise ExamNotFound
    organisation_id = OrganisationId(exam.organisation_id)
    require_reach(session, actor, *STEERERS, organisation_id=organisation_id)
    return exam


def on_roster(
    session: Session, exam_id: ExamId, person_ids: Collection[PersonId]
) -> tuple[PersonId, ...]:
    """Those of the persons who are on the exam's roster, in order."""
    roster = session.scalars(
        select(ExamCandidate.person_id).where(ExamCandidate.exam_id == exam_id)
    )
    return tuple(PersonId(id_) for id_ in sorted(set(roster) & set(person_ids)))


def lock_running(
    session: Session,
    exam_id: ExamId,
    *,
    now: datetime,
    person_ids: Collection[PersonId] | None = None,
) -> list[int]:
    """Lock the attempts that can still change, of everybody or of some; their ids in order."""
    running = (
        Attempt.exam_id == exam_id,
        Attempt.state == AttemptState.OPEN.value,
        Attempt.final_at >= now,
    )
    statement = select(Attempt.id, Attempt.person_id).where(*running).order_by(Attempt.id)
    wanted = None if person_ids is None else set(person_ids)
    if wanted is not None and len(wanted) <= CHUNK:
        statement = statement.where(Attempt.person_id.in_(wanted))
    found = session.execute(statement.with_for_update()).all()
    return [id_ for id_, person_id in found if wanted is None or person_id in wanted]


def move_deadlines(
    session: Session,
    attempt_ids: Collection[int],
    by: timedelta,
    *,
    now: datetime,
    **values: object,
) -> None:
    """Move the deadlines of locked attempts by whole seconds and tell their pages."""
    seconds = int(by.total_seconds())
    ordered = sorted(attempt_ids)
    for start in range(0, len(ordered), CHUNK):
        session.execute(
            update(Attempt)
            .where(Attempt.id.in_(ordered[start : start + CHUNK]))
            .values(
                due_at=later(Attempt.due_at, seconds),
                final_at=later(Attempt.final_at, seconds),
                news=Attempt.news + 1,
                touched_at=now,
                **values,
            )
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def idle_more(by: timedelta) -> ColumnElement[int]:
    """The idle time of an attempt with a pause added."""
    return Attempt.idle_seconds + int(by.total_seconds())


def wait_for_last(session: Session, exam: Exam) -> None:
    """Let results and the board wait until the last attempt can no longer change."""
    session.flush()
    last: datetime | None = session.scalar(
        select(func.max(Attempt.final_at)).where(
            Attempt.exam_id == exam.id, Attempt.held.is_(False)
        )
    )
    if last is not None:
        wait_until(session, exam, last)
    _show_board(session, exam)


def wait_until(session: Session, exam: Exam, final_at: datetime) -> None:
    """Let results and the board wait for an attempt that outlasts the window's own end.

    Called before that attempt's row is written, whose foreign key would share-lock the exam.
    """
    if final_at <= last_final_at(exam):
        return
    session.flush()
    session.refresh(exam, with_for_update=True)
    exam.extended_to = max(final_at, exam.extended_to or final_at)
    _show_board(session, exam)


def last_final_at(exam: Exam) -> datetime:
    """When the last attempt known can no longer change; a pause puts it off unseen."""
    window_end = exam.closes_at + timedelta(seconds=exam.grace_seconds)
    return max(window_end, exam.extended_to or window_end)


def _show_board(session: Session, exam: Exam) -> None:
    if exam.results_release == Release.AFTER_CLOSE.value:
        visible_from = None if exam.paused_at is not None else last_final_at(exam)
        boards.set_visible_from(session, BoardId(exam.board_id), visible_from)

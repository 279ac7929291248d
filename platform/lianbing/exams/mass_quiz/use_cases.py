"""An organiser's acts: keep a draft, publish, close, void a try and take that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lianbing.banks.queries import examinable
from lianbing.exams.mass_quiz.errors import (
    BadQuiz,
    QuizClosed,
    QuizFixed,
    QuizNotFound,
    ReasonMissing,
    TryUnderWay,
)
from lianbing.exams.mass_quiz.folding import fold, hold_standing
from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizTry
from lianbing.exams.mass_quiz.places import refresh_places
from lianbing.exams.mass_quiz.queries import plan_of
from lianbing.exams.mass_quiz.rules import LONGEST_REASON, QuizPlan, find_fault, span_of, usable
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, Msgid, NotFound
from lianbing.kernel.ids import BankId, BlueprintId, OrganisationId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.rules import MaskPolicy, Measure
from lianbing.papers.blueprints import Cell, cells_from_json, cells_to_json, total_marks
from lianbing.papers.drawing import find_shortage
from lianbing.papers.models import Blueprint
from lianbing.papers.use_cases import infeasible, scope_titles
from lianbing.people.authority import require_reach


@dataclass(frozen=True, kw_only=True, slots=True)
class NewQuiz:
    """A plan with whom it is for and the blueprint each try is drawn by."""

    plan: QuizPlan
    organisation_id: OrganisationId
    blueprint_id: BlueprintId


def draft_quiz(
    session: Session, actor: Actor, new: NewQuiz, *, now: datetime, quiz_id: int | None = None
) -> int:
    """Keep a new draft, or change one; the quiz's id. Nobody sees it before its publication.

    Raises BadQuiz, QuizFixed, and BlueprintInfeasible when the bank cannot fill a try.
    """
    require_reach(session, actor, Role.ORGANISER, organisation_id=new.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    blueprint = _blueprint(session, actor, new.blueprint_id)
    cells = cells_from_json(blueprint.cells)
    questions = sum(cell.count for cell in cells)
    fault = find_fault(new.plan, questions=questions, today=local_date(now))
    if fault is not None:
        raise BadQuiz(fault=Msgid(fault))
    _require_fillable(session, BankId(blueprint.bank_id), cells, new.plan)
    if quiz_id is None:
        quiz = MassQuiz(created_by=actor.person_id, created_at=now)
        session.add(quiz)
    else:
        quiz = hold_quiz(session, actor, quiz_id)
        if quiz.published_at is not None:
            raise QuizFixed
    _write(quiz, new.plan)
    quiz.organisation_id, quiz.blueprint_id = new.organisation_id, new.blueprint_id
    quiz.bank_id, quiz.cells = blueprint.bank_id, cells_to_json(cells)
    quiz.questions, quiz.total_marks = questions, total_marks(cells)
    session.flush()
    _record(session, actor, "exam.draft_quiz", quiz, now=now)
    return quiz.id


def _write(quiz: MassQuiz, plan: QuizPlan) -> None:
    quiz.title, quiz.about = plan.title.strip(), plan.about.strip()
    quiz.opens_on, quiz.closes_on = plan.opens_on, plan.closes_on
    quiz.opens_at, quiz.closes_at = span_of(plan.opens_on, plan.closes_on, current_settings().zone)
    quiz.minutes, quiz.tries = plan.minutes, plan.tries
    quiz.counting, quiz.names = plan.counting.value, plan.names.value
    quiz.points, quiz.points_for = plan.points, plan.points_for.value
    quiz.reserved_only, quiz.explains = plan.reserved_only, plan.explains


def _blueprint(session: Session, actor: Actor, blueprint_id: BlueprintId) -> Blueprint:
    blueprint = session.get(Blueprint, blueprint_id)
    if blueprint is None:
        raise NotFound
    place = OrganisationId(blueprint.organisation_id)
    require_reach(session, actor, Role.ORGANISER, Role.TRAINER, organisation_id=place)
    return blueprint


def _require_fillable(
    session: Session, bank_id: BankId, cells: Sequence[Cell], plan: QuizPlan
) -> None:
    items = usable(examinable(session, bank_id), reserved_only=plan.reserved_only)
    shortage = find_shortage(items, cells)
    if shortage is not None:
        raise infeasible(shortage, cells, scope_titles(session, bank_id))


def hold_quiz(session: Session, actor: Actor, quiz_id: int) -> MassQuiz:
    """The quiz, its row held, for an organiser who reaches it; raises QuizNotFound, Forbidden."""
    quiz = session.get(MassQuiz, quiz_id, with_for_update=True, populate_existing=True)
    if quiz is None:
        raise QuizNotFound
    place = OrganisationId(quiz.organisation_id)
    require_reach(session, actor, Role.ORGANISER, organisation_id=place)
    return quiz


def publish_quiz(session: Session, actor: Actor, quiz_id: int, *, now: datetime) -> None:
    """Show the quiz to those it is meant for and open its board; again changes nothing.

    Raises BadQuiz when its last day has passed, BlueprintInfeasible when the bank has changed.
    """
    quiz = hold_quiz(session, actor, quiz_id)
    if quiz.published_at is not None:
        return
    plan = plan_of(quiz)
    fault = find_fault(plan, questions=quiz.questions, today=local_date(now))
    if fault is not None:
        raise BadQuiz(fault=Msgid(fault))
    _require_fillable(session, BankId(quiz.bank_id), cells_from_json(quiz.cells), plan)
    quiz.published_at = now
    quiz.board_id = boards.open_board(
        session,
        key=f"quiz:{quiz.id}",
        title=quiz.title,
        organisation_id=OrganisationId(quiz.organisation_id),
        mask_policy=MaskPolicy(quiz.names),
        visible_from=quiz.opens_at,
        measure=Measure.QUIZ,
        now=now,
    )
    refresh_places(session, quiz, on=local_date(now))
    _record(session, actor, "exam.publish_quiz", quiz, now=now)


def discard_draft(session: Session, actor: Actor, quiz_id: int, *, now: datetime) -> None:
    """Throw a draft away; raises QuizFixed once it was published."""
    quiz = hold_quiz(session, actor, quiz_id)
    if quiz.published_at is not None:
        raise QuizFixed
    _record(session, actor, "exam.discard_quiz", quiz, now=now)
    session.delete(quiz)


def close_quiz(session: Session, actor: Actor, quiz_id: int, *, reason: str, now: datetime) -> None:
    """Close a published quiz before its time: tries under way end now, with what they have.

    Raises QuizClosed when it is over already, ReasonMissing.
    """
    quiz = hold_quiz(session, actor, quiz_id)
    _require_reason(reason)
    if quiz.published_at is None:
        raise QuizNotFound
    if now >= quiz.closes_at:
        raise QuizClosed
    quiz.closes_at = now
    _cut_open_tries(session, quiz, now)
    _record(session, actor, "exam.close_quiz", quiz, now=now, reason=reason)


def void_try(
    session: Session,
    actor: Actor,
    try_id: int,
    *,
    reason: str,
    give_back: bool,
    now: datetime,
) -> None:
    """Let a finished try count no more, its person's day having one more again if given back.

    Raises TryUnderWay, ReasonMissing.
    """
    _require_reason(reason)
    quiz, one = _hold_try(session, actor, try_id)
    if one.is_open:
        raise TryUnderWay
    one.voided_at, one.voided_by = now, actor.person_id
    one.void_reason, one.given_back = reason.strip(), give_back
    _after_change(session, actor, quiz, one, "exam.void_quiz_try", reason=reason, now=now)


def restore_try(session: Session, actor: Actor, try_id: int, *, reason: str, now: datetime) -> None:
    """Let a voided try count again; a try that was given back stays given."""
    _require_reason(reason)
    quiz, one = _hold_try(session, actor, try_id)
    if one.voided_at is None:
        return
    one.voided_at, one.void_reason = None, ""
    _after_change(session, actor, quiz, one, "exam.restore_quiz_try", reason=reason, now=now)


def _hold_try(session: Session, actor: Actor, try_id: int) -> tuple[MassQuiz, MassQuizTry]:
    one = session.get(MassQuizTry, try_id)
    if one is None:
        raise QuizNotFound
    # The quiz's row is not held: a start holds the standing and then waits for that row.
    quiz = session.get_one(MassQuiz, one.quiz_id)
    place = OrganisationId(quiz.organisation_id)
    require_reach(session, actor, Role.ORGANISER, organisation_id=place)
    hold_standing(session, quiz.id, PersonId(one.person_id), on=one.day)
    held = session.get_one(MassQuizTry, try_id, with_for_update=True, populate_existing=True)
    return quiz, held


def _after_change(
    session: Session,
    actor: Actor,
    quiz: MassQuiz,
    one: MassQuizTry,
    action: str,
    *,
    reason: str,
    now: datetime,
) -> None:
    session.flush()
    standing = hold_standing(session, quiz.id, PersonId(one.person_id), on=one.day)
    fold(session, quiz, standing, one, now)
    quiz.settled_at = None
    details = {"quiz_id": quiz.id, "person_id": one.person_id, "given_back": one.given_back}
    audit.record(
        session,
        actor,
        action,
        subject=("mass_quiz_try", one.id),
        now=now,
        reason=reason.strip(),
        details=details,
    )


def _cut_open_tries(session: Session, quiz: MassQuiz, now: datetime) -> None:
    session.execute(
        update(MassQuizTry)
        .where(MassQuizTry.quiz_id == quiz.id, MassQuizTry.is_open.is_(True))
        .where(MassQuizTry.due_at > now)
        .values(due_at=now)
    )


def _require_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise ReasonMissing


def _record(
    session: Session, actor: Actor, action: str, quiz: MassQuiz, *, now: datetime, reason: str = ""
) -> None:
    details = {"organisation_id": quiz.organisation_id, "title": quiz.title}
    audit.record(
        session,
        actor,
        action,
        subject=("mass_quiz", quiz.id),
        now=now,
        reason=reason.strip(),
        details=details,
    )

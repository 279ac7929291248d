"""What a person answered in exams, question by question, as far as they may know it themselves.

A map drawn from answers not yet released would be an answer key. So an attempt counts only
when its result is released to that person, and the single questions with it: where explanations
come later they are waited for; where they never come, until the exam is closed for all.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.exams.fairness.deadlines import last_final_at
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.rules import AttemptState, ExamState, Release, is_released
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.grading.rules import Verdict
from lianbing.kernel.ids import AttemptId, PersonId, QuestionId
from lianbing.papers.models import PaperQuestionRow


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasedAnswer:
    """One question of a released script."""

    attempt_id: AttemptId
    question_id: QuestionId
    point_id: int
    verdict: Verdict
    answered_at: datetime


def list_released_answers(
    session: Session, person_ids: Collection[PersonId], *, now: datetime
) -> list[ReleasedAnswer]:
    """Every answer of the person's released exams, over all their identities."""
    ended = _released_attempts(session, person_ids, now=now)
    if not ended:
        return []
    verdicts = _newest_verdicts(session, ended.keys())
    papers = {attempt.paper_id for attempt in ended.values()}
    places: dict[int, list[tuple[int, int, int]]] = {paper_id: [] for paper_id in papers}
    statement = (
        select(
            PaperQuestionRow.paper_id,
            PaperQuestionRow.number,
            QuestionVersion.question_id,
            QuestionVersion.point_id,
        )
        .join(QuestionVersion, QuestionVersion.id == PaperQuestionRow.question_version_id)
        .where(PaperQuestionRow.paper_id.in_(papers))
        .order_by(PaperQuestionRow.paper_id, PaperQuestionRow.number)
    )
    for paper_id, number, question_id, point_id in session.execute(statement):
        places[paper_id].append((number, question_id, point_id))
    return [
        ReleasedAnswer(
            attempt_id=AttemptId(attempt_id),
            question_id=QuestionId(question_id),
            point_id=point_id,
            verdict=verdicts[attempt_id][number],
            answered_at=attempt.ended_at or attempt.due_at,
        )
        for attempt_id, attempt in ended.items()
        for number, question_id, point_id in places[attempt.paper_id]
        if number in verdicts.get(attempt_id, {})
    ]


def _released_attempts(
    session: Session, person_ids: Collection[PersonId], *, now: datetime
) -> dict[int, Attempt]:
    statement = (
        select(Attempt, Exam)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(
            Attempt.person_id.in_(person_ids),
            Attempt.state.in_((AttemptState.HANDED_IN.value, AttemptState.CLOSED.value)),
        )
        .order_by(Attempt.id)
    )
    return {
        attempt.id: attempt
        for attempt, exam in session.execute(statement)
        if _are_answers_released(exam, now)
    }


def _are_answers_released(exam: Exam, now: datetime) -> bool:
    state = ExamState(exam.state)
    closed_for_all = exam.paused_at is None and now > last_final_at(exam)
    explanations = Release(exam.explanations_release)
    if explanations is Release.NEVER:
        explanations = Release.AFTER_CLOSE
    return state is not ExamState.CANCELLED and all(
        is_released(rule, exam_state=state, closed_for_all=closed_for_all, attempt_ended=True)
        for rule in (Release(exam.results_release), explanations)
    )


def _newest_verdicts(
    session: Session, attempt_ids: Collection[int]
) -> dict[int, dict[int, Verdict]]:
    statement = (
        select(Script.attempt_id, MarkSheetRow.items)
        .join(MarkSheetRow, MarkSheetRow.script_id == Script.id)
        .where(Script.attempt_id.in_(attempt_ids))
        .order_by(Script.attempt_id, Script.version, MarkSheetRow.number)
    )
    newest = {row.attempt_id: row.items for row in session.execute(statement)}
    return {
        attempt_id: {
            int(number): Verdict(item["verdict"])
            for number, item in json.loads(items).items()
            if item["verdict"] != Verdict.UNMARKED
        }
        for attempt_id, items in newest.items()
    }

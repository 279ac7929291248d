"""Reconciling: every acknowledged answer must be stored, once, with what was sent."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Engine

from lianbing.exams.folding import counted_answers_of
from lianbing.exams.models import AnswerEntry
from lianbing.grading.models import Script
from lianbing.infra.database import db
from lianbing.kernel.ids import AttemptId

CHUNK = 500
Content = Callable[[int, int], tuple[int, bytes]]


def count_lost(
    engine: Engine,
    acknowledged: Iterable[int],
    attempts: Mapping[int, int],
    content: Content,
) -> int:
    """How many acknowledged (candidate << 32 | sequence) are not stored as they were sent.

    ``attempts`` maps attempt ids to candidates; the key of the journal sees to "once".
    """
    missing = set(acknowledged)
    statement = select(
        AnswerEntry.attempt_id, AnswerEntry.seq, AnswerEntry.question, AnswerEntry.answer
    ).execution_options(yield_per=10_000)
    with engine.connect() as connection:
        for attempt_id, seq, question, answer in connection.execute(statement):
            candidate = attempts.get(attempt_id)
            if candidate is None:
                continue
            sent_question, sent_answer = content(candidate, seq)
            if question == sent_question and json.loads(answer) == json.loads(sent_answer):
                missing.discard(candidate << 32 | seq)
    return len(missing)


def count_scripts_that_differ(attempt_ids: Sequence[int]) -> int:
    """How many ended attempts have no newest script that is their journal folded."""
    wrong = 0
    for start in range(0, len(attempt_ids), CHUNK):
        ids = [AttemptId(id_) for id_ in attempt_ids[start : start + CHUNK]]
        folded = counted_answers_of(db.session(), ids)
        filed = _newest_answers(ids)
        wrong += sum(filed.get(id_) != folded[id_] for id_ in ids)
        db.session.rollback()
    return wrong


def _newest_answers(ids: Sequence[int]) -> dict[int, dict[int, object]]:
    rows = db.session.execute(
        select(Script.attempt_id, Script.answers)
        .where(Script.attempt_id.in_(ids))
        .order_by(Script.attempt_id, Script.version)
    )
    return {
        attempt_id: {int(number): answer for number, answer in json.loads(text).items()}
        for attempt_id, text in rows
    }

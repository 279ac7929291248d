"""Writing a signed result list: ranks, the canonical text that is signed, and its rows."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.closing import seconds_used
from lianbing.exams.models import Attempt, Exam, ResultList, ResultRow
from lianbing.exams.receipts.sealing import publish_root, seal_receipts
from lianbing.exams.rules import AttemptState, Scored, rank
from lianbing.grading.queries import LatestTotal, latest_totals
from lianbing.kernel.ids import PersonId
from lianbing.kernel.marks import show_mark


def write_result_list(
    session: Session,
    exam: Exam,
    *,
    by: PersonId | None,
    sign: Callable[[bytes], bytes],
    now: datetime,
) -> ResultList:
    """The next version of an exam's list, from the newest marks of every ended attempt."""
    sat = (Attempt.exam_id == exam.id, Attempt.state != AttemptState.VOIDED.value)
    attempts = {
        PersonId(attempt.person_id): attempt
        for attempt in session.scalars(select(Attempt).where(*sat))
    }
    totals = latest_totals(session, select(Attempt.id).where(*sat))
    ranked = rank(
        Scored(
            person_id=person_id,
            marks=totals[attempt.id].total,
            seconds_used=seconds_used(attempt),
        )
        for person_id, attempt in attempts.items()
    )
    last = session.scalar(select(func.max(ResultList.version)).where(ResultList.exam_id == exam.id))
    version = (last or 0) + 1
    sealed = seal_receipts(session, exam.id, list_version=version)
    content = canonical_text(exam, ranked, now, receipts_root=sealed.root)
    result_list = ResultList(
        exam_id=exam.id,
        version=version,
        published_at=now,
        published_by=by,
        content=content,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        signature=sign(content.encode()),
    )
    session.add(result_list)
    session.flush()
    publish_root(session, sealed, result_list.id, sign=sign, now=now)
    session.add_all(_rows(result_list, ranked, attempts, totals, exam.pass_mark))
    return result_list


def _rows(
    result_list: ResultList,
    ranked: list[tuple[int, Scored]],
    attempts: Mapping[PersonId, Attempt],
    totals: Mapping[int, LatestTotal],
    pass_mark: Decimal,
) -> Iterator[ResultRow]:
    for place, score in ranked:
        attempt_id = attempts[score.person_id].id
        yield ResultRow(
            result_list_id=result_list.id,
            person_id=score.person_id,
            attempt_id=attempt_id,
            script_id=totals[attempt_id].script_id,
            rank=place,
            marks=score.marks,
            passed=score.marks >= pass_mark,
            seconds_used=score.seconds_used,
        )


def canonical_text(
    exam: Exam, ranked: list[tuple[int, Scored]], now: datetime, *, receipts_root: str
) -> str:
    """What is signed: one canonical JSON text, so that anyone can hash it again."""
    return json.dumps(
        {
            "type": "lianbing.result_list/1",
            "exam": exam.id,
            "title": exam.title,
            "paper": exam.paper_id,
            "pass_mark": show_mark(exam.pass_mark),
            "marking": json.loads(exam.marking),
            "published_at": now.isoformat(),
            "receipts_root": receipts_root,
            "rows": [
                [place, score.person_id, show_mark(score.marks), score.seconds_used]
                for place, score in ranked
            ],
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )

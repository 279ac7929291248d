"""What attempts have answered: their journals, read and folded into current answers."""

from collections.abc import Collection, Mapping, Sequence

import orjson
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.exams.receipts.chain import ChainEntry
from lianbing.exams.receipts.queries import decisions_of, stored_entries
from lianbing.exams.rules import CountedEntry, Standing, accepted_entries, fold
from lianbing.kernel.ids import AttemptId

COUNTED = Standing.COUNTED.value
Journals = Mapping[int, Sequence[ChainEntry]]
"""Every stored row of some attempts, by attempt; one without rows may be missing."""


def counted_answers(session: Session, attempt_id: AttemptId) -> dict[int, Answer]:
    """The journal's counted entries folded into the current answer of each question."""
    return counted_answers_of(session, [attempt_id])[attempt_id]


def counted_answers_of(
    session: Session, attempt_ids: Collection[AttemptId]
) -> dict[AttemptId, dict[int, Answer]]:
    """The folded answers of many attempts; accepted late entries count."""
    return fold_journals(session, attempt_ids, stored_entries(session, attempt_ids))


def fold_journals(
    session: Session, attempt_ids: Collection[AttemptId], journals: Journals
) -> dict[AttemptId, dict[int, Answer]]:
    """The same of journals that were read already; asks only for decisions on uncounted rows."""
    doubtful = {
        attempt_id for attempt_id, rows in journals.items() if not all(map(_is_counted, rows))
    }
    decided = decisions_of(session, doubtful) if doubtful else {}
    folded = {}
    for attempt_id in attempt_ids:
        rows = journals.get(attempt_id, ())
        counted = filter(_is_counted, rows) if attempt_id in doubtful else rows
        entries = [_entry(row) for row in counted]
        if attempt_id in decided:
            by_key = {row.key: row for row in rows}
            entries += accepted_entries(
                (_entry(by_key[one.device, one.seq]), one.accepted) for one in decided[attempt_id]
            )
        folded[attempt_id] = {number: orjson.loads(text) for number, text in fold(entries).items()}
    return folded


def _is_counted(row: ChainEntry) -> bool:
    return row.standing == COUNTED


def _entry(row: ChainEntry) -> CountedEntry[str]:
    return CountedEntry._make(row[:4])

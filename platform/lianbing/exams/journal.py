"""The answer journal's one writer: many saves in one durable transaction.

The batch reads the attempts' state, deadline and current device under ``FOR SHARE`` in id
order; hand-in and closing take ``FOR UPDATE``. So an acknowledged answer is either in the
script or was answered as not counted: it cannot slip past a hand-in.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from lianbing.banks.rules import Answer
from lianbing.exams.errors import BadToken
from lianbing.exams.journal_sql import JournalConnection, Key, Row, open_journal
from lianbing.exams.rules import (
    AttemptFacts,
    AttemptState,
    Standing,
    decide_standing,
    needs_fold,
)
from lianbing.kernel.ids import AttemptId, PersonId

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One change of one answer, as a device numbered it; the answer already checked."""

    seq: int
    question: int
    answer: Answer
    device_clock: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Save:
    """What one request brings: entries of one attempt and device, and when they arrived.

    ``person_id`` is whose attempt the token says it is: after a restored backup an attempt's
    number may be somebody else's.
    """

    attempt_id: AttemptId
    person_id: PersonId
    device: int
    entries: tuple[Entry, ...]
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """The durable outcome: per sequence its standing, or None where other content holds the key."""

    attempt: AttemptFacts
    standings: dict[int, Standing | None]


class Journal:
    """The journal as one writer thread uses it: a connection of its own, renewed when it breaks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver = engine.dialect.loaded_dbapi
        self._connection: JournalConnection | None = None

    def store(self, saves: Sequence[Save]) -> list[Saved]:
        """Store a batch durably, results in the order of ``saves``; OperationalError when away.

        A connection that broke since the last batch is replaced and the batch sent again:
        replays are harmless, also when the break hid a commit that had succeeded.
        """
        if self._connection is not None:
            try:
                return self._store_once(saves)
            except OperationalError:
                log.warning("the journal lost its connection; opening another", exc_info=True)
        return self._store_once(saves)

    def close(self) -> None:
        """Let the connection go; the next batch opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _store_once(self, saves: Sequence[Save]) -> list[Saved]:
        try:
            self._connection = self._connection or open_journal(self._engine)
            return _store(self._connection, saves)
        except self._driver.OperationalError as error:
            self.close()
            raise OperationalError("journal", None, error) from error
        except BaseException:
            self.close()  # and with it the transaction it was in
            raise


def store(engine: Engine, saves: Sequence[Save]) -> list[Saved]:
    """Store one batch over a connection opened for it: for whoever has no writer."""
    journal = Journal(engine)
    try:
        return journal.store(saves)
    finally:
        journal.close()


def _store(connection: JournalConnection, saves: Sequence[Save]) -> list[Saved]:
    attempts = _lock(connection, saves)
    rows = _rows(saves, attempts)
    closed = [key for key, row in rows.items() if _is_stale(attempts[key[0]], row)]
    fresh = connection.insert(list(rows.values()), commit=not closed)
    if closed:
        connection.mark_stale(sorted({key[0] for key in closed if key in fresh}))
        connection.commit()
    kept = _kept(connection, rows.keys() - fresh)
    return [_outcome(save, attempts[save.attempt_id], rows, fresh, kept) for save in saves]


def _lock(connection: JournalConnection, saves: Sequence[Save]) -> dict[int, AttemptFacts]:
    claimed = {(save.attempt_id, save.person_id) for save in saves}
    locked = connection.lock(sorted({attempt_id for attempt_id, _ in claimed}))
    if not claimed <= {(row[0], row[-1]) for row in locked}:
        raise BadToken  # a seat that a restored backup does not know, or knows as another's
    return {
        id_: AttemptFacts(
            attempt_id=AttemptId(id_),
            state=AttemptState(state),
            due_at=due_at.astimezone(UTC),
            final_at=final_at.astimezone(UTC),
            device=device,
            news=news,
        )
        for id_, state, due_at, final_at, device, news, _person_id in locked
    }


def _rows(saves: Sequence[Save], attempts: dict[int, AttemptFacts]) -> dict[Key, Row]:
    """Rows to insert by key, in key order; of one key the first content in the batch wins."""
    rows: dict[Key, Row] = {}
    for save in saves:
        facts = attempts[save.attempt_id]
        standing = decide_standing(facts, device=save.device, arrived_at=save.arrived_at)
        for entry in save.entries:
            key = (save.attempt_id, save.device, entry.seq)
            rows.setdefault(key, _row(save, entry, standing))
    return dict(sorted(rows.items()))


def _row(save: Save, entry: Entry, standing: Standing) -> Row:
    return {
        "attempt_id": save.attempt_id,
        "device": save.device,
        "seq": entry.seq,
        "question": entry.question,
        "answer": answer_text(entry.answer),
        "standing": standing.value,
        "arrived_at": save.arrived_at,
        "device_clock": entry.device_clock,
    }


def answer_text(answer: Answer) -> str:
    """An answer as the journal keeps it: JSON, the same text for the same answer always."""
    return json.dumps(answer, ensure_ascii=False)


def _is_stale(facts: AttemptFacts, row: Row) -> bool:
    return needs_fold(facts, Standing(row["standing"]))


def _kept(connection: JournalConnection, keys: set[Key]) -> dict[Key, tuple[int, str, str]]:
    if not keys:
        return {}
    return {
        (attempt_id, device, seq): (question, answer, standing)
        for attempt_id, device, seq, question, answer, standing in connection.kept(keys)
    }


def _outcome(
    save: Save,
    facts: AttemptFacts,
    rows: dict[Key, Row],
    fresh: set[Key],
    kept: dict[Key, tuple[int, str, str]],
) -> Saved:
    standings: dict[int, Standing | None] = {}
    for entry in save.entries:
        key = (save.attempt_id, save.device, entry.seq)
        row = rows[key]
        stored = (row["question"], row["answer"], row["standing"]) if key in fresh else kept[key]
        same = stored[:2] == (entry.question, answer_text(entry.answer))
        standings[entry.seq] = Standing(stored[2]) if same else None
    return Saved(attempt=facts, standings=standings)

"""Reading what receipts are made of and what they say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import AnswerEntry, Attempt, LateDecision
from lianbing.exams.receipts.chain import ChainEntry
from lianbing.exams.receipts.models import ExamReceipt, ExamReceiptRoot
from lianbing.exams.receipts.rules import SignedReceipt, in_groups, read_text
from lianbing.grading.models import Script
from lianbing.kernel.ids import AttemptId, ExamId
from lianbing.papers.models import Paper


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledScript:
    """A script version as it stands in the database, ready to be sealed by a receipt."""

    script_id: int
    exam_id: int
    attempt_id: int
    version: int
    cause: str
    made_at: datetime
    answers: str
    paper_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReceipt:
    """A receipt as its row keeps it."""

    script_id: int
    exam_id: int
    attempt_id: int
    version: int
    content: str
    signature: bytes
    covers: str
    marks: bytes
    sealed_in: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RootRow:
    """A published root; ``statement`` is what is signed."""

    exam_id: int
    list_version: int
    receipts: int
    root: str
    statement: str
    signature: bytes
    sealed_at: datetime

    @property
    def printed(self) -> str:
        """The statement as signed, and its signature in groups."""
        return f"{self.statement}signature {in_groups(self.signature.hex())}\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a person decided about an entry that did not count by itself."""

    device: int
    seq: int
    accepted: bool
    decided_at: datetime


_SCRIPTS = (
    select(
        Script.id.label("script_id"),
        Attempt.exam_id,
        Script.attempt_id,
        Script.version,
        Script.cause,
        Script.made_at,
        Script.answers,
        Paper.content_hash.label("paper_hash"),
    )
    .join(Attempt, Attempt.id == Script.attempt_id)
    .join(Paper, Paper.id == Script.paper_id)
    .order_by(Script.attempt_id, Script.version)
)


def scripts_of(session: Session, attempt_ids: Collection[int]) -> Sequence[FiledScript]:
    """Every script version of the attempts, in one statement."""
    rows = session.execute(_SCRIPTS.where(Script.attempt_id.in_(attempt_ids)))
    return [FiledScript(**row._mapping) for row in rows]


def decisions_of(session: Session, attempt_ids: Collection[int]) -> dict[int, tuple[Decision, ...]]:
    """The decisions on late entries of the attempts, in the order they were taken."""
    rows = session.execute(
        select(
            LateDecision.attempt_id,
            LateDecision.device,
            LateDecision.seq,
            LateDecision.accepted,
            LateDecision.decided_at,
        )
        .where(LateDecision.attempt_id.in_(attempt_ids))
        .order_by(LateDecision.attempt_id, LateDecision.number)
    )
    return {
        attempt_id: tuple(
            Decision(device=device, seq=seq, accepted=accepted, decided_at=at)
            for _id, device, seq, accepted, at in group
        )
        for attempt_id, group in groupby(rows, key=lambda row: row[0])
    }


def receipts_of(session: Session, attempt_ids: Collection[int]) -> Sequence[StoredReceipt]:
    """The receipts of the attempts as their rows keep them, in one statement."""
    columns = [getattr(ExamReceipt, field.name) for field in fields(StoredReceipt)]
    rows = session.execute(
        select(*columns)
        .where(ExamReceipt.attempt_id.in_(attempt_ids))
        .order_by(ExamReceipt.attempt_id, ExamReceipt.version)
    )
    return [StoredReceipt(**row._mapping) for row in rows]


def stored_entries(
    session: Session, attempt_ids: Collection[int]
) -> dict[int, tuple[ChainEntry, ...]]:
    """Every stored journal row of the attempts, whatever it is worth, in one statement.

    Asked of the connection: a hundred rows a script need nothing of what the session adds.
    """
    rows = session.connection().execute(
        select(
            AnswerEntry.attempt_id,
            AnswerEntry.device,
            AnswerEntry.seq,
            AnswerEntry.question,
            AnswerEntry.answer,
            AnswerEntry.standing,
            AnswerEntry.arrived_at,
            AnswerEntry.device_clock,
        )
        .where(AnswerEntry.attempt_id.in_(attempt_ids))
        .order_by(AnswerEntry.attempt_id, AnswerEntry.device, AnswerEntry.seq)
    )
    return {
        attempt_id: tuple(ChainEntry._make(row[1:]) for row in group)
        for attempt_id, group in groupby(rows.all(), key=itemgetter(0))
    }


def list_receipts(session: Session, attempt_id: AttemptId) -> list[SignedReceipt]:
    """The receipts of an attempt, the newest version first."""
    rows = session.execute(
        select(ExamReceipt.content, ExamReceipt.signature)
        .where(ExamReceipt.attempt_id == attempt_id)
        .order_by(ExamReceipt.version.desc())
    )
    return [signed_receipt(content, signature) for content, signature in rows]


def signed_receipt(content: str, signature: bytes) -> SignedReceipt:
    """A stored receipt; MalformedReceipt where the row was altered beyond reading."""
    return read_text(f"{content}signature {signature.hex()}\n")


def sealed_texts(session: Session, exam_id: int, list_version: int) -> Sequence[str]:
    """The leaves of a list's tree: every receipt sealed by then, by attempt and version."""
    return session.scalars(
        select(ExamReceipt.content)
        .where(ExamReceipt.exam_id == exam_id, ExamReceipt.sealed_in <= list_version)
        .order_by(ExamReceipt.attempt_id, ExamReceipt.version)
    ).all()


def find_root(
    session: Session, exam_id: ExamId, *, list_version: int | None = None
) -> RootRow | None:
    """The root published with a result list, by default the newest; None before publication."""
    statement = (
        select(ExamReceiptRoot)
        .where(ExamReceiptRoot.exam_id == exam_id)
        .order_by(ExamReceiptRoot.list_version.desc())
        .limit(1)
    )
    if list_version is not None:
        statement = statement.where(ExamReceiptRoot.list_version == list_version)
    found = session.scalars(statement).first()
    return None if found is None else _root_row(found)


def list_roots(session: Session, exam_id: ExamId) -> list[RootRow]:
    """Every root of an exam, the newest first; one a result list."""
    rows = session.scalars(
        select(ExamReceiptRoot)
        .where(ExamReceiptRoot.exam_id == exam_id)
        .order_by(ExamReceiptRoot.list_version.desc())
    )
    return [_root_row(row) for row in rows]


def _root_row(found: ExamReceiptRoot) -> RootRow:
    return RootRow(
        exam_id=found.exam_id,
        list_version=found.list_version,
        receipts=found.receipts,
        root=found.root,
        statement=found.content,
        signature=found.signature,
        sealed_at=found.sealed_at,
    )

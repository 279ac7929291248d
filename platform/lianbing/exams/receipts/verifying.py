"""Verifying a whole exam against a root from outside: journal, scripts, receipts, tree, list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import Attempt
from lianbing.exams.receipts.checking import Fault, KeptAttempt, Verify, attempt_faults
from lianbing.exams.receipts.list_checking import list_faults, root_faults
from lianbing.exams.receipts.merkle import build_tree
from lianbing.exams.receipts.queries import (
    RootRow,
    decisions_of,
    list_roots,
    receipts_of,
    scripts_of,
    sealed_texts,
    stored_entries,
)
from lianbing.exams.rules import AttemptState
from lianbing.kernel.ids import ExamId

BATCH = 200
ENDED = (AttemptState.HANDED_IN.value, AttemptState.CLOSED.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was looked at, and every fault found; ``list_version`` is the list of that root."""

    list_version: int | None
    attempts: int
    entries: int
    receipts: int
    faults: tuple[Fault, ...]


def verify_exam(session: Session, exam_id: ExamId, *, root: str, verify: Verify) -> Verdict:
    """Recompute everything the root stands for; ``root`` is 64 hexadecimal digits from outside."""
    roots = list_roots(session, exam_id)
    published = next((row for row in roots if row.root == root), None)
    faults: list[Fault] = list(_unknown_root(roots, published))
    judged = published or (roots[0] if roots else None)
    texts: Sequence[str] = ()
    if judged is not None:
        texts = sealed_texts(session, exam_id, judged.list_version)
        faults += root_faults(judged, verify)
        faults += _tree_faults(texts, judged, root)
        faults += list_faults(session, judged, verify)
    attempts = entries = 0
    for kept in _kept_attempts(session, exam_id):
        attempts += 1
        entries += len(kept.entries)
        faults += attempt_faults(kept, verify)
    return Verdict(
        list_version=None if published is None else published.list_version,
        attempts=attempts,
        entries=entries,
        receipts=len(texts),
        faults=tuple(faults),
    )


def _unknown_root(roots: Sequence[RootRow], published: RootRow | None) -> Iterator[Fault]:
    if published is not None:
        return
    kept = ", ".join(f"list {row.list_version}: {row.root}" for row in roots) or "none"
    yield Fault(
        attempt=None,
        what=f"the root given is not one that this installation has published (kept here: {kept})",
    )


def _tree_faults(texts: Sequence[str], judged: RootRow, root: str) -> Iterator[Fault]:
    found = build_tree(text.encode() for text in texts).root.hex()
    if len(texts) != judged.receipts:
        yield Fault(
            attempt=None,
            what=f"{judged.receipts} receipts were sealed, {len(texts)} are kept",
        )
    if found != root:
        yield Fault(attempt=None, what="the receipts kept here do not give the root given")


def _kept_attempts(session: Session, exam_id: ExamId) -> Iterator[KeptAttempt]:
    """Every attempt of the exam with all that is kept of it, a batch in memory at a time."""
    last = 0
    while True:
        found = session.execute(
            select(Attempt.id, Attempt.state, Attempt.needs_fold)
            .where(Attempt.exam_id == exam_id, Attempt.id > last)
            .order_by(Attempt.id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        ids = [row.id for row in found]
        entries = stored_entries(session, ids)
        decisions = decisions_of(session, ids)
        scripts = scripts_of(session, ids)
        receipts = receipts_of(session, ids)
        for row in found:
            yield KeptAttempt(
                attempt_id=row.id,
                ended=row.state in ENDED,
                may_be_folded_again=row.needs_fold or row.state == AttemptState.OPEN.value,
                entries={entry.key: entry for entry in entries.get(row.id, ())},
                decisions=decisions.get(row.id, ()),
                scripts={s.version: s for s in scripts if s.attempt_id == row.id},
                receipts={r.version: r for r in receipts if r.attempt_id == row.id},
            )
        last = ids[-1]

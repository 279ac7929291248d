"""Supersede a source; say of the questions that rest on it that they are still right, or not."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lianbing.banks.bank_file import SourceEntry
from lianbing.banks.finding.models import BulkChangeItem
from lianbing.banks.finding.queries import find_last_change
from lianbing.banks.finding.rules import BulkChange, BulkKind, QuestionFilter
from lianbing.banks.finding.use_cases import change_many
from lianbing.banks.loading import keep_source
from lianbing.banks.models import QuestionSource
from lianbing.banks.queries import get_bank
from lianbing.banks.review.models import ReviewEntry
from lianbing.banks.review.rules import EntryKind
from lianbing.banks.rules import SourceKind
from lianbing.banks.sources.errors import EditionNeeded, NothingTicked, SupersededAlready
from lianbing.banks.sources.models import SourceSupersession
from lianbing.banks.sources.queries import get_source
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BankId
from lianbing.people.authority import require_reach

LONGEST_TITLE, LONGEST_EDITION = 300, 200


def supersede(
    session: Session,
    actor: Actor,
    source_id: int,
    *,
    title: str,
    edition: str,
    valid_from: date,
    now: datetime,
) -> int:
    """Keep the new edition of a source, in force from a day on; return its number.

    The questions that rest on the old one then wait to be looked at: nothing changes by itself.
    """
    old = session.get(QuestionSource, source_id)
    if old is None:
        raise NotFound
    _keep(session, actor, BankId(old.bank_id))
    if get_source(session, source_id).superseded_by is not None:
        raise SupersededAlready
    entry = _new_edition(old, title, edition, valid_from)
    new_id = keep_source(session, old.bank_id, entry)
    session.add(
        SourceSupersession(
            bank_id=old.bank_id,
            old_source_id=old.id,
            new_source_id=new_id,
            valid_from=valid_from,
            by_id=actor.person_id,
            at=now,
        )
    )
    session.flush()
    audit.record(
        session,
        actor,
        "banks.supersede_source",
        subject=("question_source", old.id),
        now=now,
        details={"new_source": new_id, "edition": entry.edition, "valid_from": valid_from},
    )
    return new_id


def _new_edition(old: QuestionSource, title: str, edition: str, valid_from: date) -> SourceEntry:
    edition = edition.strip()[:LONGEST_EDITION]
    if not edition or edition == old.edition:
        raise EditionNeeded
    return SourceEntry(
        code=old.code,
        title=title.strip()[:LONGEST_TITLE] or old.title,
        edition=edition,
        kind=SourceKind(old.kind),
        valid_from=valid_from,
    )


def settle(
    session: Session,
    actor: Actor,
    source_id: int,
    *,
    still_right: bool,
    chosen: Collection[int] | None,
    now: datetime,
) -> int:
    """Say of the chosen questions on a superseded source, or of all (None), by the actor's name:
    still right, so that they rest on the new edition; or back to review and out of use.

    Both are bulk changes and can be undone as such. Return how many.
    """
    source = get_source(session, source_id)
    bank_id = source.bank_id
    _keep(session, actor, bank_id)
    if source.superseded_by is None:
        raise NotFound
    if actor.person_id is None:
        raise Forbidden
    if chosen is not None and not chosen:
        raise NothingTicked
    change = (
        BulkChange(kind=BulkKind.SOURCE, source_id=source.superseded_by)
        if still_right
        else BulkChange(kind=BulkKind.RECHECK)
    )
    wanted = QuestionFilter(source_id=source_id)
    count = change_many(
        session, actor, bank_id, change, wanted=wanted, chosen=chosen, of_filter=True, now=now
    )
    _write(session, actor, bank_id, f"{source.title}（{source.new_edition}）", still_right, now)
    return count


def _write(
    session: Session, actor: Actor, bank_id: BankId, text: str, still_right: bool, now: datetime
) -> None:
    done = find_last_change(session, bank_id)
    assert done is not None  # noqa: S101 - change_many has just written it
    kind = EntryKind.STILL_RIGHT if still_right else EntryKind.SUBMITTED
    items = select(
        BulkChangeItem.question_id, BulkChangeItem.to_number, BulkChangeItem.author_id
    ).where(BulkChangeItem.change_id == done.id)
    session.execute(
        insert(ReviewEntry),
        [
            {
                "question_id": question_id,
                "number": number,
                "author_id": author_id,
                "kind": kind.value,
                "by_id": actor.person_id,
                "text": text,
                "at": now,
            }
            for question_id, number, author_id in session.execute(items)
        ],
    )


def _keep(session: Session, actor: Actor, bank_id: BankId) -> None:
    bank = get_bank(session, bank_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)

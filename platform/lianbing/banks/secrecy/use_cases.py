"""Sign the pledge, state a purpose, and have each view of exam-only content written down."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lianbing.banks.queries import get_bank
from lianbing.banks.secrecy.errors import PledgeNeeded, PurposeMisshapen, PurposeNeeded
from lianbing.banks.secrecy.models import SecrecyPledge, SecrecyPurpose, SecrecyView
from lianbing.banks.secrecy.queries import find_purpose, has_opened, has_pledged
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId, QuestionVersionId
from lianbing.people.authority import require_reach

SHORTEST_PURPOSE, LONGEST_PURPOSE = 2, 200
WORDING = 1
"""Counts the texts of the pledge; a new text is signed anew."""


def state_purpose(
    session: Session, actor: Actor, bank_id: BankId, *, purpose: str, pledges: bool, now: datetime
) -> None:
    """Open a bank's exam-only content for today, for a purpose; once a year after a pledge.

    Raises PledgeNeeded, PurposeMisshapen; Forbidden for who does not keep the bank.
    """
    bank = get_bank(session, bank_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    purpose = " ".join(purpose.split())
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        raise PurposeMisshapen
    day = local_date(now)
    if not has_pledged(session, actor.person_id, bank_id, year=day.year):
        if not pledges:
            raise PledgeNeeded
        pledge = SecrecyPledge(
            bank_id=bank_id,
            person_id=actor.person_id,
            year=day.year,
            wording=WORDING,
            signed_at=now,
        )
        session.add(pledge)
        _audit(session, actor, "banks.sign_pledge", bank_id, now)
    stated = SecrecyPurpose(
        bank_id=bank_id, person_id=actor.person_id, day=day, purpose=purpose, stated_at=now
    )
    session.add(stated)
    _audit(session, actor, "banks.state_purpose", bank_id, now, reason=purpose)


def require_opened(session: Session, actor: Actor, bank_id: BankId, *, now: datetime) -> None:
    """Whoever writes exam-only content has pledged and said what for; raises PurposeNeeded."""
    if not has_opened(session, actor, bank_id, now=now):
        raise PurposeNeeded(bank_id=bank_id)


def record_views(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    version_ids: Iterable[QuestionVersionId],
    *,
    now: datetime,
) -> None:
    """Write down that exam-only versions are shown; raises PurposeNeeded before a purpose.

    The system sees without a name: nobody reads what it reads.
    """
    if actor.person_id is None:
        return
    purpose_id = find_purpose(session, actor, bank_id, now=now)
    if purpose_id is None:
        raise PurposeNeeded(bank_id=bank_id)
    rows = [
        {
            "bank_id": bank_id,
            "version_id": version_id,
            "person_id": actor.person_id,
            "purpose_id": purpose_id,
            "at": now,
        }
        for version_id in version_ids
    ]
    if rows:
        session.execute(insert(SecrecyView), rows)


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    bank_id: BankId,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    audit.record(session, actor, action, subject=("question_bank", bank_id), now=now, reason=reason)

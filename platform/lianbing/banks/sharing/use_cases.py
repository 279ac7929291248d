"""Share a bank with another organisation, and take it back."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lianbing.banks.queries import BankRow, get_bank
from lianbing.banks.sharing.errors import GrantDatesWrong, GranteeUnknown, GrantNeedless
from lianbing.banks.sharing.models import BankGrant
from lianbing.banks.sharing.queries import is_shared_with
from lianbing.banks.sharing.rules import GrantRight
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BankId
from lianbing.people.authority import reaches, require_reach
from lianbing.people.models import Organisation


def read_bank(session: Session, actor: Actor, bank_id: BankId, *, now: datetime) -> BankRow:
    """The bank, for who keeps it or was granted to read it or to draw from it; raises NotFound or
    Forbidden."""
    return _open(session, actor, bank_id, (GrantRight.READ, GrantRight.DRAW), now)


def draw_from_bank(session: Session, actor: Actor, bank_id: BankId, *, now: datetime) -> BankRow:
    """The bank, for who keeps it or was granted to draw papers from it."""
    return _open(session, actor, bank_id, (GrantRight.DRAW,), now)


def _open(
    session: Session, actor: Actor, bank_id: BankId, rights: tuple[GrantRight, ...], now: datetime
) -> BankRow:
    bank, day = get_bank(session, bank_id), local_date(now)
    if reaches(session, actor, Role.TRAINER, organisation_id=bank.organisation_id):
        return bank
    if any(is_shared_with(session, actor, bank_id, right, on=day) for right in rights):
        return bank
    raise Forbidden


def grant(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    *,
    organisation: str,
    right: GrantRight,
    valid_to: date | None,
    now: datetime,
) -> int:
    """Give an organisation, by its code or its name, and all below it a right from today on.

    Raises GranteeUnknown, GrantNeedless, GrantDatesWrong; the database refuses a second grant
    of what stands: GrantExists.
    """
    bank = _keep(session, actor, bank_id)
    wanted = organisation.strip()
    found = session.scalars(
        select(Organisation.id)
        .where(or_(Organisation.code == wanted, Organisation.name == wanted))
        .limit(2)
    ).all()
    if not wanted or len(found) != 1:
        raise GranteeUnknown
    if found[0] == bank.organisation_id:
        raise GrantNeedless
    today = local_date(now)
    if valid_to is not None and valid_to < today:
        raise GrantDatesWrong
    made = BankGrant(
        bank_id=bank_id,
        organisation_id=found[0],
        right=right.value,
        valid_from=today,
        valid_to=valid_to,
        granted_by=actor.person_id,
        granted_at=now,
    )
    session.add(made)
    session.flush()
    _audit(session, actor, "banks.grant", made, now)
    return made.id


def revoke(session: Session, actor: Actor, grant_id: int, *, now: datetime) -> BankId:
    """End a grant now; papers drawn by it stay. Revoking twice changes nothing."""
    found = session.get(BankGrant, grant_id, with_for_update=True)
    if found is None:
        raise NotFound
    bank = _keep(session, actor, BankId(found.bank_id))
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = now, actor.person_id
        _audit(session, actor, "banks.revoke_grant", found, now)
    return bank.id


def _keep(session: Session, actor: Actor, bank_id: BankId) -> BankRow:
    bank = get_bank(session, bank_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    return bank


def _audit(session: Session, actor: Actor, action: str, row: BankGrant, now: datetime) -> None:
    audit.record(
        session,
        actor,
        action,
        subject=("question_bank", row.bank_id),
        now=now,
        details={
            "grant": row.id,
            "organisation_id": row.organisation_id,
            "right": row.right,
            "valid_to": row.valid_to,
        },
    )

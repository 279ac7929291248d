"""Which banks an organisation or a trainer has been granted, and who was granted a bank."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.sharing.models import BankGrant
from lianbing.banks.sharing.rules import GrantRight
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import BankId, OrganisationId, PersonId
from lianbing.people.models import Organisation, OrganisationReach


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantRow:
    """A grant; ``revoked_at`` None while it stands."""

    id: int
    organisation_name: str
    right: GrantRight
    valid_from: date
    valid_to: date | None
    granted_by: PersonId | None
    granted_at: datetime
    revoked_at: datetime | None


def granted_banks(right: GrantRight, organisations: Any, *, on: date) -> Select[int]:
    """The ids of the banks that any of the organisations was granted, on a day."""
    return select(BankGrant.bank_id).where(
        BankGrant.right == right.value,
        BankGrant.organisation_id.in_(organisations),
        _stands(on),
    )


def banks_shared_with(actor: Actor, right: GrantRight, *, on: date) -> Select[int]:
    """The ids of the banks shared with a trainer: granted at, above or below a node of theirs."""
    return granted_banks(right, _places(actor), on=on)


def is_shared_with(
    session: Session, actor: Actor, bank_id: BankId, right: GrantRight, *, on: date
) -> bool:
    """Whether a bank is shared with a trainer for a purpose."""
    shared = banks_shared_with(actor, right, on=on).where(BankGrant.bank_id == bank_id)
    return session.scalar(shared.limit(1)) is not None


def find_drawing_place(
    session: Session, actor: Actor, bank_id: BankId, *, on: date
) -> OrganisationId | None:
    """Where papers belong that a trainer draws by grant: the trainer's node below the grant, or
    the granted organisation itself below the trainer; None without a grant."""
    nodes = actor.nodes(Role.TRAINER)
    grants = select(BankGrant.organisation_id).where(
        BankGrant.bank_id == bank_id, BankGrant.right == GrantRight.DRAW.value, _stands(on)
    )
    below = session.scalar(
        select(OrganisationReach.descendant_id)
        .where(
            OrganisationReach.descendant_id.in_(nodes), OrganisationReach.ancestor_id.in_(grants)
        )
        .order_by(OrganisationReach.descendant_id)
        .limit(1)
    )
    found = below or session.scalar(
        grants.where(BankGrant.organisation_id.in_(_places(actor)))
        .order_by(BankGrant.organisation_id)
        .limit(1)
    )
    return None if found is None else OrganisationId(found)


def page_of_grants(session: Session, bank_id: BankId, number: int) -> Page[GrantRow]:
    """One page of a bank's grants, the newest first, revoked ones too."""
    statement = (
        select(BankGrant, Organisation.name)
        .join(Organisation, Organisation.id == BankGrant.organisation_id)
        .where(BankGrant.bank_id == bank_id)
        .order_by(BankGrant.id.desc())
    )
    page = page_of(session, statement, number)
    rows = [
        GrantRow(
            id=grant.id,
            organisation_name=name,
            right=GrantRight(grant.right),
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
            granted_by=PersonId(grant.granted_by) if grant.granted_by else None,
            granted_at=grant.granted_at,
            revoked_at=grant.revoked_at,
        )
        for grant, name in page.rows
    ]
    return page.with_rows(rows)


def _stands(on: date) -> ColumnElement[bool]:
    return (
        BankGrant.revoked_at.is_(None)
        & (BankGrant.valid_from <= on)
        & or_(BankGrant.valid_to.is_(None), BankGrant.valid_to >= on)
    )


def _places(actor: Actor) -> CompoundSelect[Any]:
    nodes = actor.nodes(Role.TRAINER)
    above = select(OrganisationReach.ancestor_id).where(OrganisationReach.descendant_id.in_(nodes))
    below = select(OrganisationReach.descendant_id).where(OrganisationReach.ancestor_id.in_(nodes))
    return above.union(below)

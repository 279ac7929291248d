"""Closing an account and opening it again: by an administrator over the person, audited."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PersonId
from lianbing.people.accounts.sessions import revoke_all
from lianbing.people.authority import identities_of, require_over_person
from lianbing.people.models.accounts import Account


def close_account(session: Session, actor: Actor, person_id: PersonId, *, now: datetime) -> None:
    """Let nobody sign in as this person from now on, under any of their identities."""
    identities = identities_of(session, person_id)
    if actor.person_id in identities:
        raise Forbidden
    _change(session, actor, person_id, closed_at=now, now=now)
    revoke_all(session, identities, now=now)


def reopen_account(session: Session, actor: Actor, person_id: PersonId, *, now: datetime) -> None:
    """Let the person sign in again, with the password or code they have."""
    _change(session, actor, person_id, closed_at=None, now=now)


def is_closed(session: Session, person_id: PersonId) -> bool:
    """Whether the person has accounts and all of them are closed."""
    found = session.scalars(
        select(Account.disabled_at).where(Account.person_id.in_(identities_of(session, person_id)))
    ).all()
    return bool(found) and all(at is not None for at in found)


def _change(
    session: Session,
    actor: Actor,
    person_id: PersonId,
    *,
    closed_at: datetime | None,
    now: datetime,
) -> None:
    require_over_person(session, actor, Role.ADMINISTRATOR, person_id=person_id, on=local_date(now))
    accounts = session.scalars(
        select(Account).where(Account.person_id.in_(identities_of(session, person_id)))
    )
    for account in accounts:
        account.disabled_at = closed_at
    audit.record(
        session,
        actor,
        "account.closed" if closed_at else "account.reopened",
        subject=("person", person_id),
        now=now,
    )

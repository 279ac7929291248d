"""Signing in by phone or staff number, and choosing a password.

The order is the point. A try is counted, in a transaction of its own, *before* the password
is looked at, so that a thousand guesses at once are a thousand tries. The hash is computed
outside any transaction. A name nobody has takes the same way, with a tally of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PersonId
from lianbing.people.accounts.errors import TooManyTries, UnitNeeded
from lianbing.people.accounts.rules import Tries, after_try, minutes_to_wait
from lianbing.people.accounts.sessions import open_session, revoke_all
from lianbing.people.authority import identities_of
from lianbing.people.models.accounts import Account, LoginSession, SignInLimit
from lianbing.people.models.organisations import Organisation
from lianbing.people.models.persons import Membership, Person
from lianbing.people.persons.errors import BadPhone
from lianbing.people.persons.identities import kept_id, valid_on
from lianbing.people.persons.rules import clean_phone

LIMITS = cast(Table, SignInLimit.__table__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What a sign-in name leads to; ``limit_key`` exists also where no account does."""

    limit_key: bytes
    account_id: int | None = None
    password_hash: str | None = None
    must_change_password: bool = False
    locale: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Admitted:
    """Who has just been let in: the token for their cookie, and what the next page must know."""

    token: str
    must_change_password: bool
    locale: str | None


Found = Row[int, int, "str | None", "datetime | None", bool, "str | None"]


def find_credentials(
    session: Session, name: str, *, unit: str = "", keyring: Keyring, now: datetime
) -> Credentials:
    """The account behind a phone number or staff number; raises UnitNeeded when several fit."""
    name = name.strip()
    found = _by_phone(session, name, keyring) or _by_staff_number(
        session, name, unit.strip(), now=now
    )
    if found is None:
        key = keyring.digest("sign_in", f"nobody:{name.lower()}:{unit.strip().lower()}")
        return Credentials(limit_key=key)
    return Credentials(
        limit_key=limit_key(found.id, keyring),
        account_id=found.id,
        password_hash=None if found.disabled_at else found.password_hash,
        must_change_password=found.must_change_password,
        locale=found.locale,
    )


def credentials_of(account: Account, keyring: Keyring) -> Credentials:
    """An account's credentials; a disabled one has no password that fits."""
    return Credentials(
        limit_key=limit_key(account.id, keyring),
        account_id=account.id,
        password_hash=None if account.disabled_at else account.password_hash,
    )


def limit_key(account_id: int, keyring: Keyring) -> bytes:
    """Under which tries against an account are counted."""
    return keyring.digest("sign_in", f"account:{account_id}")


def count_try(session: Session, key: bytes, *, now: datetime) -> None:
    """Count a try before it is judged; raises TooManyTries while the account must wait."""
    first = after_try(None, now=now)
    inserted = session.execute(
        insert_for(session, LIMITS)
        .values(
            key_digest=key,
            failures=first.failures,
            tried_at=first.tried_at,
            locked_until=first.locked_until,
        )
        .on_conflict_do_nothing(index_elements=["key_digest"])
        .returning(LIMITS.c.failures)
    )
    if inserted.first() is None:
        _count_further_try(session, key, now=now)


def _count_further_try(session: Session, key: bytes, *, now: datetime) -> None:
    row = session.scalars(
        select(SignInLimit)
        .where(SignInLimit.key_digest == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:  # forgiven between the two statements
        count_try(session, key, now=now)
        return
    tries = Tries(failures=row.failures, tried_at=row.tried_at, locked_until=row.locked_until)
    minutes = minutes_to_wait(tries, now=now)
    if minutes:
        raise TooManyTries(minutes=minutes)
    counted = after_try(tries, now=now)
    row.failures, row.tried_at, row.locked_until = (
        counted.failures,
        counted.tried_at,
        counted.locked_until,
    )


def renew_hash(session: Session, credentials: Credentials, renewed: str) -> None:
    """Keep a hash of today's cost, unless the password has been changed meanwhile."""
    session.execute(
        update(Account)
        .where(
            Account.id == credentials.account_id,
            Account.password_hash == credentials.password_hash,
        )
        .values(password_hash=renewed)
    )


def complete_sign_in(
    session: Session, credentials: Credentials, *, keyring: Keyring, device: str, now: datetime
) -> Admitted:
    """Forgive the tries and open a session once the password fitted."""
    if credentials.account_id is None:
        raise Forbidden
    clear_tries(session, credentials.limit_key)
    account_id = credentials.account_id
    return Admitted(
        token=open_session(session, account_id, keyring=keyring, device=device, now=now),
        must_change_password=credentials.must_change_password,
        locale=credentials.locale,
    )


def clear_tries(session: Session, key: bytes) -> None:
    """Forgive what was counted under a key."""
    session.execute(delete(LIMITS).where(LIMITS.c.key_digest == key))


def forget_old_tries(session: Session, *, before: datetime) -> None:
    """Drop tallies nobody has touched since; run by the clock."""
    session.execute(delete(SignInLimit).where(SignInLimit.tried_at < before))


def set_password(
    session: Session, actor: Actor, *, password_hash: str, keyring: Keyring, now: datetime
) -> None:
    """Store the actor's new password, and sign all their other browsers out."""
    if actor.person_id is None:
        raise Forbidden
    account = get_own_account(session, actor)
    account.password_hash = password_hash
    account.password_changed_at = now
    account.must_change_password = False
    clear_tries(session, limit_key(account.id, keyring))
    identities = identities_of(session, actor.person_id)
    revoke_all(session, identities, but=actor.session_id, now=now)
    audit.record(session, actor, "account.password_set", subject=("account", account.id), now=now)


def get_own_account(session: Session, actor: Actor) -> Account:
    """The account the actor signed in with; raises Forbidden for the system."""
    if actor.person_id is None or actor.session_id is None:
        raise Forbidden
    return session.scalars(
        select(Account)
        .join(LoginSession, LoginSession.account_id == Account.id)
        .where(LoginSession.id == actor.session_id)
    ).one()


def account_of(session: Session, person_id: PersonId) -> Account | None:
    """A person's own account, else one of an identity merged with it, one with a password first."""
    identities = identities_of(session, person_id)
    accounts = session.scalars(select(Account).where(Account.person_id.in_(identities))).all()
    return min(
        accounts,
        key=lambda account: (
            account.person_id != person_id,
            account.password_hash is None,
            account.id,
        ),
        default=None,
    )


def _by_phone(session: Session, name: str, keyring: Keyring) -> Found | None:
    try:
        phone = clean_phone(name)
    except BadPhone:
        return None
    return session.execute(ACCOUNT_BY_PHONE, {"phone": keyring.digest("phone", phone)}).first()


def _by_staff_number(session: Session, number: str, unit: str, *, now: datetime) -> Found | None:
    statement = (
        select(kept_id())
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.staff_number == number, valid_on(local_date(now)))
        .distinct()
        .limit(2)
    )
    if unit:
        statement = statement.join(Organisation, Organisation.id == Membership.unit_id).where(
            (Organisation.code == unit) | (Organisation.name == unit)
        )
    found = session.scalars(statement).all()
    if len(found) > 1:
        raise UnitNeeded
    if not found:
        return None
    return session.execute(ACCOUNT_BY_PERSON, {"person": found[0]}).first()


def _account_behind(
    asked: type[Person], condition: ColumnElement[bool]
) -> Select[int, int, str | None, datetime | None, bool, str | None]:
    """In one statement what ``account_of`` finds, with the language of the identity kept."""
    kept, same = aliased(Person), aliased(Person)
    kept_of_asked = func.coalesce(asked.kept_id, asked.id)
    return (
        select(
            Account.id,
            Account.person_id,
            Account.password_hash,
            Account.disabled_at,
            Account.must_change_password,
            kept.locale,
        )
        .select_from(asked)
        .join(kept, kept.id == kept_of_asked)
        .join(same, or_(same.id == kept_of_asked, same.kept_id == kept_of_asked))
        .join(Account, Account.person_id == same.id)
        .where(condition)
        .order_by(Account.person_id != asked.id, Account.password_hash.is_(None), Account.id)
        .limit(1)
    )


# Built once: to put them together takes longer than to run them.
ACCOUNT_BY_PHONE = _account_behind(
    Person, (Person.phone_digest == bindparam("phone")) & Person.phone_active
)
ACCOUNT_BY_PERSON = _account_behind(Person, Person.id == bindparam("person"))

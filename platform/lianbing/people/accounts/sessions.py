"""Sign-in sessions: opened, listed, revoked one or all. Only a token's digest is kept."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import LoginSessionId, PersonId
from lianbing.people.authority import identities_of
from lianbing.people.models.accounts import Account, LoginSession

LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)
TOKEN_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """One of a person's signed-in browsers."""

    id: LoginSessionId
    device: str
    created_at: datetime
    seen_at: datetime
    is_this_one: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """Whom a token signs in."""

    id: LoginSessionId
    person_id: PersonId
    must_change_password: bool
    is_stale: bool


def open_session(
    session: Session, account_id: int, *, keyring: Keyring, device: str = "", now: datetime
) -> str:
    """Store a new sign-in session and return its token, which only the cookie keeps."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.execute(
        insert(cast(Table, LoginSession.__table__))
        .values(
            account_id=account_id,
            token_digest=keyring.digest("session", token),
            device=device[:60],
            created_at=now,
            seen_at=now,
            expires_at=now + LIFETIME,
        )
        .inline()
    )
    return token


def find_session(
    session: Session, token: str, *, keyring: Keyring, now: datetime
) -> OpenSession | None:
    """Whom a token signs in; None when it is unknown, expired or revoked."""
    row = session.execute(
        select(
            LoginSession.id,
            LoginSession.seen_at,
            Account.person_id,
            Account.must_change_password,
        )
        .join(Account, Account.id == LoginSession.account_id)
        .where(
            LoginSession.token_digest == keyring.digest("session", token),
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    return OpenSession(
        id=LoginSessionId(row.id),
        person_id=PersonId(row.person_id),
        must_change_password=row.must_change_password,
        is_stale=row.seen_at < now - SEEN_EVERY,
    )


_LIVE = (
    select(LoginSession.id)
    .join(Account, Account.id == LoginSession.account_id)
    .where(
        LoginSession.id.in_(bindparam("ids", expanding=True)),
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > bindparam("now"),
        Account.disabled_at.is_(None),
    )
)
"""Built once: every batch of starts and of drills' answers asks it."""


def live_sessions(
    session: Session, session_ids: Collection[LoginSessionId], *, now: datetime
) -> set[LoginSessionId]:
    """Which of the sign-in sessions are neither expired nor revoked, nor their account disabled."""
    asked = {"ids": sorted(session_ids), "now": now}
    return {LoginSessionId(id_) for id_ in session.connection().scalars(_LIVE, asked)}


def is_live_session(session: Session, session_id: LoginSessionId | None, *, now: datetime) -> bool:
    """Whether one is; False for none."""
    return session_id is not None and bool(live_sessions(session, {session_id}, now=now))


def touch_session(session: Session, session_id: LoginSessionId, *, now: datetime) -> None:
    """Note that a session is in use."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now))


def list_sessions(session: Session, actor: Actor, *, now: datetime) -> list[SessionRow]:
    """The actor's own live sessions, the present one first."""
    if actor.person_id is None:
        return []
    rows = session.scalars(
        select(LoginSession)
        .join(Account, Account.id == LoginSession.account_id)
        .where(
            Account.person_id.in_(identities_of(session, actor.person_id)),
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now,
        )
        .order_by((LoginSession.id == actor.session_id).desc(), LoginSession.seen_at.desc())
        .limit(50)
    )
    return [
        SessionRow(
            id=LoginSessionId(row.id),
            device=row.device,
            created_at=row.created_at,
            seen_at=row.seen_at,
            is_this_one=row.id == actor.session_id,
        )
        for row in rows
    ]


def revoke_session(
    session: Session, actor: Actor, session_id: LoginSessionId, *, now: datetime
) -> None:
    """Sign one of the actor's own browsers out, at once."""
    if actor.person_id is None:
        raise Forbidden
    row = session.get(LoginSession, session_id)
    if row is None:
        raise NotFound
    owner = session.get_one(Account, row.account_id).person_id
    if owner not in identities_of(session, actor.person_id):
        raise Forbidden
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record(
            session, actor, "session.revoked", subject=("login_session", session_id), now=now
        )


def revoke_all(
    session: Session,
    person_ids: Collection[PersonId],
    *,
    but: LoginSessionId | None = None,
    now: datetime,
) -> int:
    """Sign every browser of these identities out, but perhaps one; return how many."""
    accounts = select(Account.id).where(Account.person_id.in_(person_ids))
    statement = (
        update(LoginSession)
        .where(LoginSession.account_id.in_(accounts), LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(LoginSession.id)
    )
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    return len(session.scalars(statement).all())

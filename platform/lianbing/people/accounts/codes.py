"""One-time codes: issued by a team leader or administrator, printed once, used once.

Its digest is all that is stored of a code; printing is the affair of ``sheets``.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.errors import CodeNotValid, ConsentMissing, NobodyToPrint
from lianbing.people.accounts.rules import (
    CodePurpose,
    clean_code,
)
from lianbing.people.accounts.sessions import open_session, revoke_all
from lianbing.people.accounts.sheets import issue_sheet
from lianbing.people.accounts.signing_in import account_of, clear_tries, limit_key
from lianbing.people.authority import (
    identities_of,
    reachable_ids,
    require_over_person,
    require_reach,
)
from lianbing.people.models.accounts import Account, OneTimeCode
from lianbing.people.models.persons import Person
from lianbing.people.models.roles import RoleHolding
from lianbing.people.persons.identities import kept_id
from lianbing.people.persons.queries import members_of

CONSENT_VERSION = "2026-11"
MOST_ON_A_SHEET = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Redeemed:
    """A used code's account and the session it opened."""

    account_id: int
    person_id: PersonId
    token: str


def issue_reset(
    session: Session,
    actor: Actor,
    person_id: PersonId,
    *,
    organisation_id: OrganisationId,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Issue one person a code to come in with; return the sheet to print it from.

    By the team leader or an administrator over the person. The present password stays good
    until the code is used, so a code issued by mistake harms nobody.
    """
    if actor.person_id in identities_of(session, person_id):
        raise Forbidden
    require_over_person(
        session,
        actor,
        Role.TEAM_LEADER,
        Role.ADMINISTRATOR,
        person_id=person_id,
        on=local_date(now),
    )
    account = account_of(session, person_id)
    purpose = CodePurpose.RESET if account and account.password_hash else CodePurpose.ACTIVATION
    sheet_id = issue_sheet(
        session,
        actor,
        [person_id],
        organisation_id=organisation_id,
        purpose=purpose,
        keyring=keyring,
        now=now,
    )
    audit.record(
        session,
        actor,
        "account.code_issued",
        subject=("person", person_id),
        now=now,
        details={"purpose": purpose.value},
    )
    return sheet_id


def issue_for_subtree(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    *,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Issue activation codes to all below a node who have never chosen a password."""
    require_reach(
        session, actor, Role.TEAM_LEADER, Role.ADMINISTRATOR, organisation_id=organisation_id
    )
    members = members_of(session, organisation_id, on=local_date(now)).subquery()
    activated = select(Account.person_id).where(Account.password_hash.is_not(None))
    waiting = session.scalars(
        select(members.c.person_id)
        .where(
            members.c.person_id.not_in(activated),
            members.c.person_id.not_in(_beyond(actor)),
        )
        .order_by(members.c.person_id)
        .limit(MOST_ON_A_SHEET)
    ).all()
    if not waiting:
        raise NobodyToPrint
    sheet_id = issue_sheet(
        session,
        actor,
        [PersonId(id_) for id_ in waiting],
        organisation_id=organisation_id,
        purpose=CodePurpose.ACTIVATION,
        keyring=keyring,
        now=now,
    )
    audit.record(
        session,
        actor,
        "account.codes_issued",
        subject=("organisation", organisation_id),
        now=now,
        details={"codes": len(waiting)},
    )
    return sheet_id


def _beyond(actor: Actor) -> Select[int]:
    """Persons with a granted role that the actor does not administer: no code of theirs."""
    return (
        select(kept_id())
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .where(
            RoleHolding.ended_at.is_(None),
            RoleHolding.organisation_id.not_in(reachable_ids(actor, Role.ADMINISTRATOR)),
        )
    )


def redeem_code(
    session: Session, text: str, *, consent: bool, keyring: Keyring, device: str, now: datetime
) -> Redeemed:
    """Use a code up, once: sign in with it, all else signed out, a new password demanded."""
    code = clean_code(text)
    if not consent:
        raise ConsentMissing
    account_id = session.scalar(
        update(OneTimeCode)
        .where(
            OneTimeCode.digest == keyring.digest("one_time_code", code),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.revoked_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeCode.account_id)
    )
    if account_id is None:
        raise CodeNotValid
    account = session.get_one(Account, account_id)
    if account.disabled_at is not None:
        raise CodeNotValid
    account.password_hash = None
    account.must_change_password = True
    account.consent_version, account.consented_at = CONSENT_VERSION, now
    person_id = PersonId(account.person_id)
    revoke_all(session, identities_of(session, person_id), now=now)
    clear_tries(session, limit_key(account_id, keyring))
    audit.record(
        session,
        Actor(person_id=person_id, name=""),
        "account.code_used",
        subject=("account", account_id),
        now=now,
    )
    token = open_session(session, account_id, keyring=keyring, device=device, now=now)
    return Redeemed(account_id=account_id, person_id=person_id, token=token)


def sign_person_out(session: Session, actor: Actor, person_id: PersonId, *, now: datetime) -> None:
    """Sign a person out on every device, as when a phone is lost; by whoever may issue a code."""
    require_over_person(
        session,
        actor,
        Role.TEAM_LEADER,
        Role.ADMINISTRATOR,
        person_id=person_id,
        on=local_date(now),
    )
    count = revoke_all(session, identities_of(session, person_id), now=now)
    audit.record(
        session,
        actor,
        "account.signed_out",
        subject=("person", person_id),
        now=now,
        details={"sessions": count},
    )

"""Code sheets: fresh codes issued together, kept sealed for their issuer's printer for an hour.

Of a code only its digest is stored for good. The sheet lives long enough for a printer, too
short to be a second copy of the keys.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.errors import SheetGone
from lianbing.people.accounts.rules import CODE_LIFETIME, CodePurpose, make_code, show_code
from lianbing.people.models.accounts import Account, CodeSheet, OneTimeCode
from lianbing.people.persons.homes import homes_of
from lianbing.people.persons.queries import person_names

SHEET_KEPT = timedelta(hours=1)
CHUNK = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetLine:
    """One strip of a printed sheet."""

    name: str
    unit_name: str
    team_name: str
    staff_number: str
    code: str
    good_until: date


def issue_sheet(
    session: Session,
    actor: Actor,
    person_ids: Sequence[PersonId],
    *,
    organisation_id: OrganisationId,
    purpose: CodePurpose,
    keyring: Keyring,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> int:
    """Replace the persons' live codes by fresh ones, kept sealed for printing; ask nothing."""
    if actor.person_id is None or not person_ids:
        raise Forbidden
    codes = fresh_codes(
        session, actor, person_ids, purpose=purpose, keyring=keyring, now=now, choose=choose
    )
    lines = _lines(session, codes, good_until=local_date(now + CODE_LIFETIME[purpose]))
    sheet = CodeSheet(
        issued_by=actor.person_id,
        organisation_id=organisation_id,
        sealed=keyring.encrypt(orjson.dumps([asdict(line) for line in lines]).decode()),
        codes=len(lines),
        issued_at=now,
        expires_at=now + SHEET_KEPT,
    )
    session.add(sheet)
    session.flush()
    return sheet.id


def _lines(session: Session, codes: Mapping[PersonId, str], *, good_until: date) -> list[SheetLine]:
    names = person_names(session, list(codes))
    homes = homes_of(session, list(codes))
    return [
        SheetLine(
            name=names[person_id],
            unit_name=homes[person_id].unit_name if person_id in homes else "",
            team_name=homes[person_id].team_name if person_id in homes else "",
            staff_number=homes[person_id].staff_number if person_id in homes else "",
            code=show_code(code),
            good_until=good_until,
        )
        for person_id, code in codes.items()
    ]


def fresh_codes(
    session: Session,
    actor: Actor,
    person_ids: Sequence[PersonId],
    *,
    purpose: CodePurpose,
    keyring: Keyring,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> dict[PersonId, str]:
    """Replace the persons' live codes; return the new ones bare, which nothing else keeps."""
    accounts = accounts_for(session, person_ids, now=now)
    _end_live_codes(session, accounts.values(), now=now)
    expires_at = now + CODE_LIFETIME[purpose]
    codes = {person_id: make_code(choose) for person_id in person_ids}
    rows = [
        {
            "account_id": accounts[person_id],
            "purpose": purpose.value,
            "digest": keyring.digest("one_time_code", code),
            "issued_at": now,
            "issued_by": actor.person_id,
            "expires_at": expires_at,
        }
        for person_id, code in codes.items()
    ]
    session.execute(insert(OneTimeCode), rows)
    return codes


def accounts_for(
    session: Session, person_ids: Collection[PersonId], *, now: datetime
) -> dict[PersonId, int]:
    """Each person's account id, made where there is none."""
    found: dict[PersonId, int] = {}
    ordered = sorted(set(person_ids))
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        found.update(
            (PersonId(person_id), account_id)
            for person_id, account_id in session.execute(
                select(Account.person_id, Account.id).where(Account.person_id.in_(chunk))
            )
        )
    new = [PersonId(id_) for id_ in ordered if id_ not in found]
    if new:
        ids = session.scalars(
            insert(Account).returning(Account.id, sort_by_parameter_order=True),
            [{"person_id": id_, "created_at": now} for id_ in new],
        ).all()
        found.update(zip(new, ids, strict=True))
    return found


def open_sheet(
    session: Session, actor: Actor, sheet_id: int, *, keyring: Keyring, now: datetime
) -> list[SheetLine]:
    """The codes on a sheet, by unit and team, for its issuer alone; raises SheetGone."""
    sheet = session.get(CodeSheet, sheet_id)
    if sheet is None or sheet.expires_at <= now or sheet.issued_by != actor.person_id:
        raise SheetGone
    lines = [
        SheetLine(**{**line, "good_until": date.fromisoformat(line["good_until"])})
        for line in orjson.loads(keyring.decrypt(sheet.sealed))
    ]
    return sorted(
        lines, key=lambda line: (line.unit_name, line.team_name, line.staff_number, line.name)
    )


def grouped(lines: list[SheetLine]) -> list[tuple[str, list[SheetLine]]]:
    """Slips under the unit and team they are handed out in, keeping their order."""
    groups: dict[str, list[SheetLine]] = {}
    for line in lines:
        place = " · ".join(part for part in (line.unit_name, line.team_name) if part)
        groups.setdefault(place, []).append(line)
    return list(groups.items())


def destroy_sheet(session: Session, actor: Actor, sheet_id: int) -> None:
    """Let a printed sheet go; the codes on paper stay good."""
    session.execute(
        delete(CodeSheet).where(CodeSheet.id == sheet_id, CodeSheet.issued_by == actor.person_id)
    )


def destroy_old_sheets(session: Session, *, now: datetime) -> None:
    """Drop the sheets whose hour is over; run by the clock."""
    session.execute(delete(CodeSheet).where(CodeSheet.expires_at <= now))


def _end_live_codes(session: Session, account_ids: Collection[int], *, now: datetime) -> None:
    ordered = sorted(account_ids)
    for start in range(0, len(ordered), CHUNK):
        session.execute(
            update(OneTimeCode)
            .where(
                OneTimeCode.account_id.in_(ordered[start : start + CHUNK]),
                OneTimeCode.used_at.is_(None),
                OneTimeCode.revoked_at.is_(None),
            )
            .values(revoked_at=now)
            .execution_options(synchronize_session=False)
        )

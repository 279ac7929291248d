"""Uploading a list, looking at what it would do, storing it whole, or letting it go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.rules import CodePurpose
from lianbing.people.accounts.sheets import issue_sheet
from lianbing.people.authority import require_reach
from lianbing.people.imports.errors import ImportGone, ImportHasErrors, PlanChanged
from lianbing.people.imports.planning import Plan, plan_import
from lianbing.people.imports.reading import read_table
from lianbing.people.imports.rules import Reading, read_list
from lianbing.people.imports.storing import link_known, make_places, store_new
from lianbing.people.models.imports import PeopleImport
from lianbing.people.models.organisations import Organisation
from lianbing.people.organisations.queries import OrganisationRow, get_organisation_row
from lianbing.people.organisations.reach import lock_tree

KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPreview:
    """An upload as it would be stored now."""

    id: int
    file_name: str
    node: OrganisationRow
    reading: Reading
    plan: Plan
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadRow:
    """One of the actor's uploads that still waits."""

    id: int
    file_name: str
    organisation_name: str
    rows: int
    uploaded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What was stored: the new people, and how many known ones were linked."""

    organisation_id: OrganisationId
    new: tuple[PersonId, ...]
    linked: int


def upload(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    *,
    file_name: str,
    content: bytes,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Read a file and keep its cells sealed for a day; return its id for the preview."""
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=organisation_id)
    if actor.person_id is None:
        raise Forbidden
    table = read_table(content)
    reading = read_list(table, on=local_date(now))
    row = PeopleImport(
        organisation_id=organisation_id,
        uploaded_by=actor.person_id,
        file_name=file_name[:200],
        sealed=keyring.encrypt(orjson.dumps(table).decode()),
        rows=len(reading.lines),
        uploaded_at=now,
        expires_at=now + KEPT,
    )
    session.add(row)
    session.flush()
    return row.id


def list_uploads(session: Session, actor: Actor, *, now: datetime) -> list[UploadRow]:
    """The actor's uploads that were neither stored nor let go, newest first; at most 20."""
    rows = session.execute(
        select(PeopleImport, Organisation.name)
        .join(Organisation, Organisation.id == PeopleImport.organisation_id)
        .where(
            PeopleImport.uploaded_by == actor.person_id,
            PeopleImport.committed_at.is_(None),
            PeopleImport.expires_at > now,
        )
        .order_by(PeopleImport.id.desc())
        .limit(20)
    )
    return [
        UploadRow(
            id=row.id,
            file_name=row.file_name,
            organisation_name=name,
            rows=row.rows,
            uploaded_at=row.uploaded_at,
        )
        for row, name in rows
    ]


def preview(
    session: Session, actor: Actor, import_id: int, *, keyring: Keyring, now: datetime
) -> ImportPreview:
    """What storing the upload would do now; raises ImportGone."""
    row = _get(session, actor, import_id, now=now)
    return _preview(session, row, keyring=keyring, now=now)


def commit(
    session: Session,
    actor: Actor,
    import_id: int,
    *,
    fingerprint: str,
    keyring: Keyring,
    now: datetime,
) -> Imported:
    """Store the whole list as previewed, or nothing; codes for the new people come after.

    Raises ImportHasErrors, PlanChanged; a unique constraint stops what came in between.
    """
    row = _get(session, actor, import_id, now=now, lock=True)
    organisation_id = OrganisationId(row.organisation_id)
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=organisation_id)
    # Two lists that name the same new team must not both make it.
    lock_tree(session, on=local_date(now))
    found = _preview(session, row, keyring=keyring, now=now)
    if found.plan.problems:
        raise ImportHasErrors
    if found.plan.fingerprint != fingerprint:
        raise PlanChanged
    places = make_places(session, actor, found.plan, now=now)
    new = store_new(session, found.plan, places, keyring=keyring, now=now)
    linked = link_known(session, actor, found.plan, places, now=now)
    row.sealed, row.committed_at = None, now
    row.added, row.linked = len(new), linked
    audit.record(
        session,
        actor,
        "people.imported",
        subject=("organisation", organisation_id),
        now=now,
        details={"import_id": import_id, "added": len(new), "linked": linked},
    )
    return Imported(organisation_id=organisation_id, new=tuple(new), linked=linked)


def issue_codes(
    session: Session, actor: Actor, done: Imported, *, keyring: Keyring, now: datetime
) -> int:
    """Issue the new people's codes, in a transaction after the import's; return their sheet.

    Apart, so that a long list holds the database's one writer half as long. Were it lost,
    codes can be printed from the list of people.
    """
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=done.organisation_id)
    sheet_id = issue_sheet(
        session,
        actor,
        done.new,
        organisation_id=done.organisation_id,
        purpose=CodePurpose.ACTIVATION,
        keyring=keyring,
        now=now,
    )
    audit.record(
        session,
        actor,
        "account.codes_issued",
        subject=("organisation", done.organisation_id),
        now=now,
        details={"codes": len(done.new)},
    )
    return sheet_id


def discard(session: Session, actor: Actor, import_id: int, *, now: datetime) -> None:
    """Let an upload go; its cells are destroyed."""
    session.delete(_get(session, actor, import_id, now=now, lock=True))


def destroy_old_uploads(session: Session, *, now: datetime) -> None:
    """Destroy the cells of uploads whose day is over; run by the clock."""
    session.execute(
        delete(PeopleImport).where(
            PeopleImport.expires_at <= now, PeopleImport.committed_at.is_(None)
        )
    )


def _get(
    session: Session, actor: Actor, import_id: int, *, now: datetime, lock: bool = False
) -> PeopleImport:
    row = session.get(PeopleImport, import_id, with_for_update=lock or None)
    if row is None or row.sealed is None or row.expires_at <= now:
        raise ImportGone
    if row.uploaded_by != actor.person_id:
        raise Forbidden
    return row


def _preview(
    session: Session, row: PeopleImport, *, keyring: Keyring, now: datetime
) -> ImportPreview:
    if row.sealed is None:
        raise ImportGone
    table = orjson.loads(keyring.decrypt(row.sealed))
    reading = read_list(table, on=local_date(now))
    node = get_organisation_row(session, OrganisationId(row.organisation_id))
    return ImportPreview(
        id=row.id,
        file_name=row.file_name,
        node=node,
        reading=reading,
        plan=plan_import(session, node, reading, keyring=keyring),
        expires_at=row.expires_at,
    )

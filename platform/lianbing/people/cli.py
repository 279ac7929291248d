"""``lianbing people``: the first administrator of an installation that has none yet."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.crypto import Keyring, current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.rules import CodePurpose, show_code
from lianbing.people.accounts.sheets import fresh_codes
from lianbing.people.models.organisations import Organisation
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.organisations.use_cases import NewOrganisation, add_organisation
from lianbing.people.persons.memberships import NewMembership
from lianbing.people.persons.queries import find_by_number
from lianbing.people.persons.registering import NewPerson, add_person
from lianbing.people.roles.errors import RoleHeldAlready
from lianbing.people.roles.use_cases import grant_role


@click.group("people")
def people_group() -> None:
    """Organisations, people and accounts."""


@people_group.command("appoint")
@click.option("--organisation", required=True, help="Name or code; made as a root if unknown.")
@click.option("--name", required=True, help="The administrator's name.")
@click.option("--phone", required=True, help="The phone number to sign in with.")
@with_appcontext
def appoint_command(organisation: str, name: str, phone: str) -> None:
    """Appoint an administrator and print a one-time code; running it again gives a new code."""
    try:
        with transaction() as session:
            code = _appoint(session, organisation, name, phone, keyring=current_keyring())
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Sign in at /activate with this one-time code: {show_code(code)}")


def _appoint(
    session: Session, organisation: str, name: str, phone: str, *, keyring: Keyring
) -> str:
    now = utc_now()
    node_id = _find_or_make(session, organisation)
    person_id = find_by_number(session, phone, keyring=keyring) or add_person(
        session,
        SYSTEM,
        NewPerson(name=name, phone=phone),
        NewMembership(organisation_id=node_id),
        keyring=keyring,
        now=now,
    )
    try:
        grant_role(
            session,
            SYSTEM,
            person_id=person_id,
            role=Role.ADMINISTRATOR,
            organisation_id=node_id,
            now=now,
        )
    except RoleHeldAlready:
        click.echo("This person administers it already; here is a new code.")
    codes = fresh_codes(
        session,
        SYSTEM,
        [person_id],
        purpose=CodePurpose.ACTIVATION,
        keyring=keyring,
        now=now,
    )
    return codes[PersonId(person_id)]


def _find_or_make(session: Session, organisation: str) -> OrganisationId:
    found = session.scalars(
        select(Organisation.id).where(
            (Organisation.code == organisation) | (Organisation.name == organisation)
        )
    ).all()
    if len(found) > 1:
        raise click.ClickException("Several organisations have this name. Give the code.")
    if found:
        return OrganisationId(found[0])
    return add_organisation(
        session,
        SYSTEM,
        NewOrganisation(name=organisation, kind=OrganisationKind.TERRITORIAL_UNION, parent_id=None),
        now=utc_now(),
    )

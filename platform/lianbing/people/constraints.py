"""What people's unique constraints say when they are violated."""

from lianbing.kernel.errors import DomainError
from lianbing.people.accounts.errors import AccountExists
from lianbing.people.organisations.errors import CodeTaken, LinkExists
from lianbing.people.persons.errors import (
    AlreadyMember,
    IdNumberTaken,
    PhoneTaken,
    SamePerson,
    StaffNumberTaken,
)
from lianbing.people.roles.errors import RoleHeldAlready
from lianbing.web.errors import map_constraint

SAYINGS: dict[str, type[DomainError]] = {
    "uq_organisation_code": CodeTaken,
    "uq_organisation_link_open": LinkExists,
    "uq_person_id_number_digest": IdNumberTaken,
    "uq_person_phone_digest": PhoneTaken,
    "uq_person_merge_absorbed": SamePerson,
    "uq_membership_open": AlreadyMember,
    "uq_membership_home": AlreadyMember,
    "uq_membership_staff_number": StaffNumberTaken,
    "uq_membership_request_open": AlreadyMember,
    "uq_role_holding_open": RoleHeldAlready,
    "uq_account_person_id": AccountExists,
}


def map_constraints() -> None:
    """Let them speak as domain errors."""
    for name, error in SAYINGS.items():
        map_constraint(name, error)

"""Every table of people, importable from one place; each sub-feature owns its own."""

from lianbing.people.models.accounts import (
    Account,
    CodeSheet,
    LoginSession,
    OneTimeCode,
    SignInLimit,
)
from lianbing.people.models.imports import PeopleImport
from lianbing.people.models.organisations import (
    Organisation,
    OrganisationFacts,
    OrganisationLink,
    OrganisationReach,
    OrganisationTree,
)
from lianbing.people.models.persons import Membership, MembershipRequest, Person, PersonMerge
from lianbing.people.models.roles import RoleHolding

__all__ = [
    "Account",
    "CodeSheet",
    "LoginSession",
    "Membership",
    "MembershipRequest",
    "OneTimeCode",
    "Organisation",
    "OrganisationFacts",
    "OrganisationLink",
    "OrganisationReach",
    "OrganisationTree",
    "PeopleImport",
    "Person",
    "PersonMerge",
    "RoleHolding",
    "SignInLimit",
]

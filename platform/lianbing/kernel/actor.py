"""Who acts: a person with the roles held at nodes of the organisation tree.

A role is held *at* an organisation and reaches its subtree; whether a node lies in that
subtree is a question for ``people.queries``, since only the database knows the tree.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from lianbing.kernel.ids import LoginSessionId, OrganisationId, PersonId


class Role(StrEnum):
    """The roles of DOMAIN.md; several per person, each at a node."""

    WORKER = "worker"
    TEAM_LEADER = "team_leader"
    TRAINER = "trainer"
    ORGANISER = "organiser"
    JUDGE = "judge"
    ASSESSOR = "assessor"
    OVERSEER = "overseer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleAt:
    """A role and the node it is held at."""

    role: Role
    organisation_id: OrganisationId


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A signed-in person, or the system itself when ``person_id`` is None.

    ``person_ids``: all identities merged into this person, the kept one first, as a sign-in
    looked them up; empty where nobody signed in.
    """

    person_id: PersonId | None
    name: str
    person_ids: tuple[PersonId, ...] = ()
    roles: tuple[RoleAt, ...] = ()
    session_id: LoginSessionId | None = None
    locale: str | None = None
    larger_text: bool = False
    must_change_password: bool = False
    organisation_ids: tuple[OrganisationId, ...] = field(default=())

    def holds(self, *wanted: Role) -> bool:
        """Whether any of the roles is held, at whatever node."""
        return any(held.role in wanted for held in self.roles)

    def nodes(self, *wanted: Role) -> frozenset[OrganisationId]:
        """The nodes at which any of the roles is held."""
        return frozenset(held.organisation_id for held in self.roles if held.role in wanted)


def roles_of(actor: Actor) -> Iterable[Role]:
    """The distinct roles of an actor, in the enum's order."""
    held = {role_at.role for role_at in actor.roles}
    return (role for role in Role if role in held)


SYSTEM = Actor(person_id=None, name="system")

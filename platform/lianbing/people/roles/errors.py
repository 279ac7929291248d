"""Refusals about granting and revoking roles."""

from lianbing.kernel.errors import N_, DomainError, Kind


class RoleHeldAlready(DomainError):
    code = "role_held_already"
    kind = Kind.CONFLICT
    message = N_("This person already holds this role here. Nothing was changed.")


class WorkerIsByMembership(DomainError):
    code = "worker_is_by_membership"
    message = N_("A worker is whoever is a member. Add the person to the organisation instead.")


class OwnAdministration(DomainError):
    code = "own_administration"
    kind = Kind.CONFLICT
    message = N_("You cannot take your own administrator role. Ask another administrator.")

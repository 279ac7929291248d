"""What other features may ask of people; each answer lives with its sub-feature."""

from lianbing.people.accounts.sessions import is_live_session, live_sessions
from lianbing.people.authority import identities_of_many
from lianbing.people.organisations.queries import (
    OrganisationRow,
    facts_on,
    find_facts,
    list_reachable_organisations,
    organisation_names,
)
from lianbing.people.organisations.regions import Region, regions_of
from lianbing.people.persons.counts import ParticipationBase, UnitBase, participation_base
from lianbing.people.persons.homes import Home, homes_of
from lianbing.people.persons.identities import (
    identities,
    kept_ids,
    same_person_ids,
    with_identities,
)
from lianbing.people.persons.lists import persons_matching
from lianbing.people.persons.queries import (
    PersonCard,
    PersonFacts,
    members_of,
    occupation_of,
    person_cards,
    person_facts,
    person_names,
    persons_within,
)
from lianbing.people.roles.queries import load_actor

__all__ = [
    "Home",
    "OrganisationRow",
    "ParticipationBase",
    "PersonCard",
    "PersonFacts",
    "Region",
    "UnitBase",
    "facts_on",
    "find_facts",
    "homes_of",
    "identities",
    "identities_of_many",
    "is_live_session",
    "kept_ids",
    "list_reachable_organisations",
    "live_sessions",
    "load_actor",
    "members_of",
    "occupation_of",
    "organisation_names",
    "participation_base",
    "person_cards",
    "person_facts",
    "person_names",
    "persons_matching",
    "persons_within",
    "regions_of",
    "same_person_ids",
    "with_identities",
]

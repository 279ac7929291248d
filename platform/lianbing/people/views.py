"""The pages of people, gathered: importing this registers every sub-feature's routes."""

from lianbing.people import labels
from lianbing.people.accounts import door_views, me_views, staff_views
from lianbing.people.accounts import views as account_views
from lianbing.people.blueprint import blueprint
from lianbing.people.imports import views as import_views
from lianbing.people.organisations import views as organisation_views
from lianbing.people.persons import upkeep_views
from lianbing.people.persons import views as person_views
from lianbing.people.roles import views as role_views

__all__ = [
    "account_views",
    "blueprint",
    "door_views",
    "import_views",
    "labels",
    "me_views",
    "organisation_views",
    "person_views",
    "role_views",
    "staff_views",
    "upkeep_views",
]

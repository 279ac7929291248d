"""The words for people's codes, in the viewer's language; templates know them as ``labels``."""

from types import SimpleNamespace

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _

from lianbing.kernel.actor import Role
from lianbing.kernel.grades import SkillGrade
from lianbing.people.blueprint import blueprint
from lianbing.people.organisations.profile import INDUSTRIES, Ownership, SizeClass
from lianbing.people.organisations.rules import Line, OrganisationKind
from lianbing.people.persons.rules import EmploymentForm, Sex

ROLES = {
    Role.WORKER: lazy_pgettext("role", "Worker"),
    Role.TEAM_LEADER: lazy_pgettext("role", "Team leader"),
    Role.TRAINER: lazy_pgettext("role", "Trainer"),
    Role.ORGANISER: lazy_pgettext("role", "Organiser"),
    Role.JUDGE: lazy_pgettext("role", "Judge or marker"),
    Role.ASSESSOR: lazy_pgettext("role", "Assessor"),
    Role.OVERSEER: lazy_pgettext("role", "Overseer"),
    Role.ADMINISTRATOR: lazy_pgettext("role", "Administrator"),
}
KINDS = {
    OrganisationKind.TERRITORIAL_UNION: _("Territorial union"),
    OrganisationKind.INDUSTRY_UNION: _("Industry union"),
    OrganisationKind.UNIT: _("Unit"),
    OrganisationKind.DEPARTMENT: _("Department"),
    OrganisationKind.WORK_TEAM: _("Work team"),
}
LINES = {
    Line.TERRITORIAL: _("Territorial line"),
    Line.INDUSTRIAL: _("Industry line"),
    Line.INTERNAL: _("Internal line"),
}
OWNERSHIPS = {
    Ownership.STATE_OWNED: _("State-owned"),
    Ownership.COLLECTIVE: _("Collective"),
    Ownership.NON_PUBLIC: _("Non-public"),
    Ownership.FOREIGN_FUNDED: _("Foreign-funded"),
    Ownership.GOVERNMENT_BODY: _("Government body"),
    Ownership.PUBLIC_INSTITUTION: _("Public institution"),
    Ownership.SOCIAL_ORGANISATION: _("Social organisation"),
    Ownership.OTHER: _("Other ownership"),
}
SIZES = {
    SizeClass.LARGE: _("Large unit"),
    SizeClass.MEDIUM: _("Medium unit"),
    SizeClass.SMALL: _("Small unit"),
    SizeClass.MICRO: _("Micro unit"),
}
SEXES = {Sex.MALE: _("Male"), Sex.FEMALE: _("Female")}
EMPLOYMENT = {
    EmploymentForm.CONTRACT: _("Employment contract"),
    EmploymentForm.DISPATCHED: _("Labour dispatch"),
    EmploymentForm.PLATFORM: _("Platform work"),
    EmploymentForm.FLEXIBLE: _("Flexible employment"),
    EmploymentForm.SELF_EMPLOYED: _("Self-employed"),
    EmploymentForm.NOT_EMPLOYED: _("Not employed"),
}
GRADES = {
    SkillGrade.APPRENTICE: _("Apprentice"),
    SkillGrade.JUNIOR: _("Junior (grade 5)"),
    SkillGrade.INTERMEDIATE: _("Intermediate (grade 4)"),
    SkillGrade.SENIOR: _("Senior (grade 3)"),
    SkillGrade.TECHNICIAN: _("Technician (grade 2)"),
    SkillGrade.SENIOR_TECHNICIAN: _("Senior technician (grade 1)"),
    SkillGrade.SPECIAL_GRADE: _("Special-grade technician"),
    SkillGrade.CHIEF: _("Chief technician"),
}


def industry_name(code: str) -> str:
    """The words for a section of the industrial classification; the code itself where unknown."""
    name = INDUSTRIES.get(code[:1])
    return f"{code} {gettext(name)}" if name else code


LABELS = SimpleNamespace(
    roles=ROLES,
    kinds=KINDS,
    lines=LINES,
    ownerships=OWNERSHIPS,
    sizes=SIZES,
    sexes=SEXES,
    employment=EMPLOYMENT,
    grades=GRADES,
    industry=industry_name,
)


@blueprint.context_processor
def _labels() -> dict[str, object]:
    return {"labels": LABELS}

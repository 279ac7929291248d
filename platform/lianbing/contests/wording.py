"""Conditions, phases, levels and kinds in the viewer's words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from lianbing.contests.blueprint import blueprint
from lianbing.contests.eligibility import (
    AgeRange,
    AtMostPerUnit,
    Condition,
    ConditionResult,
    EmployedOnly,
    EmploymentFormIn,
    GradeRange,
    OccupationIn,
    Why,
    WithinOrganisations,
)
from lianbing.contests.rules import ContestKind, ContestLevel, Phase
from lianbing.kernel.ids import OrganisationId
from lianbing.people.labels import EMPLOYMENT
from lianbing.people.persons.rules import EmploymentForm
from lianbing.people.queries import organisation_names
from lianbing.subjects.queries import find_occupation
from lianbing.web.grade_words import GRADE_WORDS

LEVELS = {
    ContestLevel.INTERNATIONAL: _("International"),
    ContestLevel.NATIONAL: _("National"),
    ContestLevel.INTERREGIONAL: _("Interregional"),
    ContestLevel.PROVINCE: _("Province"),
    ContestLevel.CITY: _("City"),
    ContestLevel.COUNTY: _("County"),
    ContestLevel.ENTERPRISE: _("Enterprise"),
    ContestLevel.PARK: _("Park"),
}
CONTEST_KINDS = {
    ContestKind.GENERAL_OCCUPATION: _("General occupation"),
    ContestKind.SPECIAL_OCCUPATION: _("Special occupation"),
    ContestKind.JOB_COMPETENCY: _("Job competency"),
    ContestKind.MIGRANT_WORKER: _("Migrant workers"),
    ContestKind.SAFETY: _("Safety and health"),
    ContestKind.INNOVATION: _("Innovation"),
}
PHASES = {
    Phase.DRAFT: (_("Draft"), "plain"),
    Phase.CANCELLED: (_("Cancelled"), "stop"),
    Phase.BEFORE_REGISTRATION: (_("Registration opens soon"), "wait"),
    Phase.REGISTRATION: (_("Registration open"), "live"),
    Phase.BEFORE_EXAM: (_("Registration closed"), "wait"),
    Phase.EXAM: (_("Exam running"), "live"),
    Phase.MARKING: (_("Waiting for results"), "wait"),
    Phase.FINISHED: (_("Results published"), "good"),
}
ADVICE = {
    Why.BIRTH_YEAR_UNKNOWN: _(
        "Your birth year is not on file. Ask your administrator or team leader to enter it."
    ),
    Why.TOO_YOUNG: _("By your birth year you are too young for this event."),
    Why.TOO_OLD: _("By your birth year you are above the age of this event."),
    Why.ELSEWHERE: _("You are not on file there. If you have moved, ask your new unit to add you."),
    Why.NOT_EMPLOYED: _(
        "You are not on file as employed. If you are, ask your administrator to correct it."
    ),
    Why.GRADE_UNKNOWN: _(
        "No grade of yours is on file. Show your certificate to your administrator."
    ),
    Why.GRADE_TOO_LOW: _("Your grade on file is lower."),
    Why.GRADE_TOO_HIGH: _("Your grade on file is higher."),
    Why.OCCUPATION_UNKNOWN: _(
        "Your occupation is not on file. Ask your administrator to enter it."
    ),
    Why.OTHER_OCCUPATION: _("Your occupation on file is another."),
    Why.EMPLOYMENT_FORM_UNKNOWN: _(
        "Your form of employment is not on file. Ask your administrator to enter it."
    ),
    Why.OTHER_EMPLOYMENT_FORM: _("Your form of employment on file is another."),
    Why.UNIT_FULL: _("Your unit has taken all its places. A withdrawal frees one."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionWords:
    """A condition as the notice shows it; ``advice`` is empty where it is met."""

    text: str
    met: bool
    advice: str


def condition_words(session: Session, results: Sequence[ConditionResult]) -> list[ConditionWords]:
    """Each outcome with what it asks and what to do."""
    return [
        ConditionWords(
            text=describe(session, result.condition),
            met=result.met,
            advice="" if result.met else str(ADVICE[result.why]),
        )
        for result in results
    ]


def describe(session: Session, condition: Condition) -> str:
    """What a condition asks for."""
    match condition:
        case AgeRange():
            return _age(condition)
        case WithinOrganisations(organisation_ids=ids):
            names = organisation_names(session, [OrganisationId(id_) for id_ in ids])
            return gettext("Belongs to %(names)s", names=_listed(names.values()))
        case EmployedOnly():
            return gettext("In employment")
        case GradeRange():
            return _grades(condition)
        case OccupationIn(occupations=occupations):
            found = [find_occupation(session, *key) for key in occupations]
            shown = [
                row.title if row else code
                for row, (_edition, code) in zip(found, occupations, strict=True)
            ]
            return gettext("Occupation: %(names)s", names=_listed(shown))
        case EmploymentFormIn(forms=forms):
            named = [str(EMPLOYMENT[EmploymentForm(form)]) for form in forms]
            return gettext("Form of employment: %(names)s", names=_listed(named))
        case AtMostPerUnit(places=places):
            return gettext("At most %(places)s from one unit", places=places)
        case _ as unknown:
            assert_never(unknown)


def _age(condition: AgeRange) -> str:
    lowest, highest = condition.lowest, condition.highest
    if highest is None:
        return gettext("At least %(lowest)s years old", lowest=lowest)
    if lowest is None:
        return gettext("At most %(highest)s years old", highest=highest)
    return gettext("%(lowest)s to %(highest)s years old", lowest=lowest, highest=highest)


def _grades(condition: GradeRange) -> str:
    lowest = GRADE_WORDS[condition.lowest] if condition.lowest else None
    highest = GRADE_WORDS[condition.highest] if condition.highest else None
    if highest is None:
        return gettext("Present grade at least %(lowest)s", lowest=lowest)
    if lowest is None:
        return gettext("Present grade at most %(highest)s", highest=highest)
    if condition.lowest is condition.highest:
        return gettext("Present grade %(grade)s", grade=lowest)
    return gettext("Present grade %(lowest)s to %(highest)s", lowest=lowest, highest=highest)


def _listed(names: Iterable[str]) -> str:
    return "、".join(names)


@blueprint.app_context_processor
def _contest_words() -> dict[str, object]:
    return {
        "contest_phases": PHASES,
        "contest_levels": LEVELS,
        "contest_kinds": CONTEST_KINDS,
    }

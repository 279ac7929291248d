"""The one form that makes a contest: notice, event with its conditions, theory round."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lianbing.contests.eligibility import (
    AgeRange,
    AtMostPerUnit,
    Condition,
    EmployedOnly,
    EmploymentFormIn,
    GradeRange,
    OccupationIn,
    WithinOrganisations,
)
from lianbing.contests.rules import ContestKind, ContestLevel
from lianbing.contests.use_cases import ContestPlan, NoticeRevision
from lianbing.contests.wording import CONTEST_KINDS, LEVELS
from lianbing.exams.forms import ExamFields, to_utc
from lianbing.kernel.grades import SkillGrade
from lianbing.kernel.ids import OrganisationId
from lianbing.people.labels import EMPLOYMENT
from lianbing.subjects.queries import SubjectRow
from lianbing.web.grade_words import GRADE_WORDS

NO_GRADE = SelectChoice("", _("No condition"))


def _words(labels: Mapping[Any, LazyString]) -> list[SelectChoice]:
    return [SelectChoice(code.value, words) for code, words in labels.items()]


class ContestForm(ExamFields):
    """A contest of one event with its theory round; the exam's own fields are inherited."""

    title = StringField(_("Title"), validators=[InputRequired(), Length(max=200)])
    organisation_id = SelectField(_("Host"), coerce=int, validators=[InputRequired()])
    level = SelectField(_("Level"), choices=_words(LEVELS), default=ContestLevel.CITY.value)
    contest_class = StringField(_("Class"), validators=[Length(max=60)])
    kind = SelectField(_("Sort of contest"), choices=_words(CONTEST_KINDS))
    event_title = StringField(_("Event"), validators=[InputRequired(), Length(max=120)])
    notice = TextAreaField(_("Notice"), validators=[InputRequired(), Length(max=20_000)])
    contact = StringField(_("Contact"), validators=[InputRequired(), Length(max=200)])
    registration_opens_at = DateTimeLocalField(
        _("Registration opens"), validators=[InputRequired()]
    )
    registration_closes_at = DateTimeLocalField(
        _("Registration closes"), validators=[InputRequired()]
    )
    lowest_age = IntegerField(_("Youngest age"), validators=[Optional(), NumberRange(14, 120)])
    highest_age = IntegerField(_("Oldest age"), validators=[Optional(), NumberRange(14, 120)])
    within = SelectField(_("Open to members of"), coerce=int, default=0)
    employed_only = BooleanField(_("Only people in employment"))
    same_occupation = BooleanField(_("Only the subject's own occupation"))
    lowest_grade = SelectField(_("Lowest grade"), choices=[NO_GRADE, *_words(GRADE_WORDS)])
    highest_grade = SelectField(_("Highest grade"), choices=[NO_GRADE, *_words(GRADE_WORDS)])
    employment_forms = SelectMultipleField(
        _("Forms of employment"),
        choices=_words(EMPLOYMENT),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    places_per_unit = IntegerField(
        _("Places of one unit"), validators=[Optional(), NumberRange(1, 100_000)]
    )
    submit = SubmitField(_("Save as a draft"))

    def suggest(self, local_now: datetime) -> None:
        """Times that fit together, on the hour: registration for a week, the exam after it."""
        start = local_now.replace(minute=0, second=0, microsecond=0, tzinfo=None)
        self.registration_opens_at.data = start
        self.registration_closes_at.data = start + timedelta(days=7)
        morning = (start + timedelta(days=8)).replace(hour=9)
        self.opens_at.data = morning
        self.closes_at.data = morning + timedelta(hours=2)

    def validate_highest_age(self, field: IntegerField) -> None:
        """The oldest age may not lie below the youngest."""
        ages = (self.lowest_age.data, field.data)
        if None not in ages and ages[0] > ages[1]:
            raise ValidationError(_("The oldest age must not lie below the youngest."))

    def validate_highest_grade(self, field: SelectField) -> None:
        """The highest grade may not lie below the lowest."""
        lowest = self.lowest_grade.data
        if lowest and field.data and SkillGrade(lowest).rank > SkillGrade(field.data).rank:
            raise ValidationError(_("The highest grade must not lie below the lowest."))

    def conditions(self, subject: SubjectRow) -> tuple[Condition, ...]:
        """The eligibility rule that was chosen."""
        found: list[Condition] = []
        if self.lowest_age.data is not None or self.highest_age.data is not None:
            found.append(AgeRange(lowest=self.lowest_age.data, highest=self.highest_age.data))
        if self.within.data:
            found.append(WithinOrganisations(organisation_ids=(self.within.data,)))
        if self.employed_only.data:
            found.append(EmployedOnly())
        lowest, highest = self.lowest_grade.data, self.highest_grade.data
        if lowest or highest:
            found.append(
                GradeRange(
                    lowest=SkillGrade(lowest) if lowest else None,
                    highest=SkillGrade(highest) if highest else None,
                )
            )
        if self.same_occupation.data and subject.occupation:
            found.append(OccupationIn(occupations=(subject.occupation,)))
        if self.employment_forms.data:
            found.append(EmploymentFormIn(forms=tuple(self.employment_forms.data)))
        if self.places_per_unit.data is not None:
            found.append(AtMostPerUnit(places=self.places_per_unit.data))
        return tuple(found)

    def contest_plan(self, subject: SubjectRow, zone: ZoneInfo) -> ContestPlan:
        """What was typed as a plan; local times in the installation's zone become UTC."""
        host = OrganisationId(self.organisation_id.data)
        title, event = self.title.data.strip(), self.event_title.data.strip()
        return ContestPlan(
            title=title,
            organisation_id=host,
            level=ContestLevel(self.level.data),
            contest_class=self.contest_class.data.strip(),
            kind=ContestKind(self.kind.data),
            notice=self.notice.data.strip(),
            contact=self.contact.data.strip(),
            registration_opens_at=to_utc(self.registration_opens_at.data, zone),
            registration_closes_at=to_utc(self.registration_closes_at.data, zone),
            event_title=event,
            conditions=self.conditions(subject),
            exam=self.plan(title=f"{title} · {event}"[:200], organisation_id=host, zone=zone),
        )


class NoticeForm(FlaskForm):
    """What may still be changed of a contest: its words and its registration times."""

    notice = TextAreaField(_("Notice"), validators=[InputRequired(), Length(max=20_000)])
    contact = StringField(_("Contact"), validators=[InputRequired(), Length(max=200)])
    registration_opens_at = DateTimeLocalField(
        _("Registration opens"), validators=[InputRequired()]
    )
    registration_closes_at = DateTimeLocalField(
        _("Registration closes"), validators=[InputRequired()]
    )
    submit = SubmitField(_("Save"))

    def revision(self, zone: ZoneInfo) -> NoticeRevision:
        """What was typed; local times in the installation's zone become UTC."""
        return NoticeRevision(
            notice=self.notice.data.strip(),
            contact=self.contact.data.strip(),
            registration_opens_at=to_utc(self.registration_opens_at.data, zone),
            registration_closes_at=to_utc(self.registration_closes_at.data, zone),
        )


class CancelContestForm(FlaskForm):
    """Why a contest is cancelled; those registered read it."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(), Length(max=500)])
    submit = SubmitField(_("Cancel the contest"))

"""Forms about persons: they check shape; rules are checked in the use cases."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lianbing.kernel.actor import Role
from lianbing.kernel.grades import SkillGrade
from lianbing.people.choices import YES_NO, choices, optional_choices, yes_no
from lianbing.people.labels import EMPLOYMENT, GRADES, ROLES, SEXES
from lianbing.people.persons.registering import PersonalFields
from lianbing.people.persons.rules import EmploymentForm, Sex

REQUIRED = InputRequired(message=_("This is needed."))
GRANTABLE = {role: word for role, word in ROLES.items() if role is not Role.WORKER}


class PersonForm(FlaskForm):
    """Identity and personal fields; on an edit, an empty number stays as it is."""

    name = StringField(_("Name"), validators=[REQUIRED, Length(max=60)])
    phone = StringField(_("Phone"), validators=[Length(max=20)], render_kw={"inputmode": "tel"})
    id_number = StringField(
        _("ID number"), validators=[Length(max=30)], render_kw={"autocomplete": "off"}
    )
    sex = SelectField(_("Sex"), choices=optional_choices(SEXES))
    birth_year = IntegerField(
        _("Birth year"), validators=[Optional(), NumberRange(min=1900, max=2100)]
    )
    employment_form = SelectField(_("Form of employment"), choices=optional_choices(EMPLOYMENT))
    is_migrant = SelectField(_("Migrant worker"), choices=YES_NO)
    occupation_edition = StringField(
        _("Occupation: edition"), validators=[Length(max=8)], description=_("Such as 2022.")
    )
    occupation_code = StringField(
        _("Occupation: code"), validators=[Length(max=16)], description=_("Such as 6-31-01-03.")
    )
    post = StringField(_("Post"), validators=[Length(max=60)])
    grade = SelectField(_("Grade"), choices=optional_choices(GRADES))
    grade_since = DateField(_("Grade since"), validators=[Optional()])

    def personal(self) -> PersonalFields:
        """The personal fields as typed."""
        sex, employment, grade = self.sex.data, self.employment_form.data, self.grade.data
        return PersonalFields(
            sex=Sex(sex) if sex else None,
            birth_year=self.birth_year.data,
            is_migrant=yes_no(self.is_migrant.data),
            employment_form=EmploymentForm(employment) if employment else None,
            occupation_edition=(self.occupation_edition.data or "").strip() or None,
            occupation_code=(self.occupation_code.data or "").strip() or None,
            post=(self.post.data or "").strip(),
            grade=SkillGrade(grade) if grade else None,
            grade_since=self.grade_since.data,
        )


class NewPersonForm(PersonForm):
    organisation = SelectField(_("Belongs to"), coerce=int, choices=[])
    staff_number = StringField(_("Staff number"), validators=[Length(max=32)])


class AddMemberForm(FlaskForm):
    organisation = SelectField(_("Belongs to"), coerce=int, choices=[])
    staff_number = StringField(_("Staff number"), validators=[Length(max=32)])
    is_home = BooleanField(_("Counts here from now on"))


class KnownPersonForm(AddMemberForm):
    number = StringField(
        _("Phone or ID number"),
        validators=[REQUIRED, Length(max=30)],
        description=_("The whole number, exactly."),
        render_kw={"autocomplete": "off"},
    )
    confirmed = BooleanField(_("This is the person I mean"))


class MoveForm(FlaskForm):
    organisation = SelectField(_("Move to"), coerce=int, choices=[])


class EndMembershipForm(FlaskForm):
    valid_to = DateField(_("Last day, not included"), validators=[REQUIRED])


class GrantForm(FlaskForm):
    role = SelectField(_("Role"), choices=choices(GRANTABLE))
    organisation = SelectField(_("Held at"), coerce=int, choices=[])
    valid_from = DateField(_("First day"), validators=[REQUIRED])
    valid_to = DateField(_("Up to, not including"), validators=[Optional()])


class MergeForm(FlaskForm):
    reason = TextAreaField(
        _("Reason"),
        validators=[REQUIRED, Length(max=500)],
        description=_("How you know that these are one person."),
    )

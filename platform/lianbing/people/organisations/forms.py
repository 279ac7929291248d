"""Forms about organisations: they check shape; rules are checked in the use cases."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lianbing.people.choices import YES_NO, choices, optional_choices, yes_no
from lianbing.people.labels import KINDS, OWNERSHIPS, SIZES, industry_name
from lianbing.people.organisations.profile import INDUSTRIES, Ownership, SizeClass, UnitFacts
from lianbing.people.organisations.rules import CHILDREN, OrganisationKind

REQUIRED = InputRequired(message=_("This is needed."))


class NameForm(FlaskForm):
    name = StringField(_("Organisation name"), validators=[REQUIRED, Length(max=120)])
    code = StringField(
        _("Code"),
        validators=[Length(max=40)],
        description=_("Short and unique, such as a credit code. People may sign in with it."),
    )


class NewOrganisationForm(NameForm):
    kind = SelectField(_("Kind"), choices=choices(KINDS))

    def offer_below(self, parent: OrganisationKind) -> None:
        """Offer only the kinds that may stand below the parent."""
        self.kind.choices = choices({kind: KINDS[kind] for kind in CHILDREN[parent]})


class FactsForm(FlaskForm):
    valid_from = DateField(_("True from"), validators=[REQUIRED])
    industry = SelectField(_("Industry"), choices=[])
    ownership = SelectField(_("Ownership"), choices=optional_choices(OWNERSHIPS))
    size_class = SelectField(_("Size class"), choices=optional_choices(SIZES))
    union_founded = SelectField(_("Union founded"), choices=YES_NO)
    park = StringField(_("Industrial park"), validators=[Length(max=120)])
    head_count = IntegerField(
        _("Registered head count"),
        validators=[Optional(), NumberRange(min=0, max=10_000_000)],
        description=_("Participation rates are measured against it."),
    )

    def offer_industries(self) -> None:
        """Fill in the industries, in the viewer's language."""
        self.industry.choices = [
            SelectChoice("", _("Not stated")),
            *(SelectChoice(code, industry_name(code)) for code in INDUSTRIES),
        ]

    def facts(self) -> UnitFacts:
        """What the form states."""
        ownership, size = self.ownership.data, self.size_class.data
        return UnitFacts(
            industry=self.industry.data or "",
            ownership=Ownership(ownership) if ownership else None,
            size_class=SizeClass(size) if size else None,
            union_founded=yes_no(self.union_founded.data),
            park=(self.park.data or "").strip(),
            head_count=self.head_count.data,
        )


class LinkForm(FlaskForm):
    parent = SelectField(_("Also belongs to"), coerce=int, choices=[])
    valid_from = DateField(_("First day"), validators=[REQUIRED])


class EndLinkForm(FlaskForm):
    parent = IntegerField(validators=[REQUIRED])
    valid_to = DateField(_("Up to, not including"), validators=[REQUIRED])

"""Shapes of what granters and invigilators type."""

from datetime import timedelta

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    SelectField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lianbing.exams.fairness.rules import Grant
from lianbing.exams.fairness.use_cases import AccommodationPlan
from lianbing.kernel.ids import PersonId

EVERYBODY = 0


class AccommodationForm(FlaskForm):
    """What a person is granted, on what evidence, for which days."""

    multiplier = DecimalField(
        _("Time factor"), default=1, places=2, validators=[InputRequired(), NumberRange(1, 4)]
    )
    break_minutes = IntegerField(
        _("Break time in each exam, minutes"),
        default=0,
        validators=[InputRequired(), NumberRange(0, 180)],
    )
    larger_text = BooleanField(_("Larger text"))
    evidence = TextAreaField(_("Evidence"), validators=[InputRequired(), Length(max=1000)])
    valid_from = DateField(_("From"), validators=[InputRequired()])
    valid_to = DateField(_("To"), validators=[Optional()])
    submit = SubmitField(_("Grant"))

    def plan(self, person_id: PersonId) -> AccommodationPlan:
        """The plan that was typed."""
        return AccommodationPlan(
            person_id=person_id,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            evidence=self.evidence.data,
            grant=Grant(
                multiplier=self.multiplier.data,
                break_time=timedelta(minutes=self.break_minutes.data),
                larger_text=self.larger_text.data,
            ),
        )


class ReasonForm(FlaskForm):
    """Why an invigilator steps in; candidates are told."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(), Length(max=500)])


class ExtendForm(ReasonForm):
    """More minutes for everybody, or for a unit or work team."""

    minutes = IntegerField(_("More minutes"), validators=[InputRequired(), NumberRange(1, 720)])
    organisation_id = SelectField(_("For whom"), coerce=int, default=EVERYBODY)
    submit = SubmitField(_("Extend"))

    def offer(self, organisations: list[SelectChoice]) -> None:
        """Offer everybody, and the organisations in reach."""
        everybody = SelectChoice(str(EVERYBODY), _("Everybody in the exam"))
        self.organisation_id.choices = [everybody, *organisations]


class MessageForm(FlaskForm):
    """What an invigilator has to say to everybody."""

    words = TextAreaField(_("Message"), validators=[InputRequired(), Length(max=500)])
    submit = SubmitField(_("Send to everybody"))

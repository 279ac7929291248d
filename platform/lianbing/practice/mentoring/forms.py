"""What two people type of their mentoring."""

from datetime import timedelta

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from lianbing.infra.calendar import today
from lianbing.practice.mentoring.rules import LONGEST_NOTE, LONGEST_PACT, QUESTIONS_WANTED
from lianbing.practice.mentoring.use_cases import Pact

REQUIRED = InputRequired(message=_("This is needed."))
USUAL_PERIOD = timedelta(days=180)
USUAL_DUE = timedelta(days=7)


class PactForm(FlaskForm):
    """Who with whom, until when, and what they promise one another."""

    role = RadioField(
        _("In this pair I am"),
        choices=[
            SelectChoice("mentor", _("the mentor")),
            SelectChoice("apprentice", _("the apprentice")),
        ],
        validators=[REQUIRED],
    )
    name = StringField(_("Name of the other"), validators=[REQUIRED, Length(max=60)])
    phone = StringField(
        _("Phone of the other"),
        validators=[REQUIRED, Length(max=20)],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    starts_on = DateField(_("First day"), default=today, validators=[REQUIRED])
    ends_on = DateField(
        _("Last day"), default=lambda: today() + USUAL_PERIOD, validators=[REQUIRED]
    )
    text = TextAreaField(
        _("The pact"),
        validators=[REQUIRED, Length(max=LONGEST_PACT)],
        description=_("What the mentor teaches, what the apprentice does, how often you meet."),
        render_kw={"rows": 6},
    )

    def pact(self) -> Pact:
        """What was typed."""
        return Pact(
            as_mentor=self.role.data == "mentor",
            text=self.text.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


class DrillForm(FlaskForm):
    """A scope or a weak point, how many answers, by when."""

    what = SelectField(_("What to practise"), choices=[], validators=[REQUIRED])
    wanted = SelectField(
        _("Answers"),
        coerce=int,
        choices=[SelectChoice(str(count), str(count)) for count in QUESTIONS_WANTED],
    )
    due_on = DateField(
        _("To be done by"), default=lambda: today() + USUAL_DUE, validators=[REQUIRED]
    )


class NoteForm(FlaskForm):
    """A note to the other."""

    note = TextAreaField(
        _("A note"), validators=[REQUIRED, Length(max=LONGEST_NOTE)], render_kw={"rows": 3}
    )


class EndForm(FlaskForm):
    """Why it ends, if one wants to say."""

    reason = StringField(_("Why"), validators=[Length(max=300)])

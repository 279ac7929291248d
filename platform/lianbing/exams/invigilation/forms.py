"""Shapes of what an invigilator types about one candidate."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange


class StepForm(FlaskForm):
    """Why the invigilator steps in."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(), Length(max=500)])


class MinutesForm(StepForm):
    """More minutes, and why."""

    minutes = IntegerField(
        _("More minutes"), default=10, validators=[InputRequired(), NumberRange(1, 720)]
    )


class WordsForm(FlaskForm):
    """A message to one candidate."""

    words = TextAreaField(_("Message"), validators=[InputRequired(), Length(max=500)])
    submit = SubmitField(_("Send"))


class LateForm(StepForm):
    """Entries that did not count, ticked by device and sequence, and the reason."""

    entries = SelectMultipleField(_("Entries"), validate_choice=False)

    def keys(self) -> list[tuple[int, int]]:
        """The ticked keys; what is no key is left out."""
        parts = (text.split(".") for text in self.entries.data or ())
        return [
            (int(part[0]), int(part[1]))
            for part in parts
            if len(part) == 2 and all(number.isdecimal() for number in part)
        ]

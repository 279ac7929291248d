"""What a trainer says of a new bank."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget


class NewBankForm(FlaskForm):
    """A title, whose it is, and its scopes and points: taken over or typed."""

    title = StringField(
        _("Title"),
        validators=[InputRequired(message=_("Give the bank a title.")), Length(max=100)],
    )
    organisation = SelectField(_("Kept by"), coerce=int, choices=[], validators=[InputRequired()])
    basis = SelectField(
        _("Scopes and points"),
        choices=[],
        description=_("Taken over with the subject, the weights and the importance of each point."),
    )
    occupation = StringField(
        _("Occupation"),
        validators=[Length(max=100)],
        description=_(
            "As the national classification names it; left empty, the bank is about a theme of "
            "its own. Not needed when scopes and points are taken over."
        ),
    )
    grades = SelectMultipleField(
        _("Grades"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    outline = TextAreaField(
        _("Typed scopes and points"),
        validators=[Length(max=20_000)],
        description=_(
            "A line each. A scope: letter, title, percent of the paper (A Electrical basics 30). "
            "Below it its points: code, title, X core, Y general or Z auxiliary (A01 Ohm's law X)."
        ),
        render_kw={"rows": 10},
    )

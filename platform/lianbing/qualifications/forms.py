"""What a keeper of records types."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length


class RevokeForm(FlaskForm):
    """Why a record is revoked; the worker reads it."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(), Length(max=500)])
    submit = SubmitField(_("Revoke the record"))

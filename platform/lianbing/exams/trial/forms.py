"""What the trial's pages send."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length


class ReportForm(FlaskForm):
    """A device's report as JSON, filled in by the page's script."""

    report = HiddenField(validators=[InputRequired(), Length(max=8000)])

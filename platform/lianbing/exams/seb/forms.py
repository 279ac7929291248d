"""The shape of an exam's settings for Safe Exam Browser."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SubmitField, TextAreaField
from wtforms.validators import Length

from lianbing.exams.seb.use_cases import SebPlan


class SebForm(FlaskForm):
    """Asked for or not, which versions, and how an invigilator gets out."""

    required = BooleanField(_("Only in Safe Exam Browser"))
    browser_exam_keys = TextAreaField(_("Browser Exam Keys"), validators=[Length(max=2000)])
    quit_password = PasswordField(_("New quit password"), validators=[Length(max=100)])
    no_quit_password = BooleanField(_("Remove the quit password"))
    submit = SubmitField(_("Save"))

    def plan(self) -> SebPlan:
        """The plan that was typed."""
        typed = self.quit_password.data or None
        return SebPlan(
            required=self.required.data,
            browser_exam_keys=self.browser_exam_keys.data or "",
            quit_password="" if self.no_quit_password.data else typed,
        )

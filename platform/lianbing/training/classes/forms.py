"""What a holder of classes types."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from lianbing.exams.forms import to_utc
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.ids import ExamId
from lianbing.training.classes.rules import MOST_HOURS, ClassForm
from lianbing.training.classes.use_cases import ClassPlan, SessionPlan
from lianbing.training.classes.words import FORM_WORDS

REQUIRED = InputRequired(message=_("This is needed."))
TITLE = (REQUIRED, Length(max=120))
LISTS = ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PlanForm(FlaskForm):
    """A class: what, how, where, and what completes it."""

    title = StringField(_("Title"), validators=[*TITLE])
    form = SelectField(
        _("Held"), choices=[SelectChoice(form.value, words) for form, words in FORM_WORDS.items()]
    )
    place = StringField(_("Place, or address of the online room"), validators=[Length(max=300)])
    about = TextAreaField(
        _("Contents and notes"), validators=[Length(max=4000)], render_kw={"rows": 5}
    )
    attendance_percent = IntegerField(
        _("Share of the hours to attend, in percent"),
        default=80,
        validators=[REQUIRED, NumberRange(0, 100)],
    )
    exam = SelectField(
        _("Closing exam"),
        coerce=int,
        default=0,
        choices=[],
        description=_(
            "Its published results decide; a class without one is completed by hours alone."
        ),
    )

    def plan(self) -> ClassPlan:
        """What was typed."""
        return ClassPlan(
            title=self.title.data or "",
            form=ClassForm(self.form.data),
            place=self.place.data or "",
            about=self.about.data or "",
            attendance_percent=self.attendance_percent.data,
            exam_id=ExamId(self.exam.data) if self.exam.data else None,
        )


class NewClassForm(PlanForm):
    """A new class with the body that holds it."""

    organisation = SelectField(_("Held by"), coerce=int, choices=[], validators=[REQUIRED])


class SessionForm(FlaskForm):
    """A session with its hours."""

    session_title = StringField(_("Session"), validators=[*TITLE])
    starts_at = DateTimeLocalField(_("Session begins"), validators=[REQUIRED])
    hours = DecimalField(
        _("Hours"), places=1, validators=[REQUIRED, NumberRange(min=0.1, max=MOST_HOURS)]
    )

    def plan(self) -> SessionPlan:
        """What was typed."""
        zone = current_settings().zone
        return SessionPlan(
            title=self.session_title.data or "",
            starts_at=to_utc(self.starts_at.data, zone),
            hours=self.hours.data,
        )


class NumberForm(FlaskForm):
    """One person, by a number."""

    number = StringField(
        _("Phone or ID number"),
        validators=[REQUIRED, Length(max=30)],
        render_kw={"autocomplete": "off"},
    )


class UnitForm(FlaskForm):
    """Everyone of a unit or team."""

    organisation = SelectField(_("Everyone in"), coerce=int, choices=[], validators=[REQUIRED])


class ListForm(FlaskForm):
    """A list as a file."""

    file = FileField(
        _("Excel (.xlsx) or CSV file"),
        validators=[FileRequired(message=_("Choose a file."))],
        render_kw={"accept": LISTS},
    )

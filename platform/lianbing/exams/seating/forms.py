"""Shapes of what organisers and invigilators type about rooms and seats."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lianbing.exams.forms import to_utc
from lianbing.exams.seating.incidents import NewEntry
from lianbing.exams.seating.planning import NewRoom
from lianbing.exams.seating.queries import BatchRow, RoomRow
from lianbing.exams.seating.rules import MOST_SEATS, CheckInRule, IncidentKind
from lianbing.kernel.ids import OrganisationId
from lianbing.web.i18n import show_instant

INCIDENT_KINDS = {
    IncidentKind.DEVICE.value: _("Device"),
    IncidentKind.NETWORK.value: _("Network or power"),
    IncidentKind.HEALTH.value: _("Health"),
    IncidentKind.CONDUCT.value: _("Conduct"),
    IncidentKind.IDENTITY.value: _("Identity"),
    IncidentKind.OTHER.value: _("Other"),
}


class SettingsForm(FlaskForm):
    """What a missing check-in means, and what the ticket says."""

    check_in = SelectField(
        _("Check-in"),
        choices=[
            SelectChoice(CheckInRule.RECORDED.value, _("Recorded only")),
            SelectChoice(CheckInRule.REQUIRED.value, _("Needed before entering the exam")),
        ],
    )
    ticket_rules = TextAreaField(_("Rules on the ticket"), validators=[Length(max=600)])
    save_settings = SubmitField(_("Save"))


class BatchForm(FlaskForm):
    """When a part of the candidates may begin."""

    opens_at = DateTimeLocalField(_("Batch begins"), validators=[InputRequired()])
    minutes = IntegerField(
        _("Minutes to enter"), default=30, validators=[InputRequired(), NumberRange(1, 10080)]
    )
    add_batch = SubmitField(_("Add the batch"))

    def times(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Begin and end as instants."""
        opens_at = to_utc(self.opens_at.data, zone)
        return opens_at, opens_at + timedelta(minutes=self.minutes.data)


class ProlongForm(FlaskForm):
    """How much longer a batch may be entered, and why."""

    minutes = IntegerField(_("More minutes"), validators=[InputRequired(), NumberRange(1, 720)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])


class RoomForm(FlaskForm):
    """A room with its seats."""

    name = StringField(_("Room"), validators=[InputRequired(), Length(max=60)])
    place = StringField(_("Location"), validators=[Length(max=200)])
    seats = IntegerField(
        _("Seats"), default=30, validators=[InputRequired(), NumberRange(1, MOST_SEATS)]
    )
    organisation_id = SelectField(_("Belongs to"), coerce=int, validators=[InputRequired()])
    for_accommodated = BooleanField(_("For candidates with accommodations"))
    add_room = SubmitField(_("Add the room"))

    def room(self) -> NewRoom:
        """The room that was typed."""
        return NewRoom(
            name=self.name.data,
            place=self.place.data or "",
            seats=self.seats.data,
            organisation_id=OrganisationId(self.organisation_id.data),
            for_accommodated=self.for_accommodated.data,
        )


class InvigilatorForm(FlaskForm):
    """Who invigilates a room."""

    who = StringField(_("Name or staff number"), validators=[InputRequired(), Length(max=60)])
    assign = SubmitField(_("Assign"))


class MoveForm(FlaskForm):
    """Another seat for a candidate."""

    room_id = SelectField(_("Room"), coerce=int, validators=[InputRequired()])
    batch_id = SelectField(_("Batch"), coerce=int, validators=[InputRequired()])
    number = IntegerField(_("Seat"), validators=[InputRequired(), NumberRange(1, MOST_SEATS)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
    move = SubmitField(_("Move"))

    def offer(self, rooms: Sequence[RoomRow], batches: Sequence[BatchRow]) -> None:
        """Offer the exam's rooms and batches."""
        self.room_id.choices = [SelectChoice(str(room.id), room.name) for room in rooms]
        self.batch_id.choices = [
            SelectChoice(str(batch.id), f"{batch.number} · {show_instant(batch.opens_at)}")
            for batch in batches
        ]


class SwapForm(FlaskForm):
    """Two candidates change seats."""

    other = StringField(
        _("Ticket number of the other"), validators=[InputRequired(), Length(max=30)]
    )
    swap_reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
    swap = SubmitField(_("Swap the seats"))


class IncidentForm(FlaskForm):
    """A line of a room's sheet."""

    happened_at = DateTimeLocalField(_("When"), validators=[InputRequired()])
    kind = SelectField(
        _("What about"),
        choices=[SelectChoice(value, words) for value, words in INCIDENT_KINDS.items()],
    )
    seat = IntegerField(_("Seat"), validators=[Optional(), NumberRange(1, MOST_SEATS)])
    words = TextAreaField(_("What happened"), validators=[InputRequired(), Length(max=1000)])
    measure = TextAreaField(_("What was done"), validators=[Length(max=1000)])
    corrects = IntegerField(_("Corrects entry number"), validators=[Optional()])
    write = SubmitField(_("Write it down"))

    def entry(self, zone: ZoneInfo) -> NewEntry:
        """The line that was typed."""
        return NewEntry(
            happened_at=to_utc(self.happened_at.data, zone),
            kind=IncidentKind(self.kind.data),
            words=self.words.data,
            measure=self.measure.data or "",
            seat=self.seat.data,
            corrects=self.corrects.data,
        )


class PhotoForm(FlaskForm):
    """A photo for the ticket."""

    photo = FileField(_("Photo"), render_kw={"accept": "image/jpeg,image/png"})
    send = SubmitField(_("Store the photo"))


class MakeUpForm(FlaskForm):
    """A make-up exam: when, on what, for everybody or for those ticked."""

    everybody = BooleanField(_("Everybody listed"), default=True)
    title = StringField(_("Title"), validators=[InputRequired(), Length(max=200)])
    opens_at = DateTimeLocalField(_("Opens"), validators=[InputRequired()])
    closes_at = DateTimeLocalField(_("Closes"), validators=[InputRequired()])
    paper_id = SelectField(_("Paper"), coerce=int)
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
    make = SubmitField(_("Schedule the make-up exam"))

    def window(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Opening and close as instants."""
        return to_utc(self.opens_at.data, zone), to_utc(self.closes_at.data, zone)

"""The shape of an exam's rules of conduct."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from lianbing.exams.conduct.rules import Action, ConductPolicy, EventKind
from lianbing.exams.conduct.use_cases import ConductPlan
from lianbing.exams.models import Exam

ACTIONS = [
    SelectChoice(Action.IGNORE.value, _("Record only")),
    SelectChoice(Action.WARN.value, _("Warn the candidate")),
    SelectChoice(Action.FLAG.value, _("Flag for the invigilator")),
    SelectChoice(Action.HAND_IN.value, _("Hand in after too many")),
]


class ConductForm(FlaskForm):
    """What follows from which event; who may come in."""

    page_left = SelectField(_("Page left"), choices=ACTIONS)
    full_screen_left = SelectField(_("Full screen left"), choices=ACTIONS)
    copied = SelectField(_("Copied"), choices=ACTIONS)
    pasted = SelectField(_("Pasted"), choices=ACTIONS)
    second_sign_in = SelectField(_("Entered again"), choices=ACTIONS)
    device_changed = SelectField(_("Device changed"), choices=ACTIONS)
    address_changed = SelectField(_("Network address changed"), choices=ACTIONS)
    tolerated = IntegerField(
        _("Tolerated, seconds"), default=15, validators=[InputRequired(), NumberRange(0, 600)]
    )
    hand_in_after = IntegerField(
        _("Hand in after"), default=3, validators=[InputRequired(), NumberRange(1, 100)]
    )
    access_code = StringField(_("Access code"), validators=[Length(max=32)])
    networks = TextAreaField(_("Address ranges"), validators=[Length(max=2000)])
    submit = SubmitField(_("Save the rules"))

    def plan(self) -> ConductPlan:
        """The plan that was typed."""
        return ConductPlan(
            policy=ConductPolicy(
                actions={kind: Action(self[kind.value].data) for kind in EventKind},
                tolerated=timedelta(seconds=self.tolerated.data),
                hand_in_after=self.hand_in_after.data,
            ),
            access_code=self.access_code.data or "",
            networks=self.networks.data or "",
        )


def as_typed(exam: Exam, policy: ConductPolicy) -> dict[str, Any]:
    """What the form shows of an exam's present rules."""
    return {
        **{kind.value: policy.action(kind).value for kind in EventKind},
        "tolerated": int(policy.tolerated.total_seconds()),
        "hand_in_after": policy.hand_in_after,
        "access_code": exam.access_code,
        "networks": exam.networks,
    }

"""Shapes of what organisers type; rules are checked by the use cases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from lianbing.exams.release.rules import PaperRelease
from lianbing.exams.rules import DEFAULT_GRACE_SECONDS, Release
from lianbing.exams.use_cases import ExamPlan
from lianbing.grading.rules import MarkingRule, MultipleRule
from lianbing.kernel.ids import OrganisationId, PaperId
from lianbing.leaderboards.rules import MaskPolicy

MULTIPLE_RULES = [
    SelectChoice(MultipleRule.EXACT.value, _("Only the exact set earns marks")),
    SelectChoice(
        MultipleRule.PARTIAL_SHARE.value,
        _("Partly selected earns a share; any wrong option none"),
    ),
    SelectChoice(
        MultipleRule.PER_OPTION.value, _("Each right option earns marks; any wrong one, none")
    ),
]
RELEASES = [
    SelectChoice(Release.ON_PUBLICATION.value, _("When the result list is published")),
    SelectChoice(Release.AFTER_CLOSE.value, _("After the exam has closed for everybody")),
    SelectChoice(Release.AT_HAND_IN.value, _("At hand-in (not under a common window)")),
    SelectChoice(Release.NEVER.value, _("Never")),
]
PAPER_RELEASES = [
    SelectChoice(PaperRelease.BY_CLOCK.value, _("By the clock, at the opening")),
    SelectChoice(PaperRelease.TWO_PERSONS.value, _("By two persons, not before the opening")),
]
MASKS = [
    SelectChoice(MaskPolicy.SURNAME.value, _("Surname only")),
    SelectChoice(MaskPolicy.FULL.value, _("Full name")),
    SelectChoice(MaskPolicy.NONE.value, _("No names")),
]


class ExamFields(FlaskForm):
    """What an exam is scheduled with; contests reuse it for their theory round."""

    paper_id = SelectField(_("Paper"), coerce=int, validators=[InputRequired()])
    opens_at = DateTimeLocalField(_("Opens"), validators=[InputRequired()])
    closes_at = DateTimeLocalField(_("Closes"), validators=[InputRequired()])
    duration_minutes = IntegerField(
        _("Minutes to answer"), default=90, validators=[InputRequired(), NumberRange(1, 720)]
    )
    pass_mark = DecimalField(_("Pass mark"), default=60, validators=[InputRequired()])
    grace_seconds = IntegerField(
        _("Grace for the network, seconds"),
        default=DEFAULT_GRACE_SECONDS,
        validators=[InputRequired(), NumberRange(0, 600)],
    )
    common_window = BooleanField(_("Everybody sits in one common window"), default=True)
    shuffle_questions = BooleanField(_("Shuffle the questions"), default=True)
    shuffle_options = BooleanField(_("Shuffle the options"), default=True)
    multiple = SelectField(_("Marking of multiple choice"), choices=MULTIPLE_RULES)
    partial_share = DecimalField(
        _("Share of a partial selection"),
        default=Decimal("0.5"),
        validators=[InputRequired(), NumberRange(0, 1)],
    )
    per_option = DecimalField(
        _("Marks of each right option"),
        default=Decimal("0.5"),
        validators=[InputRequired(), NumberRange(0, 100)],
    )
    blanks_whole = BooleanField(_("A fill-in counts only when every blank is right"))
    pairs_whole = BooleanField(_("A matching counts only when every pair is right"))
    steps_count = BooleanField(_("An ordering earns a share for each step in its place"))
    results_release = SelectField(_("Results are shown"), choices=RELEASES)
    explanations_release = SelectField(_("Answers and explanations are shown"), choices=RELEASES)
    paper_release = SelectField(_("Questions are released"), choices=PAPER_RELEASES)
    mask_policy = SelectField(_("Names on boards"), choices=MASKS)

    def marking(self) -> MarkingRule:
        """The rule that was chosen; what is not ticked stays as it usually is."""
        return MarkingRule(
            multiple=MultipleRule(self.multiple.data),
            partial_share=self.partial_share.data,
            per_option=self.per_option.data,
            each_blank=not self.blanks_whole.data,
            each_pair=not self.pairs_whole.data,
            each_step=self.steps_count.data,
        )

    def plan(self, *, title: str, organisation_id: OrganisationId, zone: ZoneInfo) -> ExamPlan:
        """The plan that was typed; local times in the installation's zone become UTC."""
        return ExamPlan(
            title=title,
            organisation_id=organisation_id,
            paper_id=PaperId(self.paper_id.data),
            opens_at=to_utc(self.opens_at.data, zone),
            closes_at=to_utc(self.closes_at.data, zone),
            duration=timedelta(minutes=self.duration_minutes.data),
            pass_mark=self.pass_mark.data,
            grace=timedelta(seconds=self.grace_seconds.data),
            common_window=self.common_window.data,
            shuffle_questions=self.shuffle_questions.data,
            shuffle_options=self.shuffle_options.data,
            marking=self.marking(),
            results_release=Release(self.results_release.data),
            explanations_release=Release(self.explanations_release.data),
            mask_policy=MaskPolicy(self.mask_policy.data),
            paper_release=PaperRelease(self.paper_release.data),
        )


class ExamForm(ExamFields):
    """An exam of its own, outside a contest."""

    title = StringField(_("Title"), validators=[InputRequired(), Length(max=200)])
    organisation_id = SelectField(_("Held by"), coerce=int, validators=[InputRequired()])
    submit = SubmitField(_("Schedule the exam"))


class EnrolForm(FlaskForm):
    """Everybody of a unit onto the roster."""

    organisation_id = SelectField(_("Unit or work team"), coerce=int, validators=[InputRequired()])
    submit = SubmitField(_("Add everybody of it"))


class CancelForm(FlaskForm):
    """Why an exam is cancelled; the candidates are told."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(), Length(max=500)])
    submit = SubmitField(_("Cancel the exam"))


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A wall-clock time of the installation's zone as an instant."""
    return local.replace(tzinfo=zone).astimezone(UTC)

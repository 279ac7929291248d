"""What a trainer types to open a campaign."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from lianbing.kernel.ids import BankId, OrganisationId
from lianbing.people.queries import OrganisationRow
from lianbing.practice.campaigns.rules import (
    LONGEST_TITLE,
    LONGEST_WHY,
    MOST_POINTS,
    MOST_QUESTIONS,
    MOST_TRIES,
    Binding,
    CampaignForm,
    Plan,
)
from lianbing.practice.campaigns.use_cases import NewCampaign
from lianbing.practice.queries import PracticeBank

WHOLE = "whole"
INDENT = "　"


class CampaignFields(FlaskForm):
    """A campaign or an assignment."""

    title = StringField(_("Title"), validators=[InputRequired(), Length(max=LONGEST_TITLE)])
    form = RadioField(
        _("Kind"),
        choices=[
            SelectChoice(CampaignForm.DAILY.value, _("Every day: so many questions a day")),
            SelectChoice(CampaignForm.ASSIGNMENT.value, _("Once: so many questions by a due day")),
        ],
        default=CampaignForm.DAILY.value,
    )
    binding = RadioField(
        _("Taking part is"),
        choices=[
            SelectChoice(Binding.VOLUNTARY.value, _("Voluntary: who wants to joins")),
            SelectChoice(Binding.REQUIRED.value, _("Required: everyone is told by whom and why")),
        ],
        default=Binding.VOLUNTARY.value,
    )
    why = TextAreaField(_("Why (workers read this)"), validators=[Length(max=LONGEST_WHY)])
    organisation_id = SelectField(_("For"), coerce=int, validators=[InputRequired()])
    source = SelectField(_("Questions from"), validators=[InputRequired()])
    opens_on = DateField(_("First day"), validators=[InputRequired()])
    closes_on = DateField(_("Last day"), validators=[InputRequired()])
    questions = IntegerField(
        _("Questions"), default=10, validators=[InputRequired(), NumberRange(1, MOST_QUESTIONS)]
    )
    tries = IntegerField(
        _("Tries"), default=3, validators=[InputRequired(), NumberRange(1, MOST_TRIES)]
    )
    points = IntegerField(
        _("Campaign points for a right answer"),
        default=1,
        validators=[InputRequired(), NumberRange(0, MOST_POINTS)],
    )
    save = SubmitField(_("Open the campaign"))

    def offer(
        self,
        nodes: Sequence[OrganisationRow],
        banks: Sequence[tuple[PracticeBank, Sequence[tuple[int, str]]]],
    ) -> None:
        """Offer the places within reach and the banks with their scopes."""
        self.organisation_id.choices = [
            SelectChoice(str(node.id), INDENT * node.depth + node.name) for node in nodes
        ]
        choices = []
        for bank, scopes in banks:
            choices.append(SelectChoice(f"{bank.id}:{WHOLE}", bank.title))
            choices += [
                SelectChoice(f"{bank.id}:{scope_id}", f"{INDENT}{title}")
                for scope_id, title in scopes
            ]
        self.source.choices = choices

    def new(self) -> NewCampaign:
        """The campaign that was typed."""
        bank, _colon, scope = self.source.data.partition(":")
        opens_on: date = self.opens_on.data
        return NewCampaign(
            plan=Plan(
                title=self.title.data,
                form=CampaignForm(self.form.data),
                binding=Binding(self.binding.data),
                why=self.why.data or "",
                opens_on=opens_on,
                closes_on=self.closes_on.data,
                questions=self.questions.data,
                tries=self.tries.data,
                points=self.points.data,
            ),
            organisation_id=OrganisationId(self.organisation_id.data),
            bank_id=BankId(int(bank)),
            scope_id=None if scope == WHOLE else int(scope),
        )

"""What an administrator types as rules of points."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SubmitField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from lianbing.leaderboards.rules import MaskPolicy
from lianbing.practice.rewards.rules import (
    HIGHEST_CAP,
    MOST_POINTS_AN_ANSWER,
    MOST_STREAK_ANSWERS,
    PointsRules,
)


class RulesForm(FlaskForm):
    """The next version of an organisation's rules."""

    right = IntegerField(
        _("Points for a right answer"),
        validators=[InputRequired(), NumberRange(1, MOST_POINTS_AN_ANSWER)],
    )
    partial = IntegerField(
        _("Points for a partly right answer"),
        validators=[InputRequired(), NumberRange(0, MOST_POINTS_AN_ANSWER)],
    )
    daily_cap = IntegerField(
        _("Most points a day"), validators=[InputRequired(), NumberRange(1, HIGHEST_CAP)]
    )
    streak_answers = IntegerField(
        _("Answers that make a day count for the streak"),
        validators=[InputRequired(), NumberRange(1, MOST_STREAK_ANSWERS)],
    )
    roll_names = SelectField(
        _("Names in lists of who has not practised"),
        choices=[
            SelectChoice(MaskPolicy.FULL.value, _("Whole names")),
            SelectChoice(MaskPolicy.SURNAME.value, _("Surnames only")),
            SelectChoice(MaskPolicy.NONE.value, _("No names, only numbers of people")),
        ],
    )
    save = SubmitField(_("Save as the next version"))

    def fill(self, rules: PointsRules) -> None:
        """Begin with the rules in force."""
        self.right.data, self.partial.data = rules.right, rules.partial
        self.daily_cap.data, self.streak_answers.data = rules.daily_cap, rules.streak_answers
        self.roll_names.data = rules.roll_names.value

    def rules(self) -> PointsRules:
        """The rules that were typed."""
        return PointsRules(
            right=self.right.data,
            partial=self.partial.data,
            daily_cap=self.daily_cap.data,
            streak_answers=self.streak_answers.data,
            roll_names=MaskPolicy(self.roll_names.data),
        )

"""What a trainer types to ask for a set of papers; rules are in ``wanted``."""

import re

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DecimalField, FloatField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from lianbing.papers.assembly.rules import DIFFICULTY_TOLERANCE, MOST_PAPERS
from lianbing.papers.assembly.wanted import (
    GREATEST_ABILITY,
    LEAST_TOLERANCE,
    MOST_SHARED,
    MOST_TOLERANCE,
    MOST_USES,
    Wanted,
)

CODES = re.compile(r"[\s,，、;；]+")
DIGITS = re.compile(r"[0-9]{1,18}\Z")
SEEDS = 2**63


class SetForm(FlaskForm):
    """A set of parallel papers."""

    title = StringField(_("Title"), validators=[InputRequired(), Length(max=90)])
    papers = IntegerField(
        _("How many papers"), default=2, validators=[InputRequired(), NumberRange(1, MOST_PAPERS)]
    )
    shared_most = IntegerField(
        _("Questions two papers may share"),
        default=0,
        validators=[InputRequired(), NumberRange(0, MOST_SHARED)],
    )
    target = DecimalField(
        _("Difficulty aimed at"), places=2, validators=[Optional(), NumberRange(0.01, 0.99)]
    )
    tolerance = DecimalField(
        _("Band around it, ±"),
        default=DIFFICULTY_TOLERANCE,
        places=2,
        validators=[InputRequired(), NumberRange(LEAST_TOLERANCE, MOST_TOLERANCE)],
    )
    points_least = IntegerField(
        _("Different assessment points, at least"),
        validators=[Optional(), NumberRange(1, MOST_SHARED)],
    )
    uses_most = IntegerField(
        _("Leave out questions used so often"), validators=[Optional(), NumberRange(1, MOST_USES)]
    )
    cut = FloatField(
        _("Ability at the cut score"),
        validators=[Optional(), NumberRange(-GREATEST_ABILITY, GREATEST_ABILITY)],
    )
    fixed = TextAreaField(_("Questions in every paper, by code"), validators=[Length(max=4000)])
    seed = StringField(_("Seed"), validators=[Optional(), Regexp(DIGITS)])

    def wanted(self) -> Wanted:
        """The demands."""
        return Wanted(
            papers=self.papers.data or 1,
            shared_most=self.shared_most.data or 0,
            target=self.target.data,
            tolerance=self.tolerance.data or DIFFICULTY_TOLERANCE,
            points_least=self.points_least.data,
            uses_most=self.uses_most.data,
            cut=self.cut.data,
            fixed_codes=tuple(
                dict.fromkeys(code for code in CODES.split(self.fixed.data or "") if code)
            ),
        )

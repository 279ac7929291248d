"""The file a trainer sends, and what holds for every question that does not say otherwise."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DecimalField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange

from lianbing.banks.interchange.rules import FILE_SOURCE, Wanted
from lianbing.banks.rules import QuestionUse
from lianbing.banks.words import USE_WORDS
from lianbing.subjects.rules import SkillGrade

ACCEPTED = ".xlsx,.csv,.txt,.docx,.xml,.gift,.zip"


class WantedForm(FlaskForm):
    point = SelectField(_("Point for questions that name none"))
    grade = SelectField(_("Grade"))
    use = SelectField(_("Where they may appear"))
    difficulty = DecimalField(
        _("Difficulty where none is given"),
        places=None,
        default=Decimal("0.5"),
        validators=[InputRequired(), NumberRange(0, 1)],
        description=_("Share of candidates expected to get it wrong, 0 to 1."),
    )
    source = SelectField(_("Source of the facts"))

    def offer(
        self,
        *,
        points: Iterable[SelectChoice],
        grades: Iterable[SelectChoice],
        sources: Iterable[SelectChoice],
    ) -> None:
        """Give the selects the bank's own codes."""
        self.point.choices = [SelectChoice("", gettext("None: tell me which are unknown")), *points]
        self.grade.choices = list(grades) or [SelectChoice("", gettext("No grades"))]
        self.use.choices = [SelectChoice(use.value, gettext(USE_WORDS[use])) for use in QuestionUse]
        self.use.choices.sort(key=lambda choice: choice.value != QuestionUse.BOTH.value)
        self.source.choices = [SelectChoice(FILE_SOURCE, gettext("The file itself")), *sources]

    def wanted(self) -> Wanted:
        """What was chosen."""
        return Wanted(
            point_code=self.point.data or "",
            grade=SkillGrade(self.grade.data) if self.grade.data else None,
            use=QuestionUse(self.use.data),
            difficulty=self.difficulty.data,
            source_code=self.source.data,
        )

    def show(self, wanted: Wanted) -> None:
        """Fill from what was chosen before."""
        self.point.data, self.source.data = wanted.point_code, wanted.source_code
        self.grade.data = wanted.grade.value if wanted.grade else ""
        self.use.data, self.difficulty.data = wanted.use.value, wanted.difficulty


class FileForm(WantedForm):
    file = FileField(_("File"), render_kw={"accept": ACCEPTED})

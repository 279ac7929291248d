"""The shape of a question as a trainer types it; what it must be is for ``checks``."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DecimalField,
    FileField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from lianbing.banks.bank_file import QuestionEntry, SourceEntry
from lianbing.banks.checks import LONGEST_MATERIAL
from lianbing.banks.key_checks import LETTERS, LONGEST_OPTION
from lianbing.banks.problems import Path, Problem
from lianbing.banks.rules import (
    CasePart,
    ChoiceKey,
    Key,
    Option,
    QuestionContent,
    QuestionType,
    QuestionUse,
    SourceKind,
    TruthKey,
)
from lianbing.banks.words import SOURCE_WORDS, USE_WORDS
from lianbing.subjects.rules import SkillGrade

NEW_SOURCE = "+"
LONG_TEXT = Length(max=2000)
LONGEST_TEXT = Length(max=LONGEST_MATERIAL)  # the checks know which stems may be that long
SHORT_TEXT = Length(max=200)
OPTION_TEXT = Length(max=LONGEST_OPTION)
FILLED = InputRequired(_("Fill this in."))
REASON = Length(max=300)


class QuestionForm(FlaskForm):
    """What every type of question asks for; subclasses add options and keys."""

    base_number = HiddenField(default="0")
    point = SelectField(_("Assessment point"))
    grade = SelectField(_("Grade"))
    use = SelectField(_("Where it may appear"))
    difficulty = DecimalField(
        _("Difficulty"),
        places=None,
        default=Decimal("0.4"),
        validators=[FILLED],
        description=_("Share of candidates expected to get it wrong, 0 to 1."),
    )
    stem = TextAreaField(_("Stem"), validators=[FILLED, LONGEST_TEXT])
    explanation = TextAreaField(
        _("Explanation"),
        validators=[FILLED, LONG_TEXT],
        description=_("Why the answer is right. Do not name options by letter: they are shuffled."),
    )
    source = SelectField(_("Source of the fact"))
    clause = StringField(_("Article or clause"), validators=[FILLED, SHORT_TEXT])
    source_title = StringField(_("Title of the new source"), validators=[SHORT_TEXT])
    source_edition = StringField(_("Its edition or number"), validators=[SHORT_TEXT])
    source_kind = SelectField(_("Its kind"))
    picture = FileField(_("PNG or JPEG file"))
    picture_alt = StringField(_("What the picture shows, in words"), validators=[SHORT_TEXT])

    def offer(
        self,
        *,
        points: Iterable[SelectChoice],
        grades: Iterable[SelectChoice],
        sources: Iterable[SelectChoice],
    ) -> None:
        """Give the selects the bank's own codes, each with its words."""
        self.point.choices = list(points)
        self.grade.choices = list(grades) or [SelectChoice("", gettext("No grades"))]
        self.source.choices = [*sources, SelectChoice(NEW_SOURCE, gettext("Another source…"))]
        self.use.choices = [SelectChoice(use.value, gettext(USE_WORDS[use])) for use in QuestionUse]
        self.source_kind.choices = [
            SelectChoice(kind.value, gettext(SOURCE_WORDS[kind])) for kind in SourceKind
        ]

    def _named(self, field: StringField) -> None:
        """A source that is not in the list needs its title and edition."""
        if self.source.data == NEW_SOURCE and not (field.data or "").strip():
            raise ValidationError(gettext("Write it, or choose a known source."))

    validate_source_title = _named
    validate_source_edition = _named

    def new_source(self, code: str) -> SourceEntry | None:
        """The source typed in, under a code of its own."""
        if self.source.data != NEW_SOURCE:
            return None
        return SourceEntry(
            code=code,
            title=self.source_title.data.strip(),
            edition=self.source_edition.data.strip(),
            kind=SourceKind(self.source_kind.data),
        )

    def entry(self, kind: QuestionType, *, code: str, source_code: str) -> QuestionEntry:
        """The question as typed."""
        return QuestionEntry(
            code=code,
            point_code=self.point.data,
            grade=SkillGrade(self.grade.data) if self.grade.data else None,
            type=kind,
            use=QuestionUse(self.use.data),
            difficulty=self.difficulty.data,
            stem=tidy(self.stem.data),
            options=self.options(),
            key=self.key(),
            explanation=tidy(self.explanation.data),
            source_code=source_code,
            clause=self.clause.data.strip(),
            prompts=self.prompts(),
            parts=self.parts(),
        )

    def unfinished_entry(self, kind: QuestionType) -> QuestionEntry | None:
        """The question as far as it is typed; None while it cannot be shown."""
        if not (self.stem.data or "").strip():
            return None
        try:
            return QuestionEntry(
                code="",
                point_code="",
                grade=None,
                type=kind,
                use=QuestionUse.BOTH,
                difficulty=Decimal(0),
                stem=tidy(self.stem.data),
                options=self.options(),
                key=self.key(),
                explanation="",
                source_code="",
                clause="",
                prompts=self.prompts(),
                parts=self.parts(),
            )
        except ValueError:  # such as a part without a type yet
            return None

    def options(self) -> tuple[Option, ...]:
        """The options typed, under their letters."""
        return ()

    def prompts(self) -> tuple[str, ...]:
        """The left column of a matching."""
        return ()

    def parts(self) -> tuple[CasePart, ...]:
        """The parts of a case."""
        return ()

    def key(self) -> Key:
        """The key typed."""
        raise NotImplementedError

    def show(self, content: QuestionContent) -> None:
        """Fill the form from a version."""
        self.difficulty.data = content.difficulty.normalize()
        self.stem.data, self.explanation.data = content.stem, content.explanation
        self.point.data = content.point_code
        if content.source is not None:
            self.clause.data = content.source.clause

    def mark(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its field."""
        for problem in problems:
            field = self.field_at(problem.path)
            field.errors = [*field.errors, gettext(problem.message, **problem.params)]

    def field_at(self, path: Path) -> StringField:
        """The field a problem's path means; the stem for what has none."""
        return self[str(path[0])] if path[0] in self else self.stem


class ChoiceForm(QuestionForm):
    """Up to six options; ``right`` names the right letters."""

    option_a = StringField(_("Option A"), validators=[OPTION_TEXT])
    option_b = StringField(_("Option B"), validators=[OPTION_TEXT])
    option_c = StringField(_("Option C"), validators=[OPTION_TEXT])
    option_d = StringField(_("Option D"), validators=[OPTION_TEXT])
    option_e = StringField(_("Option E"), validators=[OPTION_TEXT])
    option_f = StringField(_("Option F"), validators=[OPTION_TEXT])
    why_a = StringField(_("Why A is wrong"), validators=[REASON])
    why_b = StringField(_("Why B is wrong"), validators=[REASON])
    why_c = StringField(_("Why C is wrong"), validators=[REASON])
    why_d = StringField(_("Why D is wrong"), validators=[REASON])
    why_e = StringField(_("Why E is wrong"), validators=[REASON])
    why_f = StringField(_("Why F is wrong"), validators=[REASON])
    right = SelectMultipleField(
        _("Right options"), choices=[SelectChoice(letter, letter) for letter in LETTERS]
    )

    def option_fields(self) -> list[tuple[str, StringField]]:
        """Each letter with its field."""
        return [(letter, self[f"option_{letter.lower()}"]) for letter in LETTERS]

    def options(self) -> tuple[Option, ...]:
        typed = [(letter, (field.data or "").strip()) for letter, field in self.option_fields()]
        while typed and not typed[-1][1]:
            typed.pop()
        return tuple(
            Option(letter=letter, text=text, why=(self._why(letter).data or "").strip())
            for letter, text in typed
        )

    def why_fields(self) -> list[StringField]:
        """Where it is said why an option is wrong."""
        return [self._why(letter) for letter in LETTERS]

    def says_why(self) -> bool:
        """Whether any reason is written or wrong."""
        return any(field.data or field.errors for field in self.why_fields())

    def _why(self, letter: str) -> StringField:
        return self[f"why_{letter.lower()}"]

    def key(self) -> Key:
        return ChoiceKey(letters=tuple(sorted(self.right.data or [])))

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        for option in content.options:
            self[f"option_{option.letter.lower()}"].data = option.text
            self._why(option.letter).data = option.why
        if isinstance(content.key, ChoiceKey):
            self.right.data = list(content.key.letters)

    def field_at(self, path: Path) -> StringField:
        if path[0] == "options":
            letter = str(path[1]) if len(path) > 1 else "A"
            return self[f"option_{letter.lower()}"]
        return self.right if path[0] == "key" else super().field_at(path)


class TruthForm(QuestionForm):
    truth = RadioField(
        _("The statement is"),
        choices=[SelectChoice("true", _("True")), SelectChoice("false", _("False"))],
        validators=[InputRequired(_("Choose one."))],
    )

    def key(self) -> Key:
        if self.truth.data not in ("true", "false"):
            return ChoiceKey(letters=())  # nothing chosen yet is not "false"
        return TruthKey(value=self.truth.data == "true")

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        if isinstance(content.key, TruthKey):
            self.truth.data = "true" if content.key.value else "false"

    def field_at(self, path: Path) -> StringField:
        return self.truth if path[0] == "key" else super().field_at(path)


def tidy(text: str) -> str:
    """The text with plain line ends and no outer spaces, as a file would give it."""
    return text.replace("\r\n", "\n").strip()

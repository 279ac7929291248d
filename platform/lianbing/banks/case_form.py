"""The shape of a case as a trainer types it: material, then up to eight parts.

A part's options stand a line each; its key is letters, true or false, or the answers of its
blanks, a line each: ``variant / variant``, or a number as ``50 ± 0.5 Hz``.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Form, FormField, IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from lianbing.banks.column_forms import lines_of
from lianbing.banks.forms import LONG_TEXT, QuestionForm, tidy
from lianbing.banks.key_checks import HEAVIEST_PART, LETTERS, MOST_PARTS
from lianbing.banks.problems import Path
from lianbing.banks.rules import (
    PART_TYPES,
    Blank,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    NumberBlank,
    Option,
    PartKey,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.banks.words import TYPE_WORDS
from lianbing.kernel.marks import show_mark

TRUTHS = {"true": True, "对": True, "正确": True, "√": True, "是": True}
TRUTHS |= {"false": False, "错": False, "错误": False, "×": False, "否": False}
NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(?:±\s*(\d+(?:\.\d+)?))?\s*([^\d\s±/][^±/]*)?")
LONGEST_NUMBER = 20


class PartFields(Form):
    """One part; it counts as soon as its stem is written."""

    type = SelectField(_("Type"))
    stem = TextAreaField(_("Sub-question"), validators=[LONG_TEXT])
    options = TextAreaField(_("Options, one a line"), validators=[LONG_TEXT])
    answers = TextAreaField(_("Key"), validators=[Length(max=1000)])
    weight = IntegerField(
        _("Weight"), default=1, validators=[Optional(), NumberRange(1, HEAVIEST_PART)]
    )

    def offer(self) -> None:
        """Give the select the types a part may have."""
        self.type.choices = [
            SelectChoice(kind.value, gettext(TYPE_WORDS[kind])) for kind in PART_TYPES
        ]

    def is_written(self) -> bool:
        """Whether there is anything in it."""
        fields = (self.stem, self.options, self.answers)
        return any((field.data or "").strip() for field in fields)

    def kind(self) -> QuestionType:
        """The type chosen."""
        return QuestionType(self.type.data)

    def part(self) -> CasePart:
        """The part as typed, without its key."""
        lines = lines_of(self.options.data)
        letters = (*LETTERS, *"GHIJ")
        options = tuple(
            Option(letter=letter, text=text) for letter, text in zip(letters, lines, strict=False)
        )
        stem = tidy(self.stem.data or "")
        return CasePart(type=self.kind(), stem=stem, options=options, weight=self.weight.data or 1)

    def key(self) -> PartKey:
        """The key as typed; what means nothing becomes a key that the checks refuse."""
        text = (self.answers.data or "").strip()
        kind = self.kind()
        if kind is QuestionType.TRUE_FALSE and text.casefold() in TRUTHS:
            return TruthKey(value=TRUTHS[text.casefold()])
        if kind is QuestionType.FILL_BLANK:
            return BlanksKey(blanks=tuple(blank_of(line) for line in lines_of(text)))
        letters = re.sub(r"[\s,，、;；]", "", text).upper()
        return ChoiceKey(letters=tuple(sorted(letters)))

    def show(self, part: CasePart, key: PartKey) -> None:
        """Fill from a version."""
        self.type.data, self.stem.data, self.weight.data = part.type.value, part.stem, part.weight
        self.options.data = "\n".join(option.text for option in part.options)
        self.answers.data = typed_key(key)


def blank_of(line: str) -> Blank:
    """A blank from its line: a number with tolerance and unit, else variants between slashes."""
    found = NUMBER.fullmatch(line.strip())
    if found and all(len(piece or "") <= LONGEST_NUMBER for piece in found.groups()):
        number, tolerance, unit = found.groups()
        return NumberBlank(
            number=Decimal(number), tolerance=Decimal(tolerance or 0), unit=(unit or "").strip()
        )
    return TextBlank(accept=tuple(piece.strip() for piece in re.split(r"\s*[/／]\s*", line)))


def typed_key(key: PartKey) -> str:
    """A key as it is typed."""
    match key:
        case ChoiceKey(letters=letters):
            return "".join(letters)
        case TruthKey(value=value):
            return "true" if value else "false"
        case BlanksKey(blanks=blanks):
            return "\n".join(_typed_blank(blank) for blank in blanks)


def _typed_blank(blank: Blank) -> str:
    if isinstance(blank, TextBlank):
        return " / ".join(blank.accept)
    tolerance = f" ± {show_mark(blank.tolerance)}" if blank.tolerance else ""
    return f"{show_mark(blank.number)}{tolerance} {blank.unit}".strip()


class CaseForm(QuestionForm):
    """Material in the stem, then the parts."""

    part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8 = (
        FormField(PartFields) for _number in range(MOST_PARTS)
    )

    def part_forms(self) -> list[PartFields]:
        """The fields of each part."""
        forms = [self[f"part_{number}"].form for number in range(1, MOST_PARTS + 1)]
        for form in forms:
            form.offer()
        return forms

    def validate(self, extra_validators: object = None) -> bool:
        self.part_forms()  # the choices have to be there before they are checked
        return bool(super().validate(extra_validators))

    def _written(self) -> Iterator[PartFields]:
        return (form for form in self.part_forms() if form.is_written())

    def parts(self) -> tuple[CasePart, ...]:
        return tuple(form.part() for form in self._written())

    def key(self) -> Key:
        return CaseKey(keys=tuple(form.key() for form in self._written()))

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        if isinstance(content.key, CaseKey):
            triples = zip(self.part_forms(), content.parts, content.key.keys, strict=False)
            for form, part, key in triples:
                form.show(part, key)

    def field_at(self, path: Path) -> TextAreaField:
        if path[0] != "parts" or len(path) < 2:
            return self.stem if path[0] == "parts" else super().field_at(path)
        form = list(self._written())[int(path[1])]
        name = str(path[2]) if len(path) > 2 else "stem"
        if name not in form:
            return form.answers
        field: TextAreaField = form[name]
        return field

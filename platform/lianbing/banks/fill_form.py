"""The shape of a fill-in as a trainer types it: up to four blanks."""

from decimal import Decimal

from flask_babel import lazy_gettext as _
from wtforms import DecimalField, Form, FormField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from lianbing.banks.forms import LONG_TEXT, QuestionForm
from lianbing.banks.problems import Path
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    Key,
    NumberBlank,
    QuestionContent,
    TextBlank,
)

BLANKS = 4


class BlankFields(Form):
    """One blank: accepted texts, one a line, or a number with its tolerance and unit."""

    accept = TextAreaField(_("Accepted answers, one a line"), validators=[LONG_TEXT])
    number = DecimalField(_("Or a number"), places=None, validators=[Optional()])
    tolerance = DecimalField(_("Tolerance, plus or minus"), places=None, validators=[Optional()])
    unit = StringField(_("Unit"), validators=[Length(max=20)])

    def blank(self) -> Blank | None:
        """The blank typed; None when nothing is."""
        if self.number.data is not None:
            return NumberBlank(
                number=self.number.data,
                tolerance=self.tolerance.data or Decimal(0),
                unit=(self.unit.data or "").strip(),
            )
        lines = [line.strip() for line in (self.accept.data or "").splitlines()]
        accepted = tuple(line for line in lines if line)
        return TextBlank(accept=accepted) if accepted else None

    def show(self, blank: Blank) -> None:
        """Fill from a key."""
        if isinstance(blank, NumberBlank):
            self.number.data, self.tolerance.data = blank.number, blank.tolerance
            self.unit.data = blank.unit
        else:
            self.accept.data = "\n".join(blank.accept)


class FillForm(QuestionForm):
    blank_1 = FormField(BlankFields, _("Blank 1"))
    blank_2 = FormField(BlankFields, _("Blank 2"))
    blank_3 = FormField(BlankFields, _("Blank 3"))
    blank_4 = FormField(BlankFields, _("Blank 4"))

    def blank_forms(self) -> list[BlankFields]:
        """The fields of each blank."""
        return [self[f"blank_{number}"].form for number in range(1, BLANKS + 1)]

    def key(self) -> Key:
        typed = (form.blank() for form in self.blank_forms())
        return BlanksKey(blanks=tuple(blank for blank in typed if blank is not None))

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        if isinstance(content.key, BlanksKey):
            for form, blank in zip(self.blank_forms(), content.key.blanks, strict=False):
                form.show(blank)

    def field_at(self, path: Path) -> StringField:
        if path[0] == "blanks":
            filled = [form for form in self.blank_forms() if form.blank() is not None]
            field: StringField = filled[int(path[1])][str(path[2])]
            return field
        return super().field_at(path)

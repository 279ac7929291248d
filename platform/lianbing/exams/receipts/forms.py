"""Shapes of what is pasted or brought: receipts to verify, answer files to take in."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from lianbing.exams.receipts.envelope import MOST_BYTES
from lianbing.exams.receipts.rules import LONGEST_TEXT


class VerifyForm(FlaskForm):
    text = TextAreaField(
        _("Text of the receipt"), validators=[InputRequired(), Length(max=LONGEST_TEXT)]
    )
    submit = SubmitField(_("Verify"))


class AnswerFileForm(FlaskForm):
    file = FileField(_("Answer file"), render_kw={"accept": ".json,application/json"})
    text = TextAreaField(_("Or its text"), validators=[Length(max=MOST_BYTES)])
    submit = SubmitField(_("Take in"))

    def content(self) -> str:
        """What was brought: the file, else the pasted text."""
        if self.file.data:
            raw: bytes = self.file.data.read(MOST_BYTES + 1)
            return raw[:MOST_BYTES].decode(errors="replace")
        return str(self.text.data or "").strip()

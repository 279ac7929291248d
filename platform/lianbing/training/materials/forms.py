"""What a trainer types of study material."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lianbing.training.materials.rules import LONGEST_BODY, LONGEST_LINK, LONGEST_TITLE

ACCEPTED = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
TITLE = (InputRequired(message=_("Say in words what it is.")), Length(max=LONGEST_TITLE))


class TextForm(FlaskForm):
    """Title and text of a material."""

    title = StringField(_("Title"), validators=[*TITLE])
    body = TextAreaField(
        _("Text"),
        validators=[Length(max=LONGEST_BODY)],
        description=_(
            "Plain text; **two stars** make words bold, $…$ a formula, and a table is drawn with |."
        ),
        render_kw={"rows": 12},
    )


class NewMaterialForm(TextForm):
    """A new material with whom it is for."""

    organisation = SelectField(
        _("For everyone in"), coerce=int, choices=[], validators=[InputRequired()]
    )


class FileForm(FlaskForm):
    """A file with its words."""

    file_title = StringField(_("What the file shows, in words"), validators=[*TITLE])
    file = FileField(
        _("PDF, PNG or JPEG file"),
        validators=[FileRequired(message=_("Choose a file."))],
        description=_("At most 10 MB, a picture at most 5 MB. Camera data are left out."),
        render_kw={"accept": ACCEPTED},
    )


class LinkForm(FlaskForm):
    """An address with its words."""

    link_title = StringField(_("What the link leads to"), validators=[*TITLE])
    url = StringField(
        _("Address"),
        validators=[
            InputRequired(message=_("Write the address.")),
            Length(max=LONGEST_LINK),
        ],
        description=_(
            "Such as https://files.example/manual.pdf on your unit's own server. "
            "It is written down, never fetched."
        ),
        render_kw={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"},
    )

"""Forms at the door: they check shape; rules are checked in the use cases."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from lianbing.people.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from lianbing.people.choices import optional_choices
from lianbing.people.labels import EMPLOYMENT
from lianbing.web.i18n import LANGUAGES

REQUIRED = InputRequired(message=_("This is needed."))


def _new_password(label: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[
            REQUIRED,
            Length(
                min=SHORTEST_PASSWORD,
                max=LONGEST_PASSWORD,
                message=_("At least 8 characters."),
            ),
        ],
        render_kw={"autocomplete": "new-password"},
    )


def _repeated() -> PasswordField:
    return PasswordField(
        _("New password once more"),
        validators=[REQUIRED, EqualTo("password", message=_("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(FlaskForm):
    name = StringField(
        _("Phone or staff number"),
        validators=[REQUIRED, Length(max=60)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    unit = StringField(
        _("Unit name or code"), validators=[Length(max=120)], render_kw={"autocomplete": "off"}
    )
    password = PasswordField(
        _("Password"),
        validators=[REQUIRED, Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class ActivateForm(FlaskForm):
    code = StringField(
        _("One-time code"),
        validators=[REQUIRED, Length(max=40)],
        description=_("12 letters and digits from the slip, such as 7KQ4-M2XA-RT9C."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )
    consent = BooleanField(_("I have read and agree to the privacy notice"))


class FirstPasswordForm(FlaskForm):
    password = _new_password(_("New password"))
    repeated = _repeated()


class ChangePasswordForm(FirstPasswordForm):
    present = PasswordField(
        _("Present password"),
        validators=[REQUIRED, Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class RegisterForm(FlaskForm):
    organisation = HiddenField(validators=[REQUIRED])
    name = StringField(
        _("Name"),
        validators=[REQUIRED, Length(max=60)],
        description=_("As on your ID card."),
        render_kw={"autocomplete": "name"},
    )
    phone = StringField(
        _("Phone"),
        validators=[REQUIRED, Length(max=20)],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    employment_form = SelectField(
        _("How you work"),
        choices=optional_choices(EMPLOYMENT),
    )
    password = _new_password(_("Password"))
    repeated = _repeated()
    consent = BooleanField(_("I have read and agree to the privacy notice"))


class DisplayForm(FlaskForm):
    locale = SelectField(
        _("Language"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()]
    )
    larger_text = BooleanField(_("Larger text"))

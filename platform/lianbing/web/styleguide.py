"""The style guide: every shared component with invented data; embedded shape only."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from lianbing.infra.paging import Page
from lianbing.infra.settings import Settings
from lianbing.kernel.clock import utc_now
from lianbing.web import access

blueprint = Blueprint("styleguide", __name__)

TOKENS = (
    "paper",
    "sheet",
    "sunk",
    "ink",
    "ink-soft",
    "ink-faint",
    "hairline",
    "line",
    "red",
    "red-text",
    "red-wash",
    "brass",
    "brass-line",
    "brass-wash",
    "green",
    "green-wash",
    "amber",
    "amber-wash",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRow:
    """One invented line of a table."""

    place: int
    name: str
    team: str
    marks: str
    tone: str
    is_me: bool = False


ROWS = (
    SampleRow(place=1, name="王**", team="检修一班", marks="96.5", tone="honour"),
    SampleRow(place=2, name="李**", team="检修二班", marks="92", tone="good"),
    SampleRow(place=2, name="赵小满", team="检修一班", marks="92", tone="good", is_me=True),
    SampleRow(place=4, name="陈**", team="检修二班", marks="58", tone="stop"),
)


GRADES = [SelectChoice("5", "初级工（五级）"), SelectChoice("4", "中级工（四级）")]
SEXES = [SelectChoice("f", "女"), SelectChoice("m", "男")]


class SampleForm(FlaskForm):
    """A form with each kind of field; its labels are samples, not words of the product."""

    name = StringField("姓名", validators=[InputRequired("请填写姓名，如身份证所示。")])
    phone = StringField("手机号", description="11 位，用来登录")
    password = PasswordField("密码", validators=[InputRequired()])
    grade = SelectField("技能等级", choices=GRADES)
    sex = RadioField("性别", choices=SEXES, validators=[InputRequired()])
    count = IntegerField("题数")
    day = DateField("日期")
    file = FileField("名单文件", description="Excel 或 CSV，不超过 16 MB")
    note = TextAreaField("说明")
    larger = BooleanField("大字显示")


def is_shown(settings: Settings) -> bool:
    """Whether this installation shows the guide: as set, else in the embedded shape only."""
    return settings.is_embedded if settings.styleguide is None else settings.styleguide


@blueprint.get("/styleguide")
@access.public
def index() -> ResponseReturnValue:
    """Show every component."""
    form = SampleForm(formdata=None)
    form.name.errors = [form.name.validators[0].message]
    for category in ("success", "info", "warning", "error"):
        flash("这是一条消息：已保存 3 道题。", category)
    now = utc_now()
    return render_template(
        "styleguide/index.html",
        form=form,
        tokens=TOKENS,
        rows=ROWS,
        page=Page(rows=ROWS, number=2, total=132),
        soon=now + timedelta(minutes=42),
        later=now + timedelta(days=3, hours=5),
        past=now - timedelta(minutes=1),
    )

"""The words of a list of people: what its columns and its cells may be called."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from lianbing.kernel.grades import SkillGrade
from lianbing.people.persons.rules import EmploymentForm, Sex

EDITION = "2022"
"""Of 职业分类大典: what an occupation code in a list is taken to be of."""


class Column(StrEnum):
    """A column the import understands."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    STAFF_NUMBER = "staff_number"
    DEPARTMENT = "department"
    TEAM = "team"
    SEX = "sex"
    BIRTH_YEAR = "birth_year"
    MIGRANT = "is_migrant"
    EMPLOYMENT = "employment_form"
    OCCUPATION = "occupation_code"
    POST = "post"
    GRADE = "grade"
    GRADE_SINCE = "grade_since"


HEADERS: Mapping[Column, tuple[str, ...]] = {
    Column.NAME: ("姓名", "name", "名字", "职工姓名", "员工姓名", "fullname"),
    Column.PHONE: ("手机号", "phone", "手机", "手机号码", "电话", "联系电话", "联系方式", "mobile"),
    Column.ID_NUMBER: ("身份证号", "idnumber", "身份证", "身份证号码", "证件号码", "idcard"),
    Column.STAFF_NUMBER: ("工号", "staffnumber", "员工号", "职工编号", "员工编号", "人员编号"),
    Column.DEPARTMENT: ("车间", "department", "部门", "车间/部门", "部门/车间", "所在部门", "科室"),
    Column.TEAM: ("班组", "workteam", "team", "班", "所在班组", "小组"),
    Column.SEX: ("性别", "sex", "gender"),
    Column.BIRTH_YEAR: ("出生年份", "birthyear", "出生年", "出生日期", "出生年月", "birthdate"),
    Column.MIGRANT: ("农民工", "migrantworker", "是否农民工", "migrant"),
    Column.EMPLOYMENT: ("就业形态", "employment", "用工形式", "用工性质", "formofemployment"),
    Column.OCCUPATION: ("职业编码", "occupationcode", "职业代码", "工种编码", "occupation"),
    Column.POST: ("岗位", "post", "工作岗位", "岗位名称", "position"),
    Column.GRADE: ("技能等级", "grade", "职业技能等级", "等级", "skillgrade"),
    Column.GRADE_SINCE: ("取得时间", "gradesince", "等级取得时间", "取证时间", "发证日期"),
}
"""Accepted names, compared without spaces, case or brackets; the first two are the template's."""

SEX_WORDS = {"男": Sex.MALE, "male": Sex.MALE, "m": Sex.MALE}
SEX_WORDS |= {"女": Sex.FEMALE, "female": Sex.FEMALE, "f": Sex.FEMALE}
YES_NO_WORDS = dict.fromkeys(("是", "yes", "y", "true", "1", "√", "有"), True)
YES_NO_WORDS |= dict.fromkeys(("否", "no", "n", "false", "0", "×", "无"), False)
EMPLOYMENT_WORDS = {
    **dict.fromkeys(("劳动合同", "合同制", "正式", "在职", "contract"), EmploymentForm.CONTRACT),
    **dict.fromkeys(("劳务派遣", "派遣", "dispatched"), EmploymentForm.DISPATCHED),
    **dict.fromkeys(
        ("新就业形态", "平台", "平台就业", "网约", "platform", "platformwork"),
        EmploymentForm.PLATFORM,
    ),
    **dict.fromkeys(("灵活就业", "临时", "flexible"), EmploymentForm.FLEXIBLE),
    **dict.fromkeys(("个体", "个体经营", "自雇", "selfemployed"), EmploymentForm.SELF_EMPLOYED),
    **dict.fromkeys(("无业", "待业", "失业", "notemployed"), EmploymentForm.NOT_EMPLOYED),
}
GRADE_WORDS = {
    **dict.fromkeys(("学徒工", "学徒", "apprentice"), SkillGrade.APPRENTICE),
    **dict.fromkeys(("初级工", "初级", "五级", "5", "五级工", "junior"), SkillGrade.JUNIOR),
    **dict.fromkeys(
        ("中级工", "中级", "四级", "4", "四级工", "intermediate"), SkillGrade.INTERMEDIATE
    ),
    **dict.fromkeys(("高级工", "高级", "三级", "3", "三级工", "senior"), SkillGrade.SENIOR),
    **dict.fromkeys(("技师", "二级", "2", "technician"), SkillGrade.TECHNICIAN),
    **dict.fromkeys(("高级技师", "一级", "1", "seniortechnician"), SkillGrade.SENIOR_TECHNICIAN),
    **dict.fromkeys(("特级技师", "specialgrade"), SkillGrade.SPECIAL_GRADE),
    **dict.fromkeys(("首席技师", "chief"), SkillGrade.CHIEF),
}


def plain(text: str) -> str:
    """A heading or word for comparison: half-width, lower case, without spaces and brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\(.*?\)|[\s_*:：-]", "", folded)


BY_HEADING = {plain(name): column for column, names in HEADERS.items() for name in names}

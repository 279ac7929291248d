"""The demo's training: a material for a point of the electrician's outline, a class. All invented.

Loading twice changes nothing.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam
from lianbing.exams.rules import ExamState
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import ExamId
from lianbing.people.demo import DemoPeople
from lianbing.subjects.models import AssessmentOutline, AssessmentPoint
from lianbing.training.classes.models import ClassMember, TrainingClass
from lianbing.training.classes.rules import ClassForm, Presence
from lianbing.training.classes.use_cases import (
    ClassPlan,
    SessionPlan,
    add_session,
    add_unit,
    close_class,
    create_class,
    mark_attendance,
)
from lianbing.training.materials.models import StudyMaterial
from lianbing.training.materials.use_cases import add_link, create_material, tie_points

OUTLINE, POINT = "electrician-g5-g4", "D02"
MATERIAL_TITLE = "系统接地型式怎么认（示例）"
MATERIAL = """\
接地型式用两个字母说清两件事：**第一个字母说电源，第二个字母说设备外壳**。

| 型式 | 电源中性点 | 设备外壳 |
| --- | --- | --- |
| TN | 直接接地 | 接到电源的保护导体 |
| TT | 直接接地 | 接到自己的接地极 |
| IT | 不接地或经阻抗接地 | 接到自己的接地极 |

TN 系统再看中性导体 N 与保护导体 PE 是否分开：

- **TN-S**：全程分开，正常时 PE 上没有工作电流。
- **TN-C**：全程合为一根 PEN。
- **TN-C-S**：前段合、后段分，分开之后不得再合。

现场先找三样：变压器中性点的接地引下线、总箱里的 PEN 分接处、设备外壳的黄绿双色线接到哪里。"""
LINK_TITLE = "本厂安全用电规程（厂内服务器）"
LINK = "https://files.qingshan-heavy.example/anquan-yongdian.pdf"
CLASS_TITLE = "维修电工四级提高班（示例）"
CLASS_ABOUT = "面向检修一班，补安全用电和电气测量两块短板；以春季比武的理论考试结业。"
SESSIONS = (
    ("安全用电与接地保护", 70, "3.5"),
    ("电工仪表与电气测量", 68, "3.5"),
    ("复习答疑", 66, "3"),
)
ON_LEAVE = 3
"""Which member of the roster, counted from 0, was on leave at the first session."""


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Load what is missing of the demo's training."""
    _load_material(session, people, now)


def _load_material(session: Session, people: DemoPeople, now: datetime) -> None:
    known = select(StudyMaterial.id).where(
        StudyMaterial.title == MATERIAL_TITLE, StudyMaterial.organisation_id == people.city
    )
    if session.scalar(known) is not None:
        return
    made = create_material(
        session, SYSTEM, people.city, title=MATERIAL_TITLE, body=MATERIAL, now=now
    )
    add_link(session, SYSTEM, made, LINK, title=LINK_TITLE, now=now)
    point = session.scalar(
        select(AssessmentPoint.id)
        .join(AssessmentOutline, AssessmentOutline.id == AssessmentPoint.outline_id)
        .where(AssessmentOutline.code == OUTLINE, AssessmentPoint.code == POINT)
    )
    if point is not None:
        tie_points(session, SYSTEM, made, shown=[], chosen=[point], now=now)


def load_classes(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Load the demo's class, closed with the exam of the finished contest, where it is missing."""
    known = select(TrainingClass.id).where(
        TrainingClass.title == CLASS_TITLE, TrainingClass.organisation_id == people.plant
    )
    if session.scalar(known) is not None:
        return
    exam = session.scalar(
        select(Exam.id)
        .where(Exam.organisation_id == people.plant, Exam.state == ExamState.PUBLISHED.value)
        .order_by(Exam.id)
        .limit(1)
    )
    plan = ClassPlan(
        title=CLASS_TITLE,
        form=ClassForm.OFFLINE,
        place="检修车间二楼培训室",
        about=CLASS_ABOUT,
        attendance_percent=80,
        exam_id=ExamId(exam) if exam is not None else None,
    )
    then = now - timedelta(days=75)
    made = create_class(session, SYSTEM, people.plant, plan, now=then)
    add_unit(session, SYSTEM, made, people.organisations["DEMO-T1"], now=then)
    members = session.scalars(
        select(ClassMember.id).where(ClassMember.class_id == made).order_by(ClassMember.id)
    ).all()
    for number, (title, days, hours) in enumerate(SESSIONS):
        starts_at = (now - timedelta(days=days)).replace(hour=1, minute=0, second=0, microsecond=0)
        planned = SessionPlan(title=title, starts_at=starts_at, hours=Decimal(hours))
        held = add_session(session, SYSTEM, made, planned, now=then)
        states: dict[int, Presence | None] = dict.fromkeys(members, Presence.PRESENT)
        if number == 0 and len(members) > ON_LEAVE:
            states[members[ON_LEAVE]] = Presence.LEAVE
        mark_attendance(session, SYSTEM, made, held, states, now=starts_at)
    close_class(session, SYSTEM, made, now=now - timedelta(days=50))

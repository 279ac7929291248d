"""The demo's training: one material for a point of the electrician's outline. Invented throughout.

Loading twice changes nothing.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.kernel.actor import SYSTEM
from lianbing.people.demo import DemoPeople
from lianbing.subjects.models import AssessmentOutline, AssessmentPoint
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

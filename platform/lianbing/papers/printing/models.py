"""The table of a paper's forms (A/B 卷) beside its own order. Rows stay: sheets were printed."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class PaperForm(Base):
    """``label`` B to H; form A is the paper's own order and has no row."""

    __tablename__ = "paper_form"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(1), primary_key=True)
    seed: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

"""Tables of sets of parallel papers: asked for, assembled, frozen together."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class PaperSet(Base):
    """``asked`` and ``cells`` say what for; ``sealed`` holds the seed, what is fixed, the draft.

    With the seed anybody could repeat the assembly, so it lies sealed like a paper, under the
    set's ``name``; ``wrapping_key`` is the fingerprint of the key. ``conflict`` says why there
    are none. ``alive_at``: the last sign of life of whoever assembles.
    """

    __tablename__ = "paper_set"
    __table_args__ = (Index("ix_paper_set_state", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprint.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    progress: Mapped[int]
    cancel_asked: Mapped[bool]
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    cells: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    conflict: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    name: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    wrapping_key: Mapped[str | None] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    alive_at: Mapped[datetime | None]


class PaperSetMember(Base):
    """Which frozen papers came of a set, numbered from 1."""

    __tablename__ = "paper_set_member"

    set_id: Mapped[int] = mapped_column(ForeignKey("paper_set.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)

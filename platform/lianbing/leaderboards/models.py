"""Boards, their entries and the groups people stand in. SQL is the truth; Redis projects it."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class BoardTable(Base):
    """A board; one of points has its first day as its title.

    A copy in Redis is read only with this ``epoch`` and at least this ``revision``.

    ``epoch`` changes when someone is taken off or changes groups, so that copies made before
    are void; ``revision`` grows with each projection, so that a Redis come back from an old
    snapshot is known to be behind.
    """

    __tablename__ = "board"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    tie_rule: Mapped[str] = mapped_column(String(40))
    mask_policy: Mapped[str] = mapped_column(String(20))
    measure: Mapped[str] = mapped_column(String(12), default="marks")
    pass_mark: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    visible_from: Mapped[datetime | None]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    closed: Mapped[bool] = mapped_column(default=False)
    epoch: Mapped[int] = mapped_column(BigInteger, default=0)
    revision: Mapped[int] = mapped_column(BigInteger, default=0)


class BoardEntry(Base):
    """One person's result; ``shown`` is JSON for the screen, ``projected`` whether Redis has it."""

    __tablename__ = "board_entry"

    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sort_key: Mapped[int] = mapped_column(BigInteger)
    tie_order: Mapped[str] = mapped_column(String(12))
    shown: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    projected: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_board_entry_order", "board_id", sort_key.desc(), tie_order.desc()),
        Index("ix_board_entry_person", "person_id"),
        Index(
            "ix_board_entry_unprojected",
            "board_id",
            postgresql_where=projected == false(),
            sqlite_where=projected == false(),
        ),
    )


class BoardGroup(Base):
    """The groups of an entry beside the whole board: ``org:12``, ``team:55``."""

    __tablename__ = "board_group"

    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), primary_key=True)
    group_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)

    __table_args__ = (Index("ix_board_group_person", "board_id", "person_id"),)

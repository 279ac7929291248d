"""Tables of offline practice: the devices that keep a journal, and what came from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class PracticeDevice(Base):
    """A browser of one person that keeps offline answers; its id is the device number."""

    __tablename__ = "practice_device"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issued_at: Mapped[datetime]


class OfflineEntry(Base):
    """An offline answer as it came, by (device, sequence); only ever added to.

    ``outcome`` says whether it reached the record (``practice_answer``) or why it did not.
    """

    __tablename__ = "offline_entry"
    __table_args__ = (PrimaryKeyConstraint("device_id", "sequence"),)

    device_id: Mapped[int] = mapped_column(ForeignKey("practice_device.id"), autoincrement=False)
    sequence: Mapped[int] = mapped_column(autoincrement=False)
    question_id: Mapped[int] = mapped_column(BigId)
    version_id: Mapped[int] = mapped_column(BigId)
    given: Mapped[Any] = mapped_column(JSON)
    rating: Mapped[str] = mapped_column(String(10))
    gave_up: Mapped[bool]
    stated_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))

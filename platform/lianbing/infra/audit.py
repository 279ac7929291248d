"""The audit trail: who did what to what, when and why. Rows are only ever added."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lianbing.infra.database import Base, BigId
from lianbing.kernel.actor import Actor


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[str] = mapped_column(Text, default="{}")


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    subject: tuple[str, int],
    now: datetime,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Add one row in the caller's transaction. ``details`` never holds personal data or keys."""
    session.add(
        AuditEntry(
            at=now,
            actor_person_id=actor.person_id,
            action=action,
            subject_type=subject[0],
            subject_id=subject[1],
            reason=reason,
            details=json.dumps(details or {}, ensure_ascii=False, default=str),
        )
    )

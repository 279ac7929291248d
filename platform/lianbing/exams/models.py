"""Tables of a timed exam. The journal is append-only; every hot row is keyed by attempt."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.exams.release.rules import PaperRelease
from lianbing.infra.database import Base, BigId


class Exam(Base):
    """``extended_to`` is the last ``final_at`` of an attempt that outlasts the window's own.

    ``paper_released_at``: when the second of two persons released the questions.
    ``plain_admission``: no published seating plan says who may begin when.
    """

    __tablename__ = "exam"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    duration_seconds: Mapped[int]
    grace_seconds: Mapped[int]
    pass_mark: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    shuffle_questions: Mapped[bool]
    shuffle_options: Mapped[bool]
    common_window: Mapped[bool]
    marking: Mapped[str] = mapped_column(Text)
    results_release: Mapped[str] = mapped_column(String(20))
    explanations_release: Mapped[str] = mapped_column(String(20))
    mask_policy: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    scheduled_at: Mapped[datetime]
    paper_release: Mapped[str] = mapped_column(
        String(12), default=PaperRelease.BY_CLOCK.value, server_default=PaperRelease.BY_CLOCK.value
    )
    paper_released_at: Mapped[datetime | None]
    extended_to: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    cancelled_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    access_code: Mapped[str] = mapped_column(String(32), default="", server_default="")
    networks: Mapped[str] = mapped_column(Text, default="", server_default="")
    conduct: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    seb: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    trial: Mapped[bool] = mapped_column(default=True, server_default=true())
    plain_admission: Mapped[bool] = mapped_column(default=True, server_default=true())


class ExamCandidate(Base):
    """The roster. The order seed is dealt at enrolment, so a start is one small write."""

    __tablename__ = "exam_candidate"
    __table_args__ = (UniqueConstraint("exam_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    order_seed: Mapped[int] = mapped_column(BigId)
    enrolled_at: Mapped[datetime]


class Attempt(Base):
    """One sitting of one person. ``final_at`` = ``due_at`` + grace: after it nothing counts.

    ``idle_seconds`` is time of pauses and breaks that ``due_at`` already holds; ``held`` marks an
    attempt whose deadline was put off by a pause; ``news`` counts what its page must hear of;
    ``touched_at`` is when an invigilator or the conduct rule last changed the row.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("exam_id", "person_id"),
        Index("ix_attempt_sweep", "state", "final_at"),
        Index("ix_attempt_stale", "needs_fold", "final_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    order_seed: Mapped[int] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(String(12))
    device: Mapped[int]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    final_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    needs_fold: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    idle_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    break_left_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    break_ends_at: Mapped[datetime | None]
    larger_text: Mapped[bool] = mapped_column(default=False, server_default=false())
    news: Mapped[int] = mapped_column(default=0, server_default="0")
    violations: Mapped[int] = mapped_column(default=0, server_default="0")
    touched_at: Mapped[datetime | None]


class AttemptDevice(Base):
    """Which device an attempt was entered from, and when: evidence for the invigilator."""

    __tablename__ = "attempt_device"
    __table_args__ = (PrimaryKeyConstraint("attempt_id", "number"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    number: Mapped[int]
    entered_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")


class AnswerEntry(Base):
    """The answer journal: one row a change, keyed by the device's own sequence; never updated."""

    __tablename__ = "answer_entry"
    __table_args__ = (PrimaryKeyConstraint("attempt_id", "device", "seq"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), autoincrement=False)
    device: Mapped[int] = mapped_column(autoincrement=False)
    seq: Mapped[int] = mapped_column(autoincrement=False)
    question: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    standing: Mapped[str] = mapped_column(String(14))
    arrived_at: Mapped[datetime]
    device_clock: Mapped[str] = mapped_column(String(40))


class LateDecision(Base):
    """What an invigilator decided about an entry that did not count; the last number holds."""

    __tablename__ = "late_decision"
    __table_args__ = (PrimaryKeyConstraint("attempt_id", "device", "seq", "number"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), autoincrement=False)
    device: Mapped[int] = mapped_column(autoincrement=False)
    seq: Mapped[int] = mapped_column(autoincrement=False)
    number: Mapped[int] = mapped_column(autoincrement=False)
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime]


class ResultList(Base):
    """A published result list: a signed snapshot. A correction is a new version."""

    __tablename__ = "result_list"
    __table_args__ = (UniqueConstraint("exam_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    version: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class ResultRow(Base):
    """A line of a result list, as indexed columns of what the signed content says."""

    __tablename__ = "result_row"
    __table_args__ = (UniqueConstraint("result_list_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    result_list_id: Mapped[int] = mapped_column(ForeignKey("result_list.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    script_id: Mapped[int] = mapped_column(ForeignKey("script.id"))
    rank: Mapped[int]
    marks: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    passed: Mapped[bool]
    seconds_used: Mapped[int]

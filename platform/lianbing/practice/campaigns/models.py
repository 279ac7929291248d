"""Tables of campaigns. What somebody achieved is read from their drills, never stored."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Campaign(Base):
    """What a trainer asks of an organisation and all below it; see ``rules.Plan``."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_place", "organisation_id", "closes_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(80))
    form: Mapped[str] = mapped_column(String(12))
    binding: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(300))
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    scope_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_scope.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    questions: Mapped[int]
    tries: Mapped[int]
    points: Mapped[int]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CampaignMember(Base):
    """A person who joined a voluntary campaign; nobody else puts them here."""

    __tablename__ = "campaign_member"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    joined_at: Mapped[datetime]


class CampaignRun(Base):
    """A try: the drill, the period it counts for, its number there."""

    __tablename__ = "campaign_run"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "period", "try_no"),
        Index("ix_campaign_run_person", "person_id"),
    )

    drill_id: Mapped[int] = mapped_column(
        ForeignKey("drill.id"), primary_key=True, autoincrement=False
    )
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period: Mapped[date]
    try_no: Mapped[int]

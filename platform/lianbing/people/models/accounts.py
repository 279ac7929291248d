"""Tables of accounts: password, one-time codes, sign-in sessions, tries, code sheets."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Account(Base):
    """How a person signs in. ``password_hash`` is None until one has been chosen."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(160))
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consented_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class OneTimeCode(Base):
    """A code that opens an account once; only its keyed digest is kept."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index("uq_one_time_code_digest", "digest", unique=True),
        Index(
            "uq_one_time_code_live",
            "account_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
            sqlite_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(BigId)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginSession(Base):
    """One signed-in browser; its cookie holds a random token, this row the token's digest."""

    __tablename__ = "login_session"
    __table_args__ = (Index("uq_login_session_token_digest", "token_digest", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    device: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLimit(Base):
    """Failed tries against one account, or against one name nobody has; both wait alike."""

    __tablename__ = "sign_in_limit"

    key_digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    tried_at: Mapped[datetime] = mapped_column(index=True)


class CodeSheet(Base):
    """Freshly issued codes waiting to be printed by their issuer, sealed, soon destroyed."""

    __tablename__ = "code_sheet"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    codes: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

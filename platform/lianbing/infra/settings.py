"""Settings: read once from ``LIANBING_*``, typed, validated before anything starts.

An unknown or malformed setting stops the start with its name. Secrets have no default:
the embedded shape makes its own at first start and keeps them in the data folder,
the production shape must be given them.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "LIANBING_"
TEST_PREFIX = "LIANBING_TEST_"  # speaks to the test command, never to the product
LATER_SECRETS = ("paper_key",)  # added to the secrets of an installation that is older
SECRET_NAMES = ("secret_key", "field_key", "signing_key", *LATER_SECRETS)


class SettingsError(Exception):
    """A setting is unknown, missing or malformed; the text names it and says what it should be."""


class Shape(StrEnum):
    """Where the product keeps its data and runs its tasks."""

    EMBEDDED = "embedded"
    PRODUCTION = "production"


class Settings(BaseModel):
    """Every setting of the product. Environment name: ``LIANBING_`` + the field in capitals."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    shape: Shape = Field(default=Shape.EMBEDDED, description="embedded (one process) or production")
    data_dir: Path = Field(default=Path("var"), description="folder for what is kept in files")
    database_url: str = Field(
        default="", description="postgresql:// or sqlite:///; empty: a file in data_dir (embedded)"
    )
    redis_url: str = Field(default="", description="redis:// address; production needs it")
    redis_prefix: str = Field(
        default="lianbing:",
        pattern="^[A-Za-z0-9:._-]{1,80}$",
        description="begins every key, so that installations can share a Redis",
    )
    secret_key: str = Field(default="", repr=False, description="signs cookies and tokens")
    field_key: str = Field(
        default="", repr=False, description="64 hex digits; encrypts ID numbers; never change it"
    )
    signing_key: str = Field(
        default="", repr=False, description="64 hex digits; signs published results (Ed25519 seed)"
    )
    paper_key: str = Field(
        default="",
        repr=False,
        description="64 hex digits; seals papers; change it only by `lianbing papers rewrap`",
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to listen on")
    web_workers: int = Field(
        default=1, ge=1, le=64, description="web processes; 1 in the embedded shape"
    )
    web_threads: int = Field(default=64, ge=1, le=256, description="threads a web process")
    time_zone: str = Field(default="Asia/Shanghai", description="zone that times are shown in")
    default_locale: str = Field(
        default="zh_CN", pattern="^(zh_CN|en)$", description="language of who has chosen none"
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="least severe message that is logged",
    )
    secure_cookies: bool = Field(
        default=False, description="cookies over https only; switch on behind TLS"
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=8, description="reverse proxies in front whose headers are believed"
    )
    allow_plain_http: bool = Field(
        default=False,
        description="production: serve plain http beyond this machine; see docs/private-ca.md",
    )
    public_url: str = Field(
        default="",
        pattern="^(https?://[^/?#]+/?)?$",
        description="how browsers reach it, as https://exam.example.cn; for Safe Exam Browser",
    )
    hashing_concurrency: int = Field(
        default=1, ge=1, le=64, description="password checks at once a process"
    )
    metrics: str = Field(
        default="loopback",
        pattern="^(off|loopback)$",
        description="/metrics: for this machine and administrators (loopback), or off",
    )
    self_registration: bool = Field(
        default=True, description="whether people may register themselves"
    )
    styleguide: bool | None = Field(
        default=None, description="whether /styleguide is shown; unset: only when embedded"
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("not a time zone name such as Asia/Shanghai") from error
        return value

    @field_validator("field_key", "signing_key", "paper_key")
    @classmethod
    def _hex32(cls, value: str) -> str:
        if value and (len(value) != 64 or any(c not in "0123456789abcdefABCDEF" for c in value)):
            raise ValueError("must be 64 hexadecimal digits (32 bytes)")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        try:
            named = not value or make_url(value).database
        except ArgumentError as error:
            raise ValueError("is no database address") from error
        if not named:
            raise ValueError("names no database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_cache(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.shape is Shape.PRODUCTION:
            if not self.database_url.startswith("postgresql"):
                raise ValueError("database_url: the production shape needs a postgresql:// address")
            for name in ("redis_url", *SECRET_NAMES):
                if not getattr(self, name):
                    raise ValueError(f"{name}: the production shape has no default for it; set it")
            if len(self.secret_key) < 32:
                raise ValueError("secret_key: at least 32 characters")
            if self.allow_plain_http and self.secure_cookies:
                raise ValueError(
                    "allow_plain_http: nobody could sign in over plain http while "
                    "LIANBING_SECURE_COOKIES is on; set one of them to false"
                )
        elif self.web_workers != 1:
            raise ValueError("web_workers: the embedded shape has one process; it owns the file")
        return self

    @property
    def is_embedded(self) -> bool:
        return self.shape is Shape.EMBEDDED

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and validate the settings; raise SettingsError naming the first thing wrong."""
    source = os.environ if environ is None else environ
    values: dict[str, object] = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in source.items()
        if key.startswith(PREFIX) and not key.startswith(TEST_PREFIX) and value != ""
    }
    settings = _validated(values)
    if not settings.is_embedded:
        return settings
    data_dir = settings.data_dir.resolve()
    values["data_dir"] = data_dir
    values.setdefault("database_url", f"sqlite:///{data_dir / 'lianbing.db'}")
    for name, secret in embedded_secrets(data_dir).items():
        values.setdefault(name, secret)
    return _validated(values)


def _validated(values: Mapping[str, object]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        text = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            text = "is not a setting of this version; see docs/operations.md"
        if name == PREFIX:
            name = PREFIX + text.split(":", 1)[0].upper()
            text = text.split(":", 1)[-1].strip()
        raise SettingsError(f"{name}: {text}") from error


def embedded_secrets(data_dir: Path) -> dict[str, str]:
    """The embedded shape's own secrets, made at first start, kept with mode 0600."""
    path = data_dir / "secrets.json"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _link_into_place(path, _fresh(SECRET_NAMES))
        kept = json.loads(path.read_text())
        if not kept.keys() >= set(LATER_SECRETS):
            kept = _add_secrets(path)
        return {name: str(kept[name]) for name in SECRET_NAMES}
    except OSError as error:
        raise SettingsError(f"{PREFIX}DATA_DIR: cannot use {data_dir}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"{PREFIX}DATA_DIR: {path} is damaged; restore it from a backup. Without the keys in "
            "it the encrypted fields of this database cannot be read"
        ) from error


def _fresh(names: Iterable[str]) -> dict[str, str]:
    return {name: secrets.token_hex(32) for name in names}


def _link_into_place(path: Path, kept: Mapping[str, str]) -> None:
    # Linked into place whole: of two first starts at once, both read the winner's keys.
    temporary = _written(path, kept)
    with suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()


def _add_secrets(path: Path) -> dict[str, str]:
    """Draw what an older version did not know; of two starts at once, one draws."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept: dict[str, str] = json.loads(path.read_text())
        kept = _fresh(LATER_SECRETS) | kept
        _written(path, kept).replace(path)
    return kept


def _written(path: Path, kept: Mapping[str, str]) -> Path:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(dict(kept), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return temporary

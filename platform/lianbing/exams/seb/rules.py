"""Safe Exam Browser's documented formats: settings, Config Key, config file, request hashes.

After the developer documentation of SEB, pages "Config Key" and "File Format" and the
specification "Browser Exam Key"; written from their text. What a setting's name means is SEB's.
"""

import gzip
import hashlib
import hmac
import json
import plistlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag, urlsplit

ORIGINATOR = "originatorVersion"
PLAIN = b"plnd"
MOST_KEYS = 20
KEY = re.compile(r"[0-9a-f]{64}")
SALT_BYTES = 32
START_EXAM = 0
ALLOW = 1
MODERN_ELSEWHERE = 2
"""The classic view for the exam's own host, which sends the keys as headers also on macOS, iOS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SebPolicy:
    """Whether an exam asks for SEB, its Browser Exam Keys (hex), and the salt of its file."""

    required: bool = False
    browser_exam_keys: tuple[str, ...] = ()
    salt: str = ""
    quit_password_hash: str = ""

    def to_json(self) -> dict[str, Any]:
        """The policy as stored."""
        return {
            "required": self.required,
            "browser_exam_keys": list(self.browser_exam_keys),
            "salt": self.salt,
            "quit_password_hash": self.quit_password_hash,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "SebPolicy":
        """The policy again; none for an exam that stores nothing."""
        return cls(
            required=stored.get("required", False),
            browser_exam_keys=tuple(stored.get("browser_exam_keys", ())),
            salt=stored.get("salt", ""),
            quit_password_hash=stored.get("quit_password_hash", ""),
        )


def read_keys(text: str) -> tuple[str, ...]:
    """Browser Exam Keys, 64 hex digits each, one a line; ValueError names the first bad one."""
    keys = [word.lower() for word in text.replace(",", " ").split()]
    for key in keys:
        if not KEY.fullmatch(key):
            raise ValueError(key)
    if len(keys) > MOST_KEYS:
        raise ValueError(str(len(keys)))
    return tuple(dict.fromkeys(keys))


def seb_settings(policy: SebPolicy, *, base: str, exam_id: int) -> dict[str, Any]:
    """An exam's settings for SEB; ``base`` is where the product is reached, without a slash.

    SEB starts in the exam's own page, reaches nothing but the exam, signing in and the files of
    the pages, sends its keys with every request, and ends on the exam's last page.
    """
    host = urlsplit(base).netloc
    reachable = (
        f"exams/{exam_id}/*",
        f"exams/seating/{exam_id}/photo/*",
        "api/exams/*",
        "exams/offline.js",
        "papers/sealed/*",
        "static/*",
        "bootstrap/*",
        "sign-in*",
        "sign-out",
        "change-password*",
        "language*",
        "theme*",
    )
    return {
        ORIGINATOR: "Lianbing_1",
        "sebConfigPurpose": START_EXAM,
        "startURL": f"{base}/exams/{exam_id}/",
        "quitURL": f"{base}/exams/{exam_id}/seb-done",
        "quitURLConfirm": False,
        "allowQuit": bool(policy.quit_password_hash),
        "hashedQuitPassword": policy.quit_password_hash,
        "sendBrowserExamKey": True,
        "examKeySalt": b64decode(policy.salt),
        "browserWindowWebView": MODERN_ELSEWHERE,
        "browserWindowAllowReload": True,
        "showReloadButton": True,
        "showReloadWarning": False,
        "allowSpellCheck": False,
        "allowDictionaryLookup": False,
        "allowDownUploads": False,
        "enablePrivateClipboard": True,
        "URLFilterEnable": True,
        "URLFilterEnableContentFilter": False,
        "URLFilterRules": [
            {"action": ALLOW, "active": True, "expression": f"{host}/{path}", "regex": False}
            for path in reachable
        ],
    }


def config_key(settings: Mapping[str, Any]) -> str:
    """The Config Key of settings: hex of SHA-256 over their SEB-JSON."""
    return hashlib.sha256(seb_json(settings).encode()).hexdigest()


def seb_json(settings: Mapping[str, Any]) -> str:
    """SEB's own JSON: without the originator, keys sorted case-insensitively, nothing escaped."""
    return _written({name: value for name, value in settings.items() if name != ORIGINATOR})


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return json.dumps(value)
        case str():
            return f'"{value}"'
        case bytes():
            return f'"{b64encode(value).decode()}"'
        case datetime():
            return f'"{value.isoformat()}"'
        case Mapping():
            kept = {name: inner for name, inner in value.items() if inner != {}}
            pairs = (f'"{name}":{_written(kept[name])}' for name in sorted(kept, key=str.lower))
            return "{" + ",".join(pairs) + "}"
        case Iterable():
            return "[" + ",".join(_written(inner) for inner in value) + "]"
        case _:
            raise TypeError(type(value).__name__)


def seb_file(settings: Mapping[str, Any]) -> bytes:
    """The config file: a property list, packed, marked as plain, packed again; same bytes always.

    It is not encrypted: nothing in it is secret but the salt, and the Config Key changes with any
    change of a setting.
    """
    listed = plistlib.dumps(dict(settings), fmt=plistlib.FMT_XML, sort_keys=True)
    return gzip.compress(PLAIN + gzip.compress(listed, mtime=0), mtime=0)


def request_hash(url: str, key: str) -> str:
    """What SEB sends for a key with a request: SHA-256 over the address, less fragment, and key."""
    return hashlib.sha256((urldefrag(url).url + key).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a request shows of SEB: the two hashes, empty where it shows none."""

    config_key_hash: str = ""
    request_hash: str = ""


def is_admitted(policy: SebPolicy, key: str, shown: Shown, urls: Iterable[str]) -> bool:
    """Whether a request comes from SEB with the exam's settings, and of an allowed version.

    ``urls``: the address requested, and those of the exam's pages: where SEB cannot send headers
    (its modern view on macOS and iOS), the page sends on what SEB computed for the page.
    """
    addresses = list(urls)
    if not _fits(shown.config_key_hash, [key], addresses):
        return False
    keys = policy.browser_exam_keys
    return not keys or _fits(shown.request_hash, keys, addresses)


def _fits(shown: str, keys: Iterable[str], urls: list[str]) -> bool:
    given = shown.strip().lower().encode()
    return any(
        hmac.compare_digest(given, request_hash(url, key).encode()) for key in keys for url in urls
    )

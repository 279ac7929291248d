"""Rules of the door: one-time codes, passwords, and the growing wait after wrong tries."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lianbing.people.accounts.errors import CodeNotValid, PasswordTooWeak

CODE_ALPHABET = "2346789ACDEFGHJKMNPQRTUVWXY"
"""Without 0 and O, 1, I and L, 5 and S, B and Z: on paper nothing can be taken for another."""
CODE_LENGTH = 12
CODE_GROUP = 4

FREE_TRIES = 4
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
COMMON_PASSWORDS = frozenset(
    {
        *("password", "password1", "passw0rd", "p@ssw0rd", "qwertyui", "qwerty123", "1qaz2wsx"),
        *("1q2w3e4r", "12345678", "123456789", "1234567890", "0123456789", "87654321"),
        *("987654321", "11223344", "12341234", "a1234567", "a12345678", "aa123456", "abc12345"),
        *("abcd1234", "asdf1234", "woaini520", "woaini1314", "5201314a", "52013140"),
        *("iloveyou", "lianbing", "lianbing1", "admin123", "administrator"),
    }
)


class CodePurpose(StrEnum):
    """Why a code was issued."""

    ACTIVATION = "activation"
    RESET = "reset"


CODE_LIFETIME = {
    CodePurpose.ACTIVATION: timedelta(days=30),
    CodePurpose.RESET: timedelta(days=1),
}


def make_code(choose: Callable[[str], str]) -> str:
    """A fresh code, bare; ``choose`` picks one character, unpredictably."""
    return "".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def show_code(code: str) -> str:
    """A code as printed: ``7KQ4-M2XA-RT9C``."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


def clean_code(text: str) -> str:
    """A typed code without its hyphens, in capitals; raises CodeNotValid on a wrong shape."""
    plain = unicodedata.normalize("NFKC", text).upper()
    code = "".join(character for character in plain if character not in " -–—_\t")
    if len(code) != CODE_LENGTH or any(character not in CODE_ALPHABET for character in code):
        raise CodeNotValid
    return code


@dataclass(frozen=True, kw_only=True, slots=True)
class Tries:
    """Failed tries against one account so far."""

    failures: int
    tried_at: datetime
    locked_until: datetime | None


def minutes_to_wait(tries: Tries, *, now: datetime) -> int:
    """Whole minutes until the next try is heard; 0 when it may come now."""
    if tries.locked_until is None or tries.locked_until <= now:
        return 0
    return -int((now - tries.locked_until) // timedelta(minutes=1))


def after_try(tries: Tries | None, *, now: datetime) -> Tries:
    """The tally with one more try counted against the account before its password is looked at.

    Four tries are free; the fifth costs a minute, each further one twice as long, up to an
    hour. A day without any is forgiven.
    """
    is_forgotten = tries is None or tries.tried_at <= now - FORGOTTEN_AFTER
    failures = 1 if tries is None or is_forgotten else tries.failures + 1
    locked_until = None
    if failures > FREE_TRIES:
        doublings = min(failures - FREE_TRIES - 1, 16)
        locked_until = now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return Tries(failures=failures, tried_at=now, locked_until=locked_until)


def check_password(password: str, *, not_like: tuple[str, ...] = ()) -> None:
    """Raise PasswordTooWeak for one that is short, common, or the person's own number."""
    lowered = password.lower()
    is_weak = (
        not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
        or len(set(lowered)) < 4
        or lowered in COMMON_PASSWORDS
        or any(own and own.lower() == lowered for own in not_like)
    )
    if is_weak:
        raise PasswordTooWeak


DEVICES = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """What a person would call the browser: ``WeChat · Android``; empty when it says nothing."""
    parts = (
        next((name for mark, name in table if mark in user_agent), "")
        for table in (DEVICES, SYSTEMS)
    )
    return " · ".join(part for part in parts if part)

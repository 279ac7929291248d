"""Codes that cannot be misread, weak passwords, and the growing wait."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.people.accounts.errors import CodeNotValid, HashingBusy, PasswordTooWeak
from lianbing.people.accounts.hashing import NOBODYS_HASH, PasswordHashing
from lianbing.people.accounts.rules import (
    CODE_ALPHABET,
    LONGEST_WAIT,
    Tries,
    after_try,
    check_password,
    clean_code,
    device_name,
    make_code,
    minutes_to_wait,
    show_code,
)

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_alphabet_has_no_twins() -> None:
    for twins in ("0O", "1IL", "5S", "2Z", "8B"):
        assert len(set(twins) & set(CODE_ALPHABET)) <= 1
    assert len(set(CODE_ALPHABET)) == len(CODE_ALPHABET) >= 24


@given(st.randoms())
def test_printed_code_is_read_back_however_it_is_typed(choice: random.Random) -> None:
    code = make_code(choice.choice)
    shown = show_code(code)
    assert [len(part) for part in shown.split("-")] == [4, 4, 4]
    for typed in (shown, shown.lower(), shown.replace("-", " "), f" {code}"):
        assert clean_code(typed) == code


@pytest.mark.parametrize("typed", ["", "7KQ4-M2XA", "0KQ4-M2XA-RT9C", "7KQ4-M2XA-RT9C-4"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(CodeNotValid):
        clean_code(typed)


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaa", "12345678", "Password1", "13812345678", "王小明王小明", "x" * 129],
)
def test_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(password, not_like=("13812345678", "王小明"))


@pytest.mark.parametrize("password", ["correct horse", "Lianbing-demo-2026", "焊枪与电表都要接地"])
def test_sensible_password_is_taken(password: str) -> None:
    check_password(password, not_like=("13812345678",))


def waits(count: int) -> list[int]:
    tries: Tries | None = None
    found = []
    for _ in range(count):
        tries = after_try(tries, now=NOW)
        found.append(minutes_to_wait(tries, now=NOW))
    return found


def test_wait_starts_at_the_fifth_try_and_doubles_up_to_an_hour() -> None:
    assert waits(13) == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_wait_passes_and_a_day_forgives() -> None:
    tries = Tries(failures=9, tried_at=NOW, locked_until=NOW + timedelta(minutes=16))
    assert minutes_to_wait(tries, now=NOW + timedelta(minutes=15, seconds=1)) == 1
    assert minutes_to_wait(tries, now=NOW + timedelta(minutes=16)) == 0
    assert after_try(tries, now=NOW + timedelta(days=1)).failures == 1
    assert after_try(tries, now=NOW + LONGEST_WAIT).failures == 10


def test_nobodys_hash_fits_no_password_and_is_of_the_same_cost() -> None:
    hashing = PasswordHashing(1)
    assert not hashing.verify(None, "anything")
    real = hashing.hash("anything")
    assert hashing.verify(real, "anything")
    assert not hashing.verify(real, "anything else")
    assert NOBODYS_HASH.split("$")[:4] == real.split("$")[:4]


OLDER_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "BYPHImKpJ7gBkzzNuiWRQg$mtL7zbMbiLzkyM1/pW7Wb9b5NWeNfcUD8RLJnDFzChs"
)
"""Of ``correct horse``, as it was made before ADR 0107."""


def test_a_hash_made_at_an_older_cost_goes_on_being_verified() -> None:
    hashing = PasswordHashing(1)
    assert hashing.verify(OLDER_HASH, "correct horse")
    assert not hashing.verify(OLDER_HASH, "correct hors")


@pytest.mark.parametrize("damaged", ["x", "中文", OLDER_HASH[:-8], "$argon2id$v=19$m=7168"])
def test_what_is_no_hash_fits_nothing(damaged: str) -> None:
    assert not PasswordHashing(1).verify(damaged, "correct horse")


@contextmanager
def busy(hashing: PasswordHashing) -> Iterator[None]:
    """The workshop's one thread is at work meanwhile."""
    begun, may_end = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as someone:
        someone.submit(hashing._in_turn, lambda: (begun.set(), may_end.wait()))
        begun.wait()
        try:
            yield
        finally:
            may_end.set()


def test_line_before_the_workshop_is_bounded() -> None:
    hashing = PasswordHashing(1, max_waiting=0)
    with busy(hashing), pytest.raises(HashingBusy):
        hashing.verify(None, "anything")
    assert not hashing.verify(None, "anything")


def test_nobody_waits_for_the_workshop_for_ever() -> None:
    hashing = PasswordHashing(1, max_waiting=1, patience=0.01)
    for _ in range(3):  # who gave up has left the line
        with busy(hashing), pytest.raises(HashingBusy):
            hashing.hash("anything")


def test_who_is_admitted_has_a_place_for_the_hash_too() -> None:
    hashing = PasswordHashing(1, max_waiting=0)
    with hashing.admission():
        assert not hashing.verify(None, "anything")


def test_device_is_named_as_its_owner_would() -> None:
    wechat = "Mozilla/5.0 (Linux; Android 10) Chrome/80 Mobile MicroMessenger/8.0"
    assert device_name(wechat) == "WeChat · Android"
    assert device_name("Mozilla/5.0 (Windows NT 10.0) Chrome/120") == "Chrome · Windows"
    assert device_name("curl") == ""

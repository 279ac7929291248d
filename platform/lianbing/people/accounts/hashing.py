"""Password hashing: argon2id at the tuned cost, few at a time, behind everything else.

A login rush must not drown the server. At most ``concurrency`` hashes run, in threads of their
own that yield the processor to whoever saves an answer; at most ``max_waiting`` callers wait for
them, for at most ``patience`` seconds; the rest are asked to come back. 7 MiB, 5 passes, 1 lane
is on OWASP's list of equals, and about 7.5 ms of one core in libsodium (ADR 0107). A hash says what
it was made with, so older and dearer ones go on being verified.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager, suppress
from typing import TypeVar

from flask import current_app
from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id, verify

from lianbing.people.accounts.errors import HashingBusy

MEMORY_KIB = 7168
PASSES = 5
LANES = 1
MAX_WAITING = 6
PATIENCE_SECONDS = 15.0
NICENESS = 10
"""How far a hash steps back behind the threads that answer requests (Linux counts it a thread)."""
MADE_NOW = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"
NOBODYS_HASH = f"{MADE_NOW}{'A' * 22}${'A' * 43}"
"""Verified for names nobody has, so that they take as long as real ones. No password fits it."""
Result = TypeVar("Result")


class PasswordHashing:
    """One bounded workshop an application."""

    def __init__(
        self,
        concurrency: int,
        *,
        max_waiting: int = MAX_WAITING,
        patience: float = PATIENCE_SECONDS,
        note: Callable[[float], None] = lambda _change: None,
    ) -> None:
        """``note`` is told by how much the number of places taken changes."""
        self.places = concurrency + max_waiting
        # Its threads start at the first hash, so a server that forks its workers forks none.
        self._workshop = ThreadPoolExecutor(
            concurrency, thread_name_prefix="hashing", initializer=_step_back
        )
        self._places = threading.BoundedSemaphore(self.places)
        self._admitted = threading.local()
        self._patience = patience
        self._note = note

    @contextmanager
    def admission(self) -> Iterator[None]:
        """A place for one whole sign-in; HashingBusy when all are taken.

        Asked before anything else is done, so that who is turned away has cost next to nothing,
        and a rush holds only a few of the threads that save answers.
        """
        with self._place():
            self._admitted.here = True
            try:
                yield
            finally:
                self._admitted.here = False

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise HashingBusy
        self._note(1)
        try:
            yield
        finally:
            self._note(-1)
            self._places.release()

    def hash(self, password: str) -> str:
        """The encoded hash; raises HashingBusy when too many wait."""
        return self._in_turn(lambda: _hash(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Whether the password fits; costs the same when there is no hash to compare with."""
        fits = self._in_turn(lambda: _fits(encoded or NOBODYS_HASH, password))
        return fits and encoded is not None

    def renewed(self, encoded: str | None, password: str) -> str | None:
        """A hash of today's cost for a password that fits an older one; None where it is one."""
        if encoded is None or encoded.startswith(MADE_NOW):
            return None
        return self.hash(password)

    def _in_turn(self, work: Callable[[], Result]) -> Result:
        if getattr(self._admitted, "here", False):
            return self._wait_for(work)
        with self._place():
            return self._wait_for(work)

    def _wait_for(self, work: Callable[[], Result]) -> Result:
        promised = self._workshop.submit(work)
        try:
            return promised.result(self._patience)
        except NotInTime:
            promised.cancel()
            raise HashingBusy from None


def _hash(password: str) -> str:
    return argon2id.str(password.encode(), PASSES, MEMORY_KIB * 1024).decode()


def _fits(encoded: str, password: str) -> bool:
    try:
        return verify(encoded.encode(), password.encode())
    except (InvalidkeyError, ValueError):
        return False


def _step_back() -> None:
    with suppress(OSError, AttributeError):  # where threads have no niceness of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def current_hashing() -> PasswordHashing:
    """The running application's workshop."""
    hashing: PasswordHashing = current_app.extensions["lianbing_hashing"]
    return hashing

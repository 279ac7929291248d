"""Group commit: many requests, one durable statement (docs/hot-path.md).

Requests hand their item to one writer thread, which commits all that wait as one batch and
answers each only after the batch is durable. Batches form while the previous one commits; a
small one may linger for company, and batches that are dear may be paced. When a batch fails its
items are retried one by one, so that one bad item cannot fail its innocent neighbours.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic, sleep
from typing import Generic, TypeVar

from lianbing.kernel.errors import N_, DomainError, Kind

Item = TypeVar("Item")
Result = TypeVar("Result")

COMPANY = 16
LOOK_SECONDS = 0.01


class WriterBusy(DomainError):
    code = "writer_busy"
    kind = Kind.UNAVAILABLE
    message = N_("The server is busy. Your answer is kept on this device and is sent again.")


class _Waiting(Generic[Item, Result]):
    """An item and the request that waits for it; a bare lock wakes it cheapest."""

    __slots__ = ("done", "error", "item", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.result: Result | None = None
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def settle(self, result: Result | None, error: Exception | None = None) -> None:
        """Give the outcome and wake the request."""
        self.result, self.error = result, error
        self.done.release()


class GroupCommitWriter(Generic[Item, Result]):
    """One writer thread over ``store``, which commits a batch and returns a result an item."""

    def __init__(
        self,
        store: Callable[[Sequence[Item]], Sequence[Result]],
        *,
        hopeless: tuple[type[Exception], ...] = (),
        linger: float = 0.0,
        pace: float = 0.0,
        company: int = COMPANY,
        max_batch: int = 256,
        max_waiting: int = 4096,
        patience: float = 15.0,
    ) -> None:
        """``hopeless`` errors concern the whole batch: its items are not tried one by one.

        A batch of fewer than ``company`` waits for others, at most ``linger`` seconds, and until
        ``pace`` seconds have passed since the one before began: under load few, large batches
        are made.
        """
        self._store = store
        self._hopeless = hopeless
        self._linger = linger
        self._pace = pace
        self._company = company
        self._began = 0.0
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._patience = patience
        self._waiting: queue.SimpleQueue[_Waiting[Item, Result]] = queue.SimpleQueue()
        self._enough = threading.Lock()
        self._enough.acquire()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, item: Item) -> Result:
        """Store an item durably and return its result; WriterBusy when the queue is full."""
        if self._thread is None:
            self._start_thread()
        if self._waiting.qsize() >= self._max_waiting:
            raise WriterBusy
        waiting = _Waiting[Item, Result](item)
        self._waiting.put(waiting)
        if self._linger and self._waiting.qsize() >= self._company:
            self._end_lingering()
        if not waiting.done.acquire(timeout=self._patience):
            raise WriterBusy
        if waiting.error is not None:
            raise waiting.error
        return waiting.result  # type: ignore[return-value]  # settled without an error

    def _start_thread(self) -> None:
        # On first use, so that a server that forks its workers forks no thread.
        with self._start:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            self._await_company()
            while len(batch) < self._max_batch:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._commit(batch)

    def _end_lingering(self) -> None:
        with suppress(RuntimeError):  # another request ended it already
            self._enough.release()

    def _await_company(self) -> None:
        if self._linger:
            self._enough.acquire(blocking=False)  # what was said of an earlier batch
            if self._waiting.qsize() < self._company:
                self._enough.acquire(timeout=self._linger)
        while self._waiting.qsize() < self._company:
            left = self._began + self._pace - monotonic()
            if left <= 0:
                break
            sleep(min(left, LOOK_SECONDS))
        self._began = monotonic()

    def _commit(self, batch: list[_Waiting[Item, Result]]) -> None:
        try:
            results = self._store([waiting.item for waiting in batch])
        except Exception as error:  # every waiting request must get an answer, whatever failed
            if len(batch) == 1 or isinstance(error, self._hopeless):
                for waiting in batch:
                    waiting.settle(None, error)
                return
            for waiting in batch:
                self._commit([waiting])
            return
        for waiting, result in zip(batch, results, strict=True):
            waiting.settle(result)

"""Group commit: a bad item fails alone, a lost database fails all at once, a full queue says so."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from lianbing.infra.group_commit import COMPANY, GroupCommitWriter, WriterBusy

PATIENCE = 20.0


class Away(Exception):
    pass


class Store:
    """Holds the first batch until all that follow wait, so that they form one batch."""

    def __init__(self, refuse: Callable[[Sequence[int]], Exception | None]) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Event()
        self.go = threading.Event()
        self._refuse = refuse

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.entered.set()
        assert self.go.wait(PATIENCE)
        error = self._refuse(items)
        if error is not None:
            raise error
        return [item * 10 for item in items]


def submit_together(
    store: Store, writer: GroupCommitWriter[int, int], items: Sequence[int]
) -> list["Future[int]"]:
    with ThreadPoolExecutor(len(items) + 1) as pool:
        found = [pool.submit(writer.submit, 0)]
        assert store.entered.wait(PATIENCE)
        found += [pool.submit(writer.submit, item) for item in items]
        while writer._waiting.qsize() < len(items):
            pass
        store.go.set()
    return found


def test_bad_item_fails_alone() -> None:
    store = Store(lambda items: ValueError("bad") if 2 in items else None)
    writer: GroupCommitWriter[int, int] = GroupCommitWriter(store)
    found = submit_together(store, writer, [1, 2, 3])
    assert [future.exception() is not None for future in found] == [False, False, True, False]
    assert sorted(store.batches[1]) == [1, 2, 3]


def test_lost_database_fails_the_batch_at_once() -> None:
    store = Store(lambda items: Away() if len(items) > 1 else None)
    writer: GroupCommitWriter[int, int] = GroupCommitWriter(store, hopeless=(Away,))
    found = submit_together(store, writer, [1, 2, 3])
    assert [type(future.exception()) for future in found[1:]] == [Away] * 3
    assert len(store.batches) == 2


def test_full_queue_refuses_instead_of_growing() -> None:
    store = Store(lambda _items: None)
    writer: GroupCommitWriter[int, int] = GroupCommitWriter(store, max_waiting=0)
    with pytest.raises(WriterBusy):
        writer.submit(1)
    assert store.batches == []


def test_who_comes_alone_is_not_kept_waiting_by_the_pace() -> None:
    writer: GroupCommitWriter[int, int] = GroupCommitWriter(
        lambda items: [item * 10 for item in items], pace=PATIENCE * 100
    )
    assert writer.submit(1) == 10


def test_a_full_company_does_not_wait_for_the_pace() -> None:
    batches: list[int] = []

    def store(items: Sequence[int]) -> list[int]:
        batches.append(len(items))
        return list(items)

    writer: GroupCommitWriter[int, int] = GroupCommitWriter(store, pace=PATIENCE * 100)
    writer.submit(0)
    with ThreadPoolExecutor(COMPANY + 1) as pool:
        found = list(pool.map(writer.submit, range(COMPANY + 1)))
    assert found == list(range(COMPANY + 1))
    assert batches == [1, COMPANY + 1]


def test_company_ends_the_linger() -> None:
    """A writer that lingers longer than its requests are patient answers once enough wait."""
    store = Store(lambda _items: None)
    store.go.set()
    writer: GroupCommitWriter[int, int] = GroupCommitWriter(
        store, linger=PATIENCE * 100, company=2, patience=PATIENCE
    )
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(writer.submit, [1, 2, 3]))
    assert found == [10, 20, 30]
    assert sorted(store.batches[0]) == [1, 2, 3]

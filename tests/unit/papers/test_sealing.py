"""Boxes open with their own key, for their own paper, in their own place, and say so otherwise."""

import pytest

from lianbing.papers.sealing import (
    PADDED_TO,
    PaperKeys,
    SealBroken,
    WrappingKey,
    open_body,
    open_copy,
    seal_body,
    seal_copy,
)

HASH, OTHER_HASH = "a" * 64, "b" * 64


def test_what_was_sealed_comes_out_again() -> None:
    keys = PaperKeys.draw()
    assert open_body(seal_body("全文", keys, HASH), keys, HASH) == "全文"
    assert open_copy(seal_copy(b"{}", keys, HASH), keys, HASH) == b"{}"
    wrapping = WrappingKey("1f" * 32)
    assert wrapping.unwrap(wrapping.wrap(keys, HASH), HASH) == keys


def test_a_changed_bit_is_refused() -> None:
    keys = PaperKeys.draw()
    sealed = seal_body("全文", keys, HASH)
    for place in (0, 12, len(sealed) // 2, -1):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            open_body(bytes(altered), keys, HASH)
    for cut in (sealed[:-1], sealed[:5], b""):
        with pytest.raises(SealBroken):
            open_body(cut, keys, HASH)


def test_nothing_opens_in_the_place_of_another_paper_or_of_another_thing() -> None:
    keys = PaperKeys.draw()
    wrapping = WrappingKey("1f" * 32)
    with pytest.raises(SealBroken):
        open_body(seal_body("全文", keys, HASH), keys, OTHER_HASH)
    with pytest.raises(SealBroken):
        wrapping.unwrap(wrapping.wrap(keys, HASH), OTHER_HASH)
    same = PaperKeys(body=keys.body, copy=keys.body)
    with pytest.raises(SealBroken):
        open_copy(seal_body("全文", same, HASH), same, HASH)


def test_another_wrapping_key_opens_nothing_and_has_another_fingerprint() -> None:
    first, second = WrappingKey("1f" * 32), WrappingKey("2e" * 32)
    with pytest.raises(SealBroken):
        second.unwrap(first.wrap(PaperKeys.draw(), HASH), HASH)
    assert first.fingerprint == WrappingKey("1F" * 32).fingerprint != second.fingerprint


def test_the_candidates_key_does_not_open_the_body() -> None:
    keys = PaperKeys.draw()
    given = PaperKeys(body=keys.copy, copy=keys.copy)
    with pytest.raises(SealBroken):
        open_body(seal_body("全文", keys, HASH), given, HASH)


def test_lengths_tell_only_multiples_of_a_page() -> None:
    keys = PaperKeys.draw()
    lengths = {len(seal_body("题" * count, keys, HASH)) for count in range(1, 1000, 7)}
    assert lengths == {PADDED_TO + 12 + 16}
    assert len(seal_body("x" * PADDED_TO, keys, HASH)) == 2 * PADDED_TO + 12 + 16


def test_no_two_sealings_are_alike() -> None:
    keys = PaperKeys.draw()
    assert seal_body("全文", keys, HASH) != seal_body("全文", keys, HASH)
    assert PaperKeys.draw() != PaperKeys.draw()

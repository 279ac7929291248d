"""Safe Exam Browser's formats: examples worked by hand from its documentation, with sha256sum."""

import gzip
import hashlib
import plistlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.seb.rules import (
    SebPolicy,
    Shown,
    config_key,
    is_admitted,
    read_keys,
    request_hash,
    seb_file,
    seb_json,
    seb_settings,
)

SETTINGS = {
    "Zoom": 1,
    "startURL": "https://e.cn/",
    "originatorVersion": "anything",
    "salt": b"\x00\x01",
    "proxies": {},
    "rules": [{"b": "a\\b", "A": True}],
    "allowQuit": False,
}
SEB_JSON = (
    '{"allowQuit":false,"rules":[{"A":true,"b":"a\\b"}],"salt":"AAE=",'
    '"startURL":"https://e.cn/","Zoom":1}'
)
CONFIG_KEY = "5b195928dd8ffc7e94c97127fa55ad7c9194b7005054de544746cf94a6fac743"
ADDRESS = "https://e.cn/exams/5/sit?a=1"
REQUEST_HASH = "3562990dee5fc778fb46ffd767bd0cb814733c19acc8d5a70b814e69dc15d166"
POLICY = SebPolicy(required=True, salt="AAE=")
BEK = "ab" * 32
BOTH = Shown(config_key_hash=REQUEST_HASH, request_hash=request_hash(ADDRESS, BEK))


def test_canonical_form_is_the_documented_one() -> None:
    assert seb_json(SETTINGS) == SEB_JSON


def test_config_key_is_that_of_sha256sum() -> None:
    assert config_key(SETTINGS) == CONFIG_KEY
    assert config_key(SETTINGS | {"originatorVersion": "other"}) == CONFIG_KEY
    assert config_key(SETTINGS | {"allowQuit": True}) != CONFIG_KEY


def test_request_hash_leaves_the_fragment_out() -> None:
    assert request_hash(ADDRESS, CONFIG_KEY) == REQUEST_HASH
    assert request_hash(ADDRESS + "#top", CONFIG_KEY) == REQUEST_HASH
    assert request_hash(ADDRESS + "0", CONFIG_KEY) != REQUEST_HASH


def test_empty_lists_stay_and_words_are_kept_as_they_are() -> None:
    settings = {"list": [], "text": 'é"/', "nested": [{"empty": {}, "n": 1.5}]}
    assert seb_json(settings) == '{"list":[],"nested":[{"n":1.5}],"text":"é"/"}'


def test_file_is_plain_data_packed_twice_and_holds_what_the_key_is_made_of() -> None:
    settings = seb_settings(POLICY, base="https://e.cn", exam_id=5)
    packed = gzip.decompress(seb_file(settings))
    assert packed[:4] == b"plnd"
    read = plistlib.loads(gzip.decompress(packed[4:]))
    assert read == settings
    assert config_key(read) == config_key(settings)
    assert seb_file(settings) == seb_file(dict(reversed(settings.items())))


def test_settings_start_in_the_exam_end_after_it_and_reach_nothing_else() -> None:
    settings = seb_settings(POLICY, base="https://e.cn", exam_id=5)
    assert settings["startURL"] == "https://e.cn/exams/5/"
    assert settings["quitURL"] == "https://e.cn/exams/5/seb-done"
    assert settings["sendBrowserExamKey"] is True
    assert settings["examKeySalt"] == b"\x00\x01"
    allowed = [rule["expression"] for rule in settings["URLFilterRules"]]
    assert "e.cn/exams/5/*" in allowed
    assert all(expression.startswith("e.cn/") for expression in allowed)


@pytest.mark.parametrize(
    ("shown", "keys", "admitted"),
    [
        (Shown(config_key_hash=REQUEST_HASH), (), True),
        (Shown(config_key_hash=REQUEST_HASH.upper()), (), True),
        (Shown(config_key_hash=CONFIG_KEY), (), False),
        (Shown(), (), False),
        (Shown(config_key_hash="é"), (), False),
        (Shown(config_key_hash=REQUEST_HASH), (BEK,), False),
        (
            Shown(config_key_hash=REQUEST_HASH, request_hash=request_hash(ADDRESS, BEK)),
            (BEK,),
            True,
        ),
        (
            Shown(config_key_hash=REQUEST_HASH, request_hash=request_hash(ADDRESS, BEK)),
            ("cd" * 32, BEK),
            True,
        ),
        (Shown(request_hash=request_hash(ADDRESS, BEK)), (BEK,), False),
    ],
)
def test_who_is_admitted(shown: Shown, keys: tuple[str, ...], admitted: bool) -> None:
    policy = SebPolicy(required=True, browser_exam_keys=keys)
    assert is_admitted(policy, CONFIG_KEY, shown, ["https://e.cn/other", ADDRESS]) is admitted


def test_keys_are_read_and_bad_ones_named() -> None:
    assert read_keys(f" {BEK.upper()}\n{'cd' * 32}, {BEK}") == (BEK, "cd" * 32)
    for bad in ("12", "zz" * 32, BEK + "0"):
        with pytest.raises(ValueError, match=bad.lower()):
            read_keys(bad)


NAMES = st.text(string.ascii_letters, min_size=1, max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text("ab\\/中", max_size=4) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
)


@given(
    st.dictionaries(NAMES, VALUES, max_size=6).filter(
        lambda s: len({k.lower() for k in s}) == len(s)
    )
)
def test_order_of_settings_never_matters(settings: dict[str, object]) -> None:
    turned = dict(reversed(settings.items()))
    assert seb_json(settings) == seb_json(turned)
    assert config_key(settings) == hashlib.sha256(seb_json(turned).encode()).hexdigest()

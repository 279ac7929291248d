"""Answer files: only the exam's own key opens one, and nothing altered passes."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answer_files_factory import seal

from lianbing.exams.receipts.envelope import KeyPair, new_key_pair, open_envelope
from lianbing.exams.receipts.errors import DamagedAnswerFile, NoAnswerFile, OtherExamsAnswerFile
from lianbing.kernel.errors import DomainError

CONTENT = {"made_at": "2026-11-20T08:00:00.000Z", "sittings": [{"token": "t", "entries": [1]}]}
PAIR = new_key_pair()


def opened(text: str, pair: KeyPair = PAIR, exam_id: int = 12) -> object:
    return open_envelope(text, exam_id=exam_id, private_key=pair.private)


def test_what_was_sealed_is_read() -> None:
    found = open_envelope(seal(PAIR.public, 12, CONTENT), exam_id=12, private_key=PAIR.private)
    assert found.made_at == CONTENT["made_at"]
    assert [(part.token, part.entries) for part in found.sittings] == [("t", [1])]


def test_another_exams_file_is_sent_there() -> None:
    with pytest.raises(OtherExamsAnswerFile):
        opened(seal(PAIR.public, 13, CONTENT))


def test_file_readdressed_to_another_exam_does_not_open() -> None:
    with pytest.raises(DamagedAnswerFile):
        opened(seal(PAIR.public, 12, CONTENT, bound=13))


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(DamagedAnswerFile):
        opened(seal(new_key_pair().public, 12, CONTENT))


@pytest.mark.parametrize("part", ["wrapped", "iv", "sealed"])
def test_any_altered_part_is_refused(part: str) -> None:
    envelope = json.loads(seal(PAIR.public, 12, CONTENT))
    raw = bytearray(base64.b64decode(envelope[part]))
    raw[0] ^= 1
    envelope[part] = base64.b64encode(raw).decode()
    with pytest.raises(DamagedAnswerFile):
        opened(json.dumps(envelope))


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        "x",
        1,
        None,
        {"sittings": "x"},
        {"sittings": []},
        {"sittings": [{}]},
        {"sittings": [{"token": 1, "entries": []}]},
        {"sittings": [{"token": "t", "entries": "x"}]},
    ],
)
def test_content_of_another_shape_is_refused(content: object) -> None:
    with pytest.raises(DamagedAnswerFile):
        opened(seal(PAIR.public, 12, content))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
envelopes = st.fixed_dictionaries(
    {"type": st.just("lianbing.answer_file/1"), "exam": st.just(12)},
    optional={"wrapped": json_values, "iv": json_values, "sealed": json_values},
)


@pytest.mark.slow
@given(envelopes)
def test_no_envelope_of_any_shape_crashes(envelope: dict[str, object]) -> None:
    with pytest.raises(DamagedAnswerFile):
        opened(json.dumps(envelope))


@given(st.text(max_size=200))
def test_any_other_text_is_no_answer_file(text: str) -> None:
    with pytest.raises(NoAnswerFile):
        opened(text)


def test_deeply_nested_text_is_refused() -> None:
    with pytest.raises(DomainError):
        opened("[" * 100_000)

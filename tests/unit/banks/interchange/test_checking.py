"""What a bank says of drafts that a file holds."""

from lianbing.banks.interchange.reading import read_file
from lianbing.banks.interchange.rules import Bank, Checker, Wanted


def test_a_question_without_a_point_is_told_what_to_do() -> None:
    (draft,) = read_file("a.txt", "1. 应当验电。（√）\n".encode()).questions
    bank = Bank(points={"a01": "A01"}, sources={}, grades=(), stems={})
    told = Checker(bank, Wanted()).check(draft).findings
    assert any(one.message.startswith("No point is named.") for one in told)
    assert not any("has no point" in one.message for one in told)

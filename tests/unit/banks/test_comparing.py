"""Two texts compared: nothing is lost, nothing is marked that did not change."""

from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.review.rules import Compared, PieceKind, compare, may_review
from lianbing.kernel.ids import PersonId

TEXTS = st.text(alphabet="接地电阻 不大于 4.10ΩabC\n，。", max_size=40)


def marked(compared: Compared) -> tuple[list[str], list[str]]:
    gone = [piece.text for piece in compared.old if piece.kind is PieceKind.GONE]
    added = [piece.text for piece in compared.new if piece.kind is PieceKind.ADDED]
    return gone, added


@given(old=TEXTS, new=TEXTS)
def test_each_side_is_its_text_again(old: str, new: str) -> None:
    compared = compare(old, new)
    assert "".join(piece.text for piece in compared.old) == old
    assert "".join(piece.text for piece in compared.new) == new
    assert compared.differs == (old != new)


def test_a_number_and_a_chinese_word_are_marked_whole() -> None:
    assert marked(compare("接地电阻不大于 4 Ω", "接地电阻不大于 10 Ω")) == (["4"], ["10"])
    assert marked(compare("应当断电", "必须断电")) == (["应当"], ["必须"])
    assert marked(compare("use Earth now", "use earth now")) == (["Earth"], ["earth"])


def test_an_author_by_any_merged_identity_may_not_review() -> None:
    me = (PersonId(3), PersonId(8))
    assert not may_review(8, me)
    assert may_review(4, me)
    assert may_review(None, me)

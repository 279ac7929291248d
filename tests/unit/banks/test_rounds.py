"""What a round of review left stands until anything at all happens to the question."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rounds.rules import Standing, Verdict, stands_as_left

LEFT = {
    Verdict.APPROVE: Standing(newest=3, current=3, state=QuestionState.APPROVED, retired=False),
    Verdict.REJECT: Standing(newest=3, current=1, state=QuestionState.DRAFT, retired=False),
}


@given(
    st.sampled_from(Verdict),
    st.builds(
        Standing,
        newest=st.integers(1, 4),
        current=st.integers(0, 4),
        state=st.sampled_from(QuestionState),
        retired=st.booleans(),
    ),
)
def test_only_an_untouched_question_stands_as_left(verdict: Verdict, standing: Standing) -> None:
    free = replace(standing, current=LEFT[verdict].current) if verdict is Verdict.REJECT else None
    untouched = LEFT[verdict] in (standing, free)
    assert stands_as_left(standing, number=3, verdict=verdict) is untouched

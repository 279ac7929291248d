"""What an answer given in practice is worth: checked, then marked. Pure."""

from lianbing.banks.rules import Answer, QuestionContent, QuestionType
from lianbing.grading.answers import Checker, answer_checker
from lianbing.grading.rules import MalformedAnswer, Verdict, is_unanswered, mark_answer
from lianbing.practice.errors import AnswerMisshapen, NothingChosen, NotRatedYet
from lianbing.practice.rules import A_MARK, PRACTICE_RULE, own_verdict


def mark_given(
    content: QuestionContent,
    raw: object,
    *,
    gave_up: bool,
    rating: str,
    check: Checker | None = None,
) -> tuple[Answer, Verdict]:
    """The answer in its canonical form and its verdict; ``check`` where it was made before.

    A short answer is judged by its writer (``rating``), anything else by the machine. Raises
    AnswerMisshapen, NothingChosen and NotRatedYet.
    """
    try:
        answer = (check or answer_checker(content))(None if gave_up else raw)
    except MalformedAnswer as error:
        raise AnswerMisshapen from error
    in_the_head = content.type is QuestionType.SHORT_ANSWER
    if is_unanswered(answer) and not gave_up and not in_the_head:
        raise NothingChosen
    if in_the_head and not gave_up:
        own = own_verdict(rating)
        if own is None:
            raise NotRatedYet
        return answer, own
    return answer, mark_answer(content, A_MARK, answer, PRACTICE_RULE).verdict

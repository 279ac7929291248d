"""The made-up questions of a trial sitting: nothing of any bank, nothing that tests knowledge.

One of each kind that the exam page takes. Their words are msgids, so they come in the reader's
language; nobody marks the answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    Option,
    OrderingKey,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.papers.rules import FrozenPaper, PaperQuestion

MARKS = Decimal(2)
Say = Callable[[str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeUp:
    """A made-up question; its words are msgids."""

    type: QuestionType
    stem: str
    key: Key
    options: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    parts: tuple["MadeUp", ...] = ()


WHICH_COUNTS = MadeUp(
    type=QuestionType.SINGLE_CHOICE,
    stem=N_("Choose one answer, then change your mind and choose another. What happens?"),
    options=(N_("Both are kept"), N_("The later one counts"), N_("The first one counts")),
    key=ChoiceKey(letters=("B",)),
)
SAVED_AT = MadeUp(
    type=QuestionType.TRUE_FALSE,
    stem=N_("The line under the title says “Saved at” and a time once the answer has arrived."),
    key=TruthKey(value=True),
)
QUESTIONS = (
    MadeUp(
        type=QuestionType.SINGLE_CHOICE,
        stem=N_("Which device are you trying on? Any answer will do."),
        options=(
            N_("A phone"),
            N_("A tablet"),
            N_("A computer of my own"),
            N_("A computer at work"),
        ),
        key=ChoiceKey(letters=("A",)),
    ),
    MadeUp(
        type=QuestionType.MULTIPLE_CHOICE,
        stem=N_("Tick everything that you have with you on the day of the exam."),
        options=(
            N_("My identity card"),
            N_("A charged device"),
            N_("A charger"),
            N_("A quiet place"),
        ),
        key=ChoiceKey(letters=("A", "B")),
    ),
    SAVED_AT,
    MadeUp(
        type=QuestionType.FILL_BLANK,
        stem=N_("Type any word to try your keyboard: ____. And any number: ____."),
        key=BlanksKey(blanks=(TextBlank(accept=("-",)), TextBlank(accept=("-",)))),
    ),
    MadeUp(
        type=QuestionType.MATCHING,
        stem=N_("Match what the page says with what it means."),
        prompts=(N_("Saved at 09:30:00"), N_("Offline")),
        options=(N_("The server has my answer"), N_("My answer waits on this device")),
        key=MatchingKey(letters=("A", "B")),
    ),
    MadeUp(
        type=QuestionType.ORDERING,
        stem=N_("Put the steps of the exam day in order."),
        options=(N_("Open the exam's page"), N_("Answer the questions"), N_("Hand in")),
        key=OrderingKey(letters=("A", "B", "C")),
    ),
    MadeUp(
        type=QuestionType.CASE,
        stem=N_("In mid-exam the network fails. The page says that answers are kept here."),
        parts=(WHICH_COUNTS, SAVED_AT),
        key=CaseKey(keys=(ChoiceKey(letters=("B",)), TruthKey(value=True))),
    ),
)


def trial_paper(say: Say = str) -> FrozenPaper:
    """The made-up paper in a language; its checkers are the same in every language."""
    return FrozenPaper(
        id=PaperId(0),
        content_hash="trial/2",
        title="",
        questions=tuple(
            PaperQuestion(number=number, marks=MARKS, content=_content(made_up, say))
            for number, made_up in enumerate(QUESTIONS, start=1)
        ),
    )


def _content(made_up: MadeUp, say: Say) -> QuestionContent:
    return QuestionContent(
        version_id=QuestionVersionId(0),
        type=made_up.type,
        stem=say(made_up.stem),
        options=_options(made_up.options, say),
        key=made_up.key,
        explanation="",
        source=None,
        difficulty=Decimal(0),
        point_code="",
        scope_code="",
        prompts=tuple(say(text) for text in made_up.prompts),
        parts=tuple(
            CasePart(type=part.type, stem=say(part.stem), options=_options(part.options, say))
            for part in made_up.parts
        ),
    )


def _options(texts: Sequence[str], say: Say) -> tuple[Option, ...]:
    return tuple(Option(letter=chr(ord("A") + at), text=say(text)) for at, text in enumerate(texts))

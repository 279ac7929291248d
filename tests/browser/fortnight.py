"""One worker's head and hands over two weeks: what they know by a seed, and how they practise.

The memory is a plain one: what was got right lately is likelier to be known, and it fades.
Nothing else is left to chance.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from lianbing.banks.queries import contents
from lianbing.banks.rules import ChoiceKey, ModelKey, QuestionContent, QuestionType, TruthKey
from lianbing.exams.own_result import right_answer
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import QuestionVersionId
from lianbing.practice.models import DrillItem, WrongBookItem
from lianbing.practice.rules import Given
from lianbing.practice.use_cases import answer_question

AT_FIRST, A_DAY_RIGHT, FADES, BEST = 0.5, 0.25, 0.03, 0.95
NEEDED = 3
BETWEEN = timedelta(seconds=25)


@dataclass
class Memory:
    """What a worker knows of each question, by the days on which it was got right."""

    seed: int
    right_on: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))

    def knows(self, question_id: int, today: date) -> bool:
        """Whether it comes to mind today; asked twice on a day, the answer is the same."""
        days = self.right_on.get(question_id, [])
        chance = AT_FIRST + A_DAY_RIGHT * len(set(days))
        if days:
            chance -= FADES * (today - days[-1]).days
        luck = random.Random(f"{self.seed}:{question_id}:{today}").random()
        return luck < min(BEST, chance)


@dataclass
class Book:
    """The wrong book as the rule says it, kept beside the product's to be held against it."""

    inside: dict[int, int] = field(default_factory=dict)
    counted: dict[int, date] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def note(self, question_id: int, today: date, *, right: bool) -> None:
        """An answer: wrong brings it in, right on three later days takes it out."""
        if not right:
            self.inside[question_id], self.counted[question_id] = 0, today
            self.left.discard(question_id)
        elif question_id in self.inside and today > self.counted[question_id]:
            self.inside[question_id] += 1
            self.counted[question_id] = today
            if self.inside[question_id] == NEEDED:
                del self.inside[question_id]
                self.left.add(question_id)


@dataclass
class Worker:
    """A worker who answers by the use cases as fast as a script, or tells a browser's hand how."""

    actor: Actor
    memory: Memory
    book: Book = field(default_factory=Book)

    def items(self, drill_id: int) -> list[tuple[int, int, QuestionContent]]:
        """Position, question and content of a drill's items, as committed by now."""
        db.session.rollback()
        rows = db.session.execute(
            select(DrillItem.position, DrillItem.question_id, DrillItem.version_id)
            .where(DrillItem.drill_id == drill_id)
            .order_by(DrillItem.position)
        ).all()
        found = contents(db.session(), [QuestionVersionId(row[2]) for row in rows])
        return [(row[0], row[1], found[QuestionVersionId(row[2])]) for row in rows]

    def decide(self, question_id: int, now: datetime, *, right: bool | None = None) -> bool:
        """Whether this answer will be right, noted in head and book."""
        today = local_date(now)
        if right is None:
            right = self.memory.knows(question_id, today)
        if right:
            self.memory.right_on[question_id].append(today)
        self.book.note(question_id, today, right=right)
        return right

    def play(self, drill_id: int, now: datetime, *, right: bool | None = None) -> int:
        """Answer a drill to its end; how many were right."""
        good = 0
        for position, question_id, content in self.items(drill_id):
            is_right = self.decide(question_id, now, right=right)
            good += is_right
            given = given_for(content, right=is_right)
            with transaction() as session:
                answer_question(
                    session, self.actor, drill_id, position, given, now=now + position * BETWEEN
                )
        return good

    def entered_on(self, now: datetime) -> set[int]:
        """The mistakes of this very day: their days begin tomorrow."""
        today = local_date(now)
        inside = self.book.inside
        return {one for one in inside if inside[one] == 0 and self.book.counted[one] == today}

    def stored_book(self) -> dict[int, int]:
        """The product's wrong book: how many days each question in it has been right."""
        db.session.rollback()
        rows = db.session.execute(
            select(WrongBookItem.question_id, WrongBookItem.right_streak).where(
                WrongBookItem.person_id == self.actor.person_id, WrongBookItem.left_at.is_(None)
            )
        )
        return {row[0]: row[1] for row in rows}


def given_for(content: QuestionContent, *, right: bool) -> Given:
    """An answer to a question as a form sends it; where no other is at hand, giving up is wrong."""
    match content.key:
        case ChoiceKey(letters=letters):
            others = [one.letter for one in content.options if one.letter not in letters]
            return Given(choices=tuple(letters) if right else (others[0],))
        case TruthKey(value=value):
            return Given(choices=("true" if value is right else "false",))
        case ModelKey(text=text) if right:
            return Given(text=text, rating="right")
        case _ if not right:
            return Given(gave_up=True)
        case _:
            return _typed(content)


def _typed(content: QuestionContent) -> Given:
    answer = right_answer(content.key)
    texts = tuple(str(one) for one in answer) if isinstance(answer, list) else ()
    match content.type:
        case QuestionType.MATCHING:
            return Given(matches=texts)
        case QuestionType.ORDERING:
            return Given(order=texts)
        case QuestionType.FILL_BLANK:
            return Given(blanks=texts)
        case _:
            parts = answer if isinstance(answer, list) else []
            pairs = zip(content.parts, parts, strict=True)
            return Given(parts=tuple(_part(part.type, each) for part, each in pairs))


def _part(kind: QuestionType, answer: object) -> Given:
    if isinstance(answer, bool):
        return Given(choices=("true" if answer else "false",))
    texts = tuple(answer) if isinstance(answer, list) else ()
    return Given(blanks=texts) if kind is QuestionType.FILL_BLANK else Given(choices=texts)

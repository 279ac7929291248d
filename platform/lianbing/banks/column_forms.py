"""The shapes of matchings, orderings and short answers as a trainer types them."""

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from lianbing.banks.forms import FILLED, LONG_TEXT, QuestionForm, tidy
from lianbing.banks.key_checks import LONGEST_OPTION, MOST_PAIRS
from lianbing.banks.problems import Path
from lianbing.banks.question_reader import lettered
from lianbing.banks.rules import (
    Key,
    MatchingKey,
    ModelKey,
    Option,
    OrderingKey,
    QuestionContent,
)

ENTRY = Length(max=LONGEST_OPTION)


def lines_of(text: str | None) -> list[str]:
    """The lines that say something, without outer spaces."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class MatchingForm(QuestionForm):
    """Up to eight pairs, a line each, and entries on the right that fit nothing."""

    left_1, left_2, left_3, left_4, left_5, left_6, left_7, left_8 = (
        StringField(_("Left"), validators=[ENTRY]) for _number in range(MOST_PAIRS)
    )
    right_1, right_2, right_3, right_4, right_5, right_6, right_7, right_8 = (
        StringField(_("Right column"), validators=[ENTRY]) for _number in range(MOST_PAIRS)
    )
    extra = TextAreaField(
        _("On the right, but fitting nothing: one a line"), validators=[LONG_TEXT]
    )

    def pair_fields(self) -> list[tuple[StringField, StringField]]:
        """The two fields of each pair."""
        return [
            (self[f"left_{number}"], self[f"right_{number}"]) for number in range(1, MOST_PAIRS + 1)
        ]

    def _typed(self) -> list[tuple[StringField, StringField]]:
        return [
            pair for pair in self.pair_fields() if any((field.data or "").strip() for field in pair)
        ]

    def prompts(self) -> tuple[str, ...]:
        return tuple((left.data or "").strip() for left, _right in self._typed())

    def options(self) -> tuple[Option, ...]:
        rights = [(right.data or "").strip() for _left, right in self._typed()]
        return lettered([*rights, *lines_of(self.extra.data)])

    def key(self) -> Key:
        letters = [option.letter for option in self.options()]
        return MatchingKey(letters=tuple(letters[: len(self.prompts())]))

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        if not isinstance(content.key, MatchingKey):
            return
        texts = {option.letter: option.text for option in content.options}
        pairs = zip(self.pair_fields(), content.prompts, content.key.letters, strict=False)
        for (left, right), prompt, letter in pairs:
            left.data, right.data = prompt, texts[letter]
        rest = [text for letter, text in texts.items() if letter not in content.key.letters]
        self.extra.data = "\n".join(rest)

    def field_at(self, path: Path) -> StringField:
        if path[0] == "pairs":
            typed = self._typed() or self.pair_fields()
            left, right = typed[int(path[1])] if len(path) > 1 else typed[0]
            return right if path[-1] == "right" else left
        return self.extra if path[0] == "extra" else super().field_at(path)


class OrderingForm(QuestionForm):
    """The steps in their right order, a line each."""

    steps = TextAreaField(
        _("Steps in the right order, one a line"),
        validators=[FILLED, Length(max=4000)],
        description=_("Candidates see them in another order."),
    )

    def options(self) -> tuple[Option, ...]:
        return lettered(lines_of(self.steps.data))

    def key(self) -> Key:
        return OrderingKey(letters=tuple(option.letter for option in self.options()))

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        if isinstance(content.key, OrderingKey):
            texts = {option.letter: option.text for option in content.options}
            self.steps.data = "\n".join(texts[letter] for letter in content.key.letters)

    def field_at(self, path: Path) -> StringField:
        return self.steps if path[0] in ("steps", "options", "key") else super().field_at(path)


class ShortAnswerForm(QuestionForm):
    """A model answer; in practice, whoever answered judges by it."""

    answer = TextAreaField(
        _("Model answer"),
        validators=[FILLED, LONG_TEXT],
        description=_("For practice only, until there is marking by hand."),
    )

    def key(self) -> Key:
        return ModelKey(text=tidy(self.answer.data or ""))

    def show(self, content: QuestionContent) -> None:
        super().show(content)
        if isinstance(content.key, ModelKey):
            self.answer.data = content.key.text

"""A form's answer is read by name, so the order of blanks in a stem does not matter."""

from werkzeug.datastructures import MultiDict

from lianbing.practice.forms import read_given
from lianbing.practice.rules import Given


def test_choices_blanks_and_giving_up_are_read() -> None:
    form = MultiDict([("answer", "C"), ("answer", "A"), ("blank-2", "b"), ("blank-1", "a")])
    assert read_given(form) == Given(choices=("C", "A"), blanks=("a", "b"))
    assert read_given(MultiDict([("gave_up", "1")])) == Given(gave_up=True)


def test_more_than_any_question_has_is_not_read() -> None:
    form = MultiDict([("answer", "A")] * 1000)
    form.update({f"blank-{number}": "x" for number in range(1, 1000)})
    given = read_given(form)
    assert (len(given.choices), len(given.blanks)) == (30, 30)

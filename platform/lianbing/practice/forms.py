"""What a browser sends to answer a question, read as text."""

from itertools import count, takewhile

from werkzeug.datastructures import MultiDict

from lianbing.practice.rules import Given

MOST_CHOICES = 30
MOST_BLANKS = 30
MOST_PARTS = 30


def read_given(form: MultiDict[str, str]) -> Given:
    """The answer in a form: ``answer`` for choices, ``blank-1``… for blanks, ``match-1``… beside
    prompts, ``order`` for steps, ``text``; ``part-1-…`` for the parts of a case; ``gave_up``.
    """
    parts = takewhile(lambda part: part in form, (f"part-{number}" for number in count(1)))
    return Given(
        choices=tuple(form.getlist("answer")[:MOST_CHOICES]),
        blanks=_numbered(form, "blank"),
        matches=_numbered(form, "match"),
        order=tuple(form.getlist("order")[:MOST_CHOICES]),
        text=form.get("text", "").replace("\r\n", "\n"),
        rating=form.get("rating", ""),
        move=form.get("move", ""),
        parts=tuple(
            Given(
                choices=tuple(form.getlist(f"{part}-answer")[:MOST_CHOICES]),
                blanks=_numbered(form, f"{part}-blank"),
            )
            for part, _ in zip(parts, range(MOST_PARTS), strict=False)
        ),
        gave_up="gave_up" in form,
    )


def _numbered(form: MultiDict[str, str], stem: str) -> tuple[str, ...]:
    names = takewhile(form.__contains__, (f"{stem}-{number}" for number in count(1)))
    return tuple(form[name] for name, _ in zip(names, range(MOST_BLANKS), strict=False))

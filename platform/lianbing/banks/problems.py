"""What the checks of banks and questions find, and how they compare texts; pure."""

import unicodedata
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong at ``path`` and what to do: a msgid with its parameters."""

    path: Path
    message: str
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params


def folded(text: str) -> str:
    """The text as compared: width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def has_control(text: str) -> bool:
    """Whether the text holds a control character other than a line break or a tab."""
    return any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text)

"""What banks refuse."""

from collections.abc import Sequence
from typing import Any

from lianbing.kernel.errors import N_, DomainError, Kind


class BankInvalid(DomainError):
    """``problems`` in params: how many the checker found."""

    code = "bank_invalid"
    message = N_(
        "The bank has %(problems)s errors; nothing was loaded. Correct them and load again."
    )


class QuestionInvalid(DomainError):
    """``problems`` as ``checks.question_problems`` finds them."""

    code = "question_invalid"
    message = N_("The question cannot be saved as it is. Correct what is marked.")

    def __init__(self, problems: Sequence[Any] = ()) -> None:
        super().__init__()
        self.problems = problems


class QuestionChangedMeanwhile(DomainError):
    code = "question_changed_meanwhile"
    kind = Kind.CONFLICT
    message = N_(
        "Someone else saved this question while you were editing. "
        "Open it again and enter your change once more."
    )


class BankChangedMeanwhile(DomainError):
    """Two loads or saves met; the database let one through."""

    code = "bank_changed_meanwhile"
    kind = Kind.CONFLICT
    message = N_("Someone else changed this bank just now. Reload and try again.")

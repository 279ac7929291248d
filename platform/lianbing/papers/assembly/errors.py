"""What can go wrong when a set of parallel papers is asked for, changed or frozen."""

from lianbing.kernel.errors import N_, DomainError, Kind


class WantedInvalid(DomainError):
    """``problem`` in params."""

    code = "paper_set_invalid"
    message = N_("These papers cannot be asked for: %(problem)s")


class NotADraft(DomainError):
    code = "paper_set_not_a_draft"
    kind = Kind.CONFLICT
    message = N_("These papers are no longer a draft: they were frozen or discarded meanwhile.")


class DraftLocked(DomainError):
    code = "paper_set_locked"
    kind = Kind.UNAVAILABLE
    message = N_(
        "These papers lie sealed under another key than the one in use now. Nothing is lost. Ask "
        "your operator to run “lianbing papers rewrap” with the old key, or to set that key again."
    )


class DraftChanged(DomainError):
    code = "paper_set_changed"
    kind = Kind.CONFLICT
    message = N_("The draft was changed meanwhile. Go back to it and choose again.")


class DoesNotFit(DomainError):
    code = "question_does_not_fit_cell"
    message = N_(
        "This question does not fit this place: it has another type, scope or difficulty, stands "
        "in the paper already, or is not for exams."
    )


class DraftNotKept(DomainError):
    """``demands`` in params: what the draft fails."""

    code = "paper_set_fails"
    kind = Kind.CONFLICT
    message = N_("Nothing was frozen. The papers fail: %(demands)s. Swap questions first.")


class DraftOutdated(DomainError):
    """``codes`` in params."""

    code = "paper_set_outdated"
    kind = Kind.CONFLICT
    message = N_(
        "Questions were changed or withdrawn since: %(codes)s. Swap them, or assemble again."
    )

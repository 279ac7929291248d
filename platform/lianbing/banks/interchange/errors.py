"""What taking files in refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class NotReady(DomainError):
    code = "import_not_ready"
    kind = Kind.CONFLICT
    message = N_("This file is not at that step any more. Look at its page again.")


class HasErrors(DomainError):
    """``count`` in params."""

    code = "import_has_errors"
    kind = Kind.CONFLICT
    message = N_(
        "Nothing was taken in: %(count)s lines have errors. "
        "Correct the file, or take only the good questions."
    )


class NothingGood(DomainError):
    code = "import_nothing_good"
    message = N_("There is no question without errors to take in.")


class AlreadyUsed(DomainError):
    code = "import_already_used"
    kind = Kind.CONFLICT
    message = N_(
        "Nothing was undone: questions of this file were changed, sent for review, approved or "
        "tagged since. Retire them one by one."
    )


class TooManyForWord(DomainError):
    code = "export_too_many_for_word"
    message = N_(
        "The bank holds more than %(most)s questions: too many pages for one Word file. Export it "
        "as Excel, or as our own format."
    )

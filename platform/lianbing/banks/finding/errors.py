"""What a bulk change refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class NothingToChange(DomainError):
    code = "nothing_to_change"
    message = N_("Nothing was changed: no chosen question differs from what you asked for.")


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = N_("Nothing was changed: tick questions in the list, or choose “All found”.")


class ChangeIncomplete(DomainError):
    code = "bulk_change_incomplete"
    message = N_("Say what to change, and to what.")


class TooManyAtOnce(DomainError):
    code = "too_many_at_once"
    message = N_("At most %(most)s questions at once. Narrow the filters.")


class UndoTooLate(DomainError):
    code = "undo_too_late"
    kind = Kind.CONFLICT
    message = N_(
        "This change can no longer be undone: some of its questions were changed again since."
    )

"""What classes refuse."""

from lianbing.kernel.errors import N_, DomainError, Kind


class ClassNotFound(DomainError):
    code = "class_not_found"
    kind = Kind.NOT_FOUND
    message = N_("This class does not exist, or is not open to you.")


class ClassMisshapen(DomainError):
    code = "class_misshapen"
    message = N_("A class needs a title of at most 120 characters and a share of 0 to 100 percent.")


class SessionMisshapen(DomainError):
    code = "class_session_misshapen"
    message = N_("A session needs a title, and more than 0 and at most 24 hours.")


class TooManySessions(DomainError):
    code = "too_many_sessions"
    message = N_("A class has at most 200 sessions. Begin another one.")


class ClassClosed(DomainError):
    code = "class_closed"
    kind = Kind.CONFLICT
    message = N_("The class is closed. Open it again before you change it.")


class NobodyFound(DomainError):
    code = "nobody_found"
    message = N_(
        "Nobody in the body that holds the class has this number. Import them as people first."
    )


class MemberAttended(DomainError):
    code = "member_attended"
    kind = Kind.CONFLICT
    message = N_("Attendance is on file for this person: they stay on the roster.")


class SessionHeld(DomainError):
    code = "session_held"
    kind = Kind.CONFLICT
    message = N_("Attendance is on file for this session: it cannot be taken out.")


class ResultsWanted(DomainError):
    code = "class_results_wanted"
    kind = Kind.CONFLICT
    message = N_("The closing exam's results are not published yet. Close the class after that.")


class ImportGone(DomainError):
    code = "class_import_gone"
    kind = Kind.NOT_FOUND
    message = N_("This upload was stored, let go, or is older than a day. Upload the list again.")


class ImportFaulty(DomainError):
    code = "class_import_faulty"
    kind = Kind.CONFLICT
    message = N_("The list has errors: nothing is stored. Mend the rows and upload it again.")


class ListTooLong(DomainError):
    code = "class_list_too_long"
    message = N_("A list holds at most 1,000 rows here. Split it.")


class PresenceColumnMissing(DomainError):
    code = "presence_column_missing"
    message = N_(
        "No column says who attended. Name one attendance, "
        "with present, absent or leave in its cells."
    )

"""What can go wrong around receipts and answer files."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class MalformedReceipt(DomainError):
    code = "malformed_receipt"
    kind = Kind.INVALID
    message = N_("This is not a whole receipt. Paste every line of it, or scan its code again.")


class NoAnswerFile(DomainError):
    code = "no_answer_file"
    kind = Kind.INVALID
    message = N_("This is no answer file of this system. Choose the file that the exam page made.")


class OtherExamsAnswerFile(DomainError):
    code = "other_exams_answer_file"
    kind = Kind.INVALID
    message = N_("This answer file belongs to another exam. Upload it there.")


class DamagedAnswerFile(DomainError):
    code = "damaged_answer_file"
    kind = Kind.INVALID
    message = N_("This answer file is damaged or was altered. Take it from the device once more.")


class StillAnswering(DomainError):
    code = "still_answering"
    kind = Kind.CONFLICT
    message = N_(
        "This candidate's time is not over yet: answers that arrive by the network still count. "
        "Upload the file afterwards."
    )


class AnswerFileNotFound(NotFound):
    code = "answer_file_not_found"
    message = N_("This answer file does not exist. Go back to the exam.")

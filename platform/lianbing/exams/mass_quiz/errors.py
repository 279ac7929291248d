"""What mass quizzes refuse."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class QuizNotFound(NotFound):
    code = "quiz_not_found"
    message = N_("There is no such quiz, or it is not meant for you. Choose one from the list.")


class BadQuiz(DomainError):
    code = "bad_quiz"
    message = N_("The quiz cannot be kept like this: %(fault)s")


class QuizNotOpen(DomainError):
    code = "quiz_not_open"
    kind = Kind.CONFLICT
    message = N_("The quiz is not open now. Tries can be begun while it is open.")


class NoTriesToday(DomainError):
    code = "no_tries_today"
    kind = Kind.CONFLICT
    message = N_("You have used today's tries. The next day brings new ones while it is open.")


class QuizFixed(DomainError):
    code = "quiz_fixed"
    kind = Kind.CONFLICT
    message = N_("The quiz has been published: what it asks can no longer be changed.")


class QuizClosed(DomainError):
    code = "quiz_closed"
    kind = Kind.CONFLICT
    message = N_("The quiz is closed. Its boards are final.")


class TryUnderWay(DomainError):
    code = "try_under_way"
    kind = Kind.CONFLICT
    message = N_("The try is still under way. Wait until it is handed in or its time is over.")


class ReasonMissing(DomainError):
    code = "quiz_reason_missing"
    message = N_("Say why in a few words; the reason is kept.")


class QuizCannotAsk(DomainError):
    code = "quiz_cannot_ask"
    kind = Kind.CONFLICT
    message = N_(
        "Questions have been withdrawn from the quiz's bank, so that no try can be made now. Your "
        "tries are not touched; tell the organiser."
    )

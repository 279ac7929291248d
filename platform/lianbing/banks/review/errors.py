"""What a review refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class OwnVersion(DomainError):
    code = "own_version"
    kind = Kind.CONFLICT
    message = N_("Whoever wrote a version does not review it. Another person has to.")


class NotTheReviewer(DomainError):
    code = "not_the_reviewer"
    kind = Kind.CONFLICT
    message = N_("Only the reviewer named for this question decides. Take it on first.")


class NotInReview(DomainError):
    code = "not_in_review"
    kind = Kind.CONFLICT
    message = N_("This question is not in review as you saw it. Reload the page.")


class NotADraft(DomainError):
    code = "not_a_draft"
    kind = Kind.CONFLICT
    message = N_("Only a draft can be sent for review. Reload the page.")


class TextNeeded(DomainError):
    code = "review_text_needed"
    message = N_("Write something, in at most 500 characters.")


class NotATrainerHere(DomainError):
    code = "reviewer_is_no_trainer_here"
    message = N_("Choose a reviewer from the list: a trainer who keeps this bank.")

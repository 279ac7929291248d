"""What people call the states of a question and the lines of its review."""

from lianbing.banks.review.rules import EntryKind, QuestionState
from lianbing.kernel.errors import N_

STATE_WORDS = {
    QuestionState.DRAFT: N_("Draft"),
    QuestionState.IN_REVIEW: N_("In review"),
    QuestionState.APPROVED: N_("Approved"),
}
STATE_TONES = {
    QuestionState.DRAFT: "plain",
    QuestionState.IN_REVIEW: "wait",
    QuestionState.APPROVED: "good",
}
ENTRY_WORDS = {
    EntryKind.SUBMITTED: N_("Sent for review"),
    EntryKind.ASSIGNED: N_("Reviewer named"),
    EntryKind.APPROVED: N_("Approved"),
    EntryKind.REJECTED: N_("Sent back"),
    EntryKind.WITHDRAWN: N_("Taken out of review"),
    EntryKind.COMMENT: N_("Comment"),
    EntryKind.STILL_RIGHT: N_("Still right by the new edition"),
    EntryKind.UNDONE: N_("Decision undone"),
}

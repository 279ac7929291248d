"""What people call the states in a list and the bulk changes."""

from lianbing.banks.finding.rules import BulkKind, FoundState
from lianbing.kernel.errors import N_

FOUND_WORDS = {
    FoundState.DRAFT: N_("Draft"),
    FoundState.IN_REVIEW: N_("In review"),
    FoundState.APPROVED: N_("Approved"),
    FoundState.RETIRED: N_("Retired"),
}
BULK_WORDS = {
    BulkKind.SUBMIT: N_("Send drafts for review"),
    BulkKind.POINT: N_("Assessment point"),
    BulkKind.DIFFICULTY: N_("Difficulty"),
    BulkKind.USE: N_("Where it may appear"),
    BulkKind.TAG: N_("Add a tag"),
    BulkKind.UNTAG: N_("Take a tag off"),
    BulkKind.RETIRE: N_("Retire"),
    BulkKind.SOURCE: N_("Still right by the new edition"),
    BulkKind.RECHECK: N_("Back to review"),
}

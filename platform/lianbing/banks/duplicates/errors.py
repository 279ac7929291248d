"""What looking for duplicates refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class MarkGone(DomainError):
    code = "distinct_pair_gone"
    kind = Kind.CONFLICT
    message = N_("This mark is gone already. Reload the page.")


class NoPair(DomainError):
    code = "no_pair"
    message = N_("Choose two questions of one bank that are both in use.")

"""What looking for duplicates refuses."""

from lianbing.kernel.errors import N_, DomainError


class NoPair(DomainError):
    code = "no_pair"
    message = N_("A question is merged into another one of the same bank that is in use.")

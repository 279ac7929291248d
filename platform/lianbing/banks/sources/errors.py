"""What superseding a source refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class EditionNeeded(DomainError):
    code = "source_edition_needed"
    message = N_("Name the new edition; it must differ from the old one.")


class SupersededAlready(DomainError):
    code = "source_superseded_already"
    kind = Kind.CONFLICT
    message = N_("This edition is superseded already. Supersede the newer one.")


class NothingTicked(DomainError):
    code = "no_question_ticked"
    message = N_("Tick the questions first.")

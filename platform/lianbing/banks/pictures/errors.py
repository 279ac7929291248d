"""What pictures refuse."""

from lianbing.kernel.errors import N_, DomainError

REFUSALS = {
    "no_picture": N_("This file is no PNG or JPEG picture. Save it as one of these."),
    "too_large": N_("The picture is larger than 5 MB or 24 million pixels. Make it smaller."),
    "too_heavy": N_("The picture stays above 400 kB when made smaller. Save it as JPEG."),
}


class PictureUnfit(DomainError):
    """``why`` in params: one of the refusals above, as ``rules.UnfitPicture`` names it."""

    code = "picture_unfit"
    message = N_("The picture was not taken. %(why)s")


class PictureNeedsWords(DomainError):
    code = "picture_needs_words"
    message = N_("Say in words what the picture shows: people who cannot see it read that.")

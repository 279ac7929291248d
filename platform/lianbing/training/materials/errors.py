"""What study material refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind

REFUSALS = {
    "empty": N_("Choose a file."),
    "file_too_large": N_("It is larger than 10 MB. Split it, or save it smaller."),
    "unknown": N_(
        "It is neither a PDF nor a PNG or JPEG picture, whatever its name says. "
        "Save it as one of these."
    ),
    "no_pdf": N_("It begins like a PDF but is damaged or cut off. Save it again as PDF."),
    "pdf_locked": N_("The PDF is locked with a password. Save it without one."),
    "pdf_acts": N_(
        "The PDF holds a script, a programme or another file. "
        "Print it to PDF anew, which leaves these out."
    ),
    "pdf_unreadable": N_(
        "The PDF is packed in a way that cannot be checked. Print it to PDF anew."
    ),
    "no_picture": N_("The picture is damaged. Save it again as PNG or JPEG."),
    "too_large": N_("The picture is larger than 5 MB or 24 million pixels. Make it smaller."),
    "too_heavy": N_("The picture stays above 400 kB when made smaller. Save it as JPEG."),
}


class FileUnfit(DomainError):
    """``why`` in params: one of the refusals above, as ``files.UnfitFile`` names it."""

    code = "file_unfit"
    message = N_("The file was not taken. %(why)s")


class LinkUnfit(DomainError):
    code = "link_unfit"
    message = N_(
        "Write a whole address that begins with http:// or https://, without a user name in it."
    )


class TitleNeeded(DomainError):
    code = "title_needed"
    message = N_("Say in words what it is: at most 120 characters.")


class TextMisshapen(DomainError):
    code = "text_misshapen"
    message = N_("The text is longer than 20,000 characters. Split the material.")


class PicturesGoBelow(DomainError):
    code = "pictures_go_below"
    message = N_("Pictures do not stand in the text here: add them below as files.")


class TooManyItems(DomainError):
    code = "too_many_items"
    message = N_("A material holds at most 30 files and links. Begin another one.")


class TooManyPoints(DomainError):
    code = "too_many_points"
    message = N_("A material is tied to at most 200 points. Begin another one.")


class MaterialNotFound(DomainError):
    code = "material_not_found"
    kind = Kind.NOT_FOUND
    message = N_("This material does not exist, or is not open to you.")

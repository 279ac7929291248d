"""What may be wrong with a question, and how a report ends. Pure."""

from datetime import timedelta
from enum import StrEnum

LONGEST_TEXT = 500
MOST_A_DAY = 10
A_DAY = timedelta(days=1)


class ErrorKind(StrEnum):
    """What a worker says is wrong."""

    KEY = "key"
    TEXT = "text"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    OTHER = "other"


class ReportState(StrEnum):
    """OPEN until a keeper answers: it was MENDED, or is NO_ERROR."""

    OPEN = "open"
    MENDED = "mended"
    NO_ERROR = "no_error"

"""What a grant gives. Pure."""

from enum import StrEnum


class GrantRight(StrEnum):
    """READ what is open to practice, PRACTISE it, or DRAW papers of one's own."""

    READ = "read"
    PRACTISE = "practise"
    DRAW = "draw"

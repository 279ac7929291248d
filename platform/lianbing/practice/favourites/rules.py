"""What may be noted of a question."""

LONGEST_NOTE = 500


def tidy_note(text: str) -> str:
    """A note as kept: line ends of one kind, nothing around it."""
    return text.replace("\r\n", "\n").strip()

"""Admission ticket numbers and the code inside a ticket's QR: pure.

A number is the exam (6 digits), the place on the roster (8 digits) and two check digits by
ISO/IEC 7064 MOD 97-10, which finds every wrong digit and every swap of two neighbours. It never
changes while the candidate is on the roster, wherever they are seated.
"""

import base64
import hmac
from collections.abc import Callable

EXAM_DIGITS = 6
CANDIDATE_DIGITS = 8
MAC_BYTES = 9


def ticket_number(exam_id: int, candidate_id: int) -> str:
    """The sixteen digits of a candidate's ticket."""
    body = f"{exam_id:0{EXAM_DIGITS}d}{candidate_id:0{CANDIDATE_DIGITS}d}"
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def spoken(number: str) -> str:
    """A ticket number in groups of four, as it is printed."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def read_ticket_number(text: str) -> tuple[int, int] | None:
    """(exam, place on the roster) of a typed number; None when it is not a ticket number."""
    number = "".join(text.split()).replace("-", "")
    if len(number) != EXAM_DIGITS + CANDIDATE_DIGITS + 2 or not number.isascii():
        return None
    if not number.isdigit() or int(number) % 97 != 1:
        return None
    return int(number[:EXAM_DIGITS]), int(number[EXAM_DIGITS:-2])


def ticket_code(candidate_id: int, digest: Callable[[str], bytes]) -> str:
    """What a ticket's QR carries: the place on the roster, and this installation's seal on it."""
    return f"{candidate_id}-{_seal(candidate_id, digest)}"


def read_ticket_code(code: str, digest: Callable[[str], bytes]) -> int | None:
    """The place on the roster; None for a code that was not issued here."""
    digits, _, seal = code.partition("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        return None
    genuine = hmac.compare_digest(seal.encode(), _seal(int(digits), digest).encode())
    return int(digits) if genuine else None


def _seal(candidate_id: int, digest: Callable[[str], bytes]) -> str:
    return base64.urlsafe_b64encode(digest(str(candidate_id))[:MAC_BYTES]).decode()

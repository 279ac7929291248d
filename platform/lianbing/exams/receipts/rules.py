"""What a receipt says, its text as it is signed and printed, and its short code for a QR image.

A receipt is signed as text that starts with its type, one fact a line. For people the long
hexadecimal lines are printed in groups; reading takes the groups together again.
"""

import base64
import binascii
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from lianbing.exams.receipts.chain import instant_text
from lianbing.exams.receipts.errors import MalformedReceipt

RECEIPT_TYPE = "lianbing.receipt/1"
ROOT_TYPE = "lianbing.receipts_root/1"
GROUP = 8
FIELDS = ("exam", "attempt", "version", "cause", "made", "entries", "paper", "head")
IN_GROUPS = ("paper", "head", "signature")
HEX_LENGTHS = {"paper": 64, "head": 64, "signature": 128}
CODE = struct.Struct(">BQQHIq32s32s64s")
CODE_VERSION = 1
LONGEST_TEXT = 4000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """One script version of one attempt; ``paper`` and ``head`` are lower-case hexadecimal."""

    exam: int
    attempt: int
    version: int
    cause: str
    made: datetime
    entries: int
    paper: str
    head: str

    @property
    def text(self) -> str:
        """What is signed, to the byte (UTF-8)."""
        values = [str(self._value(name)) for name in FIELDS]
        pairs = zip(FIELDS, values, strict=True)
        return "".join([f"{RECEIPT_TYPE}\n", *(f"{name} {value}\n" for name, value in pairs)])

    def _value(self, name: str) -> object:
        return instant_text(self.made) if name == "made" else getattr(self, name)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedReceipt:
    """A receipt and the Ed25519 signature of its text."""

    receipt: Receipt
    signature: bytes

    @property
    def printed(self) -> str:
        """The text for people: as signed, with the signature, long lines in groups."""
        lines = [*self.receipt.text.splitlines(), f"signature {self.signature.hex()}"]
        return "\n".join(_grouped(line) for line in lines) + "\n"

    @property
    def code(self) -> str:
        """The same facts, short, for an address: base64url of fixed fields and the cause."""
        receipt = self.receipt
        packed = CODE.pack(
            CODE_VERSION,
            receipt.exam,
            receipt.attempt,
            receipt.version,
            receipt.entries,
            _microseconds(receipt.made),
            bytes.fromhex(receipt.paper),
            bytes.fromhex(receipt.head),
            self.signature,
        )
        return base64.urlsafe_b64encode(packed + receipt.cause.encode()).decode().rstrip("=")


def read_text(text: str) -> SignedReceipt:
    """A receipt from its printed or signed text, whatever the spaces; raises MalformedReceipt."""
    found = _lines(text)
    try:
        return SignedReceipt(
            receipt=Receipt(
                exam=_count(found["exam"]),
                attempt=_count(found["attempt"]),
                version=_count(found["version"]),
                cause=_word(found["cause"]),
                made=_instant(found["made"]),
                entries=_count(found["entries"]),
                paper=_hex("paper", found["paper"]),
                head=_hex("head", found["head"]),
            ),
            signature=bytes.fromhex(_hex("signature", found["signature"])),
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise MalformedReceipt from error


def read_code(code: str) -> SignedReceipt:
    """A receipt from the code of a QR image; raises MalformedReceipt."""
    code = "".join(code.split())
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        fixed, cause = raw[: CODE.size], raw[CODE.size :].decode("ascii")
        version, exam, attempt, number, entries, made, paper, head, signature = CODE.unpack(fixed)
        if version != CODE_VERSION:
            raise MalformedReceipt
        receipt = Receipt(
            exam=exam,
            attempt=attempt,
            version=number,
            cause=_word(cause),
            made=datetime.fromtimestamp(made // 1_000_000, UTC).replace(
                microsecond=made % 1_000_000
            ),
            entries=entries,
            paper=paper.hex(),
            head=head.hex(),
        )
    except (binascii.Error, struct.error, ValueError, OverflowError, OSError) as error:
        raise MalformedReceipt from error
    return SignedReceipt(receipt=receipt, signature=signature)


def root_text(*, exam: int, list_version: int, receipts: int, root: str) -> str:
    """The statement about a whole exam, as it is signed and published."""
    return (
        f"{ROOT_TYPE}\nexam {exam}\nlist {list_version}\nreceipts {receipts}\n"
        f"order attempt, version\nroot {root}\n"
    )


def in_groups(digits: str) -> str:
    """A long hexadecimal number in groups that can be read out and compared."""
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


def _grouped(line: str) -> str:
    name, _space, value = line.partition(" ")
    return f"{name} {in_groups(value)}" if name in IN_GROUPS else line


def _lines(text: str) -> dict[str, str]:
    """Name → value; a line that starts with no known name goes on with the one before."""
    found: dict[str, str] = {}
    last = ""
    for line in text[:LONGEST_TEXT].splitlines():
        name, _space, value = line.strip().partition(" ")
        if name.lower() in (*FIELDS, "signature"):
            last = name.lower()
            if last in found:
                raise MalformedReceipt
            found[last] = value.strip()
        elif last in IN_GROUPS:
            found[last] += line
    return found


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError("no count")
    return int(text)


def _word(text: str) -> str:
    if not re.fullmatch(r"[a-z_]{1,20}", text):
        raise ValueError("no word")
    return text


def _hex(name: str, text: str) -> str:
    digits = re.sub(r"[\s-]", "", text).lower()
    if not re.fullmatch(f"[0-9a-f]{{{HEX_LENGTHS[name]}}}", digits):
        raise ValueError("no hexadecimal number of this length")
    return digits


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("no zone")
    return instant.astimezone(UTC)


def _microseconds(instant: datetime) -> int:
    difference = instant - _EPOCH
    return (difference.days * 86_400 + difference.seconds) * 1_000_000 + difference.microseconds

"""Answer files: entries sealed by a browser so that only the exam's own key opens them.

RSA-OAEP (SHA-256) wraps an AES-256-GCM key, as every browser since Chrome 80 can do it. The
encryption keeps answers from prying eyes on the way; it proves neither when nor by whom they
were written, so what comes out is evidence for a person to judge.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lianbing.exams.receipts.errors import DamagedAnswerFile, NoAnswerFile, OtherExamsAnswerFile

FILE_TYPE = "lianbing.answer_file/1"
KEY_BITS = 2048
MOST_BYTES = 1024 * 1024
MOST_SITTINGS = 20
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPair:
    """``public`` is SubjectPublicKeyInfo, ``private`` PKCS #8; both DER in base64."""

    public: str
    private: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SittingPart:
    """What one device number holds: its attempt token, and raw entries not yet checked."""

    token: str
    entries: list[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedFile:
    """An answer file's content; ``made_at`` is the device's own clock, as it says."""

    made_at: str
    sittings: tuple[SittingPart, ...]


def new_key_pair() -> KeyPair:
    """A fresh key pair; takes a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return KeyPair(
        public=base64.b64encode(public).decode(), private=base64.b64encode(private).decode()
    )


def open_envelope(text: str, *, exam_id: int, private_key: str | None) -> OpenedFile:
    """Decrypt an answer file; raises NoAnswerFile, OtherExamsAnswerFile or DamagedAnswerFile."""
    envelope = _envelope(text)
    if envelope.get("exam") != exam_id:
        raise OtherExamsAnswerFile
    if private_key is None:  # no page of this exam ever had a key to seal with
        raise DamagedAnswerFile
    key = serialization.load_der_private_key(base64.b64decode(private_key), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - new_key_pair makes no other
    try:
        wrapped, iv, sealed = (_bytes(envelope[name]) for name in ("wrapped", "iv", "sealed"))
        secret = key.decrypt(wrapped, OAEP)
        plain = AESGCM(secret).decrypt(iv, sealed, bound_to(exam_id))
        return _content(json.loads(plain))
    except (InvalidTag, KeyError, TypeError, ValueError, RecursionError) as error:
        raise DamagedAnswerFile from error


def bound_to(exam_id: int) -> bytes:
    """What is authenticated beside the content: the file's type and its exam."""
    return f"{FILE_TYPE}\n{exam_id}".encode()


def _envelope(text: str) -> dict[str, Any]:
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoAnswerFile from error
    if not isinstance(envelope, dict) or envelope.get("type") != FILE_TYPE:
        raise NoAnswerFile
    return envelope


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _content(plain: dict[str, Any]) -> OpenedFile:
    sittings = plain["sittings"]
    if not isinstance(sittings, list) or not 0 < len(sittings) <= MOST_SITTINGS:
        raise ValueError("no sittings")
    parts = []
    for part in sittings:
        token, entries = part["token"], part["entries"]
        if not isinstance(token, str) or not isinstance(entries, list):
            raise ValueError("no sitting")
        parts.append(SittingPart(token=token, entries=entries))
    return OpenedFile(made_at=str(plain.get("made_at") or "")[:40], sittings=tuple(parts))

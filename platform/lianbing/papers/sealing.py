"""Sealing a paper: its body and its candidates' copy under keys of its own, wrapped; pure.

AES-256-GCM throughout, every box bound to the paper's content hash and to what it is, so that
none opens in another's place. Lengths are padded: beside a bank, an exact length would tell
which questions were drawn. docs/sealing.md says what this protects from, and what not.
"""

import gzip
import hashlib
import os
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lianbing.infra.crypto import derive_key

KEY_BYTES = 32
NONCE_BYTES = 12
LENGTH_BYTES = 4
PADDED_TO = 4096
BODY = b"lianbing.paper-body/1\n"
COPY = b"lianbing.candidate-paper/1\n"
KEYS = b"lianbing.paper-keys/1\n"
DRAFT = b"lianbing.paper-draft/1\n"


class SealBroken(RuntimeError):
    """A sealed paper does not open: it was altered, or the wrapping key is not its own."""


class UnderOtherKey(SealBroken):
    """It was sealed under another wrapping key than the present: nothing is altered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperKeys:
    """A paper's two keys, 32 bytes each; ``copy`` is what candidates are given at the opening."""

    body: bytes
    copy: bytes

    @classmethod
    def draw(cls) -> Self:
        """Fresh keys for a paper that is being frozen."""
        return cls(body=os.urandom(KEY_BYTES), copy=os.urandom(KEY_BYTES))


class WrappingKey:
    """The installation's wrapping key at work: ``LIANBING_PAPER_KEY``, 64 hex digits."""

    def __init__(self, key_hex: str) -> None:
        self._key = derive_key(key_hex, b"paper")
        self.fingerprint = hashlib.sha256(b"lianbing.paper-key/1\n" + self._key).hexdigest()[:16]
        """Tells wrapping keys apart without telling anything else of them."""

    def wrap(self, keys: PaperKeys, content_hash: str) -> bytes:
        """The paper's keys as they may be stored beside it."""
        return _lock(self._key, keys.body + keys.copy, KEYS, content_hash)

    def unwrap(self, wrapped: bytes, content_hash: str) -> PaperKeys:
        """The paper's keys again; raises SealBroken."""
        both = _unlock(self._key, wrapped, KEYS, content_hash)
        return PaperKeys(body=both[:KEY_BYTES], copy=both[KEY_BYTES:])

    def seal_draft(self, draft: str, name: str) -> bytes:
        """Papers that are not frozen yet, under a name of their own."""
        return _lock(self._key, _pad(draft.encode()), DRAFT, name)

    def open_draft(self, sealed: bytes, name: str) -> str:
        """The draft again; raises SealBroken."""
        return _unpad(_unlock(self._key, sealed, DRAFT, name)).decode()


def seal_body(body: str, keys: PaperKeys, content_hash: str) -> bytes:
    """The whole paper, with versions, keys and seed."""
    return _lock(keys.body, _pad(body.encode()), BODY, content_hash)


def open_body(sealed: bytes, keys: PaperKeys, content_hash: str) -> str:
    """The whole paper's canonical JSON again; raises SealBroken."""
    return _unpad(_unlock(keys.body, sealed, BODY, content_hash)).decode()


def seal_copy(copy: bytes, keys: PaperKeys, content_hash: str) -> bytes:
    """The paper as candidates may see it, compressed: the same bytes for every device."""
    return _lock(keys.copy, _pad(gzip.compress(copy, mtime=0)), COPY, content_hash)


def open_copy(sealed: bytes, keys: PaperKeys, content_hash: str) -> bytes:
    """What a device does with its copy and the key; raises SealBroken."""
    return gzip.decompress(_unpad(_unlock(keys.copy, sealed, COPY, content_hash)))


def _pad(plain: bytes) -> bytes:
    framed = len(plain).to_bytes(LENGTH_BYTES, "big") + plain
    return framed.ljust(-(-len(framed) // PADDED_TO) * PADDED_TO, b"\0")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    return padded[LENGTH_BYTES : LENGTH_BYTES + length]


def _lock(key: bytes, plain: bytes, label: bytes, content_hash: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, label + content_hash.encode())


def _unlock(key: bytes, sealed: bytes, label: bytes, content_hash: str) -> bytes:
    nonce, locked = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, locked, label + content_hash.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("a sealed paper does not open") from error

"""Keys at work: field encryption for personal data, digests to find it by, signatures.

AES-256-GCM with a random nonce for fields, keyed BLAKE2b for look-up digests, Ed25519 for
snapshots. Keys come from the settings, one derived per purpose.
"""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app

from lianbing.infra.settings import Settings

NONCE_BYTES = 12


class Keyring:
    """What the settings' keys are used for; one instance an application."""

    def __init__(self, settings: Settings) -> None:
        self._field_key = settings.field_key
        self._field = AESGCM(derive_key(settings.field_key, b"field"))
        self._digest_key = derive_key(settings.field_key, b"digest")
        self._sealings: dict[bytes, AESGCM] = {}
        self._signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.signing_key))

    def encrypt(self, plain: str) -> bytes:
        """Nonce and ciphertext of a short text."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._field.encrypt(nonce, plain.encode(), None)

    def decrypt(self, sealed: bytes) -> str:
        """The text again; raises cryptography's InvalidTag when it was altered."""
        return self._field.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()

    def seal(self, purpose: bytes, plain: str) -> bytes:
        """Nonce and ciphertext under a key of this purpose's own, for what leaves the server."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._sealing(purpose).encrypt(nonce, plain.encode(), purpose)

    def unseal(self, purpose: bytes, sealed: bytes) -> str:
        """The text again; raises InvalidTag when altered, ValueError when it is no ciphertext."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._sealing(purpose).decrypt(nonce, ciphertext, purpose).decode()

    def _sealing(self, purpose: bytes) -> AESGCM:
        if purpose not in self._sealings:
            self._sealings[purpose] = AESGCM(derive_key(self._field_key, purpose))
        return self._sealings[purpose]

    def digest(self, purpose: str, plain: str) -> bytes:
        """A keyed 32-byte digest: equal texts of one purpose are found without decrypting."""
        return hashlib.blake2b(
            plain.encode(), digest_size=32, key=self._digest_key, person=purpose.encode()[:16]
        ).digest()

    def sign(self, content: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        return self._signer.sign(content)

    def verify(self, content: bytes, signature: bytes) -> bool:
        """Whether this installation signed the content."""
        try:
            self._signer.public_key().verify(signature, content)
        except InvalidSignature:
            return False
        return True

    @property
    def public_key(self) -> str:
        """The verifying key, base64, for publication."""
        raw = self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()


def derive_key(key_hex: str, purpose: bytes) -> bytes:
    """A 32-byte key for one purpose out of a setting's 64 hex digits."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"lianbing/" + purpose)
    return kdf.derive(bytes.fromhex(key_hex))


def current_keyring() -> Keyring:
    """The running application's keys."""
    keyring: Keyring = current_app.extensions["lianbing_keyring"]
    return keyring

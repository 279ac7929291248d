"""An answer file as a browser seals it, for tests that need no browser."""

import base64
import json
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lianbing.exams.receipts.envelope import FILE_TYPE, OAEP, bound_to


def seal(public_key: str, exam_id: int, content: object, *, bound: int | None = None) -> str:
    """Seal any content for an exam; ``bound`` pretends another exam inside."""
    key = serialization.load_der_public_key(base64.b64decode(public_key))
    assert isinstance(key, rsa.RSAPublicKey)
    secret, iv = os.urandom(32), os.urandom(12)
    plain = json.dumps(content).encode()
    sealed = AESGCM(secret).encrypt(iv, plain, bound_to(exam_id if bound is None else bound))
    parts = {"wrapped": key.encrypt(secret, OAEP), "iv": iv, "sealed": sealed}
    texts = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return json.dumps({"type": FILE_TYPE, "exam": exam_id, **texts})

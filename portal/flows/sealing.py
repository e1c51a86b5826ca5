"""Secrets that have to be read again are kept encrypted, so that a copy of the database gives none away."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class CannotOpen(ValueError):
    """What is stored was sealed with another SECRET_KEY, for something else, or was altered."""


def _cipher(secret: bytes, purpose: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"doorstep:{purpose}".encode()).derive(secret)
    return AESGCM(key)


def seal(secret: bytes, purpose: str, whose: int, text: str) -> str:
    """`text` encrypted (AES-256-GCM) with a key of this purpose, readable again only for the same `whose`."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(secret, purpose).encrypt(nonce, text.encode(), str(whose).encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret: bytes, purpose: str, whose: int, sealed: str) -> str:
    """The text again. Raises CannotOpen."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        text = _cipher(secret, purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], str(whose).encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("sealed with another SECRET_KEY") from error
    return text.decode()

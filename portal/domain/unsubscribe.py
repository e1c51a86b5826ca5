"""The code in an email's unsubscribe link: it says nothing to a stranger, and nobody but us can make one.

It holds a shipper and the fingerprint of an address, enciphered under their own seal (the idea of SIV, RFC 5297,
with HMAC in place of AES). So nothing is stored for it, it never grows old, and the same person has one code.
"""

import base64
import binascii
import hmac
from hashlib import sha256, sha512

SEAL_BYTES, SHIPPER_BYTES, MARK_BYTES = 16, 8, 32
# 56 bytes in base64
LENGTH = 75


def unsubscribe_code(secret: bytes, shipper_id: int, mark: str) -> str:
    """The code for a shipper's emails to the address with this fingerprint (64 hex digits)."""
    plain = shipper_id.to_bytes(SHIPPER_BYTES) + bytes.fromhex(mark)
    seal = hmac.digest(secret, b"unsubscribe:seal:" + plain, sha256)[:SEAL_BYTES]
    return base64.urlsafe_b64encode(seal + _masked(secret, seal, plain)).rstrip(b"=").decode()


def unsubscribe_of(secret: bytes, code: str) -> tuple[int, str] | None:
    """The shipper's id and the fingerprint of the address; None for a code that we did not make."""
    if len(code) != LENGTH or not code.isascii():
        return None
    try:
        whole = base64.urlsafe_b64decode(code + "=")
    except binascii.Error:
        return None
    plain = _masked(secret, whole[:SEAL_BYTES], whole[SEAL_BYTES:])
    shipper_id, mark = int.from_bytes(plain[:SHIPPER_BYTES]), plain[SHIPPER_BYTES:].hex()
    if len(mark) != 2 * MARK_BYTES:
        return None
    right = unsubscribe_code(secret, shipper_id, mark)
    return (shipper_id, mark) if hmac.compare_digest(right, code) else None


def _masked(secret: bytes, seal: bytes, text: bytes) -> bytes:
    mask = hmac.digest(secret, b"unsubscribe:mask:" + seal, sha512)
    return bytes(one ^ other for one, other in zip(text, mask, strict=False))

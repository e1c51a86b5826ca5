"""What is kept of a number or address in place of itself: its fingerprint."""

from functools import lru_cache
from hashlib import sha256


# one batch of events asks four tables about the same people
@lru_cache(maxsize=4096)
def fingerprint(to: str) -> str:
    """What is kept of a number or address; upper and lower case are one address."""
    return sha256(f"doorstep:{to.strip().lower()}".encode("utf-8", "surrogatepass")).hexdigest()

"""Codes of an authenticator (RFC 6238) and codes for a lost phone: which count, and how they are typed."""

import hashlib
import hmac
from datetime import datetime

STEP_SECONDS = 30
# a phone's clock may be half a minute off
STEPS_AROUND = 1
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
# Typed by hand from paper: no capitals, and nothing that looks like something else.
RECOVERY_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
LONGEST_TYPED = 40


def steps_that_count(now: datetime, last_step: int) -> list[int]:
    """The steps whose code is right at this moment, the present one first; one that was used never is again."""
    present = int(now.timestamp()) // STEP_SECONDS
    around = [present, *(present + off * side for off in range(1, STEPS_AROUND + 1) for side in (-1, 1))]
    return [step for step in around if step > last_step]


def digits_of(typed: str) -> str:
    """What somebody typed as six digits, with spaces or dashes between; empty when it cannot be a code."""
    digits = "".join(char for char in typed[:LONGEST_TYPED] if char not in " -\u00a0")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else ""


def recovery_of(typed: str) -> str:
    """What somebody typed as a recovery code, as it was made; empty when it cannot be one."""
    letters = "".join(char for char in typed[:LONGEST_TYPED].lower() if char not in " -\u00a0")
    return letters if len(letters) == RECOVERY_LENGTH and set(letters) <= set(RECOVERY_LETTERS) else ""


def written(code: str) -> str:
    """A recovery code as it is shown: `abcde-fgh23`."""
    return f"{code[: RECOVERY_LENGTH // 2]}-{code[RECOVERY_LENGTH // 2 :]}"


def recovery_seal(secret: bytes, agent_id: int, code: str) -> str:
    """What is stored in place of a recovery code; bound to its agent."""
    return hmac.new(secret, f"recovery:{agent_id}:{code}".encode(), hashlib.sha256).hexdigest()


def key_for_typing(key: str) -> str:
    """An authenticator's key in groups of four, for those who cannot scan."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))

"""What goes wrong at the providers' double: shares of calls and receipts, drawn the same way for the same seed."""

import random
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from tests.doubles.server import Fault


@dataclass(frozen=True, slots=True)
class Weather:
    """Shares are of one; seconds are real ones. `answers_in_seconds` is how long a call takes on a good day."""

    seed: int = 1
    too_many: float = 0.05
    error: float = 0.03
    taken_then_error: float = 0.03
    taken_then_silent: float = 0.03
    taken_then_cut: float = 0.02
    slow: float = 0.05
    slow_seconds: float = 0.25
    answers_in_seconds: float = 0.005
    # a Twilio status callback may never come; SendGrid repeats its events until they are taken
    never_reported: float = 0.3
    out_of_order: float = 0.2
    repeated: float = 0.2
    of_nobody: float = 0.02
    forged: float = 0.05
    reported_within_seconds: float = 2.0

    def dice(self, *what: Any) -> random.Random:
        """Dice that fall the same way for the same thing in every run."""
        return random.Random(":".join(map(str, (self.seed, *what))))

    def fault(self, *what: Any) -> Fault:
        """What happens to this call."""
        shares = {
            Fault.TOO_MANY: self.too_many,
            Fault.ERROR: self.error,
            Fault.TAKEN_THEN_ERROR: self.taken_then_error,
            Fault.TAKEN_THEN_SILENT: self.taken_then_silent,
            Fault.TAKEN_THEN_CUT: self.taken_then_cut,
            Fault.SLOW: self.slow,
        }
        point = self.dice(*what).random()
        for fault, share in shares.items():
            if point < share:
                return fault
            point -= share
        return Fault.NONE

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """What `as_json` said."""
        return cls(**{one.name: told[one.name] for one in fields(cls)})

"""What a message is expected to cost, by the beginning of the number it goes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from notifications.message import Channel

MICROS = 1_000_000
ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Prices:
    """Millionths of the operator's currency: for a segment of SMS by prefix such as `+49`, and for an email."""

    texts: Mapping[str, int] = field(default_factory=dict)
    email: int = 0

    def of(self, channel: Channel, to: str, segments: int) -> int:
        """The price of one message."""
        match channel:
            case Channel.SMS:
                return self._segment(to) * segments
            case Channel.EMAIL:
                return self.email
            case Channel.WEBHOOK:
                return 0

    def _segment(self, to: str) -> int:
        for length in range(min(len(to), 8), 1, -1):
            if (price := self.texts.get(to[:length])) is not None:
                return price
        return self.texts.get(ANYWHERE, 0)


def read_prices(texts: str, email: str = "0") -> Prices:
    """Prices as an operator writes them: `+49=0.081 +1=0.0083 *=0.10`. Raises ValueError naming what is wrong."""
    by_prefix = {}
    for part in texts.split():
        prefix, _, amount = part.partition("=")
        if prefix != ANYWHERE and not (
            prefix.startswith("+") and prefix[1:].isdecimal() and prefix.isascii()
        ):
            raise ValueError(f"{part!r}: a price is written like +49=0.081 or *=0.10")
        by_prefix[prefix] = _micros(amount, part)
    return Prices(by_prefix, _micros(email, email))


def _micros(amount: str, part: str) -> int:
    try:
        found = Decimal(amount)
    except InvalidOperation:
        raise ValueError(f"{part!r}: {amount!r} is no amount") from None
    if not found.is_finite() or not 0 <= found < 1000:
        raise ValueError(f"{part!r}: an amount is between 0 and 1000")
    return int(found * MICROS)

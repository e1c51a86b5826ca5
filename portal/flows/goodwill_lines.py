"""What a shipper makes good, as lines that people write: `late 5.00 EUR: A voucher, because we came late`."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.goodwill import Reason
from portal.flows import goodwill
from portal.flows.operate_terms import Wrong

LINE = re.compile(r"(?P<code>\S+) +(?P<amount>\S+) +(?P<unit>\S+?)(?P<silent> +silent)? *: *(?P<words>.+)")
SAID = "late 5.00 EUR: A voucher, because we came late"


def lines(session: Session, shipper_id: int) -> list[str]:
    """What a shipper makes good, one a line."""
    return [
        f"{one.code} {one.hundredths / 100:.2f} {one.unit}{'' if one.told else ' silent'}: {one.words}"
        for one in goodwill.reasons(session, shipper_id)
    ]


def read(written: Iterable[str]) -> list[Reason]:
    """The reasons of these lines; empty ones are passed over. Raises `Wrong`."""
    return [_read(line.strip()) for line in written if line.strip()]


def put(session: Session, by: str, shipper_id: int, wanted: list[Reason], now: datetime) -> None:
    """Keep all of them, or none. Raises `Wrong`."""
    if wrong := goodwill.set_reasons(session, shipper_id, wanted, by, now):
        raise Wrong(" ".join(wrong), "reasons")


def _read(line: str) -> Reason:
    found = LINE.fullmatch(line)
    amount = goodwill.hundredths_of(found["amount"]) if found else None
    if found is None or amount is None:
        raise Wrong(f"{line[:80]!r} cannot be read; write it like {SAID}.", "reasons")
    return Reason(found["code"], found["words"].strip(), amount, found["unit"], told=not found["silent"])

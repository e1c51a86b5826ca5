"""A phone in a van says where it is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.fixes import Fix, Judged
from portal.flows import fixes
from portal.flows.announce import Voice
from portal.store import devices
from portal.store.devices import Device


def hear(session: Session, voice: Voice, device: Device, told: Sequence[Fix], now: datetime) -> list[Judged]:
    """Take the positions of a device, in the order in which they were made whatever the phone sent first."""
    in_order = sorted(told, key=lambda fix: fix.at)
    judged = fixes.take_of_van(session, voice, device.van_id, in_order, now)
    devices.note(session, device, now)
    return judged

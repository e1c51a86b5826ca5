"""Lockers and slots put by hand: the same as dispatch tells by its API, and written down."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.lockers import Compartment, Locker
from portal.domain.slots import Slot
from portal.flows import set_up
from portal.flows.operate_terms import Wrong
from portal.store import lockers, slots

BOX = re.compile(
    r"(?P<size>\S{1,20}) +(?P<width>\d{1,5})x(?P<height>\d{1,5})x(?P<depth>\d{1,5}) +x(?P<count>\d{1,5})"
    r"(?: +max (?P<grams>\d{1,8}))?(?P<low> +low)?",
    re.IGNORECASE,
)
TIMES = ("start", "end", "closes_at")
BOX_SAID = "M 300x400x600 x12, with max 20000 for grams and low where it is within reach"


def box_of(text: str) -> dict[str, Any]:
    """A compartment of one line, as the API would tell it: `M 300x400x600 x12 max 20000 low`. Raises `Wrong`."""
    found = BOX.fullmatch(" ".join(text.split()))
    if found is None:
        raise Wrong(f"{text.strip()[:60]!r} is no compartment; write it like {BOX_SAID}.", "compartments")
    sides = {f"{side}_mm": int(found[side]) for side in ("width", "height", "depth")}
    more = {"count": int(found["count"]), "max_weight_g": int(found["grams"] or 0), "low": bool(found["low"])}
    return {"size": found["size"], **sides, **more}


def line_of(box: Compartment) -> str:
    """A compartment as one line."""
    line = f"{box.size} {box.width_mm}x{box.height_mm}x{box.depth_mm} x{box.count}"
    return line + (f" max {box.max_weight_g}" if box.max_weight_g else "") + (" low" if box.low else "")


def stored_locker(locker: Locker | None) -> dict[str, str]:
    """What can be changed of a locker, as words; empty where there is none."""
    if locker is None:
        return {}
    plain = ("name", "address", "lat", "lng", "hours", "hold_hours", "sort")
    fields = {name: str(getattr(locker, name)) for name in plain} | {"locker": locker.key}
    boxes = "\n".join(line_of(box) for box in locker.compartments if box.count)
    return fields | {"reachable": "yes" if locker.reachable else "", "compartments": boxes}


def put_locker(session: Session, by: str, owner: int, locker: Locker, now: datetime) -> str:
    """Keep a locker; what is taken stays taken. Returns `created` or `updated`."""
    before = stored_locker(lockers.named(session, owner, locker.key))
    outcome = lockers.put(session, owner, [locker])[locker.key]
    after = stored_locker(lockers.named(session, owner, locker.key))
    done = "changed" if before else "added"
    set_up.note(session, by, owner, "locker", now, name=locker.key, done=done, before=before, after=after)
    return outcome


def close_locker(session: Session, by: str, owner: int, key: str, now: datetime) -> Locker:
    """Offer none of a locker's compartments any more; what is in it stays. Raises `Wrong`."""
    found = lockers.named(session, owner, key)
    if found is None:
        raise Wrong(f"there is no locker {key!r}.")
    lockers.close(session, found.id)
    set_up.note(session, by, owner, "locker", now, name=key, done="closed", before=stored_locker(found))
    return found


def stored_slot(slot: Slot | None) -> dict[str, str]:
    """What can be changed of a slot, as words, its times in UTC; empty where there is none."""
    if slot is None:
        return {}
    times = {name: getattr(slot, name).astimezone(UTC).isoformat() for name in TIMES}
    return {"slot": slot.key, "zone": slot.zone, "capacity": str(slot.capacity)} | times


def put_slot(session: Session, by: str, owner: int, slot: Slot, now: datetime) -> str:
    """Keep a slot; what is booked stays booked. Returns `created`, `updated` or `unchanged`."""
    before = stored_slot(slots.named(session, owner, slot.key))
    outcome = slots.put(session, owner, [slot])[slot.key]
    done = "changed" if before else "added"
    after = stored_slot(slot)
    set_up.note(session, by, owner, "slot", now, name=slot.key, done=done, before=before, after=after)
    return outcome


def locker_line(locker: Locker) -> str:
    """A locker as a command lists it."""
    count, free = (sum(getattr(box, name) for box in locker.compartments) for name in ("count", "free"))
    taken = f"{count - free} of {count} taken" if count else "closed"
    return "  ".join((locker.key, locker.name, locker.address, taken))


def slot_line(slot: Slot) -> str:
    """A slot as a command lists it; times in UTC."""
    times = f"{slot.start:%Y-%m-%d %H:%M} to {slot.end:%H:%M} UTC"
    until = f"chosen until {slot.closes_at:%Y-%m-%d %H:%M} UTC"
    return "  ".join((slot.key, slot.zone or "-", times, f"{slot.taken} of {slot.capacity} taken", until))

"""What an operator does so that phones tell where vans are: give one an address, look, end it, read a van's trail."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import orjson
from sqlalchemy.orm import Session

from portal.domain.access import SECRET_LENGTH, SECRET_LETTERS, fingerprint
from portal.domain.fixes import Crumb
from portal.flows import set_up
from portal.flows.operate_terms import SpeakingKit, Wrong
from portal.store import audit, devices, routes, shippers, trail
from portal.store.devices import Device
from portal.store.routes import Van, owner_of

LONGEST_NAME = 80
LONGEST_REASON = 200
FORMATS = ("owntracks", "osmand", "traccar")
# What a phone in a van should do: a position every 25 m or 10 s while it moves, and one a minute while it stands.
OWNTRACKS = {
    "_type": "configuration",
    "mode": 3,
    "monitoring": 2,
    "locatorDisplacement": 25,
    "locatorInterval": 10,
}
TRACCAR_CLIENT = {"accuracy": "high", "distance": 25, "heartbeat": 60}


class Address:
    """The addresses of a new device, and the links by which its apps set themselves up."""

    def __init__(self, public_url: str, secret: str, van: str) -> None:
        self.of = {name: f"{public_url}/devices/{secret}/{name}" for name in FORMATS}
        self._van = van

    def owntracks(self) -> str:
        """Opened on the phone, or scanned with its camera, it sets up OwnTracks."""
        config = orjson.dumps(OWNTRACKS | {"url": self.of["owntracks"], "tid": self._van[-2:]})
        return f"owntracks:///config?inline={base64.b64encode(config).decode()}"

    def traccar_client(self) -> str:
        """Scanned inside Traccar Client it sets it up."""
        return f"{self.of['osmand']}?{urlencode({'id': self._van} | TRACCAR_CLIENT)}"


@dataclass(frozen=True, slots=True)
class Made:
    """A new device; its addresses hold its secret and are shown now and never again."""

    id: int
    van: str
    is_new_van: bool
    address: Address


def make(session: Session, public_url: str, by: str, owner: int, van: str, label: str, now: datetime) -> Made:
    """Give a van's phone its secret; a van that is not known yet becomes known. Raises `Wrong`."""
    name = " ".join(van.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Wrong(f"a van's name has 1 to {LONGEST_NAME} printable characters.", "van")
    called = " ".join(label.split())
    if len(called) > LONGEST_NAME or not called.isprintable():
        raise Wrong(f"a label has at most {LONGEST_NAME} printable characters.", "label")
    secret = "".join(secrets.choice(SECRET_LETTERS) for _ in range(SECRET_LENGTH))
    is_new = name not in routes.vans(session, owner, [name])
    its = routes.van_named(session, owner, name)
    number = devices.add(session, its.id, called, fingerprint(secret), now)
    after = {"van": name, "label": called}
    set_up.note(session, by, owner, "device", now, name=f"{number}", done="added", after=after)
    return Made(number, name, is_new, Address(public_url, secret, name))


def end(session: Session, by: str, owner: int | None, device_id: int, now: datetime) -> Device:
    """A device is not heard any more. `owner` None: whoever's it is. Raises `Wrong`."""
    found = devices.listed(session, device_id)
    if found is None or owner not in (None, found.owner):
        raise Wrong(f"there is no device {device_id}.")
    if devices.revoke(session, device_id, now):
        before = {"van": found.van, "label": found.label}
        set_up.note(session, by, found.owner, "device", now, name=f"{device_id}", done="ended", before=before)
    return found


def add_device(kit: SpeakingKit, van: str, slug: str, label: str, now: datetime) -> tuple[list[str], Address]:
    """Give a van's phone its secret; returns what to print, once, and its addresses. Raises `Wrong`."""
    with kit.transaction() as session:
        owner = _owner(session, slug)
        made = make(session, kit.voice.public_url, set_up.OPERATOR, owner, van, label, now)
    name, address = made.van, made.address
    whose = f"shipper {slug}" if slug else "the operator"
    lines = (
        [f"Van {name!r} of {whose} was not known before; check the name if that surprises you."]
        if made.is_new_van
        else []
    )
    lines += [
        f"Device {made.id} of van {name!r} of {whose}; these addresses are shown only now, type one of them:",
        f"OwnTracks        {address.of['owntracks']}",
        f"Traccar Client   {address.of['osmand']}",
        f"Traccar server   {address.of['traccar']}",
    ]
    if not kit.voice.public_url.startswith("https://"):
        lines.append("Phones outside this network need PUBLIC_URL to be an https address.")
    return lines, address


def list_devices(kit: SpeakingKit) -> list[str]:
    """All devices, one a line."""
    with kit.transaction() as session:
        slugs = {one.id: one.slug for one in kit.voice.shippers(session).values()}
        found = devices.everyone(session)
    return ["  ".join(_parts(one, slugs)) for one in found] or ["There is no device yet."]


def _parts(device: Device, slugs: dict[int, str]) -> Iterator[str]:
    yield f"{device.id}"
    yield slugs.get(device.owner, "operator")
    yield device.van
    if device.label:
        yield device.label
    yield f"heard {device.seen_at:%Y-%m-%d %H:%M} UTC" if device.seen_at else "never heard"
    if device.revoked_at:
        yield "revoked"


def revoke_device(kit: SpeakingKit, device_id: int, now: datetime) -> list[str]:
    """End a device; returns what to print. Raises `Wrong`."""
    with kit.transaction() as session:
        known = devices.listed(session, device_id)
        if known is None or known.revoked_at:
            raise Wrong(f"there is no device {device_id}, or it was revoked before.")
        end(session, set_up.OPERATOR, None, device_id, now)
    return [f"Device {device_id} is not heard any more."]


def read_trail(kit: SpeakingKit, van: str, slug: str, reason: str, hours: float, now: datetime) -> list[str]:
    """Where a van was in the last hours, as CSV; who looks says why, and both are written down. Raises `Wrong`."""
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise Wrong(
            f"say why you look, in at most {LONGEST_REASON} characters: --reason 'complaint about A-17'."
        )
    with kit.transaction() as session:
        its = _van(session, slug, van)
        audit.record(
            session, "operator", "trail_read", now, shipper_id=its.owner or None, van=its.name, reason=why
        )
        crumbs = trail.of_van(session, its.id, now - timedelta(hours=hours), now)
    if not crumbs:
        return [
            f"Nothing is kept of van {its.name!r}: a trail lasts {trail.KEPT_FOR // timedelta(hours=1)} hours."
        ]
    return ["recorded_at,received_at,lat,lng,accuracy_m,speed_mps,verdict", *map(_row, crumbs)]


def _row(crumb: Crumb) -> str:
    fix = crumb.fix
    accuracy, speed = ("" if one is None else f"{one:.1f}" for one in (fix.accuracy_m, fix.speed_mps))
    times = f"{fix.at.isoformat()},{crumb.received_at.isoformat()}"
    return f"{times},{fix.lat:.6f},{fix.lng:.6f},{accuracy},{speed},{crumb.verdict}"


def _owner(session: Session, slug: str) -> int:
    shipper = shippers.by_slug(session, slug) if slug else None
    if slug and shipper is None:
        raise Wrong(f"there is no shipper {slug!r}; add it with `doorstep shipper add`.")
    return owner_of(shipper.id if shipper else None)


def _van(session: Session, slug: str, name: str) -> Van:
    found = routes.vans(session, _owner(session, slug), [name]).get(name)
    if found is None:
        raise Wrong(
            f"there is no van {name!r}; a van becomes known by a route it drives or by its first device."
        )
    return found

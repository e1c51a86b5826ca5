"""News becomes messages: planned, worded and put on the shelf in the transaction of what happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.message import Channel, Message
from notifications.notice import Facts, Notice, Occasion
from notifications.policy import FREE, compose
from notifications.prices import Prices
from notifications.render import Renderer
from portal.db import after_commit
from portal.domain.access import calendar_uid, link_code, neighbor_code
from portal.domain.colors import ink_on
from portal.domain.delivery import Shipment
from portal.domain.spreads import Table
from portal.domain.travel import Roads
from portal.domain.unsubscribe import unsubscribe_code
from portal.flows import contacts
from portal.flows.gather import gather
from portal.store import outbox
from portal.store.marks import fingerprint
from portal.store.shippers import Shipper

ONCE_A_TRIP = {Notice.NEXT_STOP, Notice.NEARBY}

# What a shipper's brand brings into a message.
BRAND = ("color", "text_color", "support_phone", "support_email", "email_name", "sms_sender")


Learned = Callable[[int, str, str, int], Table | None]


def _nothing_learned(owner: int, depot: str, kind: str, level: int) -> Table | None:
    return None


@dataclass(frozen=True, slots=True)
class Voice:
    """What a flow needs to speak: words, links, the shippers at hand, and whom to nudge after commit.

    `carrier` is who speaks to neighbors. Texts to numbers of `consent_countries` need a recorded consent. `level` is
    how many of 100 windows shall hold; `learned` gives what finished rounds taught (for owner, depot, kind of round and
    level), `travel` the roads where they are known.
    """

    renderer: Renderer
    secret: bytes
    public_url: str
    shippers: Callable[[Session], Mapping[int, Shipper]]
    nudge: Callable[[Channel], None]
    nudge_feed: Callable[[], None]
    carrier: str = "Doorstep"
    code_lasts: timedelta = timedelta(minutes=10)
    code_minutes: int = 10
    hold_lasts: timedelta = timedelta(minutes=5)
    code_tries: int = 5
    answer_minutes: int = 30
    level: int = 90
    prices: Prices = FREE
    numbers: frozenset[str] = frozenset()
    consent_countries: frozenset[str] = frozenset()
    learned: Learned = _nothing_learned
    travel: Roads | None = None

    def page(self, code: str) -> str:
        """The address of a recipient's page."""
        return f"{self.public_url}/t/{code}"

    def link(self, shipment: Shipment) -> str:
        """The recipient's link, made anew from its nonce; it is stored nowhere."""
        return self.page(link_code(self.secret, shipment.link_nonce))

    def neighbor_page(self, nonce: str) -> str:
        """The address of a neighbor's page, made anew from its nonce; it is stored nowhere."""
        return f"{self.public_url}/n/{neighbor_code(self.secret, nonce)}"

    def unsubscribe_url(self, shipper_id: int, email: str) -> str:
        """Where one POST ends a shipper's emails to this address; empty without one. It never grows old."""
        code = unsubscribe_code(self.secret, shipper_id, fingerprint(email)) if email else ""
        return code and f"{self.public_url}/u/{code}"


@dataclass(frozen=True, slots=True)
class News:
    """Something worth telling about a shipment; `occurrence` makes it unique, `because` says why it exists.

    It leaves after `leaves_after`: until then it can be taken back.
    """

    shipment: Shipment
    notice: Notice
    occurrence: str
    because: str
    happened_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    leaves_after: timedelta = timedelta()


def tell(session: Session, voice: Voice, news: Sequence[News], now: datetime) -> list[Message]:
    """Plan and word the messages of all this news and put them on the shelf; what is not sent is kept with why."""
    if not news:
        return []
    shippers = voice.shippers(session)
    whom = {one.shipment.id: one.shipment for one in news}
    reached = contacts_of(session, voice, whom.values(), now)
    occasions = [occasion_of(voice, shippers[one.shipment.shipper_id], one) for one in news]
    messages: list[Message] = []
    for occasion in gather(session, occasions, whom, now):
        contact = reached[occasion.shipment_id]
        own = shippers[occasion.shipper_id].wordings
        messages += compose(occasion, contact, voice.renderer, now, prices=voice.prices, wordings=own)
    outbox.put(session, messages)
    nudge(session, voice, messages)
    return messages


def nudge(session: Session, voice: Voice, messages: Sequence[Message]) -> None:
    """After the commit, wake those who empty the channels of these messages."""
    for channel in {message.channel for message in messages}:
        after_commit(session, f"nudge:{channel}", partial(voice.nudge, channel))


def contacts_of(
    session: Session, voice: Voice, whom: Iterable[Shipment], now: datetime
) -> dict[int, Contact]:
    """How the recipients of these shipments are reached, by shipment."""
    return contacts.contacts_of(session, voice.shippers(session), voice.consent_countries, whom, now)


def occasion_of(voice: Voice, shipper: Shipper, news: News) -> Occasion:
    """What a message about this news is made of."""
    shipment, brand = news.shipment, shipper.brand
    window, link = shipment.window, voice.link(news.shipment)
    facts: dict[str, Any] = {
        "shipper": shipper.name,
        "link": link,
        "preferences": f"{link}/preferences",
        "unsubscribe": voice.unsubscribe_url(shipper.id, shipment.recipient.email),
        "parcels": shipment.parcel_count,
        "reference": shipment.reference,
        "timezone": shipment.address.timezone,
        "happened_at": news.happened_at,
        "window_start": window.start if window else None,
        "window_end": window.end if window else None,
        "stops_before": shipment.live.stops_before if shipment.live else None,
        "calendar_uid": calendar_uid(shipment.link_nonce),
        "revision": shipment.version,
    }
    facts |= {name: brand[name] for name in BRAND if brand.get(name)}
    if "color" in facts:
        facts.setdefault("text_color", ink_on(facts["color"]))
    facts |= {name: value for name, value in news.facts.items() if value is not None}
    return Occasion(
        news.notice,
        shipment.shipper_id,
        shipment.id,
        _occurrence(news),
        news.because,
        Facts(**facts),
        news.happened_at,
        gathers_for=news.leaves_after,
    )


def _occurrence(news: News) -> str:
    """What makes this news unique. Dispatch and we ourselves may both see some of it: it is told once."""
    state = news.shipment.state
    if news.notice in ONCE_A_TRIP:
        return f"trip:{state.trips}"
    if news.notice is Notice.PICKUP_EXPIRING and state.since is not None:
        return f"stay:{state.since.isoformat()}"
    return news.occurrence

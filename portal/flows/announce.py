"""News becomes messages: planned, worded and put on the shelf in the transaction of what happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.message import Channel, Message
from notifications.notice import Facts, Notice, Occasion
from notifications.policy import Planned, plan
from notifications.render import Renderer
from portal.db import after_commit
from portal.domain.access import link_code
from portal.domain.delivery import Shipment
from portal.store import contacts, outbox
from portal.store.shippers import Shipper


@dataclass(frozen=True, slots=True)
class Voice:
    """What a flow needs to speak: words, links, the shippers at hand, and whom to nudge after commit."""

    renderer: Renderer
    secret: bytes
    public_url: str
    shippers: Callable[[Session], Mapping[int, Shipper]]
    nudge: Callable[[Channel], None]
    nudge_feed: Callable[[], None]
    code_lasts: timedelta = timedelta(minutes=10)
    answer_minutes: int = 30
    level: int = 90

    def page(self, code: str) -> str:
        """The address of a recipient's page."""
        return f"{self.public_url}/t/{code}"

    def link(self, shipment: Shipment) -> str:
        """The recipient's link, made anew from its nonce; it is stored nowhere."""
        return self.page(link_code(self.secret, shipment.link_nonce))


@dataclass(frozen=True, slots=True)
class News:
    """Something worth telling about a shipment; `occurrence` makes it unique, `because` says why it exists."""

    shipment: Shipment
    notice: Notice
    occurrence: str
    because: str
    happened_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    only_channel: str = ""


def tell(session: Session, voice: Voice, news: Sequence[News], now: datetime) -> None:
    """Plan and word the messages of all this news, and put them on the shelf; what is not sent is kept with why."""
    if not news:
        return
    shippers = voice.shippers(session)
    people = [one.shipment.recipient for one in news]
    stopped = contacts.stopped(session, {value for who in people for value in (who.phone, who.email) if value})
    messages: list[Message] = []
    for one in news:
        shipper = shippers[one.shipment.shipper_id]
        occasion = _occasion(voice, shipper, one)
        for planned in plan(occasion, _contact(one, shipper, stopped), now):
            if not one.only_channel or planned.channel == one.only_channel:
                messages.append(voice.renderer.message(occasion, planned, _language(one, shipper), now))
    outbox.put(session, messages)
    for channel in {message.channel for message in messages}:
        after_commit(session, f"nudge:{channel}", lambda channel=channel: voice.nudge(channel))  # type: ignore[misc]

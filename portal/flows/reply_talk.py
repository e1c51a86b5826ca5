"""One text and our answer to it: who wrote, in whose name and language we answer, and how often."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from notifications.message import Channel, Message
from notifications.receipts import Inbound
from portal.domain.access import LINK_LIVES_AFTER_END
from portal.domain.delivery import Shipment
from portal.domain.shipment import Status
from portal.domain.standing import BEFORE_THE_DOOR
from portal.flows import announce
from portal.flows.announce import Voice
from portal.store import gathering, inbound, outbox, shipments

# an answer that comes later than this is a riddle
HELPS_FOR = timedelta(minutes=5)
COMES_TO_THE_DOOR = BEFORE_THE_DOOR | {Status.MISSED, Status.HELD}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text was taken for and what came of it, as it is kept.

    `became` is `answered:<notice>`, `obeyed:<keyword>`, `change:<id>`, `withdrawn:<id>`,
    `refused:<No>` or `silent:<why>`.
    """

    understood: str
    became: str
    shipper_id: int | None = None
    shipment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Whom:
    """Who wrote: the shipment they mean (None: none that we know of), all that are under way to their number.

    `last` is what we told the number last: in its name and language we answer.
    """

    last: Message | None
    shipment: Shipment | None
    under_way: tuple[Shipment, ...] = ()

    @property
    def several_doors(self) -> bool:
        """Whether deliveries that come to a door come to more than one address."""
        return len({_address(one) for one in self.under_way if one.state.status in COMES_TO_THE_DOOR}) > 1


@dataclass(frozen=True, slots=True)
class Talk:
    """A text of somebody we know, and what it takes to answer."""

    voice: Voice
    said: Inbound
    shipment: Shipment
    language: str
    now: datetime
    several_doors: bool = False


def _address(shipment: Shipment) -> tuple[str, ...]:
    door = shipment.address
    parts = (door.country, door.postcode, *door.lines)
    return tuple(" ".join(part.split()).casefold() for part in parts)


def whom(session: Session, number: str, now: datetime) -> Whom:
    """Whose number this is: the shipment of our last message to it, else the newest under way to it."""
    last = inbound.last_told(session, number)
    under_way = tuple(shipments.under_way_to(session, number))
    told = last.shipment_id if last else None
    coming = [one for one in under_way if one.state.status in COMES_TO_THE_DOOR]
    newest = next(iter([*coming, *under_way]), None)
    meant = next((one for one in under_way if one.id == told), newest)
    if meant is None and told is not None:
        meant = _finished_lately(shipments.by_id(session, None, told), number, now)
    return Whom(last, meant, under_way)


def told_together(session: Session, shipment: Shipment, *, lock: bool = False) -> list[Shipment]:
    """This shipment, then what comes with it: from the same shipper to the same person and door on the same day."""
    ids = gathering.under_way(session, [shipment.door]).get(shipment.door, set()) | {shipment.id}
    found = shipments.by_ids(session, ids, lock=lock)
    meant = found[shipment.id]
    others = (one for number, one in sorted(found.items()) if number != shipment.id)
    return [meant, *(one for one in others if _comes_along(one, meant))]


def _comes_along(one: Shipment, meant: Shipment) -> bool:
    return one.state.status in COMES_TO_THE_DOOR and day_of(one) == day_of(meant)


def day_of(shipment: Shipment) -> date | None:
    """The day at the door on which it comes, as far as it is known."""
    window = shipment.window
    return window.start.astimezone(ZoneInfo(shipment.address.timezone)).date() if window else None


def _finished_lately(shipment: Shipment | None, number: str, now: datetime) -> Shipment | None:
    if shipment is None or shipment.recipient.phone != number or shipment.state.since is None:
        return None
    return shipment if now < shipment.state.since + LINK_LIVES_AFTER_END else None


def answer(session: Session, talk: Talk, name: str, **values: str) -> str:
    """Put an answer about their shipment on the shelf; returns what the text became."""
    shelve(
        session,
        talk.voice,
        talk.said,
        name,
        talk.language,
        talk.now,
        talk.shipment.shipper_id,
        talk.shipment.id,
        **{"link": talk.voice.link(talk.shipment), **values},
    )
    return f"answered:{name}"


def shelve(
    session: Session,
    voice: Voice,
    said: Inbound,
    name: str,
    language: str,
    now: datetime,
    shipper_id: int,
    shipment_id: int | None,
    speaker: str = "",
    **values: str,
) -> None:
    """Put an answer on the shelf, in the shop's name or the `speaker`'s: it goes at once, also at night, for it was
    asked for."""
    shipper = voice.shippers(session)[shipper_id]
    words = voice.renderer.reply(name, language, speaker or shipper.name, **values)
    message = Message(
        id=str(uuid4()),
        shipper_id=shipper_id,
        shipment_id=shipment_id,
        channel=Channel.SMS,
        notice=name,
        language=words.language,
        to=said.sender,
        text=words.text,
        because="The recipient sent a text.",
        not_before=now,
        # people read in real minutes, also where a day is played faster
        expires_at=now + max(HELPS_FOR, voice.code_lasts / 2),
        dedupe_key=f"reply:{said.provider}:{said.provider_id}",
        created_at=now,
        segments=words.segments,
        cost_micros=voice.prices.of(Channel.SMS, said.sender, words.segments),
    )
    outbox.put(session, [message])
    announce.nudge(session, voice, [message])

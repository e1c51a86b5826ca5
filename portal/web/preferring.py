"""The page of preferences as values: what there is to choose from, how it stands, and what hinders a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from notifications.contact import Contact
from notifications.message import Channel
from notifications.notice import Topic
from notifications.policy import DAY_BEGINS, DAY_ENDS
from portal.domain.delivery import Shipment
from portal.flows.codes import hint
from portal.flows.preferences import Wished
from portal.web.language import LANGUAGES, N_, Words, known, words
from portal.web.local import Local, zone_of

SMS, EMAIL = Channel.SMS, Channel.EMAIL
BEGINS, ENDS = tuple(map(time, range(5, 13))), tuple(map(time, range(15, 24)))

# What the form calls each way of being told.
WAYS = {
    "both": frozenset({SMS, EMAIL}),
    "sms": frozenset({SMS}),
    "email": frozenset({EMAIL}),
    "none": frozenset[Channel](),
}
NAMES = {
    "both": N_("By text and by email"),
    "sms": N_("By text"),
    "email": N_("By email"),
    "none": N_("Not at all"),
}
NEWS = {
    Topic.BEFORE: (
        N_("Before the day"),
        N_("When it is announced, which time was set, and a reminder the day before."),
    ),
    Topic.ON_THE_DAY: (N_("On the day"), N_("When the van has left, and when it comes later or not at all.")),
    Topic.NEARBY: (N_("When the driver is near"), N_("When you are next, and when the driver is close.")),
    Topic.OUTCOME: (N_("At the end"), N_("When it was delivered or picked up.")),
}
AGREES = N_(
    "If you choose texts, you agree that %(shipper)s texts you about your deliveries. Your mobile contract may "
    "charge for receiving them. Answer STOP at any time to end them."
)
ONLY = {
    SMS: N_("We tell you by text, to the number ending in %(end)s."),
    EMAIL: N_("We tell you by email, to %(address)s."),
}
STOPPED = {
    SMS: N_(
        "You have stopped texts to the number ending in %(end)s. Answer START to one of our texts to get them again."
    ),
    EMAIL: N_("Emails to %(address)s have ended, because its mailbox asked for that."),
}
UNREACHABLE = {
    SMS: N_("Texts to the number ending in %(end)s did not arrive lately, so we send none for now."),
    EMAIL: N_("Emails to %(address)s did not arrive lately, so we send none for now."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: what the form sends, what a person reads, and whether it is so now."""

    value: str
    label: str
    more: str = ""
    on: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Preferring:
    """The page. `notes` say what hinders a channel, `agrees` to what one agrees by choosing texts."""

    known: bool
    ways: tuple[Option, ...]
    only: str
    notes: tuple[str, ...]
    agrees: str
    languages: tuple[Option, ...]
    news: tuple[Option, ...]
    begins: tuple[Option, ...]
    ends: tuple[Option, ...]
    number: str


def preferring(shipment: Shipment, contact: Contact, shipper: str, local: Local) -> Preferring:
    """The page of a shipment's recipient as things stand."""
    _ = words(local.language)
    masked = mask(shipment)
    addressed = [channel for channel in (SMS, EMAIL) if contact.address(channel)]
    open_ways = [channel for channel in addressed if channel not in contact.stopped]
    offered = _offered(open_ways, contact)
    asks = SMS in open_ways and SMS in contact.unconsented | contact.withdrawn
    now = _as_it_stands(open_ways, contact)
    begins, ends = contact.day or (DAY_BEGINS, DAY_ENDS)
    return Preferring(
        known=bool(addressed),
        ways=tuple(Option(way, _(NAMES[way]), _to(WAYS[way], masked, _), on=way == now) for way in offered),
        only=_(ONLY[open_ways[0]]) % masked if open_ways and not offered else "",
        notes=tuple(_notes(addressed, contact, masked, _)),
        agrees=_(AGREES) % {"shipper": shipper} if asks and offered else "",
        languages=tuple(
            Option(tag, name, on=tag == (known(contact.language) or local.language), lang=tag)
            for tag, name in LANGUAGES.items()
        ),
        news=tuple(
            Option(topic.value, _(title), _(more), on=topic not in contact.declined)
            for topic, (title, more) in NEWS.items()
        ),
        begins=tuple(Option(_value(at), _shown(at, local), on=at == begins) for at in BEGINS),
        ends=tuple(Option(_value(at), _shown(at, local), on=at == ends) for at in ENDS),
        number=masked["end"] if SMS in open_ways else "",
    )


def mask(shipment: Shipment) -> dict[str, str]:
    """Hardly more than the end of the number and the first letter of the address."""
    who = shipment.recipient
    return {
        "end": hint(who, "sms").hint if who.phone else "",
        "address": hint(who, "email").hint if who.email else "",
    }


def _offered(open_ways: list[Channel], contact: Contact) -> tuple[str, ...]:
    """The ways to choose from; where there is one that needs no yes, there is nothing to choose."""
    if len(open_ways) == 2:
        return ("both", "sms", "email")
    asks = contact.unconsented | contact.withdrawn | contact.unreachable
    return tuple(f"{channel}" for channel in open_ways if channel in asks) and (*open_ways, "none")


def _as_it_stands(open_ways: list[Channel], contact: Contact) -> str:
    hindered = contact.unconsented | contact.withdrawn | contact.unreachable
    works = frozenset(open_ways) - hindered
    chosen = works if contact.channels is None else works & contact.channels or works
    return next(name for name, way in WAYS.items() if way == chosen)


def _to(ways: frozenset[Channel], masked: Mapping[str, str], _: Words) -> str:
    if ways == WAYS["sms"]:
        return _("To the number ending in %(end)s") % masked
    if ways == WAYS["email"]:
        return _("To %(address)s") % masked
    return _("To the number ending in %(end)s and to %(address)s") % masked if ways else ""


def _notes(addressed: list[Channel], contact: Contact, masked: Mapping[str, str], _: Words) -> list[str]:
    found = []
    for channel in addressed:
        if channel in contact.stopped:
            found.append(_(STOPPED[channel]) % masked)
        elif channel in contact.unreachable:
            found.append(_(UNREACHABLE[channel]) % masked)
    return found


def _value(at: time) -> str:
    return f"{at:%H:%M}"


def _shown(at: time, local: Local) -> str:
    return local.time(datetime.combine(local.today, at, zone_of(local.zone)))


def wished(form: Any, page: Preferring) -> Wished | None:
    """What the form chose; None where it says something that was not offered."""
    ways, language = form.get("ways", ""), known(form.get("language", ""))
    offered = {option.value for option in page.ways}
    begins, ends = form.get("begins", ""), form.get("ends", "")
    hours = {_value(at): at for at in (*BEGINS, *ENDS)}
    if (offered and ways not in offered) or not language or not {begins, ends} <= hours.keys():
        return None
    day = (hours[begins], hours[ends])
    if day[0] >= day[1]:
        return None
    told = set(form.getlist("news"))
    return Wished(
        channels=(WAYS[ways] or None) if offered else None,
        language=language,
        declined=frozenset(topic for topic in Topic if topic.value not in told),
        day=None if day == (DAY_BEGINS, DAY_ENDS) else day,
        agreed=page.agrees,
    )

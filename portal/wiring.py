"""The only place that names concrete parts: from settings to the kit that doors and ticks work with."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from flask import current_app
from sqlalchemy.orm import Session

from notifications.message import Channel
from notifications.prices import read_prices
from notifications.providers.console import Console, Unset
from notifications.providers.dispatch_webhook import DispatchWebhook
from notifications.providers.sendgrid_email import SendGridAccount, SendGridEmail
from notifications.providers.staged import Staged
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms
from notifications.providers.wire import READ_SECONDS
from notifications.render import Renderer
from notifications.senders import Sender, Switchboard
from notifications.stage import Stage
from portal.clock import Clock, ScaledClock, wall_clock
from portal.config import PROJECT, Settings
from portal.db import Database, Reader
from portal.domain.record import Record
from portal.domain.spreads import Table
from portal.domain.travel import Roads
from portal.flows import window_record
from portal.flows.announce import Voice
from portal.flows.housekeeping import Views
from portal.roads.asked import AskedRoads
from portal.roads.at_hand import RoadsAtHand
from portal.roads.servers import SERVERS
from portal.store import shippers as shipper_store
from portal.store import spreads, webhooks
from portal.store.at_hand import AtHand
from portal.store.drawer import Drawer
from portal.store.redis_line import DIRECT, RedisLine
from portal.store.senders import SqlRegister
from portal.store.shared_versions import SharedVersions
from portal.store.shelf import SqlOutbox
from portal.store.shippers import Shipper
from portal.store.spending import Ceiling, Limits
from portal.store.spreads import Key
from portal.store.supply import Supply
from portal.store.versions import Forgetful, MemoryVersions, Versions

SHIPPERS_AT_HAND_SECONDS = 5.0
# What is learned or counted changes once a night and once a minute.
SPREADS_AT_HAND_SECONDS = 60.0
RECORD_AT_HAND_SECONDS = 60.0

# The demo's accounts, each on a stage of its own; the second one takes over while the first does not work.
ON_STAGE = {Channel.SMS: ("console", "console-2"), Channel.EMAIL: ("console-email",)}


@dataclass(slots=True)
class Nudges:
    """Whom to wake after a commit; the engine that runs the ticks puts its own calls here."""

    channel: Callable[[Channel], None] = lambda channel: None
    feed: Callable[[], None] = lambda: None
    lost: int = 0


class ShippersAtHand:
    """All shippers, read anew every few seconds: they are few and asked for on every page."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = 0.0
        self._known: Mapping[int, Shipper] = {}

    def __call__(self, session: Reader) -> Mapping[int, Shipper]:
        if time.monotonic() >= self._until:
            with self._lock:
                self._known = shipper_store.everyone(session)
                self._until = time.monotonic() + SHIPPERS_AT_HAND_SECONDS
        return self._known

    def forget(self) -> None:
        """Read them anew at the next question."""
        self._until = 0.0


@dataclass(slots=True)
class Kit:
    """Everything a door or a tick needs; `stages` are the demo's providers by name."""

    settings: Settings
    now: Clock
    database: Database
    outbox: SqlOutbox
    senders: Switchboard
    voice: Voice
    nudges: Nudges
    shippers: ShippersAtHand
    versions: Versions
    drawer: Drawer
    supply: Supply
    spreads: AtHand[Mapping[Key, Table]]
    record: AtHand[Record]
    views: Views = field(default_factory=Views)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def transaction(self) -> AbstractContextManager[Session]:
        """A writing session that commits at the end."""
        return self.database.transaction()

    def reading(self) -> AbstractContextManager[Session]:
        """A reading session."""
        return self.database.reading()


def kit() -> Kit:
    """The running app's kit."""
    found: Kit = current_app.extensions["doorstep"]
    return found


def clock_of(settings: Settings) -> Clock:
    """The wall's clock, or the demo's when its start is set."""
    if settings.clock_starts_at and settings.clock_real_start:
        return ScaledClock(
            settings.clock_starts_at, settings.clock_real_start, settings.clock_speed, settings.clock_ends_at
        )
    return wall_clock


def build(settings: Settings, database: Database, clock: Clock | None = None) -> Kit:
    """Choose the parts that these settings ask for."""
    at_hand, nudges, stages = ShippersAtHand(), Nudges(), dict[str, Stage]()
    versions = _versions(settings)
    database.on_touching, database.on_touched = versions.changing, versions.forget
    tables: Mapping[Key, Table] = {}
    learned = AtHand(
        database, spreads.everything, SPREADS_AT_HAND_SECONDS / max(settings.clock_speed, 1.0), tables
    )
    now = clock or clock_of(settings)
    voice = Voice(
        renderer=Renderer(PROJECT / "templates" / "messages"),
        secret=settings.secret_key.get_secret_value().encode(),
        public_url=settings.public_url,
        shippers=at_hand,
        nudge=lambda channel: nudges.channel(channel),
        nudge_feed=lambda: nudges.feed(),
        # people type codes in real minutes, also where a day is played faster
        code_lasts=timedelta(minutes=settings.code_minutes) * settings.clock_speed,
        code_minutes=settings.code_minutes,
        hold_lasts=timedelta(minutes=5) * settings.clock_speed,
        code_tries=settings.code_tries,
        answer_minutes=settings.answer_minutes,
        carrier=settings.carrier_name,
        level=settings.level,
        learned=lambda owner, depot, kind, level: learned().get((owner, depot, kind, level)),
        travel=_roads(settings),
        prices=read_prices(settings.sms_prices, settings.email_price),
        consent_countries=settings.consent_countries,
        numbers=frozenset(filter(None, (settings.twilio_from, settings.twilio_2_from))),
    )
    supply = Supply()
    database.on_supplied = supply.changed
    return Kit(
        settings=settings,
        now=now,
        database=database,
        outbox=SqlOutbox(database, Limits(settings.messages_a_day, partial(_ceilings, at_hand))),
        senders=Switchboard(_senders(settings, database, stages), SqlRegister(database)),
        voice=voice,
        nudges=nudges,
        shippers=at_hand,
        versions=versions,
        drawer=Drawer(settings.drawer.resolve()),
        supply=supply,
        spreads=learned,
        record=_record(database, now, settings.clock_speed),
        stages=stages,
    )


def _versions(settings: Settings) -> Versions:
    """One process knows by itself what changed, many by Redis; behind sentinels every poll asks the database."""
    if settings.embedded:
        return MemoryVersions()
    reachable = settings.redis_url.startswith(DIRECT)
    return SharedVersions(RedisLine(settings.redis_url)) if reachable else Forgetful()


def _roads(settings: Settings) -> Roads | None:
    """What is known of the roads: by a routing server, by a file, by one and else the other, or nothing."""
    file = RoadsAtHand(settings.roads_file) if settings.roads_file else None
    if not settings.routing_url:
        return file
    return AskedRoads(SERVERS[settings.routing_kind](settings.routing_url), file, wall_clock)


def _record(database: Database, now: Clock, speed: float) -> AtHand[Record]:
    nothing: Record = {}
    return AtHand(
        database,
        lambda session: window_record.shares(session, now()),
        RECORD_AT_HAND_SECONDS / max(speed, 1.0),
        nothing,
    )


def _ceilings(shippers: ShippersAtHand, session: Session) -> dict[int, Ceiling]:
    """What shippers with a ceiling may spend in a month."""
    found = shippers(session).values()
    return {
        one.id: Ceiling(one.rules.month_ceiling_micros, one.timezone)
        for one in found
        if one.rules.month_ceiling_micros
    }


def _senders(settings: Settings, database: Database, stages: dict[str, Stage]) -> Iterator[Sender]:
    """Twilio and SendGrid where there are credentials; else, on trial, messages are shown on screen."""
    if settings.twilio_account_sid:
        yield Sender(TwilioSms(_twilio(settings)), settings.twilio_segments_per_second)
        if settings.second_sender:
            yield Sender(TwilioSms(_second_twilio(settings)), settings.twilio_2_segments_per_second)
    else:
        yield from _without_account(Channel.SMS, settings, stages)
    if settings.sendgrid_api_key.get_secret_value():
        yield Sender(SendGridEmail(_sendgrid(settings)), settings.sendgrid_mails_per_second)
    else:
        yield from _without_account(Channel.EMAIL, settings, stages)
    yield Sender(_dispatch(settings, database), watched=False)


def _without_account(channel: Channel, settings: Settings, stages: dict[str, Stage]) -> Iterator[Sender]:
    if not settings.demo:
        yield Sender((Unset if settings.in_public else Console)(channel), watched=False)
        return
    for name in ON_STAGE[channel]:
        stages[name] = Stage()
        yield Sender(Staged(channel, name, stages[name]))


def _dispatch(settings: Settings, database: Database) -> DispatchWebhook:
    def secrets_of(owner: str, now: datetime) -> tuple[str, ...]:
        with database.reading() as session:
            endpoint = webhooks.of(session, int(owner))
        return endpoint.secrets(now) if endpoint and endpoint.off_since is None else ()

    # a receiver compares the signature's time with its own clock, also where a day is played faster
    return DispatchWebhook(
        secrets_of,
        allow_private=settings.webhook_allow_private,
        stamp=(lambda now: wall_clock()) if settings.clock_starts_at else (lambda now: now),
    )


def _twilio(settings: Settings) -> TwilioAccount:
    return TwilioAccount(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        public_url=settings.public_url,
        api_key=settings.twilio_api_key,
        api_secret=settings.twilio_api_secret.get_secret_value(),
        sender=settings.twilio_from,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        api_base=settings.twilio_api_base,
        read_seconds=_patience_seconds(settings),
        more_secrets=(
            settings.twilio_auth_token_old.get_secret_value(),
            settings.twilio_webhook_secret.get_secret_value(),
        ),
    )


def _second_twilio(settings: Settings) -> TwilioAccount:
    """Another account, or only another sender of the first one."""
    first = _twilio(settings)
    other = settings.twilio_2_account_sid not in ("", first.account_sid)
    second = replace(
        first,
        name="twilio-2",
        sender=settings.twilio_2_from,
        messaging_service_sid=settings.twilio_2_messaging_service_sid,
        api_base=settings.twilio_2_api_base or ("" if other else first.api_base),
    )
    if not other and not settings.twilio_2_api_key:
        return second
    return replace(
        second,
        account_sid=settings.twilio_2_account_sid or first.account_sid,
        auth_token=settings.twilio_2_auth_token.get_secret_value() or first.auth_token,
        api_key=settings.twilio_2_api_key,
        api_secret=settings.twilio_2_api_secret.get_secret_value(),
    )


def _sendgrid(settings: Settings) -> SendGridAccount:
    return SendGridAccount(
        api_key=settings.sendgrid_api_key.get_secret_value(),
        sender=settings.sendgrid_from,
        public_key=settings.sendgrid_webhook_public_key,
        api_base=settings.sendgrid_api_base,
        read_seconds=_patience_seconds(settings),
        group_id=settings.sendgrid_group_id,
    )


def _patience_seconds(settings: Settings) -> float:
    """How long a provider may take to answer; a lease runs out faster where a day is played faster."""
    return READ_SECONDS / settings.clock_speed

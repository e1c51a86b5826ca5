"""The accounts we send by: which one is next on a channel, and what becomes of one that fails.

A circuit that opened is this process's own finding; a wrong setting stops an account for all of them, so that is
kept in a register they share.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Protocol, TypeVar, runtime_checkable

from notifications.breaker import Breaker, Leave, Turn
from notifications.message import Channel, Message
from notifications.outbox import Line
from notifications.provider import Accepted, Carrier, Forged, Outcome, Permanent, Temporary, Unknown
from notifications.receipts import Receipt
from notifications.trouble import Trouble

log = logging.getLogger(__name__)
Read = TypeVar("Read")

# A stopped account is tried with one message this often.
PROBE_EVERY = timedelta(minutes=5)
# How long what one worker wrote down may be unknown to another one.
READ_AGAIN_AFTER = timedelta(seconds=1)
# A country that is not switched on is named this long after the last message that met it.
REMARK_LASTS = timedelta(hours=1)
# A probe that failed is written down this soon after the rest it ended.
PROBE_ENDS_WITHIN = timedelta(seconds=60)
# A number that cannot reach one country is no reason to stop; one that reached none of so many people is.
REFUSED_FOR_SO_MANY = 3
# What was only shown while there was no account yet is kept by nobody.
ON_SCREEN = "console"
NOT_ANSWERING = "The provider does not answer, or answers with errors of its own."


class Health(StrEnum):
    """How an account is: `resting` after failures that will pass, `stopped` until somebody puts a setting right."""

    WELL = "well"
    RESTING = "resting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of an account. `text` is a sentence without secrets.

    `until` is when it is tried again (None: at once), and for one that is well, how long its remark counts.
    `by_receipt`: its wrong setting showed only in receipts, so a yes of the carrier does not prove that it is
    right again.
    """

    name: str
    channel: Channel
    health: Health
    since: datetime
    until: datetime | None = None
    code: str = ""
    text: str = ""
    by_receipt: bool = False


def may_send(report: Report | None, now: datetime) -> bool:
    """Whether an account works as far as is known; a rest counts until its next probe can have ended."""
    if report is None or report.health is Health.WELL:
        return True
    rested_at = report.until if report.health is Health.RESTING else None
    return rested_at is not None and now > rested_at + PROBE_ENDS_WITHIN


@runtime_checkable
class Redacts(Protocol):
    """A carrier that keeps a copy of what it sent, and erases it when asked."""

    def redact(self, provider_id: str, now: datetime) -> Outcome:
        """Erase the copy; never raises for what the network or the provider does."""


class Register(Protocol):
    """What all workers know of the accounts; every method its own short transaction."""

    def reports(self) -> Mapping[str, Report]:
        """By name; an account that nobody ever reported on is well."""

    def note(self, report: Report, over: Set[Health]) -> bool:
        """Keep this report if the account's health is one of `over`; whether its health changed.

        Where it is the same, `since` stays. A stop that showed in receipts ends only by a report that did too.
        """


@dataclass(frozen=True, slots=True)
class Sender:
    """An account: its carrier, and how many segments (or emails) it may take a second, 0 being no ceiling.

    One that is not `watched` is never left alone: it stands for many, as dispatch's endpoints do.
    """

    carrier: Carrier
    per_second: float = 0.0
    watched: bool = True

    @property
    def name(self) -> str:
        """As stored with attempts."""
        return self.carrier.name

    @property
    def channel(self) -> Channel:
        """What it carries."""
        return self.carrier.channel


@dataclass(frozen=True, slots=True)
class Chosen:
    """The account a batch leaves by; a `probe` is one message that finds out whether it works again."""

    sender: Sender
    probe: bool = False
    stopped: bool = False

    @property
    def line(self) -> Line:
        """As the shelf needs it."""
        return Line(self.sender.name, self.sender.per_second, PROBE_EVERY if self.stopped else None)


class Switchboard:
    """All accounts by channel, in the order in which they are preferred."""

    def __init__(self, senders: Iterable[Sender], register: Register) -> None:
        self._senders = tuple(senders)
        self._register = register
        self._breakers = {sender.name: Breaker() for sender in self._senders}
        self._lock = Lock()
        self._known: Mapping[str, Report] = {}
        self._read_at: datetime | None = None
        self._remarked: dict[tuple[str, str], datetime] = {}
        self._refused: dict[str, set[str]] = {sender.name: set() for sender in self._senders}

    @property
    def watched(self) -> list[Sender]:
        """The accounts whose health is known."""
        return [sender for sender in self._senders if sender.watched]

    def of(self, channel: Channel) -> list[Sender]:
        """The accounts of a channel, the preferred one first."""
        return [sender for sender in self._senders if sender.channel is channel]

    def named(self, channel: Channel, name: str) -> Sender | None:
        """An account by its name."""
        return next((sender for sender in self.of(channel) if sender.name == name), None)

    def opened(self, channel: Channel, read: Callable[[Carrier], Read]) -> Read:
        """What `read` makes of a callback, by the first account whose signature holds. Raises `Forged`."""
        refused: Forged | None = None
        for sender in self.of(channel):
            try:
                return read(sender.carrier)
            except Forged as why:
                refused = refused or why
        raise refused or Forged("No provider is configured for this channel.")

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """What the account that took a message says of it now; None when it cannot be asked."""
        sender = self.named(message.channel, message.provider)
        try:
            return sender.carrier.status(message, now) if sender else None
        except Exception:
            log.exception("sender %s could not be asked about message %s", message.provider, message.id)
            return None

    def erase_copy(self, name: str, provider_id: str, now: datetime) -> Outcome:
        """Ask an account to erase what it keeps of a message; accounts that keep nothing have done so."""
        sender = next((one for one in self._senders if one.name == name), None)
        if sender is None and not name.startswith(ON_SCREEN):
            return Permanent("no_account", "Its account is not set up any more.")
        if sender is None:
            return Accepted(provider_id)
        if not isinstance(sender.carrier, Redacts):
            return Accepted(provider_id)
        try:
            return sender.carrier.redact(provider_id, now)
        except Exception as error:
            log.exception("sender %s could not be asked to erase %s", name, provider_id)
            return Temporary(type(error).__name__)

    def choose(self, channel: Channel, now: datetime, but: Set[str] = frozenset()) -> Chosen | None:
        """The first account that may send now, none of `but`; None when messages have to wait."""
        known = self._reports(now)
        for sender in self.of(channel):
            if sender.name in but:
                continue
            if not sender.watched:
                return Chosen(sender)
            report = known.get(sender.name)
            if report and report.health is Health.STOPPED:
                if report.until is None or report.until <= now:
                    return Chosen(sender, probe=True, stopped=True)
                continue
            match self._breakers[sender.name].ask(now):
                case Leave.FREE:
                    return Chosen(sender)
                case Leave.PROBE:
                    return Chosen(sender, probe=True)
        return None

    def unused(self, chosen: Chosen) -> None:
        """There was nothing to send by it."""
        if chosen.probe and not chosen.stopped:
            self._breakers[chosen.sender.name].cancel()

    def open_to(self, chosen: Chosen) -> bool:
        """Whether a call may still begin: an account may have stopped since its batch was taken."""
        if chosen.probe or not chosen.sender.watched:
            return True
        report = self._known.get(chosen.sender.name)
        stopped = report is not None and report.health is Health.STOPPED
        return not stopped and self._breakers[chosen.sender.name].rests_until is None

    def concerns_one(self, chosen: Chosen, message: Message, outcome: Outcome) -> bool:
        """Whether a refusal that seemed to be about the account is about this message alone.

        It was refused by this account with the same code before, and others were taken since.
        """
        if not isinstance(outcome, Temporary) or chosen.probe or not chosen.sender.watched:
            return False
        if (message.provider, message.error_code) != (chosen.sender.name, outcome.code):
            return False
        if outcome.trouble is Trouble.SENDER:
            return True
        report = self._known.get(chosen.sender.name)
        woken = report is not None and report.health is Health.WELL and report.since > message.not_before
        return outcome.trouble is Trouble.CONFIGURATION and woken

    def heard(self, chosen: Chosen, message: Message, outcome: Outcome, now: datetime) -> None:
        """A call by this account ended."""
        sender = chosen.sender
        if not sender.watched:
            return
        well = Report(sender.name, sender.channel, Health.WELL, now)
        match outcome:
            case Temporary(trouble=Trouble.CONFIGURATION):
                self._stop(well, outcome, now)
            case Temporary(trouble=Trouble.SENDER):
                self._refused[sender.name].add(message.to)
                if chosen.stopped or len(self._refused[sender.name]) >= REFUSED_FOR_SO_MANY:
                    self._stop(well, outcome, now)
            case Temporary(code, text, trouble=Trouble.COUNTRY):
                self._works(chosen, well)
                self._remark(replace(well, until=now + REMARK_LASTS, code=code, text=text), now)
            case Accepted():
                self._refused[sender.name].clear()
                self._works(chosen, well)
        turn = self._breakers[sender.name].heard(_answered(outcome), now, probe=chosen.probe)
        if turn is Turn.CLOSED:
            self._note(well, {Health.RESTING}, "answers again")
        elif turn is Turn.OPENED and isinstance(outcome, Temporary | Unknown):
            until_probe = self._breakers[sender.name].rests_until
            resting = replace(well, health=Health.RESTING, until=until_probe, code=outcome.code)
            self._note(replace(resting, text=NOT_ANSWERING), {Health.WELL, Health.RESTING}, "rests")

    def try_again(self) -> None:
        """Stopped accounts are tried with the very next message: somebody may have put them right."""
        for report in self._register.reports().values():
            if report.health is Health.STOPPED:
                self._register.note(replace(report, until=None), {Health.STOPPED})
        with self._lock:
            self._read_at = None

    def _stop(self, well: Report, outcome: Temporary, now: datetime) -> None:
        stopped = replace(well, health=Health.STOPPED, until=now + PROBE_EVERY)
        self._note(replace(stopped, code=outcome.code, text=outcome.text), set(Health), "is stopped")

    def _works(self, chosen: Chosen, well: Report) -> None:
        if chosen.stopped:
            self._note(well, {Health.STOPPED}, "works again")

    def _remark(self, report: Report, now: datetime) -> None:
        """Something an operator should know of an account that works."""
        self._register.note(report, {Health.WELL})
        said_at = self._remarked.get((report.name, report.text))
        if said_at is None or now - said_at > REMARK_LASTS:
            self._remarked[report.name, report.text] = now
            log.warning("sender %s: %s %s", report.name, report.code, report.text)

    def _note(self, report: Report, over: Set[Health], says: str) -> None:
        changed = self._register.note(report, over)
        with self._lock:
            self._known = {**self._known, report.name: report} if changed else self._known
            self._read_at = None
        if changed:
            why = f": {report.code} {report.text}" if report.code else ""
            log.warning("sender %s %s%s", report.name, says, why)

    def _reports(self, now: datetime) -> Mapping[str, Report]:
        """What is written down, read anew every second: other workers write too."""
        with self._lock:
            if self._read_at is None or not timedelta(0) <= now - self._read_at < READ_AGAIN_AFTER:
                self._known, self._read_at = self._register.reports(), now
            return self._known


def _answered(outcome: Outcome) -> bool:
    """Whether the carrier answered at all; a 429 and a refusal are answers."""
    away = isinstance(outcome, Temporary) and outcome.trouble is Trouble.AWAY
    return not away and not isinstance(outcome, Unknown)

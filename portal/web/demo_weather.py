"""The weather at the demo's providers as values: how each one is, how the house sees it, what it took."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.message import Channel
from notifications.senders import Health, Report, Sender
from notifications.stage import Stage, Weather
from portal.web.local import Local
from portal.wiring import Kit

LABELS = {
    Weather.WELL: "Well",
    Weather.REFUSES: "Refuses",
    Weather.DOWN: "Down",
    Weather.LOSES: "Loses answers",
}
# How the house sees an account, and the tone of that.
HEALTH = {
    Health.WELL: ("works", "good"),
    Health.RESTING: ("rests", "warn"),
    Health.STOPPED: ("stopped", "bad"),
}
TITLES = {Channel.SMS: "Texts", Channel.EMAIL: "Email"}
REFUSES = {
    Channel.SMS: "Every number is a landline to it. An email stands in, and the number is left alone.",
    Channel.EMAIL: "No mailbox exists for it. A text stands in, and the address is left alone.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A weather one can choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider on the panel: its weather, what that means, how the house sees it, and its own book."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    means: str
    health: str
    tone: str
    book: str


@dataclass(frozen=True, slots=True)
class Panel:
    """All of them; `trouble` names those that are not well, in a few words."""

    providers: tuple[Provider, ...]
    trouble: str


def panel(kit: Kit, reports: Mapping[str, Report], local: Local) -> Panel:
    """The panel as it stands; `reports` by account."""
    found = tuple(
        _provider(sender, kit.stages[sender.name], reports.get(sender.name), place, alone, local)
        for sender, place, alone in _on_stage(kit)
    )
    ill = [one for one in found if kit.stages[one.name].weather is not Weather.WELL]
    return Panel(found, _trouble(ill, len(found)))


def _trouble(ill: Sequence[Provider], of: int) -> str:
    if len(ill) > 1:
        return f"{len(ill)} of {of} in trouble"
    return "".join(
        f"{one.title}: {choice.label.lower()}" for one in ill for choice in one.choices if choice.chosen
    )


def _on_stage(kit: Kit) -> Iterator[tuple[Sender, int, bool]]:
    """The senders one can play with, each with its place on its channel and whether it is the only one."""
    for channel in (Channel.SMS, Channel.EMAIL):
        senders = [one for one in kit.senders.of(channel) if one.name in kit.stages]
        yield from ((one, place, len(senders) == 1) for place, one in enumerate(senders))


def resting(kit: Kit, reports: Mapping[str, Report]) -> dict[Channel, datetime | None]:
    """The channels on which no account may send at the moment, and when the first one is tried again."""
    found = {}
    for channel in (Channel.SMS, Channel.EMAIL):
        known = [reports.get(one.name) for one in kit.senders.of(channel)]
        ill = [one for one in known if one and one.health is not Health.WELL]
        if known and len(ill) == len(known):
            found[channel] = min((one.until for one in ill if one.until), default=None)
    return found


def second(kit: Kit) -> set[str]:
    """The accounts that send only while the first of their channel does not."""
    return {one.name for channel in TITLES for one in kit.senders.of(channel)[1:]}


def _provider(
    sender: Sender, stage: Stage, report: Report | None, place: int, alone: bool, local: Local
) -> Provider:
    title = TITLES[sender.channel]
    health, tone = _health(report, local)
    return Provider(
        name=sender.name,
        title=title if place == 0 else f"{title}, second sender",
        choices=tuple(Choice(one, LABELS[one], one is stage.weather) for one in Weather),
        means=f"{_means(stage.weather, sender.channel, place, alone)}{_again(report, local)}",
        health=health,
        tone=tone,
        book=f"It took {stage.taken}, {stage.twice or 'none'} of them twice."
        if stage.taken
        else "It took nothing yet.",
    )


def _health(report: Report | None, local: Local) -> tuple[str, str]:
    """How the house sees an account; one whose rest is over is tried when it is needed."""
    if report is None:
        return HEALTH[Health.WELL]
    rested = report.health is Health.RESTING and not _later(report, local)
    return ("has rested", "quiet") if rested else HEALTH[report.health]


def _again(report: Report | None, local: Local) -> str:
    until = report and report.health is not Health.WELL and _later(report, local)
    return f" It is tried again at {local.time(until)}." if until else ""


def _later(report: Report, local: Local) -> datetime | None:
    """When the account is tried again, if that is still to come."""
    return report.until if report.until and report.until > local.now else None


def _means(weather: Weather, channel: Channel, place: int, alone: bool) -> str:
    """What to watch for."""
    match weather:
        case Weather.WELL if place == 0:
            return "It takes everything."
        case Weather.WELL:
            return "It takes over while the first one rests."
        case Weather.REFUSES:
            return REFUSES[channel]
        case Weather.DOWN if alone or place:
            return "Nobody answers. After five calls in vain it rests, and messages wait while they are true."
        case Weather.DOWN:
            return "Nobody answers. After five calls in vain it rests, and the second sender takes over."
        case Weather.LOSES:
            return "It keeps every other message and answers none. It is asked before anything is sent again."

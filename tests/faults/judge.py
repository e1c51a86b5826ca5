"""Holds what the providers took against what should have been sent."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from notifications.message import Channel
from tests.faults.outside import Record
from tests.faults.people import Person

CHANNELS = {"twilio": Channel.SMS, "sendgrid": Channel.EMAIL}
GAVE_UP = "possible_duplicate"


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as the portal's own database has it at the end."""

    id: str
    channel: Channel
    to: str
    standing: str
    error_code: str
    resends: int
    attempts: int
    provider_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts. `lost`: messages no provider ever took, but for those given up on whose person was told on the
    other channel (`told_otherwise`). `twice`: messages that a provider took more often than they were to be
    sent. `forgotten`: messages whose acknowledged `delivered` is not in the database.
    """

    expected: int
    taken: int
    lost: int
    twice: int
    unknown: int
    unfinished: int
    given_up: int
    told_otherwise: int
    forgotten: int
    shared_ids: int
    forgeries: int
    forgeries_accepted: int
    resends: int
    names: dict[str, list[str]]


def messages(engine: Engine) -> list[Kept]:
    """All messages to people, from the database."""
    asked = text(
        'SELECT id, channel, "to", standing, error_code, resends, attempts, provider_id FROM messages'
        " WHERE channel <> 'webhook' ORDER BY seq"
    )
    with engine.connect() as connection:
        return [Kept(row[0], Channel(row[1]), *row[2:]) for row in connection.execute(asked)]


def judge(everybody: list[Person], twins: dict[str, int], record: Record, kept: list[Kept]) -> Verdict:
    """`twins` says how many messages with the very same words each number is to get."""
    took = Counter((CHANNELS[one.provider], one.to) for one in record.taken)
    wanted = {(channel, one.address(channel)): one for one in everybody for channel in one.channels}
    gave_up = {(one.channel, one.to) for one in kept if one.error_code == GAVE_UP}
    missing = [address for address in wanted if not took[address]]
    otherwise = [
        address
        for address in missing
        if address in gave_up and any(took[channel, wanted[address].address(channel)] for channel in Channel)
    ]
    of_twins = {(Channel.SMS, number): count for number, count in twins.items()}
    short = {address: of_twins[address] - took[address] for address in of_twins}
    over = {address: count - of_twins.get(address, 1) for address, count in took.items()}
    ids = Counter(one.provider_id for one in kept if one.provider_id)
    return Verdict(
        expected=len(wanted) + sum(twins.values()),
        taken=len(record.taken),
        lost=len(missing) - len(otherwise) + sum(max(0, count) for count in short.values()),
        twice=sum(max(0, count) for count in over.values()),
        unknown=sum(one.standing == "unknown" for one in kept),
        unfinished=sum(one.standing in ("queued", "sending") for one in kept),
        given_up=sum(one.error_code == GAVE_UP for one in kept),
        told_otherwise=len(otherwise),
        forgotten=_forgotten(record, kept),
        shared_ids=sum(count - 1 for count in ids.values()),
        forgeries=record.counts["forgeries"],
        forgeries_accepted=record.counts["forgeries_accepted"],
        resends=sum(one.resends for one in kept),
        names={
            "lost": [f"{channel}:{to}" for channel, to in missing if (channel, to) not in otherwise][:20]
            + [to for (_, to), count in short.items() if count > 0][:20],
            "twice": [f"{channel}:{to}" for (channel, to), count in over.items() if count > 0][:20],
        },
    )


def _forgotten(record: Record, kept: list[Kept]) -> int:
    delivered = {one for one, words in record.acknowledged.items() if "delivered" in words}
    return sum(one.id in delivered and one.standing != "delivered" for one in kept)


def details(verdict: Verdict) -> dict[str, Any]:
    """What is told beside the counts that have a goal."""
    names = ("expected", "taken", "resends", "given_up", "told_otherwise", "forgeries")
    return {name: getattr(verdict, name) for name in names}

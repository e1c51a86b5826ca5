"""Messages on the shelf, due at once: worded by the portal itself for some doors, then made many by copying."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, cycle, islice
from uuid import uuid4

from sqlalchemy import delete, func, select

from benchmarks import databases, seeds
from notifications.message import Channel, Message, Standing
from notifications.notice import Notice
from portal.clock import ManualClock
from portal.config import Settings
from portal.flows import announce
from portal.flows.announce import News
from portal.store import outbox, shipments, shippers
from portal.store.outbox_rows import MESSAGES, MessageRow
from portal.wiring import build

PATTERNS = 200
CHUNK = 2_000
# out for delivery: the longest email, with the window for the calendar
STEPS = 6


@dataclass
class Shelf:
    """The shelf of a database seeded with some doors on a van."""

    url: str

    def __post_init__(self) -> None:
        self.database = databases.house(self.url)
        self.patterns = self._worded()
        self._numbers = count()

    def fill(self, channel: Channel, how_many: int) -> None:
        """So many messages of one channel, each to an address of its own."""
        some = self._copies(channel)
        for first in range(0, how_many, CHUNK):
            with self.database.transaction() as session:
                outbox.put(session, list(islice(some, min(CHUNK, how_many - first))))

    def standing(self, channel: Channel, standing: Standing) -> int:
        """How many messages stand there."""
        asked = select(func.count()).where(MessageRow.channel == channel, MessageRow.standing == standing)
        with self.database.reading() as session:
            return int(session.execute(asked).scalar_one())

    def close(self) -> None:
        self.database.engine.dispose()

    def _copies(self, channel: Channel) -> Iterator[Message]:
        for message in cycle([one for one in self.patterns if one.channel is channel]):
            number = next(self._numbers)
            to = f"+49160{number:08}" if channel is Channel.SMS else f"person{number}@example.org"
            yield replace(message, id=str(uuid4()), dedupe_key=f"bench:{number}", to=to)

    def _worded(self) -> list[Message]:
        """What the portal says at the seeded doors; taken off the shelf again."""
        settings = Settings(database_url=self.url, public_url="http://127.0.0.1:8000")
        kit = build(settings, self.database, ManualClock(seeds.NOW))
        with self.database.transaction() as session:
            brands = sorted(shippers.everyone(session).values(), key=lambda brand: brand.id)
            refs = [(door.shipper.id, door.reference) for door in seeds.doors(PATTERNS, brands, STEPS)]
            ids = [story.id for story in shipments.stories(session, refs).values()]
            news = [
                News(one, Notice.OUT_FOR_DELIVERY, "bench", "Dispatch reported it.", seeds.NOW)
                for one in shipments.by_ids(session, ids).values()
            ]
            worded = announce.tell(session, kit.voice, news, seeds.NOW)
            session.execute(delete(MESSAGES))
        if len(worded) != 2 * PATTERNS or any(one.standing is not Standing.QUEUED for one in worded):
            raise RuntimeError("not every message may leave at once")
        return [replace(one, expires_at=seeds.NOW + timedelta(hours=12)) for one in worded]

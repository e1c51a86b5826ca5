"""The demo's carrier: shows everything on screen, like the console's, and fails as real ones do when told to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.message import Channel, Message, Standing
from notifications.provider import (
    Accepted,
    CannotTell,
    Finding,
    Forged,
    Found,
    NotFound,
    Outcome,
    Permanent,
    Temporary,
    Unknown,
)
from notifications.receipts import Receipt
from notifications.stage import Stage, Weather
from notifications.trouble import Trouble

REFUSALS = {
    Channel.SMS: Permanent("landline", "This number is a landline: it takes no texts.", Trouble.CONTACT),
    Channel.EMAIL: Permanent("no_mailbox", "There is no mailbox of this name.", Trouble.CONTACT),
}
DOWN = Temporary("no_connection", "The provider cannot be reached.", trouble=Trouble.AWAY)
LOST = Unknown("no_answer", "The provider hung up before it answered.")


@dataclass(frozen=True, slots=True)
class Staged:
    """An account on a stage. What it took has arrived: the phone and the mailbox are this screen."""

    channel: Channel
    name: str
    stage: Stage

    def send(self, message: Message, now: datetime) -> Outcome:
        """As the weather is."""
        match self.stage.weather:
            case Weather.WELL:
                self.stage.take(message.id)
                return Accepted(self._id(message), Standing.DELIVERED)
            case Weather.REFUSES:
                self.stage.refuse(message.to)
                return REFUSALS[self.channel]
            case Weather.DOWN:
                return DOWN
            case Weather.LOSES:
                if self.stage.keeps_this_one():
                    self.stage.take(message.id)
                return LOST

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """What stands in the stage's book; one that is down cannot be asked."""
        if self.stage.weather is Weather.DOWN:
            return CannotTell(DOWN.text)
        return Found(self._id(message), Standing.DELIVERED) if self.stage.has(message.id) else NotFound()

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """There is nothing more to say."""
        return None

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """Nobody may report here."""
        raise Forged("No provider is configured for this channel.")

    def _id(self, message: Message) -> str:
        return f"{self.name}-{message.id}"

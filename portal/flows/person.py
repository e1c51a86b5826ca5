"""Who asks about themselves: their numbers and addresses in any spelling, and what keeps us from erasing at once."""

import hmac
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.flows.operate_terms import Wrong
from portal.flows.search import phone_numbers
from portal.store import person_find, person_rows, shippers
from portal.store.marks import fingerprint
from portal.store.person_find import Delivery, Part

LONGEST = 254


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by what they are reached by: numbers in E.164, addresses in small letters."""

    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()

    @property
    def contacts(self) -> frozenset[str]:
        """All of it."""
        return self.phones | self.emails


@dataclass(frozen=True, slots=True)
class Found:
    """Every delivery somebody is in within a scope, and how many rows hang on those that are theirs, by table.

    `who` has what they asked by, and what else is on file in their deliveries and in nobody else's. `others` counts
    what is also on file elsewhere: it may be theirs, or somebody's they live with.
    """

    who: Person
    deliveries: tuple[Delivery, ...]
    rows: Counter[str]
    others: int = 0

    def of(self, part: Part) -> list[Delivery]:
        """Those in which they are this."""
        return [one for one in self.deliveries if one.part is part]


def read(
    session: Session, phones: Sequence[str], emails: Sequence[str], shipper_id: int | None = None
) -> Person:
    """The person of typed numbers and addresses, as they are kept here. Raises `Wrong` for what can be neither.

    A number without its country code is one of the shippers' country; where they are of several, it could be two
    people's, and is asked for with it.
    """
    numbers: set[str] = set()
    known = {one: its for one, its in shippers.everyone(session).items() if shipper_id in (None, one)}
    for typed in phones:
        found = phone_numbers(typed[:LONGEST], known)
        if len(found) != 1:
            raise Wrong("This is no phone number; give it with its country code, such as +1 212 555 0100.")
        numbers |= found
    addresses = {typed.strip().lower()[:LONGEST] for typed in emails}
    if any("@" not in one.strip("@") for one in addresses):
        raise Wrong("This is no email address.")
    if not numbers and not addresses:
        raise Wrong("Say who it is about: --phone, --email, or both.")
    return Person(frozenset(numbers), frozenset(addresses))


def find(session: Session, shipper_id: int | None, person: Person) -> Found:
    """Where somebody is found, within a scope (None: at every shipper)."""
    deliveries = person_find.deliveries(session, shipper_id, person.contacts)
    theirs = [one.shipment_id for one in deliveries if one.part is Part.RECIPIENT]
    beside = person_find.contacts_on_file(session, theirs) - person.contacts
    alone = person_find.only_in(session, shipper_id, beside, theirs)
    emails = frozenset(one for one in alone if "@" in one)
    whole = Person(person.phones | (alone - emails), person.emails | emails)
    return with_deliveries(session, whole, deliveries, len(beside - alone))


def with_deliveries(session: Session, who: Person, deliveries: Sequence[Delivery], others: int) -> Found:
    """These deliveries, with what hangs on those that are theirs."""
    theirs = [one.shipment_id for one in deliveries if one.part is Part.RECIPIENT]
    return Found(who, tuple(deliveries), _counted(session, theirs), others)


def _counted(session: Session, ids: Sequence[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for start in range(0, len(ids), 200):
        found += person_rows.counts(session, ids[start : start + 200])
    return found


def shipper_of(session: Session, slug: str) -> int | None:
    """A shipper's id by its short name; None for no name: every shipper. Raises `Wrong`."""
    if not slug:
        return None
    known = shippers.by_slug(session, slug)
    if known is None:
        raise Wrong(f"there is no shipper {slug!r}.")
    return known.id


def why_not_erase(found: Found, even_open: bool) -> str:
    """What keeps us from erasing now, as a sentence; empty when nothing does."""
    if held := sum(one.on_hold for one in found.deliveries):
        return f"{_deliveries(held)} tagged {person_find.HOLD!r}: take the tag off first."
    under_way = sum(one.open for one in found.deliveries if one.part is not Part.FORMER)
    if under_way and not even_open:
        return (
            f"{_deliveries(under_way)} still under way: without a name and a number nobody can deliver. Wait until"
            " it is finished, or erase it even so: links end, and messages and wishes that wait are dropped."
        )
    return ""


def _deliveries(number: int) -> str:
    return "One delivery is" if number == 1 else f"{number:,} deliveries are"


def keyed(secret: bytes, about: str) -> str:
    """What is kept of somebody who was forgotten: a fingerprint that nobody can make without our secret."""
    return hmac.new(secret, f"forgotten:{about}".encode("utf-8", "surrogatepass"), sha256).hexdigest()


def mark_of(secret: bytes, contact: str) -> str:
    """The keyed fingerprint of a number or address; also made from its plain one (`mark_of_mark`)."""
    return keyed(secret, fingerprint(contact))


def marks_of(secret: bytes, contacts: Collection[str]) -> frozenset[str]:
    """The keyed fingerprints of numbers and addresses."""
    return frozenset(mark_of(secret, one) for one in contacts)


def mark_of_delivery(secret: bytes, shipper_id: int, reference: str) -> str:
    """The keyed fingerprint of a delivery, by which one that dispatch sends again after a restore is known."""
    return keyed(secret, f"delivery:{shipper_id}:{reference}")

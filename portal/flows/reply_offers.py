"""Wishes by text that leave something open: which window, which locker, which neighbor."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.domain import change_policy as policy
from portal.domain.change import Kind
from portal.domain.change_policy import Allowed
from portal.domain.kinds.base import No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.kinds.packing import unpack
from portal.domain.lockers import Locker
from portal.domain.reply_intents import Neighbor, NewWindow
from portal.domain.reply_slots import MOST_CHOICES, matching
from portal.domain.slots import Slot
from portal.flows import track
from portal.flows.change_offer import place_of, situation
from portal.flows.reply_talk import Talk, answer, day_of, told_together
from portal.flows.reply_wishes import confirm, detail, not_possible, words_of
from portal.store import inbound
from portal.store.inbound import Conversation

CHOICES_WAIT = timedelta(minutes=30)


def new_window(session: Session, talk: Talk, wish: NewWindow) -> str:
    """Another time: the one free window that was meant is confirmed, of several up to three are offered."""
    if talk.several_doors:
        return answer(session, talk, "reply_several")
    whole, known, offer = track.choices(session, talk.voice, talk.shipment, talk.now)
    where = situation(
        whole, talk.voice.shippers(session)[whole.shipper_id].rules, known, place_of(session, whole, talk.now)
    )
    whenever = policy.option(Kind.NEW_WINDOW, where, talk.now)
    if whenever.because:
        return not_possible(session, talk, whenever.because)
    together = len(told_together(session, whole))
    free = [slot for slot in offer.slots if slot.open_at(talk.now) and slot.capacity - slot.taken >= together]
    found = matching(wish, free, whole.address.timezone, day_of(whole))
    if not found.slots:
        return not_possible(session, talk, No.NO_SLOTS)
    if len(found.slots) == 1 and found.exact:
        return confirm(session, talk, PickNewWindow(found.slots[0].key))
    return _choose(session, talk, Kind.NEW_WINDOW, [slot.key for slot in found.slots], offer.slots, ())


def locker(session: Session, talk: Talk) -> str:
    """To a locker: the one near the door with a free box is confirmed, of several the nearest are offered."""
    if talk.several_doors:
        return answer(session, talk, "reply_several")
    whole, known, offer = track.choices(session, talk.voice, talk.shipment, talk.now)
    rules = talk.voice.shippers(session)[whole.shipper_id].rules
    where = situation(whole, rules, known, place_of(session, whole, talk.now))
    option = next(
        one for one in policy.options(where, offer.lockers, offer.slots, talk.now) if one.kind is Kind.LOCKER
    )
    if option.because:
        return not_possible(session, talk, option.because)
    free = [
        one.key
        for one in offer.lockers
        if isinstance(policy.decide(where, LeaveInLocker(one.key), offer.lockers, (), talk.now), Allowed)
    ]
    if len(free) == 1:
        return confirm(session, talk, LeaveInLocker(free[0]))
    return _choose(session, talk, Kind.LOCKER, free[:MOST_CHOICES], (), offer.lockers)


def neighbor(session: Session, talk: Talk, said: Neighbor, told_before: Conversation | None) -> str:
    """To a neighbor: a house number is enough where it is not the recipient's own."""
    if talk.several_doors:
        return answer(session, talk, "reply_several")
    waits = told_before.waits_for if told_before and told_before.waits_for["for"] == "neighbor" else {}
    number, name = said.house_number or waits.get("house_number", ""), said.name or waits.get("name", "")
    own_house = number.lower() in talk.shipment.address.street.lower().replace(",", " ").split()
    if not number or (own_house and not name):
        waits = {"for": "neighbor", "house_number": number, "name": name}
        _wait(session, talk, waits)
        return answer(session, talk, "reply_neighbor")
    return confirm(session, talk, LeaveWithNeighbor(name or str(words_of(talk)["neighbor"]), number))


def choose(session: Session, talk: Talk, number: int, told_before: Conversation) -> str:
    """One of the choices that were offered."""
    waits = told_before.waits_for
    key = waits["keys"][number - 1]
    wish = PickNewWindow(key) if waits["kind"] == Kind.NEW_WINDOW else LeaveInLocker(key)
    return confirm(session, talk, wish)


def again(session: Session, talk: Talk, told_before: Conversation) -> str:
    """A yes where more is needed: say once more what."""
    waits = told_before.waits_for
    match waits["for"]:
        case "code" if wish := unpack(waits["wish"]):
            return confirm(session, talk, wish)
        case "choice" if len(waits["keys"]) == 1:
            return choose(session, talk, 1, told_before)
        case "choice":
            offer = track.choices(session, talk.voice, talk.shipment, talk.now)[2]
            return _choose(session, talk, Kind(waits["kind"]), waits["keys"], offer.slots, offer.lockers)
        case _:
            return answer(session, talk, "reply_neighbor")


def _choose(
    session: Session,
    talk: Talk,
    kind: Kind,
    keys: Sequence[str],
    slots: Sequence[Slot],
    lockers: Sequence[Locker],
) -> str:
    made = [PickNewWindow(key) if kind is Kind.NEW_WINDOW else LeaveInLocker(key) for key in keys]
    _wait(session, talk, {"for": "choice", "kind": kind.value, "keys": list(keys)})
    named = "; ".join(f"{number} {detail(talk, wish, slots, lockers)}" for number, wish in enumerate(made, 1))
    return answer(session, talk, "reply_choose", choices=named)


def _wait(session: Session, talk: Talk, waits_for: dict[str, Any]) -> None:
    until = talk.now + max(CHOICES_WAIT, talk.voice.code_lasts)
    inbound.wait_for(session, talk.said.sender, talk.shipment.id, waits_for, until)

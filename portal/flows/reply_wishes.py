"""Wishes by text: checked by the rules of the page, echoed with a code to the number on file, asked like any other."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from notifications.message import Channel, Rule
from notifications.notice import Notice
from notifications.sms_text import one_line
from portal.domain import change_policy as policy
from portal.domain.access import CodeVerdict
from portal.domain.change import Change, Kind, LeaveInLocker, LeaveWithNeighbor, PickNewWindow, TooLate, Wish
from portal.domain.change_policy import Allowed, No, Refused
from portal.domain.delivery import Shipment
from portal.domain.lockers import Locker
from portal.domain.reply_intents import Neighbor, NewWindow
from portal.domain.reply_slots import MOST_CHOICES, matching
from portal.domain.slots import Slot
from portal.flows import change, codes, track
from portal.flows.change_offer import situation
from portal.flows.codes import NotSent
from portal.flows.reply_talk import Talk, answer
from portal.store import changes, gathering, inbound, shipments
from portal.store.inbound import Conversation

BY_TEXT = "otp_sms"
LONGEST_DETAIL = 40
CHOICES_WAIT = timedelta(minutes=30)
WISHES: dict[str, Callable[..., Wish]] = {
    Kind.NEIGHBOR: LeaveWithNeighbor,
    Kind.LOCKER: LeaveInLocker,
    Kind.NEW_WINDOW: PickNewWindow,
}


def new_window(session: Session, talk: Talk, wish: NewWindow) -> str:
    """Another time: the one free window that was meant is confirmed, of several up to three are offered."""
    if talk.several_doors:
        return answer(session, talk, "reply_several")
    whole, known, offer = track.choices(session, talk.voice, talk.shipment, talk.now)
    where = situation(whole, talk.voice.shippers(session)[whole.shipper_id].rules, known)
    whenever = policy.option(Kind.NEW_WINDOW, where, talk.now)
    if whenever.because:
        return _not_possible(session, talk, whenever.because)
    together = len(_told_together(session, whole))
    free = [slot for slot in offer.slots if slot.open_at(talk.now) and slot.capacity - slot.taken >= together]
    zone = ZoneInfo(whole.address.timezone)
    usual = whole.window.start.astimezone(zone).date() if whole.window else None
    found = matching(wish, free, whole.address.timezone, usual)
    if not found.slots:
        return _not_possible(session, talk, No.NO_SLOTS)
    if len(found.slots) == 1 and found.exact:
        return confirm(session, talk, PickNewWindow(found.slots[0].key))
    return _choose(session, talk, Kind.NEW_WINDOW, [slot.key for slot in found.slots], offer.slots, ())


def locker(session: Session, talk: Talk) -> str:
    """To a locker: the one near the door with a free box is confirmed, of several the nearest are offered."""
    if talk.several_doors:
        return answer(session, talk, "reply_several")
    whole, known, offer = track.choices(session, talk.voice, talk.shipment, talk.now)
    rules = talk.voice.shippers(session)[whole.shipper_id].rules
    where = situation(whole, rules, known)
    option = next(
        one for one in policy.options(where, offer.lockers, offer.slots, talk.now) if one.kind is Kind.LOCKER
    )
    if option.because:
        return _not_possible(session, talk, option.because)
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
    return confirm(session, talk, LeaveWithNeighbor(name or str(_words(talk)["neighbor"]), number))


def choose(session: Session, talk: Talk, number: int, told_before: Conversation) -> str:
    """One of the choices that were offered."""
    waits = told_before.waits_for
    field = "slot" if waits["kind"] == Kind.NEW_WINDOW else "locker"
    return confirm(session, talk, WISHES[waits["kind"]](**{field: waits["keys"][number - 1]}))


def confirm(session: Session, talk: Talk, wish: Wish) -> str:
    """Check the wish, and send what it would mean with a fresh code to the number on file."""
    held = _told_together(session, talk.shipment, lock=True)
    if held[0].recipient.phone != talk.said.sender:
        return _not_possible(session, talk, "NUMBER_CORRECTED")
    offer = track.choices(session, talk.voice, talk.shipment, talk.now)[2]
    for one in held:
        verdict = track.consider(session, talk.voice, one, wish, talk.now)
        if isinstance(verdict, Refused):
            return _not_possible(session, talk, verdict.because)
    packed = pack(wish)
    code = codes.fresh_code(
        session, talk.voice, talk.shipment, talk.now, about=json.dumps(packed, sort_keys=True)
    )
    if isinstance(code, NotSent):
        inbound.wait_no_longer(session, talk.said.sender)
        return _not_possible(session, talk, "TOO_MANY_CODES")
    inbound.wait_for(
        session,
        talk.said.sender,
        talk.shipment.id,
        {"for": "code", "wish": packed},
        talk.now + talk.voice.code_lasts,
    )
    detail = _detail(talk, wish, offer.slots, offer.lockers)
    return answer(
        session, talk, "reply_confirm", wish=f"{_kind_words(talk, wish.kind)} ({detail})", code=code
    )


def typed(session: Session, talk: Talk, digits: str, told_before: Conversation | None) -> str:
    """A code was sent back: a right one asks what it was sent for."""
    if told_before is None or told_before.waits_for["for"] != "code":
        return answer(session, talk, "reply_wrong_code")
    packed, voice = told_before.waits_for["wish"], talk.voice
    held = _told_together(session, talk.shipment, lock=True)
    about = json.dumps(packed, sort_keys=True)
    checked = codes.check_code(session, voice, talk.shipment, digits, voice.code_tries, talk.now, about)
    if checked.verdict is not CodeVerdict.RIGHT:
        if checked.verdict is not CodeVerdict.WRONG:
            inbound.wait_no_longer(session, talk.said.sender)
        return answer(session, talk, "reply_wrong_code")
    inbound.wait_no_longer(session, talk.said.sender)
    return _ask(session, talk, held, unpack(packed))


def _ask(session: Session, talk: Talk, held: Sequence[Shipment], wish: Wish) -> str:
    """Ask for everything that was told as one, or for nothing."""
    asked: list[Change] = []
    refused: No | None = None
    with session.begin_nested() as point:
        for one in held:
            verdict = change.ask(session, talk.voice, one, wish, talk.now, method=BY_TEXT)
            if isinstance(verdict, Refused):
                refused = verdict.because
                point.rollback()
                break
            asked.append(verdict.change)
    if refused:
        return _not_possible(session, talk, refused)
    _say_it_once(session, talk, held)
    answer(session, talk, "reply_asked", wish=_kind_words(talk, wish.kind))
    return f"change:{asked[0].id}"


def _say_it_once(session: Session, talk: Talk, held: Sequence[Shipment]) -> None:
    """The answer says to this number what the notice of a change would say; emails still go."""
    notices = gathering.waiting(session, [one.id for one in held], [])
    same = {
        one.id: (Rule.ANSWERED, one.because)
        for one in notices
        if one.notice == Notice.CHANGE_ASKED and one.channel is Channel.SMS and one.to == talk.said.sender
    }
    gathering.hold_back(session, same, talk.now)


def undo(
    session: Session, talk: Talk, under_way: Sequence[Shipment], told_before: Conversation | None
) -> str:
    """Take back the last open change that was asked by text; what was not confirmed yet is forgotten."""
    inbound.wait_no_longer(session, talk.said.sender)
    known = changes.of_shipments(session, [one.id for one in under_way])
    open_ones = [one for listed in known.values() for one in listed if one.open and one.method == BY_TEXT]
    last = max(open_ones, key=lambda one: one.asked_at, default=None)
    if last is None:
        return answer(session, talk, "reply_undone" if told_before else "reply_nothing_to_undo")
    by_id = {one.id: one for one in under_way}
    shipments.by_ids(session, by_id, lock=True)
    for one in open_ones:
        if one.asked_at == last.asked_at:
            taken = change.withdraw(session, talk.voice, by_id[one.shipment_id], one.id, talk.now)
            if taken is None or isinstance(taken, TooLate):
                return answer(session, talk, "reply_nothing_to_undo")
    answer(session, talk, "reply_undone")
    return f"withdrawn:{last.id}"


def again(session: Session, talk: Talk, told_before: Conversation) -> str:
    """A yes where more is needed: say once more what."""
    waits = told_before.waits_for
    match waits["for"]:
        case "code":
            return confirm(session, talk, unpack(waits["wish"]))
        case "choice" if len(waits["keys"]) == 1:
            return choose(session, talk, 1, told_before)
        case "choice":
            offer = track.choices(session, talk.voice, talk.shipment, talk.now)[2]
            return _choose(session, talk, Kind(waits["kind"]), waits["keys"], offer.slots, offer.lockers)
        case _:
            return answer(session, talk, "reply_neighbor")


def pack(wish: Wish) -> dict[str, Any]:
    """A wish as it is kept while its code is waited for."""
    return {"kind": wish.kind.value, **asdict(wish)}


def unpack(packed: dict[str, Any]) -> Wish:
    """The wish again."""
    fields = {name: value for name, value in packed.items() if name != "kind"}
    return WISHES[packed["kind"]](**fields)


def _told_together(session: Session, shipment: Shipment, *, lock: bool = False) -> list[Shipment]:
    """This shipment, and what else is under way from the same shipper to the same person at the same door."""
    ids = gathering.under_way(session, [shipment.door]).get(shipment.door, set()) | {shipment.id}
    found = shipments.by_ids(session, ids, lock=lock)
    return [found[shipment.id], *(one for number, one in sorted(found.items()) if number != shipment.id)]


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
    named = ", ".join(
        f"{number} {_detail(talk, wish, slots, lockers)}" for number, wish in enumerate(made, 1)
    )
    return answer(session, talk, "reply_choose", choices=named)


def _wait(session: Session, talk: Talk, waits_for: dict[str, Any]) -> None:
    until = talk.now + max(CHOICES_WAIT, talk.voice.code_lasts)
    inbound.wait_for(session, talk.said.sender, talk.shipment.id, waits_for, until)


def _kind_words(talk: Talk, kind: Kind) -> str:
    return str(_words(talk)["changes"][kind])


def _words(talk: Talk) -> Mapping[str, Any]:
    renderer = talk.voice.renderer
    return renderer.words(renderer.language(talk.language))


def _detail(talk: Talk, wish: Wish, slots: Sequence[Slot], lockers: Sequence[Locker]) -> str:
    """What exactly a wish means, in a few words."""
    match wish:
        case LeaveWithNeighbor(name, house_number):
            return f"{one_line(name)[:LONGEST_DETAIL]}, {house_number}"
        case LeaveInLocker(key):
            return next((one_line(one.name)[:LONGEST_DETAIL] for one in lockers if one.key == key), "")
        case PickNewWindow(key):
            slot = next((one for one in slots if one.key == key), None)
            zone = talk.shipment.address.timezone
            return (
                talk.voice.renderer.window(talk.language, slot.start, slot.end, zone, talk.now)
                if slot
                else ""
            )


def _not_possible(session: Session, talk: Talk, because: No | str) -> str:
    answer(session, talk, "reply_not_possible")
    return f"refused:{because.name if isinstance(because, No) else because}"

"""Wishes by text: checked by the rules of the page, echoed with a code to the number on file, asked like any other."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from notifications.message import Channel, Rule
from notifications.notice import Notice
from notifications.sms_text import one_line
from portal.domain.access import CodeVerdict
from portal.domain.change import Change, Kind, Life
from portal.domain.change_policy import Refused
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import No, Wish
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.kinds.packing import pack, unpack
from portal.domain.lockers import Locker
from portal.domain.slots import Slot
from portal.flows import change, codes, neighbors, track
from portal.flows.change import Answered
from portal.flows.codes import NotSent
from portal.flows.contact_changes import all_stood
from portal.flows.reply_talk import Talk, answer, told_together
from portal.store import changes, gathering, inbound, shipments
from portal.store.inbound import Conversation

BY_TEXT = "otp_sms"
LONGEST_DETAIL = 40


def confirm(session: Session, talk: Talk, wish: Wish) -> str:
    """Check the wish, and send what it would mean with a fresh code to the number on file."""
    meant, *others = told_together(session, talk.shipment, lock=True)
    # a number that was just put on another delivery proves nothing for that one
    held = [meant, *(one for one in others if all_stood(session, one, talk.now))]
    if meant.recipient.phone != talk.said.sender:
        return not_possible(session, talk, "NUMBER_CORRECTED")
    offer = track.choices(session, talk.voice, talk.shipment, talk.now)[2]
    for one in held:
        verdict = track.consider(session, talk.voice, one, wish, talk.now)
        if isinstance(verdict, Refused):
            return not_possible(session, talk, verdict.because)
    packed = pack(wish)
    about = json.dumps(packed, sort_keys=True)
    code = codes.code_to(session, talk.voice, talk.shipment, talk.said.sender, about, talk.now)
    if isinstance(code, NotSent):
        inbound.wait_no_longer(session, talk.said.sender)
        return not_possible(session, talk, "NUMBER_TOO_NEW" if code.until else "TOO_MANY_CODES")
    inbound.wait_for(
        session,
        talk.said.sender,
        talk.shipment.id,
        {"for": "code", "wish": packed, "shipments": [one.id for one in held]},
        talk.now + talk.voice.code_lasts,
    )
    exactly = f"{_kind_words(talk, wish.kind)} ({detail(talk, wish, offer.slots, offer.lockers)})"
    return answer(session, talk, "reply_confirm", wish=exactly, code=code)


def typed(session: Session, talk: Talk, digits: str, told_before: Conversation | None) -> str:
    """A code was sent back: a right one asks what it was sent for."""
    if told_before is None or told_before.waits_for["for"] != "code":
        return answer(session, talk, "reply_wrong_code")
    packed, ids, voice = told_before.waits_for["wish"], told_before.waits_for["shipments"], talk.voice
    held = shipments.by_ids(session, ids, lock=True)
    about = json.dumps(packed, sort_keys=True)
    checked = codes.check_code(session, voice, talk.shipment, digits, voice.code_tries, talk.now, about)
    if checked.verdict is not CodeVerdict.RIGHT:
        if checked.verdict is not CodeVerdict.WRONG:
            inbound.wait_no_longer(session, talk.said.sender)
        return answer(session, talk, "reply_wrong_code")
    inbound.wait_no_longer(session, talk.said.sender)
    # what was given another number meanwhile is another person's to change
    theirs = [held[one] for one in ids if one in held and held[one].recipient.phone == talk.said.sender]
    wish = unpack(packed)
    return _ask(session, talk, theirs, wish) if wish else answer(session, talk, "reply_wrong_code")


def _ask(session: Session, talk: Talk, held: Sequence[Shipment], wish: Wish) -> str:
    """Ask for everything that was told as one, or for nothing."""
    verdict = change.ask_together(session, talk.voice, held, wish, talk.now, method=BY_TEXT)
    if isinstance(verdict, Refused):
        return not_possible(session, talk, verdict.because)
    _say_it_once(session, talk, held)
    first = verdict[0].change
    if first.life is Life.NOMINATED:
        # the neighbor's own link: the recipient's page is nobody's to pass on
        link = neighbors.neighbor_link(session, talk.voice, first)
        answer(session, talk, "reply_neighbor_first", link=link)
    else:
        answer(session, talk, "reply_asked", wish=_kind_words(talk, wish.kind))
    return f"change:{first.id}"


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
    """Take back the last change that was asked by text, while there is time; what was not confirmed is forgotten."""
    inbound.wait_no_longer(session, talk.said.sender)
    known = changes.of_shipments(session, [one.id for one in under_way])
    by_text = [one for listed in known.values() for one in listed if _may_hold(one) and one.method == BY_TEXT]
    last = max(by_text, key=lambda one: one.asked_at, default=None)
    if last is None:
        return answer(session, talk, "reply_undone" if told_before else "reply_nothing_to_undo")
    by_id = {one.id: one for one in under_way}
    shipments.by_ids(session, by_id, lock=True)
    taken = [
        change.withdraw(session, talk.voice, by_id[one.shipment_id], one.id, talk.now)
        for one in by_text
        if one.asked_at == last.asked_at
    ]
    # dispatch may have answered in this very moment
    if not any(isinstance(one, Answered) for one in taken):
        return answer(session, talk, "reply_nothing_to_undo")
    answer(session, talk, "reply_undone")
    return f"withdrawn:{last.id}"


def _may_hold(one: Change) -> bool:
    return one.waits or (one.life is Life.ACCEPTED and one.honoured is None)


def _kind_words(talk: Talk, kind: Kind) -> str:
    return str(words_of(talk)["changes"][kind])


def words_of(talk: Talk) -> Mapping[str, Any]:
    """The word list of their language."""
    renderer = talk.voice.renderer
    return renderer.words(renderer.language(talk.language))


def detail(talk: Talk, wish: Wish, slots: Sequence[Slot], lockers: Sequence[Locker]) -> str:
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
        case _:
            return ""


def not_possible(session: Session, talk: Talk, because: No | str) -> str:
    """Say no with the link to what is possible; the reason is kept for agents."""
    answer(session, talk, "reply_not_possible")
    return f"refused:{because.name if isinstance(because, No) else because}"

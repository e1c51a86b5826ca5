"""The one box of the console: what was typed travels in the form, and comes back sealed in the address.

An address is kept by browsers, proxies and logs, so no name stands in it: the words are encrypted for this agent. A
reference is nobody's, and other systems may lead here with one (`?q=`).
"""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.clue import LONGEST
from portal.domain.roles import Role, may
from portal.domain.standing import BEFORE_THE_DOOR, STANDS
from portal.domain.telling_replies import without_codes
from portal.flows import quotas, sealing, unread
from portal.flows import search as searching
from portal.flows.search import Answer, Hit
from portal.store import shipments
from portal.web.dossier_view import clock
from portal.wiring import kit

SEALED_FOR = "search"
# Room for the longest text sealed, and no more is opened.
LONGEST_SEALED = 2_000
LONGEST_SHOWN = 280
BIGGEST_ID = 2_147_483_647
TOO_MANY = "You searched more often than anybody needs to. You can search again in {minutes} minutes."


@dataclass(frozen=True, slots=True)
class Listed:
    """What the page lists: an answer, or what else there is beside a shipment, `beside` in words."""

    answer: Answer
    beside: str = ""
    of: int = 0


def show() -> ResponseReturnValue:
    """The box alone, or with what was found."""
    for which in ("door", "recipient"):
        if of := request.args.get(which, type=int):
            listed = _around(which, of)
            return _stopped(listed.answer) or _page(listed)
    if typed := request.args.get("q", ""):
        return _answered(typed, "")
    sealed = request.args.get("s", "")
    return _page(Listed(_find(opened(sealed)) if sealed else Answer("", ())))


def ask() -> ResponseReturnValue:
    """A search: straight to the one that is meant, else to the list."""
    return _answered(request.form.get("q", ""), "listed")


def _answered(typed: str, then: str) -> ResponseReturnValue:
    answer = _find(typed)
    if not answer.typed:
        return redirect(url_for("console.search"), 303) if then else _page(Listed(answer))
    if stopped := _stopped(answer):
        return stopped
    if answer.only:
        return redirect(url_for("console.show", shipment_id=answer.only.found.id), 303)
    return redirect(url_for("console.search", s=sealed(answer.typed)), 303) if then else _page(Listed(answer))


def _stopped(answer: Answer) -> ResponseReturnValue | None:
    """Count and note a search before its answer is shown; where one goes who searched too often."""
    now = kit().now()
    with kit().transaction() as session:
        wait = quotas.take(session, g.agent, "search", now)
        if wait is None and answer.feels:
            wait = quotas.take(session, g.agent, "feel", now)
        if wait is None:
            searching.note_search(session, g.agent, answer, now)
            return None
    flash(TOO_MANY.format(minutes=max(1, round((wait - now).total_seconds() / 60))), "warn")
    return redirect(url_for("console.search"), 303)


def sealed(typed: str) -> str:
    """The words as they may stand in an address."""
    return sealing.seal(kit().voice.secret, SEALED_FOR, g.agent.id, typed)


def opened(token: str) -> str:
    """The words again; none where another agent's, or anything else, stands in the address."""
    try:
        return sealing.unseal(kit().voice.secret, SEALED_FOR, g.agent.id, token[:LONGEST_SEALED])[:LONGEST]
    except sealing.CannotOpen:
        return ""


def _find(typed: str) -> Answer:
    with kit().reading() as session:
        return searching.search(session, g.agent, kit().shippers(session), typed, kit().voice.secret)


def _around(which: str, of: int) -> Listed:
    """What else goes to the door or the recipient of a shipment in the agent's scope."""
    with kit().reading() as session:
        shipment = shipments.by_id(session, g.agent.shipper_id, of) if 0 < of <= BIGGEST_ID else None
        if shipment is None:
            abort(404)
        around = searching.same_door(session, g.agent, shipment)
    others = around.door if which == "door" else around.recipient
    hits = tuple(Hit(found, f"the same {which}", False) for found in others)
    return Listed(Answer("", hits), f"More for the {which} of {shipment.reference}", of)


def _page(listed: Listed) -> str:
    answer, now = listed.answer, kit().now()
    with kit().reading() as session:
        shippers = kit().shippers(session)
        texts = [] if answer.typed or answer.hits else unread.waiting(session, g.agent)
    return render_template(
        "pages/console/search.html",
        answer=answer,
        listed=listed,
        shippers=shippers,
        stands=STANDS,
        with_window=BEFORE_THE_DOOR,
        clock_of=lambda found: clock(found.timezone, found.country, now),
        most=searching.MOST,
        texts=texts,
        ago=clock("UTC", "", now).ago,
        words_of=lambda said: shortened(without_codes(said.text)),
        may_act=may(g.agent.role, Role.AGENT),
    )


def shortened(words: str) -> str:
    """As much of a text as a list shows; all of it stands in the dossier."""
    return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…"

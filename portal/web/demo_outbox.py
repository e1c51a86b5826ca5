"""The demo's phone and mailbox, on which messages arrive and can be answered, and the weather at the providers."""

import re
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications.keywords import reserved
from notifications.message import Channel
from notifications.receipts import Inbound
from notifications.stage import Stage, Weather
from portal.domain.delivery import Shipment
from portal.flows import replies
from portal.store import contacts, inbound, outbox, senders, shipments
from portal.store.outbox import Told
from portal.web import demo_facts, demo_weather, guard
from portal.web.demo_parts import parts, town_clock
from portal.web.demo_post import Names, Person, post
from portal.web.demo_states import Circumstances
from portal.wiring import kit

bp = Blueprint("outbox", __name__, url_prefix="/outbox")

MESSAGES_LOOKED_AT = 300
LARGEST_ID = 2**63
LONGEST_TEXT = 300
PARTS = ("phone", "mails", "unsent", "providers", "trouble")
# In our own answer to what we did not understand, the words one may use stand in capitals.
IN_CAPITALS = re.compile(r"[^\W\d_]{2,}(?: \d+)?")
IN_EVERY_LANGUAGE = ("STOP", "START")

# A message's HTML in a frame of its own: its styles work, its links open outside, nothing else does.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _who() -> int:
    """The shipment whose recipient is chosen; 0 for everybody, and for what cannot be one."""
    who = request.values.get("who", 0, type=int)
    return who if 0 < who < LARGEST_ID else 0


def _context() -> dict[str, Any]:
    """What the page shows."""
    notebook = demo_facts.read_notebook(kit().settings.instance_path)
    local, who = town_clock(notebook), _who()
    with kit().reading() as session:
        told = _told(session, who)
        known = shipments.by_ids(session, {one.message.shipment_id or 0 for one in told} | {who})
        chosen = _person(known[who]) if who in known else None
        people = _people(session, notebook)
        said = inbound.of_sender(session, chosen.phone) if chosen and chosen.phone else []
        brands = {one.id: one.name for one in kit().shippers(session).values()}
        reports = senders.reports(session)
    messages = [one.message for one in told]
    around = Circumstances(demo_weather.resting(kit(), reports), demo_weather.second(kit()), messages)
    names = Names(known, brands, local)
    return {
        "post": post(told, said, names, around, people, chosen, request.args.get("mail", "")),
        "who": who if chosen else 0,
        "weather": demo_weather.panel(kit(), reports, local),
        "suggested": _suggested(chosen.language if chosen else ""),
        "typing": request.args.get("say", "")[:LONGEST_TEXT],
    }


def _told(session: Session, who: int) -> list[Told]:
    """The messages to one recipient, or the newest to all."""
    if not who:
        return outbox.latest_told(session, MESSAGES_LOOKED_AT)
    of_one = outbox.of_shipment(session, None, who)
    return [one for one in of_one if one.message.channel is not Channel.WEBHOOK]


def _person(shipment: Shipment) -> Person:
    who = shipment.recipient
    return Person(shipment.id, who.name, who.phone, who.language)


def _people(session: Session, notebook: dict[str, Any]) -> list[Person]:
    """Everybody of the day, by name."""
    ids = {shipper.slug: shipper.id for shipper in kit().shippers(session).values()}
    refs = [(ids.get(one["shipper"], 0), one["reference"]) for one in notebook.get("people", ())]
    found = (_person(one.shipment) for one in shipments.by_references(session, refs).values())
    return sorted(found, key=lambda person: person.name)


def _suggested(language: str) -> list[str]:
    """What a person may text, in their language."""
    renderer = kit().voice.renderer
    says = renderer.words(renderer.language(language))["replies"]["reply_not_understood"]
    return [*filter(str.isupper, IN_CAPITALS.findall(says)), *IN_EVERY_LANGUAGE]


@bp.get("")
@guard.open_door("the demo's phone and mailbox; everybody in it is invented")
def show() -> ResponseReturnValue:
    """The phone and the mailbox."""
    return render_template("pages/demo/outbox.html", **_context())


@bp.get("/live")
@guard.open_door("parts of the demo's outbox")
def live() -> ResponseReturnValue:
    """The parts of the outbox that change."""
    return parts(PARTS, _context())


@bp.get("/mail/<message_id>")
@guard.open_door("the HTML of one of the demo's emails, in a sandbox")
def mail(message_id: str) -> ResponseReturnValue:
    """An email as its recipient sees it; its links open in a page of their own."""
    with kit().reading() as session:
        told = outbox.find(session, None, message_id)
    if told is None or not told.message.html:
        abort(404)
    html = told.message.html.replace("<head>", '<head><base target="_blank">', 1)
    return Response(
        html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": MAIL_POLICY}
    )


@bp.post("/reply")
@guard.open_door("a text typed into the demo's phone; whoever answers is invented")
def reply() -> ResponseReturnValue:
    """The chosen person sends a text; the answer comes like every message."""
    text, now = request.form.get("text", "").strip()[:LONGEST_TEXT], kit().now()
    with kit().transaction() as session:
        shipment = shipments.by_id(session, None, _who())
        if shipment is None or not shipment.recipient.phone:
            abort(404)
        if text:
            word = reserved(text)
            said = Inbound(
                provider="console",
                provider_id=str(uuid4()),
                sender=shipment.recipient.phone,
                text=text,
                at=now,
                keyword=word.keyword if word else None,
            )
            replies.hear(session, kit().voice, said, now)
    return redirect(url_for(".show", who=_who(), _anchor="reply"), 303)


@bp.post("/weather")
@guard.open_door("how the demo's providers are; nothing real depends on them")
def weather() -> ResponseReturnValue:
    """Let a provider fail, or be well again."""
    for name, chosen in request.form.items():
        if name in kit().stages and chosen in list(Weather):
            _turn(name, kit().stages[name], Weather(chosen))
    return redirect(url_for(".show", who=_who() or None, weather=1, _anchor="weather"), 303)


def _turn(name: str, stage: Stage, to: Weather) -> None:
    """The weather changes; numbers and addresses that a provider refused are good again once it refuses no more."""
    stage.weather = to
    channel = next(one for one in Channel if kit().senders.named(one, name))
    if to is not Weather.REFUSES and stage.refused:
        with kit().transaction() as session:
            for address in stage.refused:
                contacts.forget_unreachable(session, channel, address)
    kit().nudges.channel(channel)

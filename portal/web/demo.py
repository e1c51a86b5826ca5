"""The demo's own doors: the start page for a stranger, and the phone and mailbox on which messages arrive."""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.store import outbox, routes, shipments
from portal.web import demo_drawing, demo_facts, demo_post, guard
from portal.web.demo_post import Post
from portal.web.local import Local
from portal.wiring import kit

bp = Blueprint("demo", __name__)

MESSAGES_LOOKED_AT = 600
LARGEST_ID = 2**63
START_PARTS = ("clock", "cards", "also", "town", "lines")
OUTBOX_PARTS = ("phone", "mails")
USUAL_ZONE = "America/New_York"

# A message's HTML in a frame of its own: its styles work, its links open outside, nothing else does.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _local(notebook: dict[str, Any]) -> Local:
    return Local(notebook.get("timezone", USUAL_ZONE), "en", notebook.get("country", "US"), kit().now())


def _start() -> dict[str, Any]:
    """What the start page shows."""
    settings = kit().settings
    notebook = demo_facts.read_notebook(settings.instance_path)
    people = {person["reference"]: person for person in notebook.get("people", ())}
    local = _local(notebook)
    with kit().reading() as session:
        ids = {shipper.slug: shipper.id for shipper in kit().shippers(session).values()}
        refs = [(ids.get(person["shipper"], 0), reference) for reference, person in people.items()]
        found = shipments.by_references(session, refs)
        vans = routes.vans(session, 0, notebook.get("vans", ()))
    known = {reference: one.shipment for (_, reference), one in found.items()}
    frame = tuple(notebook.get("frame", ()))
    drawn = (
        demo_drawing.drawing(settings.map_streets, frame)
        if settings.map_streets and len(frame) == 4
        else None
    )
    return {
        "notebook": notebook,
        "clock": demo_facts.day_clock(settings, local.now, local),
        "cards": demo_facts.cards(notebook.get("cards", ()), people, known, local),
        "also": demo_facts.cards(notebook.get("also", ()), people, known, local),
        "drawn": drawn,
        "dots": demo_drawing.dots(drawn, vans) if drawn else (),
        "lines": _lines(notebook, local),
    }


def _lines(notebook: dict[str, Any], local: Local) -> list[tuple[str, str]]:
    from_newest = reversed(notebook.get("lines", ())[-8:])
    return [(local.time(demo_facts.moment(line["at"])), line["says"]) for line in from_newest]


@bp.get("/")
@guard.open_door("the demo's start page; everybody in it is invented")
def start() -> ResponseReturnValue:
    """For a stranger: what this is, whom to be, where to look."""
    return render_template("pages/demo/start.html", **_start())


@bp.get("/demo/live")
@guard.open_door("parts of the demo's start page")
def start_live() -> ResponseReturnValue:
    """The parts of the start page that change."""
    return _parts("pages/demo/_{}.html", START_PARTS, _start())


def _who() -> int:
    """The shipment whose recipient is chosen; 0 for everybody, and for what cannot be one."""
    who = request.args.get("who", 0, type=int)
    return who if 0 < who < LARGEST_ID else 0


def _outbox() -> Post:
    who = _who()
    with kit().reading() as session:
        messages = outbox.latest(session, MESSAGES_LOOKED_AT)
        ids = {one.shipment_id for one in messages if one.shipment_id} | ({who} - {0})
        known = shipments.by_ids(session, ids)
        brands = {one.id: one.name for one in kit().shippers(session).values()}
    local = _local(demo_facts.read_notebook(kit().settings.instance_path))
    return demo_post.post(messages, known, brands, local, who, request.args.get("mail", ""))


@bp.get("/outbox")
@guard.open_door("the demo's phone and mailbox; everybody in it is invented")
def show_outbox() -> ResponseReturnValue:
    """The phone and the mailbox."""
    return render_template("pages/demo/outbox.html", post=_outbox(), who=_who())


@bp.get("/outbox/live")
@guard.open_door("parts of the demo's outbox")
def outbox_live() -> ResponseReturnValue:
    """The parts of the outbox that change."""
    context = {"post": _outbox(), "who": _who()}
    return _parts("pages/demo/_{}.html", OUTBOX_PARTS, context)


@bp.get("/outbox/mail/<message_id>")
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


def _parts(template: str, names: tuple[str, ...], context: dict[str, Any]) -> Response:
    """Fragments by name as JSON, with an ETag, so that nothing is sent twice."""
    body = json.dumps({name: render_template(template.format(name), **context) for name in names})
    response = Response(body, content_type="application/json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response

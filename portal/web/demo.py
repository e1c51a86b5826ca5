"""The demo's own doors: the start page for a stranger, and the outbox behind it."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.store import routes, shipments
from portal.web import demo_drawing, demo_facts, demo_outbox, guard
from portal.web.demo_parts import parts, town_clock
from portal.web.local import Local
from portal.wiring import kit

bp = Blueprint("demo", __name__)
bp.register_blueprint(demo_outbox.bp)

READS = {"de": "German", "es": "Spanish", "fr": "French", "nl": "Dutch", "pl": "Polish", "tr": "Turkish"}
START_PARTS = ("clock", "cards", "also", "town", "lines")


def _start() -> dict[str, Any]:
    """What the start page shows."""
    settings = kit().settings
    notebook = demo_facts.read_notebook(settings.instance_path)
    people = {person["reference"]: person for person in notebook.get("people", ())}
    local = town_clock(notebook)
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
        "reads": READS,
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
    return parts(START_PARTS, _start())

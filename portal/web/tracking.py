"""The recipient's page and its fragments: read by link alone, and GET changes nothing."""

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from portal.domain.watching import under_load
from portal.flows import track
from portal.flows.track import Look
from portal.store.versions import Known
from portal.web import guard
from portal.web.headers import csp_nonce
from portal.web.language import choose, known, spoken, words
from portal.web.page_memory import memory
from portal.web.poll import FRESH, INTERVAL
from portal.web.present import Page, good_until, page_of
from portal.web.templates import template
from portal.wiring import kit

bp = Blueprint("tracking", __name__)

FRAGMENTS = ("window", "todo", "changes", "progress", "nearby", "story", "proof")
SHORTEST_INTERVAL_S = 2.0


def language_of(look: Look) -> str:
    """The language of a recipient's page."""
    return choose(request.args.get("lang", ""), look.shipment.recipient.language, look.shipper.language)


def frame(code: str, language: str, **more: Any) -> dict[str, Any]:
    """What every template of a recipient needs: its words, and links that keep a language once chosen."""
    asked = known(request.args.get("lang", ""))
    links = {
        "base": f"/t/{code}",
        "suffix": f"?lang={asked}" if asked else "",
        "also": f"&lang={asked}" if asked else "",
    }
    return {"_": words(language), "language": language, "here": "", **links, **more}


def render(name: str, context: dict[str, Any]) -> str:
    """A page of a recipient in the context's language."""
    return template(name, context["language"]).render(context)


def interval_s(page: Page) -> float:
    """Seconds until the next look; shorter where a demo's clock runs faster."""
    speed = max(kit().settings.clock_speed, 1.0)
    return (
        page.interval_s if speed == 1 or page.finished else max(page.interval_s / speed, SHORTEST_INTERVAL_S)
    )


def look_at(code: str, now: datetime) -> Look:
    """What the link opens; unknown, expired and revoked ones are not found alike."""
    house = kit()
    with house.database.looking() as connection:
        look = track.page(connection, house.shippers(connection), guard.link_fingerprint(code), now)
    if look is None:
        abort(404)
    return look


def show(code: str) -> ResponseReturnValue:
    """The page."""
    house, link, tongue = kit(), guard.link_fingerprint(code), spoken_now()
    now, versions = house.now(), house.versions
    if request.args.get("story") == "all":
        return _page(code, look_at(code, now), now, everything=True)
    if kept := memory().find(versions, link, tongue, now):
        _saw(kept.shipment_id, kept.status, now)
        return kept.html.replace(kept.nonce, csp_nonce())
    ticket = versions.ticket()
    look = look_at(code, now)
    html = _page(code, look, now)
    until, shipment = good_until(look, now), look.shipment
    status = shipment.state.status.value
    memory().keep(versions, link, tongue, shipment.id, status, html, csp_nonce(), until, ticket)
    _saw(shipment.id, status, now)
    return html


def _saw(shipment_id: int, status: str, now: datetime) -> None:
    """Count that the page was opened; an agent's look from the console is none of the recipient's."""
    if guard.agent_cookie() not in request.cookies:
        kit().views.saw(shipment_id, status, now)


def spoken_now() -> str:
    """What of this request decides the language of a recipient's page."""
    query = request.query_string.decode("latin-1")
    return spoken(query, request.headers.get("Accept-Language", ""))


def _page(code: str, look: Look, now: datetime, *, everything: bool = False) -> str:
    language = language_of(look)
    page = page_of(look, language, now, everything=everything, record=kit().record())
    context = frame(code, language, page=page, brand=page.brand, interval_s=interval_s(page))
    context |= {"everything": everything, "here": "story=all&" if everything else ""}
    return render("pages/tracking/page.html", context)


def live(code: str) -> ResponseReturnValue:
    """The fragments as JSON. While the last answer is still true, `poll` answers before this is asked."""
    now, link, tongue = kit().now(), guard.link_fingerprint(code), spoken_now()
    wanted = request.headers.get("If-None-Match", "")
    ticket = kit().versions.ticket()
    look = look_at(code, now)
    page = page_of(look, language_of(look), now, record=kit().record())
    body = _fragments(code, look, page)
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    usual = interval_s(page)
    answer = Known(etag, good_until(look, now), usual)
    kit().versions.keep(link, tongue, look.shipment.id, answer, ticket)
    pause = f"{under_load(usual, request.environ.get('doorstep.busy', 0.0)):g}"
    if etag in wanted:
        response = Response(status=304)
    else:
        # the pace is not part of what is compared: a busy minute makes no page new
        response = Response(f'{body[:-1]},"interval_s":{pause}}}', content_type="application/json")
    response.headers.update({"ETag": etag, "Cache-Control": FRESH, INTERVAL: pause})
    return response


# These ask for the link in the same look as for everything else, and the poll only after its memory.
for path, view in (("", show), ("/live", live)):
    bp.add_url_rule(f"/t/<code>{path}", view_func=guard.mark(view, "recipient"))


def _fragments(code: str, look: Look, page: Page) -> str:
    context = frame(code, page.language, page=page, brand=page.brand)
    near = page.nearby
    return json.dumps(
        {
            "version": look.shipment.version,
            "finished": page.finished,
            "say": f"{page.window.headline}. {page.window.label}.",
            "fragments": {name: render(f"pages/tracking/_{name}.html", context) for name in FRAGMENTS},
            "map": {
                "room": near.room,
                "shown": near.shown,
                "van": [near.van.lat, near.van.lng] if near.van else None,
                "line": near.line,
                "rough_m": round(look.rough_m),
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )

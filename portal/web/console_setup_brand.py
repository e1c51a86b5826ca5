"""Set-up's page of a brand: names, color and senders, judged as they are typed; the logo; and how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from notifications.message import Channel
from notifications.notice import Notice
from portal.domain.colors import READABLE, contrast, ink_on
from portal.domain.roles import Role
from portal.flows import logos as drawing
from portal.flows import operate_brand, wordings
from portal.flows.operate_terms import Wrong
from portal.store import logos, shippers
from portal.store.shippers import Shipper
from portal.web import guard, setup_form, uploads
from portal.web.brand import HEX, Colors, brand_of, colors
from portal.web.brand_fields import BRAND
from portal.web.setup_form import Sheet
from portal.web.setup_pages import Where, back, page, said, who, whose
from portal.wiring import kit

bp = Blueprint("console_setup_brand", __name__)

GROUNDS = {"light": "#ffffff", "dark": "#181c20"}
SAMPLE = Notice.OUT_FOR_DELIVERY
DARK = "@media (prefers-color-scheme: dark)"
# Emails carry their styles in themselves; nothing else of theirs may run or be fetched.
EMAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True)
class Measured:
    """A color on a ground: its contrast (0: none is wanted), and the shades that pages have."""

    name: str
    ground: str
    wanted: str
    ratio: float
    shades: Colors


@bp.get("/console/setup/<slug>/brand")
@guard.agent(Role.ADMIN)
def show(slug: str) -> ResponseReturnValue:
    """The brand as it is."""
    shipper = whose(slug)
    return _page(shipper, setup_form.opened(BRAND, operate_brand.stored(shipper)))


@bp.post("/console/setup/<slug>/brand")
@guard.agent(Role.ADMIN)
def save(slug: str) -> ResponseReturnValue:
    """Keep a brand, or (`do=show`) only show how it would look."""
    shipper, sheet = whose(slug), setup_form.sent(BRAND, request.form)
    languages, now = kit().voice.renderer.languages, kit().now()
    try:
        if request.form.get("do") == "show":
            operate_brand.read(sheet.typed, languages)
            return _page(shipper, sheet)
        with kit().transaction() as session:
            shippers.hold(session, shipper.id)
            known = shippers.by_slug(session, slug) or abort(404)
            if sheet.overtaken(operate_brand.stored(known)):
                return _page(known, sheet, 409)
            operate_brand.change(session, who(), known, sheet.typed, languages, now)
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(shipper, sheet, 422)
    kit().shippers.forget()
    return back(
        "console_setup_brand.show", Where(shipper), "The brand is kept. Pages have it within minutes."
    )


@bp.post("/console/setup/<slug>/logo")
@guard.agent(Role.ADMIN)
def logo(slug: str) -> ResponseReturnValue:
    """Another logo, or none."""
    uploads.allow(drawing.MOST_BYTES, 1)
    shipper = whose(slug)
    stored = operate_brand.stored(shipper)
    try:
        if uploads.too_large():
            raise Wrong("a logo has at most 1 MB.")
        file = request.files.get("logo")
        away = request.form.get("do") == "away"
        drawn = None if away else drawing.drawn(uploads.body_of(file, drawing.MOST_BYTES) if file else b"")
        with kit().transaction() as session:
            shippers.hold(session, shipper.id)
            known = shippers.by_slug(session, slug) or abort(404)
            operate_brand.put_logo(session, who(), known, drawn, kit().now())
    except Wrong as wrong:
        return _page(shipper, setup_form.opened(BRAND, stored), 422, logo_wrong=said(wrong))
    kit().shippers.forget()
    return back(
        "console_setup_brand.show", Where(shipper), "Pages show the name." if away else "The logo is kept."
    )


@bp.get("/brand/<fingerprint>.png")
@guard.open_door("a logo stands on every page of its shipper, the same for everybody")
def picture(fingerprint: str) -> Response:
    """A logo; its address changes with it, so that browsers may keep it."""
    with kit().reading() as session:
        body = logos.body(session, fingerprint) if len(fingerprint) == 64 else None
    if body is None:
        abort(404)
    response = Response(body, content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


@bp.get("/console/setup/<slug>/brand/email")
@guard.agent(Role.ADMIN)
def email(slug: str) -> Response:
    """How an email looks with `?color=`, `?text_color=` and `?scheme=`; a page of its own, in a frame of ours."""
    shipper, now = whose(slug), kit().now()
    asked = {name: request.args.get(name, "") for name in ("color", "text_color")}
    look: dict[str, Any] = {name: color for name, color in asked.items() if HEX.fullmatch(color)}
    if "color" in look:
        look.setdefault("text_color", ink_on(look["color"]))
    facts = replace(wordings.sample(shipper, SAMPLE, now), **look)
    said = kit().voice.renderer.render(SAMPLE, Channel.EMAIL, shipper.language, facts, now, _own(shipper))
    # a frame cannot be told which scheme its reader likes: the email's own question is answered here
    html = said.html.replace(DARK, "@media all" if request.args.get("scheme") == "dark" else "@media not all")
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = EMAIL_POLICY
    return response


def _own(shipper: Shipper) -> Mapping[tuple[str, str, str], str]:
    with kit().reading() as session:
        return shippers.everyone(session)[shipper.id].wordings


def _page(shipper: Shipper, sheet: Sheet, status: int = 200, logo_wrong: str = "") -> ResponseReturnValue:
    typed = {name: sheet.typed.get(name, "") for name in operate_brand.FIELDS}
    colored = {name: typed[name] if HEX.fullmatch(typed[name]) else "" for name in ("color", "text_color")}
    now = kit().now()
    facts = wordings.sample(replace(shipper, name=typed["name"] or shipper.name), SAMPLE, now)
    text = kit().voice.renderer.render(SAMPLE, Channel.SMS, shipper.language, facts, now, _own(shipper))
    return page(
        "brand",
        Where(shipper),
        status,
        sheet=sheet,
        brand=brand_of(typed["name"] or shipper.name, {**shipper.brand, **typed}),
        text=text.text,
        typed=typed,
        colored={name: color for name, color in colored.items() if color},
        measured=_measured(colored["color"]),
        readable=READABLE,
        logo_wrong=logo_wrong,
    )


def _measured(wanted: str) -> list[Measured]:
    """How well the color can be read on each ground, and the shade that pages have instead."""
    return [
        Measured(name, ground, wanted, contrast(wanted, ground) if wanted else 0, shades)
        for (name, ground), shades in zip(GROUNDS.items(), colors(wanted), strict=True)
    ]

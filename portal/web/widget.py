"""A small frame for a shop's order page: when, how it stands, and the way to the whole page. Nothing personal."""

from collections.abc import Sequence
from datetime import datetime

from flask import request

from portal.domain.shipment import Status
from portal.domain.watching import under_load
from portal.flows.track import Look
from portal.store.shippers import Shipper
from portal.web.brand import brand_of
from portal.web.headline import window_view
from portal.web.present import local_of
from portal.web.tracking import frame, render
from portal.wiring import kit

# Seconds between two looks while the van is on its way, and otherwise; a shop's page is left open for long.
ON_VAN_S, QUIET_S = 60, 300
SHORTEST_S = 5


def origins_of(shipper: Shipper) -> tuple[str, ...]:
    """The shops' origins that may show the frame; none until the shipper's rules name some."""
    return shipper.rules.embed_origins


def framed_policy(origins: Sequence[str], nonce: str) -> str:
    """The policy of the frame: its own files only, no forms, and shown by these origins alone."""
    ancestors = " ".join(origins) or "'none'"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        f"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


def widget_of(look: Look, code: str, language: str, now: datetime, *, framed: bool) -> str:
    """The frame's page; where no shop may show it, the same frame says where to look instead."""
    local = local_of(look.shipment.address, language, now)
    view = window_view(look.shipment, local) if framed else None
    brand = brand_of(look.shipper.name, look.shipper.brand)
    context = frame(code, language, brand=brand, window=view, interval_s=_interval_s(look))
    return render("pages/tracking/widget.html", context)


def _interval_s(look: Look) -> int:
    state = look.shipment.state
    if state.finished:
        return 0
    usual = ON_VAN_S if state.status is Status.ON_VAN else QUIET_S
    pace = max(round(usual / max(kit().settings.clock_speed, 1.0)), SHORTEST_S)
    return round(under_load(pace, request.environ.get("doorstep.busy", 0.0)))

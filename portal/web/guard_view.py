"""How the guard of the console fares, as figures for Prometheus."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.orm import Session

from portal.domain.reveals import WITHIN
from portal.store import reveals, sign_in_tries


def gauges(session: Session, now: datetime, registry: CollectorRegistry) -> None:
    """Contacts shown and guesses counted in the last hour; no name, no address."""
    total, most = reveals.all_lately(session, now - WITHIN)
    shown = Gauge(
        "doorstep_contacts_shown_last_hour",
        "Contacts that agents looked at; `most`: those of one agent, over 50 is an alarm",
        ["of"],
        registry=registry,
    )
    shown.labels("all").set(total)
    shown.labels("most").set(most)
    tries = Gauge(
        "doorstep_sign_in_tries_last_hour",
        "Guesses at agents' passwords and codes that were not right, by what they count for",
        ["kind"],
        registry=registry,
    )
    for kind, count in sign_in_tries.lately(session, now - WITHIN).items():
        tries.labels(kind).set(count)

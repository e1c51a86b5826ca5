"""A shipment's history as a file: the entries of the timeline, oldest first, all times with offset."""

from typing import Any

from portal.domain.timeline import Entry
from portal.flows.history import History


def document(history: History) -> dict[str, Any]:
    """The file's content."""
    shipment = history.shipment
    who, where = shipment.recipient, shipment.address
    return {
        "shipment": {
            "reference": shipment.reference,
            "shipper": history.shipper,
            "stands": history.headline,
            "recipient": {"name": who.name, "phone": history.phone, "email": history.email},
            "address": [*where.lines, f"{where.postcode} {where.locality}", where.country],
            "timezone": where.timezone,
        },
        "contacts_masked": history.masked,
        "exported_at": history.at.isoformat(),
        "exported_by": history.by,
        "entries": [_entry(one) for one in history.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """What there is of an entry; what is empty is left out."""
    span = [moment.isoformat() for moment in entry.span] if entry.span else None
    steps = [{"text": step.text} | ({"at": step.at.isoformat()} if step.at else {}) for step in entry.steps]
    told = {
        "at": entry.at.isoformat(),
        "kind": entry.strand.value,
        "title": entry.title,
        "state": entry.state,
        "by": entry.by,
        "subject": entry.subject,
        "words": entry.words,
        "facts": list(entry.facts),
        "why": list(entry.why),
        "span": span,
        "steps": steps,
        "taken_back": entry.undone,
    }
    return {name: value for name, value in told.items() if value}

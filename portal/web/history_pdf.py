"""A shipment's history as a paper: who and where, then day by day what happened, on the door's clock."""

from itertools import groupby

from portal.domain.timeline import Entry, Step
from portal.flows.history import History
from portal.web.dossier_view import STRANDS, Clock, clock
from portal.web.paper import Paper

INDENT = 6


def pdf(history: History) -> bytes:
    """The paper's bytes."""
    shipment = history.shipment
    where = shipment.address
    door = clock(where.timezone, where.country, history.at)
    title = f"History of {shipment.reference}"
    paper = Paper(title, f"{history.shipper}: what happened with a shipment", history.at)
    paper.add_page()
    paper.says(title, 16, bold=True)
    paper.says(f"{history.shipper}. {history.headline}", 11)
    paper.ln(3)
    _who(paper, history, door)
    for day, entries in groupby(history.entries, key=lambda one: door.local.date(one.at)):
        paper.ln(4)
        paper.says(f"{day}", 11, bold=True)
        for entry in entries:
            _entry(paper, entry, door)
    return bytes(paper.output())


def _who(paper: Paper, history: History, door: Clock) -> None:
    who, where = history.shipment.recipient, history.shipment.address
    paper.says(who.name, bold=True)
    paper.says(", ".join((*where.lines, f"{where.postcode} {where.locality}", where.country)))
    reached = ", ".join(one for one in (history.phone, history.email) if one)
    if reached:
        paper.says(f"{reached}{' (shown in part)' if history.masked else ''}")
    paper.says(
        f"All times in {door.zone}. Written on {door.full(history.at)} by {history.by}.", 9, quiet=True
    )


def _entry(paper: Paper, entry: Entry, door: Clock) -> None:
    paper.ln(2)
    state = f" ({entry.state})" if entry.state else ""
    back = " (taken back)" if entry.undone else ""
    paper.says(f"{door.time(entry.at)}  {entry.title}{state}{back}", bold=True)
    beside = [STRANDS[entry.strand], entry.by]
    if entry.span:
        beside.append(door.window(*entry.span))
    paper.says(", ".join(one for one in beside if one), 8.5, quiet=True, indent=INDENT)
    for said in (entry.subject, entry.words):
        if said:
            paper.says(said, indent=INDENT)
    for fact in (*entry.facts, *entry.why):
        paper.says(fact, 9, quiet=True, indent=INDENT)
    for step in entry.steps:
        paper.says(_step(step, entry, door), 9, quiet=True, indent=INDENT)


def _step(step: Step, entry: Entry, door: Clock) -> str:
    return f"→ {step.text}{', ' + door.beside(step.at, entry.at) if step.at else ''}"

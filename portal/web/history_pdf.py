"""A shipment's history as a paper: who and where, then day by day what happened, on the door's clock."""

from datetime import datetime
from itertools import groupby

from portal.domain.timeline import Entry, Step
from portal.flows.history import History
from portal.web.dossier_view import STRANDS, Clock, clock
from portal.web.paper import Paper

INDENT = 6
# What has to fit below a heading, or it moves to the next page.
HEAD_MM = 24


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
    for day, entries in groupby(history.entries, key=lambda one: _day(one.at, door)):
        paper.ln(4)
        paper.keep_together(HEAD_MM)
        paper.says(day, 11, bold=True)
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
        f"All times in {door.zone}. Written on {_moment(history.at, door)} by {history.by}.", 9, quiet=True
    )


def _entry(paper: Paper, entry: Entry, door: Clock) -> None:
    paper.ln(2)
    paper.keep_together(HEAD_MM)
    state = f" ({entry.state})" if entry.state else ""
    back = " (taken back)" if entry.undone else ""
    paper.says(f"{door.time(entry.at)}  {entry.title}{state}{back}", bold=True)
    beside = [STRANDS[entry.strand], entry.by]
    if entry.span:
        beside.append(" to ".join(_moment(one, door) for one in entry.span))
    paper.says(", ".join(one for one in beside if one), 8.5, quiet=True, indent=INDENT)
    for said in (entry.subject, entry.words):
        if said:
            paper.says(said, indent=INDENT)
    for fact in (*entry.facts, *entry.why):
        paper.says(fact, 9, quiet=True, indent=INDENT)
    for step in entry.steps:
        paper.says(_step(step, entry, door), 9, quiet=True, indent=INDENT)


def _step(step: Step, entry: Entry, door: Clock) -> str:
    if step.at is None:
        return f"→ {step.text}"
    same = _day(step.at, door) == _day(entry.at, door)
    return f"→ {step.text}, {door.time(step.at) if same else _moment(step.at, door)}"


def _day(at: datetime, door: Clock) -> str:
    """The day by its date: a paper is read when "today" is over."""
    local = at.astimezone(door.tz)
    return f"{local:%A}, {local.day} {local:%B %Y}"


def _moment(at: datetime, door: Clock) -> str:
    local = at.astimezone(door.tz)
    return f"{local.day} {local:%B %Y}, {door.time(at)}"

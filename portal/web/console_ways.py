"""The ways of the console: the address of a dossier, back to it, and the sentence for the next page."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.flows.agent_acts import Done, Sorry

# PostgreSQL refuses numbers beyond its integers; here they are simply shipments that do not exist.
SHIPMENT = "/shipments/<int(max=2147483647):shipment_id>"


def back(shipment_id: int, outcome: Done | Sorry | None) -> ResponseReturnValue:
    """To the dossier, with the sentence; 404 where there is no such shipment in the agent's scope."""
    if outcome is None:
        abort(404)
    say(outcome)
    return redirect(url_for("console.show", shipment_id=shipment_id, _anchor="said"), 303)


def say(outcome: Done | Sorry) -> None:
    """Keep the sentence for the next page."""
    match outcome:
        case Done(what):
            flash(what, "good")
        case Sorry(because):
            flash(because, "warn")

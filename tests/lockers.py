"""A parcel on its way into a locker for tests: asked, agreed, put in; all through the public doors."""

from portal.domain.kinds.locker import LeaveInLocker
from portal.flows import change as changing
from portal.flows.change import Asked
from portal.store import locker_bookings, shipments


def ask(kit, reference="A-1", key="station", now=None, **more):
    """The recipient's wish, as the page would ask it."""
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        return changing.ask(session, kit.voice, found, LeaveInLocker(key, **more), now or kit.now())


def agree(kit, dispatch, reference="A-1", key="station", **more):
    """Asked, and dispatch says yes; the change's id."""
    asked = ask(kit, reference, key, **more)
    assert isinstance(asked, Asked), asked
    decided = dispatch.call("POST", f"/changes/{asked.change.id}/decision", json={"decision": "accepted"})
    assert decided.status_code == 200
    return asked.change.id


def put_in(kit, dispatch, clock, reference="A-1", key="station", **more):
    """Asked, agreed, and in the locker now."""
    change_id = agree(kit, dispatch, reference, key)
    dispatch.happens(reference, "ready_for_pickup", clock(), **more)
    return change_id


def booking(kit, reference="A-1", **more):
    """What is kept for a shipment."""
    with kit.reading() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        return locker_bookings.of_shipment(session, found.id, **more)


def opens(dispatch, code, key="station"):
    """A locker asks what to open."""
    return dispatch.call("POST", f"/lockers/{key}/open", json={"code": code})

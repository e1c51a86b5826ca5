"""A parcel in a locker, as an agent reads it: where and until when; its code for a caller who read a code out alone."""

import pytest

from portal.domain.callers import PROOF_LASTS, Way
from portal.domain.pickup import pickup_code
from portal.store import audit
from portal.store import calls as calls_store
from tests.dispatch import locker, new_dispatch
from tests.lockers import booking, put_in
from tests.office import Office
from tests.recipient import recipient_of

pytestmark = pytest.mark.engines("sqlite")


def test_the_code_stands_there_only_for_a_caller_who_read_a_code_out(app, client, clock):
    office, dispatch = Office(app, clock), new_dispatch(app)
    with app.app_context():
        dispatch.offers(lockers=[locker(count=5, hours="day and night")])
        recipient_of(app, dispatch)
        put_in(office.kit, dispatch, clock)
        kept = booking(office.kit)
    ann = office.agent()
    office.enter(client, ann)
    path, code = (
        f"/console/shipments/{kept.shipment_id}",
        pickup_code(office.kit.voice.secret, kept.change_id),
    )
    page = client.get(path).text
    assert "Waits at</span> Station" in page and "<strong>until " in page
    assert code not in page and "verify the caller" in page
    known(office, ann, kept, Way.KNOWS)
    assert code not in client.get(path).text
    known(office, ann, kept, Way.CODE)
    assert code in client.get(path).text
    with office.kit.reading() as session:
        acts = [act.action for act in audit.of_shipment(session, kept.shipment_id)]
    assert acts.count("saw_pickup_code") == 1


def known(office, agent, kept, way) -> None:
    now = office.clock()
    with office.kit.transaction() as session:
        call = calls_store.begin(session, kept.shipment_id, agent.id, way, now)
        calls_store.prove(session, call, now, now + PROOF_LASTS)

"""Many callers of dispatch at the same rows at once: everybody is answered, nothing is kept twice."""

from concurrent.futures import ThreadPoolExecutor

from tests.dispatch import Dispatch, event, locker, new_dispatch, shipment, slot

AT_ONCE = 6


def all_at_once(app, dispatch, method, name, items):
    """The same list from six callers, half of them in the other order; returns the outcomes."""

    def call(number):
        mine = Dispatch(app.test_client(), dispatch.key)
        told = items if number % 2 else items[::-1]
        answer = mine.call(method, f"/{name}", json={name: told})
        assert answer.status_code == 200, answer.json
        return [result["outcome"] for result in answer.json["results"]]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [outcome for outcomes in pool.map(call, range(AT_ONCE)) for outcome in outcomes]


def test_the_same_new_things_told_by_many_at_once_are_kept_once(app):
    dispatch = new_dispatch(app)
    parcels = [shipment(f"A-{number}") for number in range(8)]
    assert all_at_once(app, dispatch, "POST", "shipments", parcels).count("created") == 8
    slots = [slot(f"evening-{number}") for number in range(8)]
    assert all_at_once(app, dispatch, "PUT", "slots", slots).count("created") == 8
    stations = [locker(f"station-{number}") for number in range(8)]
    assert all_at_once(app, dispatch, "PUT", "lockers", stations).count("created") == 8
    scans = [event(f"ev-{number}", f"A-{number}", "accepted", "2026-06-15T07:00:00Z") for number in range(8)]
    assert all_at_once(app, dispatch, "POST", "events", scans).count("taken") == 8


def test_routes_and_events_of_the_same_parcels_do_not_wait_in_a_ring(app):
    dispatch = new_dispatch(app)
    dispatch.ships(*(shipment(f"A-{number}") for number in range(16)))
    leaving = [event(f"out-{n}", f"A-{n}", "out_for_delivery", "2026-06-15T07:00:00Z") for n in range(16)]
    dispatch.reports(*leaving)

    def work(number):
        mine = Dispatch(app.test_client(), dispatch.key)
        if number % 2:
            done = [f"A-{(number + step) % 16}" for step in range(4)]
            scans = [event(f"d-{number}-{ref}", ref, "delivered", "2026-06-15T07:30:00Z") for ref in done]
            answer = mine.call("POST", "/events", json={"events": scans})
        else:
            stops = [{"seq": seq, "shipment": f"A-{(seq + number) % 16}"} for seq in range(16)]
            halves = [("north", stops[:8]), ("south", stops[8:])]
            departs_at = "2026-06-15T07:00:00Z"
            told = [
                {"route": f"R-{name}", "van": f"V-{name}", "departs_at": departs_at, "stops": half}
                for name, half in halves
            ]
            answer = mine.call("POST", "/routes", json={"routes": told if number % 4 else told[::-1]})
        return answer.status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(work, range(24))) == {200}


def test_an_old_secret_stays_valid_when_the_rotation_is_sent_twice(app):
    from portal.store import webhooks

    dispatch, kit = new_dispatch(app), app.extensions["doorstep"]
    first, second = "whsec_" + "A" * 44, "whsec_" + "B" * 44
    for secret in (first, second, second):
        told = {"url": "http://localhost/hook", "secret": secret}
        assert dispatch.call("PUT", "/webhook", json=told).status_code == 200
    with kit.reading() as session:
        endpoint = webhooks.for_shipper(session, 1)
    assert endpoint.secrets(kit.now()) == (second, first)

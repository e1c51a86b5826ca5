"""Somebody asks to be forgotten: nothing of them is left anywhere, and nothing brings them back."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from notifications.message import Channel, Standing
from portal.db import Base
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.flows import erasing, exporting, forgetting, person, replaying
from portal.flows.erasing import Request
from portal.flows.operate_terms import Wrong
from portal.store import audit, outbox, shipments, shippers
from portal.store.person_find import Part
from tests.office import Office

JANE = {"name": "Jane Quellwasser", "phone": "+4917012345678", "email": "jane.quell@example.com"}
STREET = "Verborgene Gasse 77"
NEIGHBOR = "Ottokar Nebenan"
NAMED = ("Quellwasser", "17012345678", "jane.quell", "Verborgene")
# as search keeps them, too
STRINGS = (*NAMED, "quellwasser", "verborgene", "QUELLWASSER")


@pytest.fixture
def office(app, clock):
    return Office(app, clock)


@pytest.fixture
def shop(office):
    return office.shop("acme")


def dump(office) -> str:
    """Every value of every table."""
    with office.kit.reading() as session:
        rows = [
            (table.name, *map(str, row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(table.select())
        ]
    return "\n".join("|".join(row) for row in rows)


def delivered(office, shop, reference="A-1", street=STREET, **who):
    """A delivery with all that can be said about somebody."""
    who = JANE | who
    one = office.shipment(shop, reference, lines=(street,), **who)
    office.event(one, "accepted")
    office.event(one, "at_depot")
    wish = office.wish(one, NEIGHBOR, "14")
    office.event(one, "out_for_delivery")
    with office.kit.transaction() as session:
        audit.add_note(
            session, one.id, "ann@example.com", f"{who['name']} called about {street}", office.clock()
        )
    office.clock.forward(minutes=5)
    office.event(one, "delivered", how="neighbor", place=f"next to {street}", note=f"Signed by {who['name']}")
    return one, wish


def who(office, phone=JANE["phone"], email=JANE["email"]):
    with office.kit.reading() as session:
        known = person.read(session, [phone] if phone else [], [email] if email else [])
        found = person.find(session, None, known)
        return found.who, found


def forget(office, **more):
    known, found = who(office, **more)
    return forgetting.erase_now(office.kit, known, found, Request(None, "asked", "", "operator"))


def test_nothing_of_them_is_left_and_the_delivery_still_is(office, shop):
    one, wish = delivered(office, shop)
    bob = {"name": "Bob Bleibt", "phone": "+4917099999999", "email": "bob@example.com"}
    stays, _ = delivered(office, shop, "B-1", street="Offener Weg 1", **bob)
    before = dump(office)
    assert all(string in before for string in NAMED)
    counts = forget(office)
    assert counts["shipments"] == 1 and counts["messages"] and counts["notes"] == 1
    after = dump(office)
    assert [string for string in STRINGS if string in after] == []
    assert after.count("Bob Bleibt") == before.count("Bob Bleibt")
    with office.kit.reading() as session:
        erased = shipments.by_id(session, shop.id, one.id)
        told = outbox.of_shipment(session, shop.id, one.id)
        assert shipments.by_id(session, shop.id, stays.id).address.lines == ("Offener Weg 1",)
    assert erased.state.status == "delivered" and erased.state.since and erased.erased_at
    assert told and not any(one.message.text for one in told if one.message.channel is not Channel.WEBHOOK)
    assert office.known(wish).to.get("name", "") == "" and office.known(wish).kind == wish.kind


def test_twice_is_once_and_numbers_may_be_spelled_as_one_likes(office, shop):
    delivered(office, shop)
    forget(office, phone="0170 1234-5678", email=None)
    quiet = dump(office)
    assert "Quellwasser" not in quiet
    assert forget(office) == {}


def test_open_deliveries_are_refused_until_it_is_said_twice(office, shop):
    one = office.shipment(shop, "A-1", **JANE)
    office.event(one, "at_depot")
    _known, found = who(office)
    assert "still under way" in person.why_not_erase(found, False)
    assert person.why_not_erase(found, True) == ""
    forget(office)
    with office.kit.reading() as session:
        told = outbox.of_shipment(session, shop.id, one.id)
    assert {one.message.standing for one in told} <= {Standing.STOPPED, Standing.EXPIRED, Standing.SENT}
    assert "Quellwasser" not in dump(office)


def test_late_events_and_the_same_shipment_again_bring_nothing_back(office, shop):
    one, _ = delivered(office, shop)
    forget(office)
    again = office.shipment(shop, "A-1", lines=(STREET,), **JANE)
    assert again.recipient.name == "" and again.erased_at
    office.event(one, "delivered", event_id="late", how="neighbor", note="Quellwasser took it", place=STREET)
    assert "Quellwasser" not in dump(office) and "Verborgene" not in dump(office)


def test_a_neighbor_is_struck_out_of_somebody_elses_delivery_and_the_recipient_stays(office, shop):
    one = office.shipment(shop, "A-1", **JANE)
    office.event(one, "at_depot")
    office.asks(one, LeaveWithNeighbor(NEIGHBOR, "14", contact="+491711111111"))
    office.event(one, "out_for_delivery")
    office.event(one, "delivered", how="neighbor", note=f"with {NEIGHBOR}")
    assert "+491711111111" in dump(office)
    _known, found = who(office, phone="+491711111111", email=None)
    assert [each.part for each in found.deliveries] == [Part.NEIGHBOR]
    forget(office, phone="+491711111111", email=None)
    after = dump(office)
    assert "1711111111" not in after and NEIGHBOR not in after
    assert JANE["name"] in after and JANE["phone"] in after


def test_a_restored_backup_forgets_again(office, shop):
    delivered(office, shop)
    forget(office)
    with office.kit.transaction() as session:
        # as if the backup were older than the request
        for table in ("erasure_pieces", "erasure_marks", "erasures"):
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(
            text(
                "UPDATE shipments SET phone = :phone, recipient_name = 'Jane Quellwasser',"
                " erased_at = NULL, erased_how = ''"
            ),
            {"phone": JANE["phone"]},
        )
    looked, again = replaying.replay(office.kit, None)
    assert (looked, again) == (1, 1)
    assert "Quellwasser" not in dump(office)
    office.clock.forward(days=1)
    anew = office.shipment(shop, "A-2", **JANE)
    replaying.replay(office.kit, None)
    with office.kit.reading() as session:
        assert shipments.by_id(session, shop.id, anew.id).recipient.phone == JANE["phone"]


def test_they_get_all_that_is_theirs_and_nothing_of_their_neighbor(office, shop):
    delivered(office, shop)
    known, found = who(office)
    with zipfile.ZipFile(exporting.packed(office.kit, known, found, None)) as packed:
        held = json.loads(packed.read("person.json"))
        assert "README.txt" in packed.namelist()
    (one,) = held["deliveries"]
    assert one["held"]["shipments"][0]["recipient_name"] == JANE["name"]
    assert any(JANE["name"] in note["text"] for note in one["held"]["notes"])
    assert one["held"]["messages"] and one["held"]["events"]
    words = json.dumps(held, ensure_ascii=False)
    assert NEIGHBOR not in words and "ann@example.com" not in words


@pytest.mark.engines("sqlite", "postgresql")
def test_whoever_writes_in_the_same_moment_brings_nothing_back(office, shop):
    one, _ = delivered(office, shop)
    start = Barrier(3)

    def forgets() -> None:
        start.wait()
        forget(office)

    def reports() -> None:
        start.wait()
        for number in range(15):
            office.event(one, "delivered", event_id=f"late-{number}", note="Quellwasser", place=STREET)

    def sends_again() -> None:
        start.wait()
        for _ in range(5):
            office.shipment(shop, "A-1", lines=(STREET,), **JANE)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for work in (forgets, reports, sends_again)]:
            done.result(60)
    # what was just being put on the shelf is found by the second look
    office.clock.forward(minutes=30)
    erasing.look_over(office.kit)
    assert [string for string in STRINGS if string in dump(office)] == []


def test_what_was_interrupted_goes_on_by_itself(office, shop):
    for number in range(3):
        delivered(office, shop, f"A-{number}")
    known, found = who(office)
    request = Request(None, "asked", "", "operator")
    # the process dies once it was written down who is to be forgotten
    erasing.begin(office.kit, known, found, request)
    assert "Quellwasser" in dump(office)
    assert erasing.go_on(office.kit) == 3 and erasing.go_on(office.kit) == 0
    assert [string for string in STRINGS if string in dump(office)] == []


def test_a_number_that_could_be_two_peoples_is_asked_for_with_its_country(office, shop):
    delivered(office, shop)
    with office.kit.transaction() as session:
        shippers.add(session, "french", "French", timezone="Europe/Paris", country="FR")
        with pytest.raises(Wrong, match="country code"):
            person.read(session, ["0170 1234-5678"], [])
        assert person.read(session, ["0170 1234-5678"], [], shop.id).phones == {JANE["phone"]}
        assert person.read(session, ["+49 (0)170 12345678"], []).phones == {JANE["phone"]}

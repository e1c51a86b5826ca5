"""Search by what stands beside a shipment, and its index as names, numbers and addresses change or go."""

from threading import Thread

import pytest
from sqlalchemy import delete, select, update

from portal.domain.finding import end_key
from portal.flows import contact_changes, pickup, stays
from portal.flows.search import same_door, search
from portal.store import outbox, shipments
from portal.store.finding import KEYS, SPELLINGS, WORDS
from portal.store.outbox_rows import MESSAGES
from portal.store.search import forget_words, keep
from portal.store.shipment_rows import ShipmentRow
from tests.dispatch import locker, new_dispatch
from tests.lockers import booking, put_in
from tests.office import Office
from tests.recipient import recipient_of


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com")
    return office


def answer(office: Office, typed: str, agent=None):
    with office.kit.reading() as session:
        shops = office.kit.shippers(session)
        return search(session, agent or office.ann, shops, typed, office.kit.voice.secret)


def found(office: Office, typed: str, agent=None) -> list[str]:
    return [hit.found.reference for hit in answer(office, typed, agent).hits]


def test_a_message_is_found_by_our_id_and_by_the_carriers(office):
    shipment = office.shipment(office.pax, "PX-1")
    office.event(shipment, "out_for_delivery")
    theirs = "SM" + "0a" * 16
    with office.kit.transaction() as session:
        message = outbox.of_shipment(session, None, shipment.id)[0].message
        session.execute(update(MESSAGES).where(MESSAGES.c.id == message.id).values(provider_id=theirs))
    callback = f"https://track.example.com/callbacks/twilio/status/{message.id.upper()}#rc=2"
    stranger = office.agent("lu@example.com", shop=office.lumen)
    for typed in (message.id, callback, theirs, f"sid {theirs}"):
        assert answer(office, typed).only.by == "message"
        assert found(office, typed, stranger) == []


def test_a_parcel_in_a_locker_is_found_by_the_code_its_recipient_was_given(app, clock):
    dispatch, kit = new_dispatch(app), app.extensions["doorstep"]
    with app.app_context():
        dispatch.offers(lockers=[locker(count=5)])
        recipient_of(app, dispatch)
        put_in(kit, dispatch, clock)
        office = Office(app, clock)
        office.ann = office.agent()
        with kit.transaction() as session:
            shipment = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
            own = pickup.look(session, kit.voice, shipment, clock()).code
            lent = pickup.let_somebody_collect(session, kit.voice, shipment, clock())
        assert booking(kit).waits
        for code in (own, lent, f"{own[:4]} {own[4:]}"):
            assert answer(office, code).only.by == "locker code"
        with kit.transaction() as session:
            pickup.take_back(session, shipment)
            stays.locker_says(session, kit.voice, shipment, "ZX81-7")
        assert found(office, lent) == []
        assert found(office, "zx81-7") == ["A-1"]


SPELLED = (
    ("Lindgrne", "lindgren"),
    ("hana lindgren", "hanna"),
    ("hanna lindgrn 4", "lindgren"),
    ("Mehringdam 4", None),
    ("Merhingdamm 4", "mehringdamm"),
    ("lindgren mehringdamm 4 berlin", None),
)


@pytest.mark.parametrize(("typed", "meant"), SPELLED)
def test_names_and_streets_are_found_however_they_were_heard(office, typed, meant):
    office.shipment(office.pax, "PX-1", "Hanna Lindgren", lines=("Mehringdamm 4",))
    office.shipment(office.pax, "PX-2", "Hans Linde", lines=("Am Markt 40",), phone="", email="")
    said = answer(office, typed)
    assert [hit.found.reference for hit in said.hits] == ["PX-1"]
    words = [word for one in said.meant for word in one.words]
    assert words[:1] == ([meant] if meant else [])


def test_a_word_like_no_other_is_left_out_and_said(office):
    office.shipment(office.pax, "PX-1", "Hanna Lindgren")
    said = answer(office, "hanna lindgren xqzzqx")
    assert [(one.typed, one.words) for one in said.meant] == [("xqzzqx", ())]
    assert len(said.hits) == 1
    assert found(office, "xqzzqx") == []


def test_what_is_under_way_comes_before_what_is_over_and_both_by_age(office):
    for reference in ("A-1", "A-2", "A-3"):
        one = office.shipment(office.pax, reference, codes=(f"c{reference}",))
        if reference == "A-3":
            office.event(one, "delivered")
    assert found(office, "jürgen weiß") == ["A-2", "A-1", "A-3"]


def test_everybody_at_a_door_and_everything_for_a_person_is_known_within_the_scope(office):
    first = office.shipment(office.pax, "A-1", lines=("Mill Lane 4", "Flat 2"))
    office.shipment(office.lumen, "A-2", "Ben Brook", "", "", lines=("MILL LANE 4,", "flat 2"))
    office.shipment(office.lumen, "A-3", lines=("Elsewhere 9",))
    pia = office.agent("pia@example.com", shop=office.pax)
    with office.kit.reading() as session:
        around = same_door(session, office.ann, first)
        assert [one.reference for one in around.door] == ["A-2"]
        assert [one.reference for one in around.recipient] == ["A-3"]
        narrow = same_door(session, pia, first)
        assert (narrow.door, narrow.recipient) == ((), ())
    hit = answer(office, "A-1").only
    assert (hit.door, hit.recipient) == (1, 1)


def test_a_new_number_is_found_and_the_old_one_is_not(office, clock):
    shipment = office.shipment(office.pax, "PX-1")
    with office.kit.transaction() as session:
        contact_changes.put(
            session, office.kit.voice, shipment, "+4915799990001", "new@example.org", "agent", clock()
        )
    assert found(office, "0001") == found(office, "990001") == found(office, "new@ex") == ["PX-1"]
    assert found(office, "5678") == found(office, "juergen@example.com") == []


def test_after_erasure_no_key_and_no_word_is_left(office):
    office.shipment(office.pax, "PX-1", "Hanna Lindgren", lines=("Mehringdamm 4",))
    office.shipment(office.pax, "PX-2", "Otto Hanna", "+491700000001", lines=("Am Markt 2",))
    with office.kit.transaction() as session:
        gone = dict.fromkeys(("recipient_name", "phone", "email", "search_text"), "")
        one = update(ShipmentRow).where(ShipmentRow.reference == "PX-1")
        session.execute(one.values(**gone, lines=[]))
        keep(session, session.execute(select(ShipmentRow.id)).scalars())
        forget_words(session, ["Hanna Lindgren", "Mehringdamm 4", "never seen", ""])
    with office.kit.reading() as session:
        words = set(session.execute(select(WORDS.c.word)).scalars())
        near = set(session.execute(select(SPELLINGS.c.word)).scalars())
        ends = session.execute(select(KEYS.c.key).where(KEYS.c.key == end_key("5678"))).all()
    assert words.isdisjoint({"lindgren", "mehringdamm", "4"})
    assert near.isdisjoint({"lindgren", "mehringdamm"})
    assert "hanna" in words & near
    assert ends == []


def test_a_shipment_that_is_deleted_leaves_no_key(office):
    shipment = office.shipment(office.pax, "PX-1")
    with office.kit.transaction() as session:
        session.execute(delete(ShipmentRow).where(ShipmentRow.id == shipment.id))
        assert session.execute(select(KEYS.c.key)).all() == []


def test_batches_that_bring_the_same_new_words_at_once_wait_for_each_other_but_in_no_ring(office):
    shipment = office.shipment(office.pax, "seed")
    words = [f"nova{chr(97 + one)}{chr(97 + two)}" for one in range(8) for two in range(8)]
    failed: list[BaseException] = []

    def batch(turn: int) -> None:
        rows = [
            replaced(shipment, f"{turn}-{at}", word)
            for at, word in enumerate(words[::-1] if turn % 2 else words)
        ]
        try:
            with office.kit.transaction() as session:
                shipments.insert_many(session, rows)
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=batch, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(found(office, "novaaa")) == 4


def replaced(shipment, reference: str, name: str) -> dict:
    """Column values of a shipment like this one with another name."""
    where, who = shipment.address, shipment.recipient
    at = shipment.planned.updated_at
    return {
        **dict.fromkeys(("search_text", "told", "door"), ""),
        "shipper_id": shipment.shipper_id,
        "reference": reference,
        "service": "standard",
        "depot": "north",
        "recipient_name": name,
        "phone": who.phone,
        "email": who.email,
        "language": "de",
        "lines": [name],
        "locality": where.locality,
        "postcode": where.postcode,
        "country": "DE",
        "timezone": where.timezone,
        "restrictions": {},
        "status": "announced",
        "story": [],
        "link_nonce": f"n-{reference}",
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }


HOSTILE = (
    '" OR *',
    "a & b | !c <-> d:*",
    "%_%_%",
    "x" * 10_000,
    "a* b* c*",
    "\x00\x00",
    "🦆 🦆 🦆",
    "ⅷ½①",
    "- - -",
    "(((",
)


@pytest.mark.parametrize("scoped", [False, True])
def test_hostile_clues_find_nothing_and_break_nothing(office, scoped):
    office.shipment(office.pax, "PX-1")
    agent = office.agent("pia@example.com", shop=office.pax) if scoped else None
    assert {typed: hits for typed in HOSTILE if (hits := found(office, typed, agent))} == {}

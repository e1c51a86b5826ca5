"""A change for a caller: asked at once, or after a second person agreed; and everything that must not get by them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from portal import jobs
from portal.domain.approvals import MayNot, Standing
from portal.domain.change import Life
from portal.domain.change_policy import Refused
from portal.domain.follow_up import Matter
from portal.domain.kinds.address_correction import CorrectAddress
from portal.domain.kinds.base import No
from portal.domain.kinds.instructions import GiveInstructions
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.kinds.packing import pack
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import approvals, caller_change, change, contact_changes
from portal.flows.agent_acts import Done, Sorry
from portal.flows.caller_change import NOT_KNOWN, ONE_WAITS, Waits
from portal.flows.change import Asked
from portal.store import follow_ups
from portal.store.approvals import APPROVALS
from tests.callers import STATION, Desk
from tests.dispatch import locker, shipment
from tests.recipient import wishes_at_dispatch

GARAGE = LeaveInSafePlace("garage", "", True)
EVENING = PickNewWindow("evening")
MOVES = [STATION, LeaveWithNeighbor("Mrs. Oak", "14"), CorrectAddress("14 Mill Lane")]


@pytest.fixture
def desk(app, clock):
    with app.app_context():
        yield Desk(app, clock)


@pytest.fixture
def asked(desk):
    """Sam's caller read out the code and wants the locker: the number of the approval."""
    desk.knows_by_code()
    return desk.asks().approval.id


def on_the_queue(desk):
    with desk.kit.reading() as session:
        return [one for one in follow_ups.of_shipments(session, [desk.door().id]) if not one.closed_at]


def test_nobody_is_asked_anything_for_a_stranger(desk):
    assert desk.asks(GARAGE) == Sorry(NOT_KNOWN)
    assert desk.changes() == []


def test_with_a_code_what_stays_at_the_door_is_asked_at_once(desk):
    desk.knows_by_code()
    assert isinstance(desk.asks(GARAGE), Asked)
    (asked,) = desk.changes()
    assert (asked.life, asked.asked_by, asked.method) == (Life.ASKED, "agent", "agent_code")


@pytest.mark.parametrize("wish", [GARAGE, EVENING], ids=["place", "window"])
def test_with_a_reason_alone_it_waits_for_a_second_person(desk, wish):
    desk.knows_by_reason()
    assert isinstance(desk.asks(wish), Waits)
    assert desk.changes() == []


def test_words_for_the_driver_need_a_caller_and_no_more(desk):
    desk.knows_by_reason()
    assert isinstance(desk.asks(GiveInstructions(gate_code="12#")), Asked)
    assert desk.changes()[0].method == "agent_reason"


@pytest.mark.parametrize("wish", MOVES, ids=[one.kind.value for one in MOVES])
def test_what_takes_it_to_another_address_waits_also_with_a_code(desk, wish):
    desk.knows_by_code()
    approval = desk.asks(wish).approval
    assert approval.standing is Standing.WAITING
    assert desk.changes() == []
    assert desk.told("change_asked") == []
    assert isinstance(desk.decides(desk.lea, approval.id), Done)
    (made,) = desk.changes()
    assert (made.kind, made.asked_by, made.method) == (wish.kind, "agent", "agent_code")
    closed = desk.approval(approval.id)
    assert (closed.standing, closed.change_id, closed.decided_by) == (
        Standing.APPROVED,
        made.id,
        "lea@example.com",
    )
    assert closed.payload == {}


def test_the_policy_is_the_recipients_own(desk):
    desk.dispatch.ships(shipment("A-2", restrictions={"locker": False}))
    desk.knows_by_code(reference="A-2")
    assert desk.asks(STATION, reference="A-2").because is No.SENDER
    assert desk.asks(LeaveInLocker("nowhere")) == Sorry(NOT_KNOWN)


def test_every_contact_hears_that_our_support_was_asked(desk):
    desk.knows_by_code()
    desk.asks(GARAGE)
    told = desk.told("change_asked")
    assert {one.to for one in told} == {"+12025550123", "ann@example.com"}
    assert all("a caller asked us" in one.text or "called our support" in one.text for one in told)
    assert any("undo=" in one.text for one in told)


def test_contacts_that_were_replaced_a_moment_ago_hear_of_it_too(desk):
    with desk.kit.transaction() as session:
        voice, now = desk.kit.voice, desk.clock()
        contact_changes.put(session, voice, desk.door(), "+12025550666", "eve@example.org", "sam", now)
    desk.knows_by_reason()
    desk.decides(desk.lea, desk.asks(GARAGE).approval.id)
    heard = {one.to for one in desk.told("change_asked")}
    assert {"+12025550123", "ann@example.com", "eve@example.org"} <= heard


def test_it_stands_in_the_queue_until_it_is_decided(desk, asked):
    (matter,) = on_the_queue(desk)
    assert (matter.matter, matter.words) == (
        Matter.APPROVAL,
        "bring it to a locker: Station, 1 Station Sq",
    )
    desk.decides(desk.lea, asked, False, "Ann never called before")
    assert on_the_queue(desk) == []


def test_a_no_needs_a_reason_and_changes_nothing(desk, asked):
    assert isinstance(desk.decides(desk.lea, asked, False), Sorry)
    assert isinstance(desk.decides(desk.lea, asked, False, "It is not her street"), Done)
    assert (desk.approval(asked).standing, desk.approval(asked).reason) == (
        Standing.REFUSED,
        "It is not her street",
    )
    assert desk.changes() == []


def test_dispatch_reads_who_asked_and_how_they_were_known(desk):
    desk.knows_by_reason()
    desk.decides(desk.lea, desk.asks().approval.id)
    (told,) = wishes_at_dispatch(desk.ann)
    assert told["requested_by"] == {"method": "agent_reason", "actor": "agent"}


@pytest.mark.engines("sqlite", "postgresql")
def test_asked_twice_at_once_it_waits_once(app, desk):
    desk.knows_by_code()

    def ask(_number):
        with app.app_context():
            return desk.asks()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(ask, range(4)))
    assert sorted(type(one).__name__ for one in said) == ["Sorry", "Sorry", "Sorry", "Waits"]


def test_one_waits_at_a_time_and_who_asked_may_take_it_back(desk, asked):
    assert desk.asks(MOVES[1]) == Sorry(ONE_WAITS)
    with desk.kit.transaction() as session:
        assert isinstance(approvals.take_back(session, desk.lea, asked, desk.clock()), Sorry)
        assert isinstance(approvals.take_back(session, desk.sam, asked, desk.clock()), Done)
    assert desk.approval(asked).standing is Standing.WITHDRAWN
    assert isinstance(desk.asks(MOVES[1]), Waits)


def test_its_box_is_kept_as_long_as_for_a_recipient(desk):
    desk.dispatch.ships(shipment("A-2", window=None))
    desk.knows_by_code()
    desk.asks()
    desk.knows_by_code(desk.lea, "A-2")
    assert desk.asks(agent=desk.lea, reference="A-2") == Refused(No.LOCKER_FULL, None)


def test_nobody_decides_in_time_and_it_lapses(app, desk, asked, clock):
    clock.forward(hours=2)
    assert isinstance(desk.decides(desk.lea, asked), Sorry)
    assert desk.approval(asked).standing is Standing.LAPSED
    assert desk.changes() == []


def test_the_clock_lapses_it_too(app, desk, asked, clock):
    clock.forward(hours=1, minutes=59)
    jobs.lapse(desk.kit)
    assert desk.approval(asked).standing is Standing.WAITING
    clock.forward(minutes=1)
    jobs.lapse(desk.kit)
    assert desk.approval(asked).standing is Standing.LAPSED
    assert on_the_queue(desk) == []


def test_at_the_yes_the_policy_decides_by_the_facts_of_that_moment(desk, asked, clock):
    desk.dispatch.happens("A-1", "delivered", clock(), how="household")
    said = desk.decides(desk.lea, asked)
    assert said == Sorry(f"It is no longer possible: {No.FINISHED.value}")
    assert (desk.approval(asked).standing, desk.changes()) == (Standing.LAPSED, [])


def test_the_recipient_was_faster(desk, asked):
    with desk.kit.transaction() as session:
        change.ask(session, desk.kit.voice, desk.door(), GARAGE, desk.clock())
    assert No.WAITING.value in desk.decides(desk.lea, asked).because
    assert [one.asked_by for one in desk.changes()] == ["recipient"]


# attacks


def test_who_asked_never_agrees_to_it_also_as_a_lead_with_two_sessions(desk):
    desk.knows_by_code(desk.lea)
    number = desk.asks(agent=desk.lea).approval.id
    for _session in range(2):
        assert desk.decides(desk.lea, number) == Sorry(MayNot.OWN.value)
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda _: desk.decides(desk.lea, number), range(4)))
    assert set(said) == {Sorry(MayNot.OWN.value)}
    assert (desk.approval(number).standing, desk.changes()) == (Standing.WAITING, [])


@pytest.mark.parametrize("role", ["viewer", "agent", "owner"])
def test_a_lesser_role_does_not_decide(desk, asked, role):
    small = desk.office.agent("vic@example.com", role, desk.shop)
    assert desk.decides(small, asked) == Sorry(MayNot.ROLE.value)
    assert desk.approval(asked).standing is Standing.WAITING


def test_another_shippers_lead_finds_nothing_and_the_operator_may_decide(desk, asked):
    stranger = desk.office.agent("eve@example.com", "admin", desk.office.shop("bolt"))
    assert desk.decides(stranger, asked) is None
    with desk.kit.reading() as session:
        assert approvals.waiting(session, stranger, desk.clock()) == []
    operator = desk.office.agent("op@example.com", "lead")
    assert isinstance(desk.decides(operator, asked), Done)


def test_what_was_decided_is_decided_once(desk, asked):
    desk.decides(desk.lea, asked, False, "It is not her street")
    assert desk.decides(desk.lea, asked) == Sorry(MayNot.DECIDED.value)
    assert desk.changes() == []


@pytest.mark.engines("sqlite", "postgresql")
def test_two_leads_at_once_are_one_change(app, desk, asked):
    leads = [desk.office.agent(f"lead{number}@example.com", "lead", desk.shop) for number in range(4)]

    def agree(lead):
        with app.app_context():
            return desk.decides(lead, asked)

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(agree, leads))
    assert sorted(type(one).__name__ for one in said) == ["Done", "Sorry", "Sorry", "Sorry"]
    assert len(desk.changes()) == 1


def test_another_payload_under_the_same_question_is_not_carried_out(desk, asked):
    with desk.kit.transaction() as session:
        session.execute(update(APPROVALS).values(payload=pack(LeaveInLocker("mill"))))
    assert isinstance(desk.decides(desk.lea, asked), Sorry)
    assert (desk.approval(asked).standing, desk.changes()) == (Standing.LAPSED, [])


def test_a_locker_that_stands_elsewhere_by_now_is_not_what_was_read(desk, asked):
    desk.dispatch.offers(lockers=[locker(address="9 Dark Alley")])
    assert "asked anew" in desk.decides(desk.lea, asked).because
    assert (desk.approval(asked).standing, desk.changes()) == (Standing.LAPSED, [])


def test_the_proof_of_one_delivery_is_none_for_another_and_none_when_it_is_old(desk, clock):
    desk.dispatch.ships(shipment("A-2"))
    desk.knows_by_code()
    assert desk.asks(GARAGE, reference="A-2") == Sorry(NOT_KNOWN)
    assert desk.asks(GARAGE, agent=desk.lea) == Sorry(NOT_KNOWN)
    clock.forward(minutes=15)
    assert desk.asks(GARAGE) == Sorry(NOT_KNOWN)
    assert desk.changes() == [] == desk.changes("A-2")


def test_it_is_taken_back_for_the_caller_as_the_recipient_would(desk):
    desk.knows_by_code()
    asked = desk.asks(GARAGE).change
    with desk.kit.transaction() as session:
        take = caller_change.take_back
        door = desk.door().id
        assert isinstance(take(session, desk.kit.voice, desk.lea, door, asked.id, desk.clock()), Sorry)
        assert isinstance(take(session, desk.kit.voice, desk.sam, door, asked.id, desk.clock()), Done)
        assert take(session, desk.kit.voice, desk.sam, door, "no-such", desk.clock()) is None
    assert (desk.changes()[0].life, desk.changes()[0].decided_by) == (Life.WITHDRAWN, "agent")

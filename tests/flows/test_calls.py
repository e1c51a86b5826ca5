"""Who is calling: a code read out on the phone or a written reason, for this shipment, agent and quarter hour."""

from concurrent.futures import ThreadPoolExecutor
from zipfile import ZipFile

import pytest

from portal.domain.access import CodeVerdict
from portal.domain.callers import Way
from portal.flows import calls, codes, exporting, person
from portal.flows.agent_acts import Sorry
from portal.store import audit, outbox
from tests.callers import KNEW, Desk
from tests.dispatch import shipment


@pytest.fixture
def desk(app, clock):
    with app.app_context():
        yield Desk(app, clock)


def test_the_code_goes_to_the_contact_on_file_and_says_to_whom_it_may_be_told(desk):
    assert desk.sends_code() == codes.Sent("sms", "23")
    (message,) = desk.told("caller_code")
    assert message.to == "+12025550123"
    assert "if you called us" in message.text
    assert "http" not in message.text


def test_a_right_code_proves_the_caller_for_a_quarter_of_an_hour(desk, clock):
    assert desk.proof() is None
    desk.sends_code()
    assert desk.proof() is None
    assert desk.types(desk.code()) is CodeVerdict.RIGHT
    assert (desk.proof().way, desk.proof().method) == (Way.CODE, "agent_code")
    clock.forward(minutes=14, seconds=59)
    assert desk.proof()
    clock.forward(seconds=1)
    assert desk.proof() is None


def test_a_reason_proves_less_but_proves(desk):
    assert isinstance(desk.knows_by_reason(words="hm"), Sorry)
    assert desk.proof() is None
    desk.knows_by_reason()
    assert (desk.proof().way, desk.proof().words, desk.proof().method) == (Way.KNOWS, KNEW, "agent_reason")


def test_a_proof_is_for_one_shipment_and_one_agent(desk):
    desk.dispatch.ships(shipment("A-2"))
    desk.knows_by_code()
    assert desk.proof(reference="A-2") is None
    assert desk.proof(desk.lea) is None


def test_when_the_call_is_over_so_is_the_proof(desk):
    desk.knows_by_code()
    with desk.kit.transaction() as session:
        calls.end(session, desk.sam, desk.door().id, desk.clock())
    assert desk.proof() is None


def test_the_code_of_a_call_opens_no_page_and_serves_no_other_agent(desk):
    desk.sends_code()
    code, door = desk.code(), desk.door()
    with desk.kit.transaction() as session:
        verdict = codes.check_code(session, desk.kit.voice, door, code, 5, desk.clock()).verdict
    assert verdict is CodeVerdict.WRONG
    assert desk.types(code, desk.lea) is CodeVerdict.NONE
    assert desk.types(code) is CodeVerdict.RIGHT


def test_a_code_from_the_page_proves_no_caller(desk):
    with desk.kit.transaction() as session:
        codes.send_code(session, desk.kit.voice, desk.door(), desk.clock(), make=lambda: "123456")
    assert desk.types("123456") is CodeVerdict.NONE


def test_another_shippers_agent_finds_no_such_shipment(desk):
    stranger = desk.office.agent("eve@example.com", "lead", desk.office.shop("bolt"))
    assert desk.sends_code(stranger) is None
    assert desk.types("123456", stranger) is None
    assert desk.knows_by_reason(stranger) is None
    assert desk.told("caller_code") == []


def test_three_codes_an_hour_whoever_asks_for_them(desk):
    with desk.kit.transaction() as session:
        codes.send_code(session, desk.kit.voice, desk.door(), desk.clock())
    sent = [type(desk.sends_code()) for _ in range(3)]
    assert sent == [codes.Sent, codes.Sent, codes.NotSent]


def test_of_a_thousand_guesses_at_once_five_are_looked_at(app, desk):
    desk.sends_code()
    right = desk.code()
    wrong = [f"{number:06}" for number in range(1000) if f"{number:06}" != right]

    def guess(code):
        with app.app_context():
            return desk.types(code)

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(guess, wrong))
    assert verdicts.count(CodeVerdict.WRONG) == 5
    assert verdicts.count(CodeVerdict.USED_UP) == len(wrong) - 5
    assert desk.types(right) is CodeVerdict.USED_UP
    assert desk.proof() is None


def test_what_was_done_is_written_down_without_contacts(desk):
    desk.sends_code()
    desk.types("000000" if desk.code() != "000000" else "000001")
    desk.types(desk.code())
    desk.knows_by_reason(words="Calls from +49 170 1234567, as on file")
    with desk.kit.reading() as session:
        done = audit.of_shipment(session, desk.door().id)
    assert sorted(one.action for one in done) == [
        "caller_code_sent",
        "caller_code_wrong",
        "caller_known",
        "caller_known",
    ]
    assert "1234567" not in str([one.detail for one in done])


def test_the_words_of_the_code_are_shown_to_no_agent(desk):
    from portal.flows import told

    desk.sends_code()
    with desk.kit.reading() as session:
        (one,) = (
            one
            for one in outbox.of_shipment(session, 1, desk.door().id)
            if one.message.notice == "caller_code"
        )
    shown = told.entry(one, desk.clock())
    assert desk.code() not in str(shown)


def test_no_copy_of_what_is_held_gives_a_code_away_to_who_packs_it(desk):
    desk.sends_code()
    with desk.kit.reading() as session:
        found = person.find(session, None, person.read(session, [desk.door().recipient.phone], []))
    with ZipFile(exporting.packed(desk.kit, found.who, found, None)) as packed:
        held = packed.read("person.json").decode()
    assert "caller_code" in held and desk.code() not in held

"""What is not honoured: the recipient is told the truth, an agent looks after it, a correction takes it back."""

import pytest

from portal.domain.follow_up import Matter
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows import outcome, work
from portal.store import outbox
from tests.office import Office, token_of

LIST = "/console/queue"


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.enter(client, office.agent("ann@example.com"))
    return office


@pytest.fixture
def agreed(office):
    """A safe place that dispatch agreed to, with the parcel on its way."""
    office.box = office.shipment(office.pax)
    office.event(office.box, "at_depot")
    asked = office.asks(office.box, LeaveInSafePlace("porch"))
    with office.kit.transaction() as session:
        changing.answer(session, office.kit.voice, None, asked.id, True, "api", office.clock())
    return office.known(asked)


def delivered(office, how: str, event_id: str = "there", **more) -> None:
    office.clock.forward(minutes=10)
    office.event(office.box, "delivered", how=how, event_id=event_id, **more)


def says(office, change, honoured: bool, note: str = ""):
    office.clock.forward(minutes=1)
    with office.kit.transaction() as session:
        return outcome.report(session, office.kit.voice, None, change.id, honoured, note, office.clock())


def open_ones(office) -> list[Matter]:
    with office.kit.reading() as session:
        return list(work.ages(session, None, office.clock()).kinds)


def told(office) -> list[str]:
    with office.kit.reading() as session:
        latest = outbox.latest(session)
    return [one.notice for one in latest if one.notice in ("delivered", "change_not_honoured")]


def close(client, number: int, **form: str):
    data = {**form, "do": "resolve", "csrf_token": token_of(client.get(LIST).text)}
    return client.post(f"{LIST}/{number}", data=data)


def test_what_is_done_as_asked_is_told_as_delivered(office, agreed):
    delivered(office, "safe_place")
    assert (office.known(agreed).honoured, open_ones(office)) == (True, [])
    assert set(told(office)) == {"delivered"}


def test_what_is_not_is_told_once_with_the_truth_and_followed_up(office, agreed):
    delivered(office, "household")
    assert (office.known(agreed).honoured, open_ones(office)) == (False, [Matter.NOT_HONOURED])
    assert set(told(office)) == {"change_not_honoured"}


def test_a_correction_takes_it_back(office, agreed):
    delivered(office, "household")
    office.clock.forward(minutes=5)
    office.event(office.box, "out_for_delivery", event_id="not-yet", corrects="there")
    assert (office.known(agreed).honoured, open_ones(office)) == (None, [])
    delivered(office, "household", event_id="again")
    assert (office.known(agreed).honoured, open_ones(office)) == (False, [Matter.NOT_HONOURED])


def test_dispatchs_no_stands_whatever_the_door_shows_later(office, agreed):
    says(office, agreed, False, "The porch was locked.")
    delivered(office, "safe_place")
    found = office.known(agreed)
    assert (found.honoured, found.outcome_by, found.outcome_words) == (
        False,
        "dispatch",
        "The porch was locked.",
    )
    assert set(told(office)) == {"change_not_honoured", "delivered"}


def test_dispatchs_yes_against_the_door_needs_proof(office, agreed):
    delivered(office, "household")
    refused = says(office, agreed, True)
    assert "proof" in refused.because
    assert open_ones(office) == [Matter.NOT_HONOURED]
    says(office, agreed, True, "Handed over in the porch.\nphoto 4711")
    found = office.known(agreed)
    assert (found.honoured, found.outcome_proof, open_ones(office)) == (True, "photo 4711", [])


def test_a_bare_yes_gives_way_to_the_door_and_a_proven_one_does_not(office, agreed):
    says(office, agreed, True)
    delivered(office, "household")
    assert office.known(agreed).honoured is False
    says(office, agreed, True, "\nphoto 4711")
    office.event(office.box, "delivered", how="mailbox", event_id="anew", corrects="there")
    assert office.known(agreed).honoured is True


@pytest.mark.engines("sqlite")
def test_an_agent_finds_it_in_the_list_and_closes_it_with_a_note(client, office, agreed):
    delivered(office, "household")
    page = client.get(LIST).text
    assert "Not done as asked" in page
    assert "Jürgen Weiß" in page
    assert '<span class="count">1' in page
    number = int(page.split('id="matter-')[1].split('"')[0])
    close(client, number, note="")
    assert "Please write in a few words" in client.get(LIST).text
    close(client, number, note="Called, <b>fetched</b> from the porch.")
    assert "Nothing needs anybody." in client.get(LIST).text
    closed = client.get(f"{LIST}?whose=done").text
    assert "Called, &lt;b&gt;fetched&lt;/b&gt; from the porch." in closed
    assert "ann@example.com" in closed
    close(client, number, note="Again")
    assert "Somebody else has closed this already." in client.get(LIST).text


@pytest.mark.engines("sqlite")
def test_what_an_agent_has_closed_stays_closed(client, office, agreed):
    delivered(office, "household")
    close(client, 1, note="Done.")
    says(office, agreed, False, "Indeed not.")
    assert open_ones(office) == []


@pytest.mark.engines("sqlite")
def test_another_shippers_agent_neither_sees_nor_closes_it(client, office, agreed):
    delivered(office, "household")
    theirs = office.enter(
        client.application.test_client(), office.agent("lou@example.com", shop=office.lumen)
    )
    assert "Jürgen Weiß" not in theirs.get(LIST).text
    assert close(theirs, 1, note="Mine.").status_code == 404
    viewer = office.enter(client.application.test_client(), office.agent("vic@example.com", role="viewer"))
    assert "What you did" not in viewer.get(LIST).text


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "query", ["?kind=nothing", "?kind=%00", "?whose=x", "?kind=problem", "?age=old", "?page=0", "?page=9999"]
)
def test_odd_filters_show_a_list(client, office, agreed, query):
    assert client.get(LIST + query).status_code == 200

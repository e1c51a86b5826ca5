"""The figures of redirects: counted by kind, shared only when there are enough, with what was accepted once."""

import pytest

from portal.domain.change import Kind
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.domain.redirects import Fared
from portal.flows import change as changing
from portal.flows import redirect_figures
from tests.office import Office

PORCH = LeaveInSafePlace("porch")


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    office.pax = office.shop("pax")
    return office


def asked(office, number: int):
    box = office.shipment(office.pax, f"A-{number}", codes=(f"c{number}",))
    office.event(box, "at_depot")
    return box, office.asks(box, PORCH)


def answered(office, change, accepted: bool = True) -> None:
    with office.kit.transaction() as session:
        changing.answer(session, office.kit.voice, None, change.id, accepted, "api", office.clock())


def figures(office) -> dict[Kind, Fared]:
    with office.kit.reading() as session:
        told = redirect_figures.by_shipper(session, [office.pax.id], office.clock())
        return redirect_figures.whole(told)


def test_what_became_of_each_is_counted(office):
    kept, broken, taken_back, refused, _ = (asked(office, number) for number in range(5))
    office.clock.forward(seconds=45)
    for _, change in (kept, broken, taken_back):
        answered(office, change)
    answered(office, refused[1], accepted=False)
    with office.kit.transaction() as session:
        changing.withdraw(session, office.kit.voice, taken_back[0], taken_back[1].id, office.clock())
    office.event(kept[0], "delivered", how="safe_place")
    office.event(broken[0], "delivered", how="household")
    (fared,) = figures(office).values()
    assert dict(fared.became) == {
        "asked": 5,
        "accepted": 3,
        "refused": 1,
        "withdrawn": 1,
        "honoured": 1,
        "not_honoured": 1,
    }
    assert fared.answered[2] == 3
    assert (fared.kept, fared.agreed, fared.median_seconds) == (None, None, None)


def test_what_is_older_than_thirty_days_is_not_counted(office):
    asked(office, 1)
    office.clock.forward(days=31)
    assert figures(office) == {}


def test_half_of_the_answers_came_within():
    fared = Fared()
    fared.answered.update({2: 10, 4: 10})
    assert fared.median_seconds == pytest.approx(60.0)


@pytest.mark.engines("sqlite")
def test_they_stand_on_the_figures_and_for_those_who_watch(client, office):
    _, change = asked(office, 1)
    office.clock.forward(seconds=45)
    answered(office, change)
    office.enter(client, office.agent("lea@example.com", role="lead"))
    page = client.get("/console/figures").text
    assert "Changes that recipients asked for" in page
    assert "leave it at a safe place" in page
    watched = client.get("/metrics").text
    assert 'doorstep_changes_today{became="accepted",kind="safe_place",shipper="pax"} 1.0' in watched
    assert "asked for something else" not in client.get("/quality").text


@pytest.mark.engines("sqlite")
def test_the_public_page_shows_shares_once_there_are_enough(client, office):
    for number in range(20):
        answered(office, asked(office, number)[1])
    office.clock.forward(minutes=2)
    page = client.get("/quality").text
    assert "When people asked for something else" in page
    assert "100.0\xa0%" in page

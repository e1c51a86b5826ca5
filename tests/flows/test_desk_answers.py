"""Answers of the desk when several hands are on one change: one answer, undone or counted, never both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal import jobs
from portal.domain.change import Life
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows import desk_answers
from portal.flows.agent_acts import Done
from portal.flows.desk_answers import No, Yes
from portal.store import outbox
from portal.store.changes import ChangeRow
from tests.office import Office

LASTS = timedelta(seconds=8)


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    office.pax = office.shop("pax")
    office.box = office.shipment(office.pax)
    office.event(office.box, "at_depot")
    office.asked = office.asks(office.box, LeaveInSafePlace("porch"))
    office.desk = [office.agent(f"a{number}@example.com") for number in range(4)]
    return office


def says(office, agent, said: Yes | No):
    with office.kit.transaction() as session:
        return desk_answers.answer(session, agent, office.asked.id, said, office.clock(), LASTS)


def undoes(office, agent):
    with office.kit.transaction() as session:
        return desk_answers.undo(session, agent, office.asked.id, office.clock())


def told(office) -> list[str]:
    with office.kit.reading() as session:
        latest = outbox.latest(session)
    return [one.notice for one in latest if one.channel == "sms" and one.notice.startswith("change_a")]


def test_dispatchers_at_once_are_one_answer(office):
    saying = [(agent, Yes() if number % 2 else No("not_safe")) for number, agent in enumerate(office.desk)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda one: says(office, *one), saying))
    assert sum(isinstance(one, Done) for one in outcomes) == 1
    office.desk_ticks()
    (who,) = [agent.email for agent, one in zip(office.desk, outcomes, strict=True) if isinstance(one, Done)]
    assert office.known(office.asked).decided_by == who


def test_an_undo_and_the_clock_at_once_are_one_of_both(office):
    says(office, office.desk[0], Yes())
    office.clock.forward(seconds=9)
    with ThreadPoolExecutor(3) as pool:
        undone = pool.submit(undoes, office, office.desk[0])
        ticks = [pool.submit(jobs.answers, office.kit) for _ in range(2)]
        counted = sum(tick.result() for tick in ticks)
    life = office.known(office.asked).life
    assert (isinstance(undone.result(), Done), counted, life) in (
        (True, 0, Life.ASKED),
        (False, 1, Life.ACCEPTED),
    )


def test_an_answer_and_the_end_of_its_time_at_once_never_lose_it(office):
    office.clock.forward(seconds=(office.asked.expires_at - office.clock()).total_seconds() - 1)
    with ThreadPoolExecutor(2) as pool:
        answer = pool.submit(says, office, office.desk[0], Yes())
        pool.submit(jobs.lapse, office.kit).result()
        assert isinstance(answer.result(), Done)
    office.clock.forward(seconds=30)
    with ThreadPoolExecutor(4) as pool:
        for tick in [pool.submit(work, office.kit) for work in (jobs.lapse, jobs.answers) * 2]:
            tick.result()
    assert office.known(office.asked).life is Life.ACCEPTED
    assert told(office).count("change_accepted") == 1


def test_an_answer_that_cannot_count_does_not_hold_up_the_others(office):
    other = office.shipment(office.pax, "A-2", phone="+491701111112", codes=("P-2",))
    office.event(other, "at_depot")
    broken, office.asked = office.asked, office.asks(other, LeaveInSafePlace("garage"))
    with office.kit.transaction() as session:
        desk_answers.answer(session, office.desk[0], broken.id, Yes(), office.clock(), LASTS)
        session.execute(update(ChangeRow).where(ChangeRow.id == broken.id).values(to="no facts"))
    office.clock.forward(seconds=1)
    says(office, office.desk[0], Yes())
    office.clock.forward(seconds=9)
    with pytest.raises(AttributeError):
        jobs.answers(office.kit)
    assert office.known(office.asked).life is Life.ACCEPTED


def test_a_wish_taken_back_meanwhile_stays_taken_back(office):
    says(office, office.desk[0], Yes())
    with office.kit.transaction() as session:
        changing.withdraw(session, office.kit.voice, office.box, office.asked.id, office.clock())
    office.desk_ticks()
    assert office.known(office.asked).life is Life.WITHDRAWN
    assert "change_accepted" not in told(office)

"""The day as dispatch tells it: everyone is served, and what should go wrong goes wrong, and is put right."""

from datetime import timedelta

import pytest

from portal.demo import agreed, answers, story
from portal.demo.agreed import Asked
from portal.demo.depot import Depot, Door, Letter
from portal.demo.papers import Paper


def play(depot: Depot, until: str = "20:00", since: str = "07:29", step_seconds: int = 90) -> list[Letter]:
    letters, now = [], depot.day.at(since)
    while now < depot.day.at(until):
        after = min(now + timedelta(seconds=step_seconds), depot.day.at(until))
        letters += story.tell(depot, now, after)
        now = after
    return letters


def events(letters: list[Letter], depot: Depot, name: str) -> list[Paper]:
    reference = depot.named(name).reference
    return [
        item
        for letter in letters
        if letter.door is Door.EVENTS
        for item in letter.items
        if item["shipment"] == reference
    ]


def happenings(letters: list[Letter], depot: Depot, name: str) -> list[str]:
    return [event["happening"] for event in events(letters, depot, name)]


@pytest.fixture
def whole_day(depot: Depot) -> list[Letter]:
    return play(depot)


def test_every_delivery_comes_to_an_end_and_every_event_has_its_own_id(depot: Depot, whole_day: list[Letter]):
    ends = {"delivered", "collected", "ready_for_pickup", "returning"}
    for one in (one for one in depot.deliveries.values() if one.route != "R-401"):
        assert ends & set(happenings(whole_day, depot, one.person.name)), one.person.name
    ids = [item["event_id"] for letter in whole_day if letter.door is Door.EVENTS for item in letter.items]
    assert len(set(ids)) == len(ids)


def test_nobody_home_leads_to_a_locker(depot: Depot, whole_day: list[Letter]):
    failed, ready = events(whole_day, depot, "Jonas Brandt")[-2:]
    assert (failed["happening"], failed["reason"]) == ("attempt_failed", "consignee_not_home")
    assert (ready["happening"], ready["place"]) == ("ready_for_pickup", "Market Row Locker")


def test_a_wrong_delivered_is_taken_back_before_the_real_one(depot: Depot, whole_day: list[Letter]):
    told = events(whole_day, depot, "Eleanor Whitcomb")
    wrong, real = (event for event in told if event["happening"] == "delivered")
    back = next(event for event in told if event.get("corrects"))
    assert (back["happening"], back["corrects"]) == ("out_for_delivery", wrong["event_id"])
    assert wrong["happened_at"] < back["happened_at"] < real["happened_at"]


def test_a_van_that_stands_still_makes_its_recipients_hear_of_a_delay(depot: Depot, whole_day: list[Letter]):
    delays = [event for event in events(whole_day, depot, "Samuel Okafor") if event["happening"] == "delayed"]
    assert [event["reason"] for event in delays] == ["carrier_vehicle_issue"]


def test_a_driver_who_is_called_away_says_so_and_comes_later(depot: Depot, whole_day: list[Letter]):
    told = happenings(whole_day, depot, "Theo Marchetti")
    assert told[-4:] == ["next_stop", "no_longer_heading", "next_stop", "delivered"]


def test_looking_every_few_seconds_or_every_ten_minutes_tells_the_same_day(depot: Depot, town, day):
    other = type(depot)(town, day, dict(depot.deliveries), dict(depot.planned))
    fine = [item for letter in play(depot, step_seconds=45) for item in letter.items]
    coarse = [item for letter in play(other, step_seconds=600) for item in letter.items]
    short = [
        (item["shipment"], item["happening"], item["happened_at"]) for item in fine if "happening" in item
    ]
    assert sorted(short) == sorted(
        (item["shipment"], item["happening"], item["happened_at"]) for item in coarse if "happening" in item
    )


def asked(
    depot: Depot, name: str, kind: str, to: dict[str, str], window: tuple[str, str, int] | None = None
) -> Asked:
    day = depot.day
    moments = (day.at(window[0], window[2]), day.at(window[1], window[2])) if window else None
    return Asked("c-1", depot.named(name).reference, kind, to, day.at("12:00"), moments)


def test_an_agreed_neighbor_gets_the_parcel_and_the_outcome_is_told(depot: Depot):
    play(depot, "09:00")
    agreed.agree(
        depot,
        asked(depot, "Priya Raman", "neighbor", {"name": "Ada", "house_number": "7"}),
        depot.day.at("09:00"),
    )
    letters = play(depot, since="09:00")
    assert events(letters, depot, "Priya Raman")[-1]["how"] == "neighbor"
    assert [letter.items[0]["change_id"] for letter in letters if letter.door is Door.OUTCOME] == ["c-1"]


def test_an_agreed_locker_gets_the_parcel_whether_it_is_loaded_or_not(depot: Depot):
    play(depot, "09:00")
    agreed.agree(depot, asked(depot, "Priya Raman", "locker", {"locker": "L-MARKET"}), depot.day.at("09:00"))
    agreed.agree(depot, asked(depot, "Amina Diallo", "locker", {"locker": "L-GARDEN"}), depot.day.at("09:00"))
    letters = play(depot, since="09:00")
    for name, locker in (("Priya Raman", "Market Row Locker"), ("Amina Diallo", "Lavender Walk Locker")):
        end = events(letters, depot, name)[-1]
        assert (end["happening"], end["place"]) == ("ready_for_pickup", locker)


def test_another_day_takes_the_parcel_off_the_van(depot: Depot):
    play(depot, "09:00")
    wish = asked(depot, "Priya Raman", "new_window", {"slot": "s"}, ("09:00", "12:00", 1))
    agreed.agree(depot, wish, depot.day.at("09:00"))
    letters = play(depot, since="09:00")
    assert "delivered" not in happenings(letters, depot, "Priya Raman")
    route = next(letter for letter in letters if letter.door is Door.ROUTES)
    assert depot.named("Priya Raman").reference not in {stop["shipment"] for stop in route.items[0]["stops"]}


def test_a_later_window_today_is_another_round(depot: Depot):
    play(depot, "09:00")
    wish = asked(depot, "Sabine Lorenz", "new_window", {"slot": "s"}, ("16:30", "19:30", 0))
    agreed.agree(depot, wish, depot.day.at("09:00"))
    letters = play(depot, "21:30", since="09:00")
    end = events(letters, depot, "Sabine Lorenz")[-1]
    assert end["happening"] == "delivered"
    assert depot.day.at("16:30").isoformat() < end["happened_at"] < depot.day.at("19:30").isoformat()


def test_a_change_while_the_driver_is_on_the_way_to_the_door_is_refused(depot: Depot):
    play(depot, "08:10")
    first = depot.waiting_on(depot.vans["van-1"])[0]
    seen = agreed.seen_by_office(depot, asked(depot, first.person.name, "neighbor", {}))
    assert answers.answer(seen) == answers.Answer(
        False, "driver_on_the_way", "The driver is already on the way to your door."
    )


def test_a_locker_far_from_the_round_is_refused_with_a_reason(depot: Depot):
    seen = agreed.seen_by_office(depot, asked(depot, "Naomi Tanaka", "locker", {"locker": "L-GARDEN"}))
    answer = answers.answer(seen)
    assert not answer.accepted
    assert "nearer to you" in answer.reason


def test_most_wishes_are_granted(depot: Depot):
    for name in ("Priya Raman", "Amina Diallo", "Samuel Okafor"):
        seen = agreed.seen_by_office(
            depot, asked(depot, name, "neighbor", {"name": "Ada", "house_number": "7"})
        )
        assert answers.answer(seen).accepted


def test_nothing_the_town_writes_is_unreadable(whole_day: list[Letter]):
    said = [letter.says for letter in whole_day if letter.says]
    assert len(said) > 80
    assert all(line.endswith(".") for line in said)


def letters_to(letters: list[Letter], door: Door) -> list[Paper]:
    return [item for letter in letters if letter.door is door for item in letter.items]


def test_the_driver_reads_what_was_agreed_and_does_most_of_it(depot: Depot):
    play(depot, until="08:30")
    for name, kind in (("Priya Raman", "neighbor"), ("Sofia Petrakis", "safe_place")):
        to = {"name": "Ada", "house_number": "7", "spot": "porch"}
        asked = Asked(f"c-{name}", depot.named(name).reference, kind, to, depot.day.at("12:00"))
        agreed.agree(depot, asked, depot.day.at("08:31"))
    letters = play(depot, since="08:30")
    seen = letters_to(letters, Door.SEEN)
    assert [(one["change_id"], one["driver"]) for one in seen] == [
        ("c-Priya Raman", "van-1"),
        ("c-Sofia Petrakis", "van-3"),
    ]
    outcomes = {one["change_id"]: one["honoured"] for one in letters_to(letters, Door.OUTCOME)}
    assert outcomes == {"c-Priya Raman": True, "c-Sofia Petrakis": False}
    assert happenings(letters, depot, "Sofia Petrakis")[-1] == "delivered"


def test_a_change_agreed_at_the_depot_is_read_when_the_van_is_loaded(depot: Depot):
    play(depot, until="08:00")
    reference = depot.named("Amina Diallo").reference
    agreed.agree(
        depot,
        Asked("c", reference, "safe_place", {"spot": "porch"}, depot.day.at("12:00")),
        depot.day.at("08:00"),
    )
    assert letters_to(play(depot, since="08:00", until="16:00"), Door.SEEN) == []
    (seen,) = letters_to(play(depot, since="16:00"), Door.SEEN)
    assert seen == {"change_id": "c", "driver": "van-3"}


def test_one_person_gets_two_parcels_at_one_door_and_one_chooses_his_first_window(
    depot: Depot, whole_day: list[Letter]
):
    told = letters_to(whole_day, Door.SHIPMENTS)
    both = [one for one in told if one["recipient"]["name"] == "Kwame Boateng"]
    assert len(both) == 2 and both[0]["address"] == both[1]["address"]
    (on_demand,) = (one for one in told if one["service"] == "on_demand")
    assert on_demand["window"] is None
    assert "window_promised" not in happenings(whole_day, depot, "Desmond Clarke")

"""The desk: the most urgent first, answered with one press, undone within seconds, kind when somebody was faster."""

import pytest

from portal import jobs
from portal.domain.change import Life
from portal.flows import change as changing
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.enter(client, office.agent("ann@example.com"))
    return office


@pytest.fixture
def wish(office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "at_depot")
    return office.wish(shipment)


def answer(client, change, verb: str, headers: dict[str, str] | None = None, **form: str):
    token = token_of(client.get("/console").text)
    return client.post(
        f"/desk/changes/{change.id}/{verb}", data={**form, "csrf_token": token}, headers=headers
    )


def life(office, change) -> Life:
    return office.known(change).life


def test_an_empty_desk_says_so(client, office):
    assert "Nothing waits" in client.get("/desk").text


def test_a_waiting_change_says_what_is_asked_until_when_and_what_silence_means(client, office, wish):
    page = client.get("/desk").text
    assert "Leave it with a neighbor: Ada Cole at number 14" in page
    assert "said yes, on a link the recipient passed on" in page
    assert "Proven with a one-time code." in page
    assert "Answer until 10:30 CEST" in page
    assert "If nobody answers, it stays as it was." in page


def test_the_oldest_deadline_comes_first(client, office, wish, clock):
    clock.forward(minutes=5)
    later = office.shipment(office.pax, "B-2", codes=("b2",))
    office.wish(later, "Wen Li", "3")
    page = client.get("/desk").text
    assert page.index("Ada Cole") < page.index("Wen Li")


def test_age_turns_amber_and_then_red(client, office, wish, clock):
    def tone() -> str:
        return client.get("/desk").text.split('<li class="change ')[1].split('"')[0]

    assert tone() == "plain"
    clock.forward(minutes=16)
    assert tone() == "warn"
    clock.forward(minutes=10)
    assert tone() == "bad"


def test_one_press_accepts_and_the_answer_counts_seconds_later_with_its_author(client, office, wish):
    assert answer(client, wish, "accept").status_code == 303
    page = client.get("/desk").text
    assert "You accept: leave it with a neighbor" in page
    assert "the recipient is told in 8 seconds" in page
    assert life(office, wish) is Life.ASKED
    office.desk_ticks()
    assert life(office, wish) is Life.ACCEPTED
    assert office.known(wish).decided_by == "ann@example.com"
    assert "ann@example.com" in client.get("/desk").text


def test_dispatch_has_it_once_it_answers_and_not_by_looking(client, office, wish):
    client.get("/desk")
    client.get("/desk/queue")
    assert office.known(wish).told_at is None
    answer(client, wish, "accept")
    assert office.known(wish).told_how == "desk"


def test_an_answer_is_undone_within_seconds_and_nobody_hears_of_it(client, office, wish):
    answer(client, wish, "accept")
    answer(client, wish, "undo")
    assert "waits for an answer again" in client.get("/desk").text
    office.desk_ticks()
    assert life(office, wish) is Life.ASKED
    answer(client, wish, "refuse", reason_code="not_safe")
    office.desk_ticks()
    assert life(office, wish) is Life.REFUSED


def test_what_has_taken_effect_cannot_be_undone(client, office, wish):
    answer(client, wish, "accept")
    office.desk_ticks()
    answer(client, wish, "undo")
    assert "nothing to undo any more: this change is accepted" in client.get("/desk").text
    assert life(office, wish) is Life.ACCEPTED


def test_an_answer_given_in_time_counts_though_time_runs_out_meanwhile(client, office, wish, clock):
    clock.forward(seconds=(wish.expires_at - clock()).total_seconds() - 3)
    answer(client, wish, "accept")
    clock.forward(seconds=4)
    jobs.lapse(office.kit)
    assert life(office, wish) is Life.ASKED
    office.desk_ticks(5)
    assert life(office, wish) is Life.ACCEPTED


def test_an_answer_undone_after_time_ran_out_lapses(client, office, wish, clock):
    clock.forward(seconds=(wish.expires_at - clock()).total_seconds() - 3)
    answer(client, wish, "accept")
    clock.forward(seconds=4)
    answer(client, wish, "undo")
    jobs.lapse(office.kit)
    assert life(office, wish) is Life.LAPSED


def test_who_answers_by_api_meanwhile_wins_and_the_dispatcher_is_told(client, office, wish):
    answer(client, wish, "accept")
    with office.kit.transaction() as session:
        changing.answer(session, office.kit.voice, None, wish.id, False, "api", office.clock(), reason="No.")
    office.desk_ticks()
    assert life(office, wish) is Life.REFUSED
    assert "Your answer came second: this change was already refused by api." in client.get("/desk").text
    office.desk_ticks(90)
    assert "Your answer came second" not in client.get("/desk").text


def test_a_refusal_takes_a_reason_from_the_list(client, office, wish):
    answer(client, wish, "refuse", reason_code="neighbor_not_found")
    office.desk_ticks()
    found = office.known(wish)
    assert (found.life, found.reason) == (Life.REFUSED, "We could not find this neighbor.")


def test_a_refusal_takes_own_words(client, office, wish):
    answer(client, wish, "refuse", reason_code="not_safe", reason="The gate is locked\x00 today.")
    office.desk_ticks()
    found = office.known(wish)
    assert (found.reason_code, found.reason) == ("own_words", "The gate is locked today.")


@pytest.mark.parametrize(
    "form", [{}, {"reason_code": "made_up"}, {"reason_code": "locker_full"}, {"reason": " \x00 "}]
)
def test_a_refusal_without_a_fitting_reason_asks_for_one_and_changes_nothing(client, office, wish, form):
    back = answer(client, wish, "refuse", **form).location
    page = client.get(back).text
    assert "Please choose a reason" in page
    assert "<details data-refuse open>" in page
    office.desk_ticks()
    assert life(office, wish) is Life.ASKED


def test_a_reason_that_is_too_long_says_how_long_it_may_be(client, office, wish):
    page = client.get(answer(client, wish, "refuse", reason="x" * 501).location).text
    assert "at most 500 characters; this one has 501" in page


def test_whoever_comes_second_is_told_kindly(client, office, wish):
    answer(client, wish, "accept")
    client.get("/desk")
    answer(client, wish, "refuse", reason_code="not_safe")
    assert "ann@example.com has just accepted this change." in client.get("/desk").text
    office.desk_ticks()
    answer(client, wish, "refuse", reason_code="not_safe")
    page = client.get("/desk").text
    assert "Somebody or the clock was faster. This change is already accepted." in page
    assert life(office, wish) is Life.ACCEPTED


def test_an_answer_after_the_deadline_is_too_late(client, office, wish, clock):
    clock.forward(hours=1)
    answer(client, wish, "accept")
    assert "The time to answer this change is over." in client.get("/desk").text
    assert life(office, wish) is Life.ASKED


def test_scripts_get_the_same_answers_as_words(client, office, wish):
    told = answer(client, wish, "accept", {"X-Fragment": "1"}).json
    assert told["done"] is True
    assert "You accept" in told["said"]


def test_the_queue_is_unchanged_until_something_changes_or_a_minute_passes(client, office, wish, clock):
    first = client.get("/desk/queue")
    etag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/desk/queue", headers=etag).status_code == 304
    answer(client, wish, "accept")
    second = client.get("/desk/queue", headers=etag)
    assert second.status_code == 200
    etag = {"If-None-Match": second.headers["ETag"]}
    clock.forward(minutes=1)
    assert client.get("/desk/queue", headers=etag).status_code == 200


def test_a_depot_can_be_shown_alone(client, office, wish):
    other = office.shipment(office.pax, "H-1", codes=("h1",), depot="harbor")
    office.wish(other, "Wen Li", "3")
    page = client.get("/desk?depot=harbor").text
    assert "Wen Li" in page
    assert "Ada Cole" not in page
    assert "Ada Cole" in client.get("/desk").text


def test_a_dispatcher_of_one_shipper_sees_and_answers_only_theirs(client, office, wish):
    theirs = office.enter(
        client.application.test_client(), office.agent("lou@example.com", shop=office.lumen)
    )
    assert "Ada Cole" not in theirs.get("/desk").text
    assert answer(theirs, wish, "accept").status_code == 404
    assert answer(theirs, wish, "refuse", reason_code="no_room").status_code == 404
    assert answer(theirs, wish, "undo").status_code == 404
    assert life(office, wish) is Life.ASKED


def test_a_viewer_sees_the_queue_without_buttons(client, office, wish):
    viewer = office.enter(client.application.test_client(), office.agent("vic@example.com", role="viewer"))
    assert "data-accept" not in viewer.get("/desk").text
    assert answer(viewer, wish, "accept").status_code == 403


@pytest.mark.parametrize("name", ["nothing", "00000000-0000-0000-0000-000000000000", "%00", "a" * 500])
def test_a_change_that_does_not_exist_is_not_found(client, office, name):
    token = token_of(client.get("/console").text)
    assert client.post(f"/desk/changes/{name}/accept", data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("depot", ["\x00", "<script>", "x" * 10_000, "' OR 1=1"])
def test_a_hostile_depot_shows_an_empty_desk(client, office, wish, depot):
    answer = client.get("/desk", query_string={"depot": depot})
    assert answer.status_code == 200
    assert "<script>" not in answer.text.split("<main")[1].split("</main>")[0]

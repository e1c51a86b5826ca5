"""After the door: I have it or not, problems with pictures, stars, and what dispatch and agents hear of it."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from portal.store import changes, follow_ups
from tests.dispatch import new_dispatch
from tests.office import Office
from tests.pictures import HTML, bomb, photo, photo_with_place
from tests.recipient import recipient_of


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


@pytest.fixture
def delivered(ann, dispatch, clock):
    dispatch.happens("A-1", "delivered", clock(), how="neighbor", place="Mrs. Oak, no. 14")
    return ann


def heard(ann, type="shipment.problem_reported"):
    """What dispatch has heard, in order."""
    kit = ann.app.extensions["doorstep"]
    with ann.app.app_context(), kit.transaction() as session:
        changes.number_new_entries(session)
        return [entry.data for entry in changes.feed(session, None, 0, 100) if entry.type == type]


def matters(ann):
    """What agents have to look after: (matter, words)."""
    with ann.app.extensions["doorstep"].reading() as session:
        known = follow_ups.of_shipments(session, range(1, 50))
        return [(one.matter.value, one.words) for one in known if one.closed_at is None]


def says(ann, answer):
    assert ann.sends("/received", "/received", has_it=answer).status_code == 303
    return ann.reads("/received")


def reports(ann, *bodies, **fields):
    """A problem with pictures, as a browser sends it."""
    page = ann.looks("/problem")
    names = dict(re.findall(r'name="(csrf_token|form)" value="([^"]+)"', page))
    pictures = [(io.BytesIO(body), f"{number}.jpg") for number, body in enumerate(bodies)]
    form = {"kind": "damaged", "words": "The box is wet.", **names, **fields, "pictures": pictures}
    return ann.client.post(ann.path + "/problem", data=form, content_type="multipart/form-data")


class TestClaim:
    def test_the_page_asks_and_i_have_it_ends_it(self, delivered):
        assert "Do you have your parcel?" in delivered.reads()
        assert "We have noted that you have your parcel." in says(delivered, "yes")
        assert "You told us that you have it." in delivered.reads()
        assert heard(delivered) == [] and matters(delivered) == []

    def test_i_do_not_have_it_reaches_dispatch_and_agents(self, delivered):
        assert "We ask the driver where it was left" in says(delivered, "no")
        (told,) = heard(delivered)
        assert (told["shipment"], told["kind"], told["state"]) == ("A-1", "not_received", "open")
        assert [matter for matter, _ in matters(delivered)] == ["not_received"]
        assert "We look after it." in delivered.reads()

    def test_saying_it_twice_tells_once(self, delivered):
        says(delivered, "no")
        delivered.sends("/received", "/received", has_it="no")
        assert len(heard(delivered)) == len(matters(delivered)) == 1

    def test_it_can_be_corrected(self, delivered):
        says(delivered, "no")
        assert "We have noted that you have your parcel." in says(delivered, "yes")
        assert [one["state"] for one in heard(delivered)] == ["open", "withdrawn"]
        assert matters(delivered) == []

    def test_changing_ones_mind_all_day_is_not_told_all_day(self, delivered):
        for _ in range(8):
            says(delivered, "no"), says(delivered, "yes")
        assert len(heard(delivered)) <= 6

    def test_i_have_it_before_the_scan_is_told_to_dispatch(self, ann, dispatch, clock):
        dispatch.happens("A-1", "out_for_delivery", clock())
        assert "We tell the depot that you have it" in says(ann, "yes")
        assert heard(ann)[0]["kind"] == "ahead_of_scan"
        dispatch.happens("A-1", "delivered", clock())
        assert "We have noted that you have your parcel." in ann.reads("/received")
        assert matters(ann) == []

    def test_a_delivery_taken_back_leaves_nothing_to_look_after(self, delivered, dispatch, clock):
        says(delivered, "no")
        clock.forward(minutes=5)
        dispatch.happens("A-1", "at_depot", clock(), corrects="ev-1")
        assert matters(delivered) == []
        clock.forward(minutes=5)
        dispatch.happens("A-1", "delivered", clock())
        assert "Do you have your parcel?" in delivered.reads()

    def test_nonsense_changes_nothing(self, delivered):
        delivered.sends("/received", "/received", has_it="maybe")
        assert "We have noted" not in delivered.reads("/received")

    def test_before_it_is_on_its_way_nobody_is_asked(self, ann):
        assert "There is nothing to say about this parcel right now." in ann.reads("/received")
        with_token = re.search(r'csrf_token" value="([^"]+)"', ann.looks("/problem"))
        form = {"has_it": "yes", "csrf_token": with_token[1]}
        assert ann.client.post(ann.path + "/received", data=form).status_code == 303
        assert heard(ann) == []

    def test_a_form_without_its_token_changes_nothing(self, delivered):
        assert delivered.client.post(delivered.path + "/received", data={"has_it": "no"}).status_code == 400
        assert matters(delivered) == []


class TestProblem:
    def test_a_problem_with_pictures_reaches_everybody(self, app, clock, delivered):
        assert reports(delivered, photo_with_place(), photo()).status_code == 303
        assert "our support have it now" in delivered.reads("/problem?done=1")
        (told,) = heard(delivered)
        assert (told["kind"], told["words"], told["pictures"]) == ("damaged", "The box is wet.", 2)
        assert matters(delivered) == [("problem", "Damaged (2 pictures): The box is wet.")]
        kept = list(app.extensions["doorstep"].drawer.folder.glob("*/*/*"))
        assert len(kept) == 2 and all(b"Exif" not in path.read_bytes() for path in kept)

    def test_an_agent_reads_it_and_looks_at_the_picture_with_a_trace(self, app, clock, delivered):
        reports(delivered, photo())
        office = Office(app, clock)
        client = office.enter(app.test_client(), office.agent())
        page = client.get("/console/shipments/1").text
        assert "Problem reported: damaged" in page and "The box is wet." in page
        shown = re.search(r'href="(/console/shipments/1/pictures/[0-9a-f]{32})"', page)
        assert shown and client.get(shown[1]).content_type == "image/jpeg"
        assert "Looked at a picture" in client.get("/console/shipments/1").text
        shop = office.shop("elsewhere")
        stranger = office.enter(app.test_client(), office.agent("eve@example.com", shop=shop))
        assert stranger.get(shown[1]).status_code == 404

    def test_pressing_twice_reports_once(self, delivered):
        assert [reports(delivered, form="same").status_code for _ in range(2)] == [303, 303]
        assert len(heard(delivered)) == 1

    def test_pressing_many_times_at_once_reports_once(self, delivered):
        page = delivered.looks("/problem")
        names = dict(re.findall(r'name="(csrf_token|form)" value="([^"]+)"', page))
        cookie = delivered.client.get_cookie("doorstep")

        def press(_):
            client = delivered.app.test_client()
            client.set_cookie("doorstep", cookie.value)
            form = {"kind": "damaged", **names}
            return client.post(delivered.path + "/problem", data=form).status_code

        with ThreadPoolExecutor(5) as pool:
            assert set(pool.map(press, range(5))) == {303}
        assert len(heard(delivered)) == 1

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"kind": ""}, "Please choose what went wrong."),
            ({"kind": "theft"}, "Please choose what went wrong."),
            ({"kind": "other", "words": " "}, "Please tell us in a few words what went wrong."),
            ({"words": "ü" * 1_001}, "Please use fewer words."),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(self, delivered, fields, sentence):
        answer = reports(delivered, **fields)
        assert answer.status_code == 422 and sentence in answer.text
        assert heard(delivered) == []

    @pytest.mark.parametrize(
        ("bodies", "status"),
        [
            ([HTML], 422),
            ([photo(), bomb()], 422),
            ([photo()] * 4, 422),
            ([b"\xff\xd8\xff" + b"\0" * (9 * 1024 * 1024)], 422),
            ([b"\xff\xd8\xff" + b"\0" * (13 * 1024 * 1024)] * 2, 413),
        ],
        ids=["page", "bomb", "many", "large", "larger than all"],
    )
    def test_bad_pictures_are_refused_in_words(self, app, delivered, bodies, status):
        answer = reports(delivered, *bodies)
        assert answer.status_code == status and "Please" in answer.text
        assert heard(delivered) == []
        assert list(app.extensions["doorstep"].drawer.folder.glob("*/*/*")) == []

    def test_three_large_pictures_fit(self, delivered):
        large = photo() + b"\0" * (7 * 1024 * 1024)
        assert reports(delivered, large, large, large).status_code == 303

    def test_after_five_reports_it_is_enough(self, delivered):
        statuses = [reports(delivered, words=f"No. {number}").status_code for number in range(6)]
        assert statuses == [303] * 5 + [429]
        assert len(matters(delivered)) == 5

    def test_not_received_is_one_matter_with_i_do_not_have_it(self, delivered):
        reports(delivered, kind="not_received")
        says(delivered, "no")
        assert [matter for matter, _ in matters(delivered)] == ["not_received"]
        says(delivered, "yes")
        assert matters(delivered) == []

    def test_words_are_only_words(self, app, clock, delivered):
        reports(delivered, words="<script>alert(1)</script>\u202e evil")
        office = Office(app, clock)
        page = office.enter(app.test_client(), office.agent()).get("/console/shipments/1").text
        assert "<script>alert" not in page and "\u202e" not in page


class TestRating:
    def test_stars_and_words_reach_dispatch(self, delivered):
        assert delivered.sends("/rate", "/rate", stars="4", words="Kind driver").status_code == 303
        (told,) = heard(delivered, "shipment.rated")
        assert (told["stars"], told["words"], told["changed"]) == (4, "Kind driver", False)
        assert "Thank you for your rating." in delivered.reads()

    def test_it_can_be_changed_for_a_day(self, delivered, clock):
        delivered.sends("/rate", "/rate", stars="1")
        delivered.sends("/rate", "/rate", stars="1")
        clock.forward(hours=20)
        delivered.sends("/rate", "/rate", stars="5")
        assert [one["stars"] for one in heard(delivered, "shipment.rated")] == [1, 5]
        page = delivered.looks("/rate")
        token = re.search(r'csrf_token" value="([^"]+)"', page)[1]
        clock.forward(hours=5)
        late = delivered.client.post(delivered.path + "/rate", data={"stars": "2", "csrf_token": token})
        assert late.status_code == 409 and "can no longer be changed" in late.text
        assert "can no longer be changed" in delivered.reads("/rate")

    @pytest.mark.parametrize("stars", ["", "0", "6", "-1", "5.5", "٥", "many"])
    def test_only_one_to_five_stars(self, delivered, stars):
        answer = delivered.sends("/rate", "/rate", stars=stars)
        assert answer.status_code == 422 and "between 1 and 5 stars" in answer.text

    def test_nobody_rates_what_is_not_there(self, ann):
        assert "once your parcel is there" in ann.reads("/rate")

    def test_the_figures_count_them(self, app, clock, delivered):
        delivered.sends("/rate", "/rate", stars="4")
        office = Office(app, clock)
        lead = office.agent("lead@example.com", role="lead")
        page = office.enter(app.test_client(), lead).get("/console/figures").text
        assert "4.0 of 5" in page and "signature 1, place 1" in page


@pytest.mark.parametrize("page", ["/received", "/problem", "/rate", "/proof"])
@pytest.mark.parametrize("language", ["de", "es", "fr", "nl", "pl", "tr"])
@pytest.mark.engines("sqlite")
def test_pages_speak_every_language(delivered, page, language):
    html = delivered.looks(f"{page}?lang={language}")
    assert f'<html lang="{language}">' in html and "Back to the delivery" not in html
    assert f"/rate?lang={language}" in html or f"?lang={language}" in html


@pytest.mark.engines("sqlite")
def test_the_page_stays_small_after_the_delivery(delivered):
    assert len(delivered.looks().encode()) < 15_000


@pytest.mark.engines("sqlite")
def test_only_a_delivered_parcel_costs_the_page_a_further_question(app, ann, dispatch, clock):
    asked = []
    event.listen(
        app.extensions["doorstep"].database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: asked.append(statement),
    )
    ann.looks()
    assert asked and not any("claims" in statement for statement in asked)
    dispatch.happens("A-1", "delivered", clock())
    asked.clear()
    ann.looks()
    assert sum("claims" in statement for statement in asked) == 1

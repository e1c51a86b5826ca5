"""Proof of delivery: sent by dispatch, shown by level of proof, and files that are not what they say."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from PIL import Image

from portal.domain.handover import WRONG_PINS, pin_of
from portal.flows import files as filing
from tests.dispatch import new_dispatch
from tests.pictures import HTML, POLYGLOT, SVG, bomb, photo, photo_with_place
from tests.recipient import recipient_of


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


@pytest.fixture
def delivered(ann, dispatch, clock):
    """Left in the safe place; the event is `done`."""
    proof = {"lat": 10.0, "lng": 20.001, "note": "behind the pot"}
    dispatch.reports(event_of(clock, proof=proof))
    return ann


def event_of(clock, event_id="done", happening="delivered", **more):
    told = {"event_id": event_id, "shipment": "A-1", "happening": happening}
    more = {"how": "safe_place", "place": "behind the blue pot", **more} if happening == "delivered" else more
    return told | {"happened_at": clock().isoformat()} | more


def sends(dispatch, body=None, name="door.jpg", **fields):
    """A picture as the driver's device sends it."""
    form = {"shipment": "A-1", "event_id": "done", "sort": "photo", **fields}
    if body is not None:
        form["file"] = (io.BytesIO(body), name)
    return dispatch.call("POST", "/proofs", data=form, content_type="multipart/form-data")


def stored(app):
    """Every file in the drawer."""
    return list(app.extensions["doorstep"].drawer.folder.glob("*/*/*"))


def proves(ann):
    ann.sends("/verify/code", "/verify?for=proof")
    ann.sends("/verify", "/verify?for=proof", code=ann.code(), **{"for": "proof"})


def test_a_photo_is_kept_anew_without_its_place_and_upright(app, delivered, dispatch):
    assert sends(dispatch, photo_with_place()).json["outcome"] == "taken"
    (path,) = stored(app)
    kept = Image.open(path)
    assert (kept.format, kept.size) == ("JPEG", (48, 64))
    assert not kept.getexif() and "comment" not in kept.info
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_known_by_what_they_are(app, delivered, dispatch, form):
    assert sends(dispatch, photo(form=form), name="page.html").status_code == 200
    assert Image.open(stored(app)[0]).format == "JPEG"


def test_a_picture_is_made_small(app, delivered, dispatch):
    sends(dispatch, photo(4000, 1000))
    assert Image.open(stored(app)[0]).size == (1600, 400)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (SVG, 415),
        (HTML, 415),
        (b"%PDF-1.7", 415),
        (b"", 422),
        (bomb(), 413),
        (photo()[:200], 422),
        (b"\xff\xd8\xff" + b"\0" * 500, 422),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, 422),
        (b"RIFF\0\0\0\0WEBP" + b"\0" * 50, 422),
        (b"\xff\xd8\xff" + b"\0" * (5 * 1024 * 1024), 413),
        (b"\xff\xd8\xff" + b"\0" * (6 * 1024 * 1024), 413),
    ],
    ids=["svg", "html", "pdf", "empty", "bomb", "cut", "jpeg?", "png?", "webp?", "large", "larger"],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(app, delivered, dispatch, body, status):
    answer = sends(dispatch, body, name="door.jpg")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.json
    assert stored(app) == []


def test_what_hides_behind_a_picture_is_gone(app, delivered, dispatch):
    assert sends(dispatch, POLYGLOT).status_code == 200
    assert b"script" not in stored(app)[0].read_bytes()


def test_other_bodies_and_missing_fields_are_named(delivered, dispatch):
    assert dispatch.call("POST", "/proofs", json={}).status_code == 415
    empty = sends(dispatch, None, sort="video", event_id="")
    assert empty.status_code == 422
    assert [one["pointer"] for one in empty.json["errors"]] == ["/event_id", "/sort", "/file"]


def test_a_picture_belongs_to_an_event_of_that_shipment(app, delivered, dispatch, ann, clock):
    assert sends(dispatch, photo(), event_id="never").json["errors"][0]["pointer"] == "/event_id"
    assert sends(dispatch, photo(), shipment="A-9").status_code == 404
    recipient_of(app, dispatch, "A-2")
    assert sends(dispatch, photo(), shipment="A-2").status_code == 422
    assert stored(app) == []


def test_another_shipper_finds_no_such_shipment(app, delivered, dispatch):
    other = new_dispatch(app, "Other Shop")
    theirs, nobodys = sends(other, photo()), sends(other, photo(), shipment="A-9")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json["detail"] == nobodys.json["detail"].replace("A-9", "A-1")


def test_a_key_without_the_scope_sends_nothing(app, delivered):
    reader = new_dispatch(app, "Third Shop", scopes=["shipments:read"])
    assert sends(reader, photo()).status_code == 403


def test_sending_it_twice_keeps_one(app, delivered, dispatch):
    outcomes = [sends(dispatch, photo()).json["outcome"] for _ in range(3)]
    assert outcomes == ["taken", "seen", "seen"]
    assert len(stored(app)) == 1


def test_sending_it_many_times_at_once_keeps_one(app, delivered, dispatch):
    def again(_):
        client = app.test_client()
        form = {"shipment": "A-1", "event_id": "done", "sort": "photo"}
        form["file"] = (io.BytesIO(photo()), "door.jpg")
        headers = {"Authorization": f"Bearer {dispatch.key}"}
        return client.post("/api/v1/proofs", data=form, headers=headers).json["outcome"]

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(again, range(6))) == ["seen"] * 5 + ["taken"]
    assert len(stored(app)) == 1


def test_an_event_has_only_so_many_pictures(delivered, dispatch):
    colors = ["red", "green", "blue", "black", "white", "navy", "gold", "pink", "tan", "gray", "teal"]
    statuses = [sends(dispatch, photo(color=color)).status_code for color in colors]
    assert statuses == [200] * 10 + [422]


def test_the_link_alone_shows_that_there_is_a_photo_and_no_more(delivered, dispatch):
    sends(dispatch, photo())
    page, seen = delivered.reads("/proof"), delivered.looks() + delivered.looks("/proof")
    assert "It was left in the safe place." in page and "There is a photo." in page
    assert "Show the photo and where it is" in delivered.reads()
    assert "/pictures/" not in seen and "blue pot" not in seen and "110 m" not in seen


def test_after_the_code_all_of_it_is_shown(delivered, dispatch, clock):
    sends(dispatch, photo())
    proves(delivered)
    html = delivered.looks("/proof")
    address = re.search(r'src="(/t/[^"]+/pictures/[0-9a-f]{32})"', html)
    assert address and "behind the blue pot" in html and "360 ft" in html
    shown = delivered.client.get(address[1])
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert delivered.app.test_client().get(address[1]).status_code == 404
    clock.forward(minutes=11)
    assert delivered.client.get(address[1]).status_code == 404


def test_nobody_walks_from_one_parcel_to_anothers_picture(app, delivered, dispatch):
    sends(dispatch, photo())
    (path,) = stored(app)
    other = recipient_of(app, dispatch, "A-2")
    proves(other)
    for name in (path.name, "..", "0" * 32, f"..%2f{path.name}", "%00"):
        assert other.client.get(f"{other.path}/pictures/{name}").status_code == 404


def test_a_picture_ends_when_its_time_is_over(app, delivered, dispatch, clock):
    sends(dispatch, photo())
    with app.app_context():
        kit = app.extensions["doorstep"]
        clock.forward(days=89)
        assert filing.tidy(kit) == 0
        clock.forward(days=2)
        assert filing.tidy(kit) == 1
    assert stored(app) == []


def test_files_that_no_row_knows_are_swept_up(app, delivered, dispatch, clock):
    from portal.clock import wall_clock

    sends(dispatch, photo())
    kit = app.extensions["doorstep"]
    kit.drawer.put(1, "f" * 32, b"left by a crash")
    with app.app_context():
        assert filing.sweep(kit, wall_clock()) == 0
        assert filing.sweep(kit, wall_clock() + timedelta(hours=2)) == 1
    assert len(stored(app)) == 1


def test_words_as_a_proof_are_taken_as_ever(ann, dispatch, clock):
    dispatch.reports(event_of(clock, proof="https://pod.example/1.jpg"))
    assert dispatch.reads("A-1")["timeline"][0]["proof"] == "https://pod.example/1.jpg"


def test_a_proof_with_half_a_place_is_named(ann, dispatch, clock):
    (answer,) = dispatch.reports(event_of(clock, proof={"lat": 10.0}))
    assert answer["outcome"] == "rejected" and answer["errors"][0]["pointer"].startswith("/events/0/proof")


class TestPin:
    @pytest.fixture
    def ann(self, app, dispatch):
        return recipient_of(app, dispatch, restrictions={"pin": True})

    @pytest.fixture
    def pin(self, app, ann):
        return pin_of(app.extensions["doorstep"].voice.secret, 1)

    def wrong(self, pin):
        return f"{(int(pin) + 1) % 10_000:04d}"

    def at_door(self, dispatch, clock, pin, event_id="done", **more):
        proof = {"pin": pin, "signed_by": "Ann"}
        return dispatch.reports(event_of(clock, event_id, how="recipient", proof=proof, **more))[0]

    def test_it_is_shown_after_the_code_alone(self, ann, pin, dispatch, clock):
        assert "The driver asks you for a PIN." in ann.reads() and "/proof" in ann.looks()
        assert pin not in ann.looks() + ann.looks("/proof")
        proves(ann)
        assert pin in ann.reads("/proof")
        self.at_door(dispatch, clock, pin)
        assert f">{pin}<" not in ann.looks("/proof")

    def test_dispatch_learns_whether_it_was_right_and_nothing_else(self, pin, dispatch, clock):
        answer = self.at_door(dispatch, clock, pin)
        assert answer == {"event_id": "done", "outcome": "taken", "pin": "right"}
        assert self.at_door(dispatch, clock, pin)["pin"] == "right"
        assert pin not in str(dispatch.reads("A-1"))

    def test_a_wrong_one_is_said_to_be_wrong_however_often_it_is_sent(self, pin, dispatch, clock):
        assert self.at_door(dispatch, clock, self.wrong(pin))["pin"] == "wrong"
        assert self.at_door(dispatch, clock, pin) == {"event_id": "done", "outcome": "seen", "pin": "wrong"}

    def test_nobody_guesses_it(self, pin, dispatch, clock):
        for number in range(WRONG_PINS):
            clock.forward(minutes=1)
            answer = self.at_door(dispatch, clock, self.wrong(pin), f"guess-{number}", happening="nearby")
            assert answer["pin"] == "wrong"
        assert self.at_door(dispatch, clock, pin)["pin"] == "wrong"

    def test_strange_digits_are_wrong_and_nothing_breaks(self, dispatch, clock):
        for number, typed in enumerate(("١٢٣٤", "\ud83d\ude00", " ", "0" * 20)):
            answer = self.at_door(dispatch, clock, typed, f"odd-{number}", happening="nearby")
            assert answer.get("pin", "wrong") == "wrong"


def test_who_signed_where_is_forgotten_in_time(app, delivered, clock):
    from portal.flows import retention
    from portal.store import handovers

    kit = app.extensions["doorstep"]
    clock.forward(days=91)
    with app.app_context():
        retention.tidy(kit)
        with kit.reading() as session:
            (kept,) = handovers.of_shipments(session, [1])[1]
    assert (kept.lat, kept.signed_by) == (None, "") and kept.distance_m


def test_a_full_disk_is_said_and_the_picture_can_be_sent_again(app, delivered, dispatch):
    folder = app.extensions["doorstep"].drawer.folder
    folder.write_bytes(b"a file where the folder should be")
    assert sends(dispatch, photo()).status_code == 503
    folder.unlink()
    assert sends(dispatch, photo()).json["outcome"] == "taken"

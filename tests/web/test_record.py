"""The public record of windows, its metrics, and what a recipient's page says of windows like its own."""

from datetime import UTC, datetime

import pytest

from portal.domain.record import Fared, Stage
from portal.store import shipments, window_figures
from portal.store.window_figures import Kind
from tests.dispatch import new_dispatch
from tests.recipient import recipient_of, text_of

TODAY = datetime(2026, 6, 15, tzinfo=UTC).date()


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def judged(kit, depot, stage, inside, early=0, late=0, level=90, source="live"):
    """So many windows of this kind, each 45 minutes wide, were judged today."""
    shown = inside + early + late
    fared = Fared(inside, early, late, 45.0 * shown, 0.0)
    fared.widths[7] = shown
    with kit.transaction() as session:
        window_figures.adjust(session, {Kind(TODAY, 1, depot, stage, source, level): fared})


def test_the_record_is_shown_by_depot_and_stage_with_counts(dispatch, kit, client):
    judged(kit, "north", Stage.TO_60, 371, 20, 21)
    judged(kit, "south <b>", Stage.TO_60, 30, 0, 10)
    judged(kit, "north", Stage.LAST, 100, 0, 0)
    judged(kit, "north", Stage.LAST, 90, 5, 5, level=0, source="dispatch")
    page = client.get("/quality").text
    said = text_of(page)
    assert "20 to 60 minutes before 88 % of 452" in said
    assert "20 to 60 minutes before 90 % of 412" in said, said
    assert "The last one before we came 95 % of 200" in said
    assert "Windows shown for each visit, on average: 2.3. " in said
    assert 'id="depot-north-1"' in page
    assert "south &lt;b&gt;" in page
    assert "90.0 % 86.7 %–92.5 % 20 21 45 min" in said
    assert 'class="promised" x1="90%"' in page
    assert "style=" not in page
    assert "<script" not in page


def test_nothing_is_claimed_below_twenty_windows(dispatch, kit, client):
    judged(kit, "north", Stage.TO_60, 18, 0, 1)
    assert "too few windows yet to say anything fair" in client.get("/quality").text
    judged(kit, "north", Stage.TO_180, 40)
    client.application.extensions.pop("quality_counted")
    said = text_of(client.get("/quality").text)
    assert "20 to 60 minutes before too few to say (19)" in said


def test_one_depot_is_not_said_twice_and_a_small_one_is_only_counted(dispatch, kit, client):
    judged(kit, "north", Stage.TO_60, 40)
    assert 'id="depot' not in client.get("/quality").text
    judged(kit, "hamlet", Stage.TO_60, 3)
    client.application.extensions.pop("quality_counted")
    page = client.get("/quality").text
    assert 'id="depot-north-2"' in page
    assert "hamlet" not in page
    assert "Depots with too few windows to say anything fair: 1." in page


def test_an_operator_may_keep_the_names_of_depots_to_itself(dispatch, kit, client):
    judged(kit, "north", Stage.TO_60, 40)
    judged(kit, "south", Stage.TO_60, 40)
    kit.settings.quality_depots = False
    page = client.get("/quality").text
    assert "north" not in page
    assert "100 % of 80" in text_of(page)


def test_a_stage_nobody_knows_breaks_no_page(dispatch, kit, client):
    judged(kit, "north", "lunar", 40, level=0, source="dispatch")
    assert "Planned ahead 100 % of 40" in text_of(client.get("/quality").text)


def test_the_metrics_say_how_todays_windows_did(dispatch, kit, client):
    judged(kit, "north", Stage.TO_20, 7, 1, 2)
    judged(kit, "north", Stage.TO_20, 1, level=80)
    judged(kit, "north", Stage.LAST, 8, 0, 2)
    said = client.get("/metrics").text
    assert 'doorstep_windows_today{depot="north",outcome="inside",stage="0-20"} 8.0' in said
    assert 'doorstep_windows_today{depot="north",outcome="late",stage="0-20"} 2.0' in said
    assert 'stage="last"' not in said


@pytest.fixture
def ann(app, dispatch, clock):
    """Ann's parcel is the next stop of a van; she is shown a live window."""
    ann = recipient_of(app, dispatch, window=None)
    recipient_of(app, dispatch, "A-0", window=None)
    dispatch.drives("R-1", "V-1", clock(), "A-0", "A-1")
    for reference in ("A-0", "A-1"):
        dispatch.happens(reference, "out_for_delivery", clock())
    clock.forward(minutes=90)
    dispatch.happens("A-0", "delivered", clock())
    return ann


def stage_shown(dispatch, kit):
    with kit.reading() as session:
        parcel = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
    return parcel.live.stage


def test_the_page_says_how_windows_like_its_own_did_and_never_rounds_up(ann, dispatch, kit):
    stage = stage_shown(dispatch, kit)
    judged(kit, "north", stage, 35, late=4)
    kit.record.forget()
    assert "It is set so that 9 of 10 deliveries come within it." in ann.reads()
    judged(kit, "north", stage, 336, late=37)
    judged(kit, "south", stage, 0, late=500)
    judged(kit, "north", stage, 0, late=500, level=80)
    kit.record.forget()
    kit.versions.forget({1})
    assert "Windows like this one held 9 times in 10 (of 412 in the last 30 days)." in ann.reads()
    judged(kit, "north", stage, 0, late=1)
    kit.record.forget()
    kit.versions.forget({1})
    page = ann.looks()
    assert "held 8 times in 10 (of 413 in the last 30 days)" in page
    assert 'class="dots d8"' in page


def test_the_record_is_read_once_a_minute_and_not_for_every_page(ann, dispatch, kit):
    ann.looks()
    judged(kit, "north", stage_shown(dispatch, kit), 400)
    kit.versions.forget({1})
    assert "It is set so that" in ann.reads()

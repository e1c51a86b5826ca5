"""Consent as evidence: what dispatch tells, what is needed where, and what counts last."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as sql_event

from notifications.message import Channel, Rule
from portal.config import Settings
from portal.flows import announce
from portal.flows.contacts import asks_consent
from portal.store import consents, contacts, outbox, shipments
from portal.store.consents import Statement
from portal.store.marks import fingerprint
from tests.dispatch import AGREED, new_dispatch, shipment

SMS, EMAIL = Channel.SMS, Channel.EMAIL
ANN = "+12025550123"
SILENT = {"name": "Ann Archer", "phone": ANN, "email": "ann@example.com", "language": "en"}
NORTH = frozenset({"US", "CA"})
AT = datetime(2026, 6, 15, 7, 0, tzinfo=UTC)


@pytest.fixture
def kit(app):
    return app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def agrees(given=True, at="2026-06-01T09:00:00Z", **more):
    """Ann, with what she said of texts."""
    return SILENT | {"consent": {"sms": {"given": given, "at": at, "source": "checkout"} | more}}


def tells(kit, dispatch, clock, notice="out_for_delivery", reference="A-1"):
    """An event, and what was made of it by channel."""
    clock.forward(minutes=1)
    dispatch.happens(reference, notice, clock())
    with kit.reading() as session:
        found = [one for one in outbox.latest(session) if one.notice == notice]
    return {one.channel: one.stopped_by for one in reversed(found)}


def said(kit):
    with kit.reading() as session:
        return session.execute(consents.CONSENTS.select().order_by(consents.CONSENTS.c.id)).all()


def test_texts_to_america_need_a_recorded_consent_and_the_email_says_it(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=SILENT))
    assert tells(kit, dispatch, clock) == {SMS: Rule.NO_CONSENT, EMAIL: ""}


def test_news_that_goes_by_text_first_goes_by_email_without_consent(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=SILENT))
    tells(kit, dispatch, clock)
    assert tells(kit, dispatch, clock, "next_stop") == {SMS: Rule.NO_CONSENT, EMAIL: ""}


def test_with_consent_they_are_sent(kit, dispatch, clock):
    wording = "Text me about my parcel"
    dispatch.ships(shipment("A-1", recipient=agrees(wording=wording)))
    assert tells(kit, dispatch, clock) == {SMS: "", EMAIL: ""}
    (row,) = said(kit)
    assert (row.shipper_id, row.channel, row.given, row.source) == (1, "sms", True, "shipper: checkout")
    assert (row.wording, row.at.isoformat()) == (wording, "2026-06-01T09:00:00+00:00")
    assert row.fingerprint == fingerprint(ANN)


def test_told_a_hundred_times_it_is_kept_once(kit, dispatch):
    for number in range(5):
        dispatch.ships(*(shipment(f"A-{number}-{one}", recipient=agrees()) for one in range(20)))
    assert len(said(kit)) == 1


def test_it_holds_for_the_next_delivery_which_need_not_say_it_again(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=agrees()))
    dispatch.ships(shipment("A-2", recipient=SILENT))
    assert tells(kit, dispatch, clock, reference="A-2") == {SMS: "", EMAIL: ""}


def test_it_does_not_hold_for_another_shipper(app, kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=agrees()))
    other = new_dispatch(app, "Fern & Kettle")
    other.ships(shipment("F-1", recipient=SILENT))
    assert tells(kit, other, clock, reference="F-1") == {SMS: Rule.NO_CONSENT, EMAIL: ""}


def test_taken_back_at_the_shippers_it_ends_texts_in_every_country(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=agrees() | {"phone": "+4915112345678"}))
    assert tells(kit, dispatch, clock) == {SMS: "", EMAIL: ""}
    no = agrees(False, "2026-06-15T08:00:30Z") | {"phone": "+4915112345678"}
    assert dispatch.ships(shipment("A-1", recipient=no))[0]["outcome"] == "updated"
    assert kit.outbox.claim(SMS, 10, "w", clock()) == []
    assert tells(kit, dispatch, clock, "attempt_failed") == {SMS: Rule.OPTED_OUT, EMAIL: ""}


def test_an_old_yes_told_late_does_not_outlast_a_newer_no(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=agrees(False, "2026-06-10T12:00:00Z")))
    dispatch.ships(shipment("A-2", recipient=agrees(True, "2026-06-01T09:00:00Z")))
    assert tells(kit, dispatch, clock, reference="A-2") == {SMS: Rule.OPTED_OUT, EMAIL: ""}


def test_stop_outlasts_every_yes_but_start(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=agrees()))
    with kit.transaction() as session:
        contacts.stop(session, SMS, ANN, "answered STOP", clock())
    clock.forward(hours=1)
    later = agrees(True, clock().isoformat())
    dispatch.ships(shipment("A-2", recipient=later))
    assert tells(kit, dispatch, clock, reference="A-2") == {SMS: Rule.OPTED_OUT, EMAIL: ""}
    with kit.transaction() as session:
        contacts.start(session, SMS, ANN, clock(), "answered START")
    assert tells(kit, dispatch, clock, "attempt_failed", "A-2") == {SMS: "", EMAIL: ""}
    assert [(row.given, row.source, row.shipper_id) for row in said(kit)] == [
        (True, "shipper: checkout", 1),
        (False, "answered STOP", None),
        (True, "shipper: checkout", 1),
        (True, "answered START", None),
    ]


def test_start_is_a_consent_of_its_own(kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient=SILENT))
    with kit.transaction() as session:
        contacts.start(session, SMS, ANN, clock(), "answered START")
    assert tells(kit, dispatch, clock) == {SMS: "", EMAIL: ""}


def test_the_countries_are_the_operators_to_name(app, kit, dispatch, clock):
    from dataclasses import replace

    dispatch.ships(shipment("A-1", recipient=SILENT))
    kit.voice = replace(kit.voice, consent_countries=frozenset({"DE"}))
    assert tells(kit, dispatch, clock) == {SMS: "", EMAIL: ""}
    dispatch.ships(shipment("A-2", recipient=SILENT | {"phone": "+4915112345678"}))
    assert tells(kit, dispatch, clock, reference="A-2") == {SMS: Rule.NO_CONSENT, EMAIL: ""}


@pytest.mark.parametrize(
    ("number", "needed"),
    [
        ("+12025550123", True),
        ("+16135550123", True),
        ("+12425550123", False),
        ("+18765550123", False),
        ("+11115550123", True),
        ("+1", True),
        ("+4915112345678", False),
        ("+1202555012345678", True),
    ],
)
def test_the_country_is_the_numbers_own_and_doubt_asks_for_consent(number, needed):
    assert asks_consent((SMS, number), NORTH) is needed
    assert not asks_consent((EMAIL, "ann@example.com"), NORTH)


def test_no_country_named_means_that_none_asks():
    assert not asks_consent((SMS, ANN), frozenset())


@pytest.mark.parametrize(
    ("given", "found"),
    [("US,CA", {"US", "CA"}), (" us , ca ,, gb", {"US", "CA", "GB"}), ("none", set()), ("None", set())],
)
def test_the_setting_is_a_list_of_countries(given, found):
    assert Settings(_env_file=None, sms_consent_countries=given).consent_countries == found


@pytest.mark.parametrize("given", ["USA", "us ca", "XX", "1"])
def test_a_country_that_is_none_stops_the_start(given):
    with pytest.raises(ValueError, match="SMS_CONSENT_COUNTRIES"):
        Settings(_env_file=None, sms_consent_countries=given)


BAD = [
    ({"sms": {"given": True, "source": "checkout"}}, "/at"),
    ({"sms": {"given": True, "at": "2026-06-01T09:00:00Z"}}, "/source"),
    ({"sms": {"given": "perhaps", "at": "2026-06-01T09:00:00Z", "source": "x"}}, "/given"),
    ({"sms": {"given": True, "at": "2026-06-01", "source": "x"}}, "/at"),
    ({"sms": {"given": True, "at": "2026-06-16T09:00:00Z", "source": "x"}}, "/at"),
    ({"sms": {"given": True, "at": "2026-06-01T09:00:00Z", "source": "x" * 61}}, "/source"),
    ({"sms": {"given": True, "at": "2026-06-01T09:00:00Z", "source": "x", "wording": "y" * 501}}, "/wording"),
    ({"sms": True}, "/sms"),
    ({}, "/sms"),
]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("consent", "field"), BAD)
def test_a_consent_that_is_none_is_refused_by_name(kit, dispatch, consent, field):
    (result,) = dispatch.ships(shipment("A-1", recipient=SILENT | {"consent": consent}))
    assert result["outcome"] == "rejected"
    assert result["errors"][0]["pointer"].startswith("/shipments/0/recipient/consent")
    assert result["errors"][0]["pointer"].endswith(field)
    assert said(kit) == []


@pytest.mark.engines("sqlite")
def test_a_consent_without_a_number_is_answered_with_a_warning(kit, dispatch):
    (result,) = dispatch.ships(shipment("A-1", recipient={"name": "Ann", "consent": AGREED}))
    assert (result["outcome"], result["warnings"]) == (
        "created",
        ["/shipments/0/recipient/consent: there is no phone number that it could be for"],
    )
    assert said(kit) == []


@pytest.mark.engines("sqlite")
def test_shipments_told_before_there_was_consent_stay_unchanged(dispatch):
    dispatch.ships(shipment("A-1", recipient=SILENT))
    assert dispatch.ships(shipment("A-1", recipient=SILENT))[0]["outcome"] == "unchanged"
    assert dispatch.ships(shipment("A-1", recipient=agrees()))[0]["outcome"] == "updated"
    assert dispatch.ships(shipment("A-1", recipient=agrees()))[0]["outcome"] == "unchanged"


def test_what_was_said_last_counts_whenever_it_was_told(kit, dispatch):
    key = (1, SMS, ANN)

    def words(given, minutes, shipper_id=None):
        return Statement(SMS, fingerprint(ANN), given, "x", AT + timedelta(minutes=minutes), shipper_id)

    steps = [(True, 5, 1), (False, 3, 1), (False, 6, None), (True, 7, 1), (False, 7, 1), (True, 8, 2)]
    held = []
    for given, minutes, shipper_id in steps:
        with kit.transaction() as session:
            if shipper_id != 2:
                consents.append(session, [words(given, minutes, shipper_id)], AT)
            held.append(consents.latest(session, [key])[key])
    assert held == [True, True, False, True, False, False]
    with kit.reading() as session:
        assert consents.given(session, [key, (1, EMAIL, ANN), (1, SMS, "")]) == set()
        assert consents.withdrawn(session, [key, (1, EMAIL, ANN)]) == {key}


def test_a_thousand_people_cost_four_questions(app, kit, dispatch):
    dispatch.ships(
        *(
            shipment(
                f"A-{number}",
                recipient={
                    "name": "X",
                    "phone": f"+1202555{number:04}",
                    "email": f"p{number}@example.com",
                    "consent": AGREED,
                },
            )
            for number in range(1000)
        )
    )
    asked = []
    with app.app_context(), kit.reading() as session:
        whom = list(shipments.by_ids(session, range(1, 1001)).values())
        # the shippers and their words are at hand for a few seconds; here only people are counted
        announce.contacts_of(session, kit.voice, whom[:1], kit.now())
        listen = lambda *told: asked.append(told[2])  # noqa: E731
        sql_event.listen(kit.database.engine, "before_cursor_execute", listen)
        found = announce.contacts_of(session, kit.voice, whom, kit.now())
        sql_event.remove(kit.database.engine, "before_cursor_execute", listen)
    assert len(found) == 1000
    assert not any(one.unconsented for one in found.values())
    assert len([one for one in asked if one.startswith("SELECT")]) <= 4

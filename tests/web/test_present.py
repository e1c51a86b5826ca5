"""Whatever happens to a parcel, its page has something true and whole to say, in every language."""

from dataclasses import fields, is_dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import change_policy as policy
from portal.domain.change import Change, IfUnanswered, Kind, Life
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import DispatchEvent, Happening, How, Reason
from portal.domain.parcel import Address, Recipient, Restrictions, Service
from portal.domain.rules import ShipperRules
from portal.domain.shipment import fold
from portal.domain.visibility import Hidden, View
from portal.domain.window import Because, Source
from portal.flows.change_offer import situation
from portal.flows.track import Look
from portal.store.shippers import Shipper
from portal.web.language import LANGUAGES
from portal.web.local import Local
from portal.web.present import good_until, page_of
from tests.parcels import at, event

NOW = at(13)
ACME = Shipper(1, "acme", "Acme", "en", "UTC", "US", ShipperRules(), {})
ELM = Address(("12 Elm Street",), "Anytown", "12345", "US", 10.0, 20.0, "UTC")


def look(*events, planned=(14, 16), live=None, changes=(), view=None, **more) -> Look:
    """A shipment with these events, as its recipient looks at it at one o'clock."""
    shipment = Shipment(
        1, 1, "A-1", Service.STANDARD, Recipient("Ann Archer"), ELM, "north",
        more.get("restrictions", Restrictions()), fold(events), 1, "n",
        Promise(at(planned[0]), at(planned[1]), "dispatch", at(6)) if planned else None, live,
    )  # fmt: skip
    where = situation(shipment, ACME.rules, list(changes))
    options = tuple(policy.option(kind, where, NOW) for kind in policy.OFFERED)
    return Look(shipment, ACME, tuple(changes), options, view or View(), None)


def live(start, end, **more) -> Promise:
    return Promise(
        start, end, **{"source": "live", "updated_at": NOW, "level": 90, "because": "first"} | more
    )


def wish(life: Life, kind: Kind = Kind.NEIGHBOR, **more) -> Change:
    usual = {
        "id": "c", "shipment_id": 1, "kind": kind, "life": life, "to": {"name": "Mrs. Oak"}, "came_from": {},
        "asked_at": at(12), "expires_at": at(13, 30), "if_unanswered": IfUnanswered.REFUSE,
        "asked_by": "recipient", "method": "otp",
    }  # fmt: skip
    return Change(**usual | more)


def texts(value) -> list[str]:
    """Every sentence of a page."""
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return [text for part in value for text in texts(part)] if isinstance(value, tuple) else []


happenings = st.builds(
    DispatchEvent,
    st.uuids().map(str),
    st.sampled_from(Happening),
    st.integers(0, 780).map(lambda minutes: at(0) + timedelta(minutes=minutes)),
    st.none() | st.sampled_from(Reason),
    st.none() | st.sampled_from(How),
)
windows = st.none() | st.builds(
    lambda start, width, source, because, level, before: live(
        at(0) + timedelta(minutes=start), at(0) + timedelta(minutes=start + width),
        source=source, because=because, level=level, stops_before=before,
    ),
    st.integers(0, 3_000), st.integers(5, 4_000), st.sampled_from(Source), st.sampled_from(Because),
    st.sampled_from((0, 80, 90)), st.none() | st.integers(0, 30),
)  # fmt: skip
wishes = st.lists(st.sampled_from(Life).map(wish), max_size=3)
views = st.builds(
    View, van_hidden=st.none() | st.sampled_from(Hidden), stops_left=st.none() | st.integers(1, 20)
)


@given(st.lists(happenings, max_size=8), windows, wishes, views, st.sampled_from(sorted(LANGUAGES)))
def test_any_life_of_a_parcel_makes_a_whole_page(events, window, changes, view, language):
    seen = look(*events, live=window, changes=changes, view=view)
    page = page_of(seen, language, NOW)
    said = texts(page)
    assert page.window.headline
    assert page.window.label
    assert page.todo.sentence
    assert not [text for text in said if "%(" in text or "None" in text]
    assert not [text for text in said if "Ann" in text.split() or "Elm" in text or "Oak" in text]
    assert good_until(seen, NOW) > NOW


@pytest.mark.parametrize(
    ("events", "headline"),
    [
        ([], "Today between 2 and 4 pm"),
        (
            [event("out_for_delivery", 9), event("no_longer_heading", 12)],
            "The driver had to go somewhere else first",
        ),
        ([event("delivered", 12, 5, how=How.MAILBOX)], "Delivered today at 12:05 pm"),
        ([event("ready_for_pickup", 12)], "Ready for you to pick up"),
        ([event("lost", 12)], "We cannot find your parcel"),
        ([event("cancelled", 12)], "This delivery was cancelled"),
    ],
)
def test_the_headline_says_what_matters_now(events, headline):
    assert page_of(look(*events), "en", NOW).window.headline == headline


def test_a_wish_is_told_through_its_life():
    def told(change: Change) -> tuple[str, str]:
        (shown,) = page_of(look(changes=[change]), "en", NOW).changes.wishes
        return shown.label, shown.sentence

    assert told(wish(Life.ASKED)) == ("Asked", "We have asked the depot. You will know by 1:30 pm today.")
    assert told(wish(Life.ACCEPTED)) == ("Agreed", "The driver brings it to the neighbor you named.")
    assert told(wish(Life.REFUSED, reason="No time.")) == ("Not possible", "The depot said no: No time.")
    assert told(wish(Life.LAPSED))[0] == "No answer"
    assert told(wish(Life.ACCEPTED, honoured=True)) == ("Done as you asked", "")
    assert told(wish(Life.ACCEPTED, honoured=False, outcome_note="Nobody opened."))[1] == "Nobody opened."


def test_one_reason_for_all_is_said_once():
    changes = page_of(look(event("ready_for_pickup", 12)), "en", NOW).changes
    assert changes.choices == ()
    assert changes.closed == "The parcel is already waiting for you at the pickup point."


@pytest.mark.parametrize(
    ("country", "language", "said"),
    [
        ("US", "en", "today between 11:40 am and 1:05 pm"),
        ("GB", "en", "today between 11:40 and 13:05"),
        ("DE", "de", "heute zwischen 11:40 und 13:05 Uhr"),
        ("XX", "de", "heute zwischen 11:40 und 13:05 Uhr"),
    ],
)
def test_times_are_written_as_the_country_does(country, language, said):
    assert Local("UTC", language, country, at(9)).between(at(11, 40), at(13, 5)) == said


def test_windows_over_midnight_over_days_and_of_whole_days_read_naturally():
    local = Local("UTC", "en", "US", at(9))
    assert local.between(at(22), at(25)) == "today from 10 pm on"
    assert local.between(at(24), at(48)) == "tomorrow, during the day"
    assert local.between(at(34), at(82)) == "Tue, Mar 3 to Thu, Mar 5"
    assert local.between(at(82), at(84)) == "Thursday, March 5 between 10 am and 12 pm"


def test_a_zone_nobody_knows_is_read_as_utc():
    assert Local("Mars/Olympus", "en", "US", at(9)).time(at(9)) == "9 am"

"""One table of words: read inwards it tells events, outwards it names a parent for everything."""

import pytest

from portal.domain.events import DispatchEvent, Happening, How, Reason
from portal.domain.shipment import LEADS_TO
from portal.domain.taxonomy import SYSTEMS, TABLE, Meaning, meaning, parents

H = Happening


def event(happening, how=None, reason=None):
    from datetime import UTC, datetime

    return DispatchEvent("e", happening, datetime(2026, 6, 15, tzinfo=UTC), reason, how)


@pytest.mark.parametrize(
    ("system", "word", "detail", "says"),
    [
        ("aftership", "Delivered_005", "", Meaning(H.DELIVERED, How.NEIGHBOR)),
        ("aftership", "Delivered_001", "", Meaning(H.DELIVERED)),
        ("aftership", "Delivered_002", "", Meaning(H.COLLECTED)),
        ("aftership", "AttemptFail_002", "", Meaning(H.ATTEMPT_FAILED, reason=Reason.CONSIGNEE_NOT_HOME)),
        ("aftership", "Exception", "", None),
        ("aftership", "Expired", "", None),
        ("easypost", "in_transit", "arrived_at_destination", Meaning(H.AT_DEPOT)),
        ("easypost", "in_transit", "never heard of", Meaning(H.ACCEPTED)),
        ("easypost", "failure", "lost", Meaning(H.LOST)),
        ("easypost", "unknown", "unknown", None),
        (
            "karrio",
            "delivery_failed",
            "consignee_refused",
            Meaning(H.ATTEMPT_FAILED, reason=Reason.CONSIGNEE_REFUSED),
        ),
        ("karrio", "on_hold", "", Meaning(H.HELD)),
        (
            "onfleet",
            "taskFailed",
            "unable_to_locate",
            Meaning(H.ATTEMPT_FAILED, reason=Reason.CARRIER_ADDRESS_NOT_FOUND),
        ),
        ("onfleet", "taskFailed", "OTHER", Meaning(H.ATTEMPT_FAILED)),
        ("onfleet", "taskUpdated", "", None),
        ("onfleet", "workerDuty", "", None),
        (
            "track17",
            "DeliveryFailure_NoBody",
            "",
            Meaning(H.ATTEMPT_FAILED, reason=Reason.CONSIGNEE_NOT_HOME),
        ),
        ("cbv", "storing", "available", Meaning(H.READY_FOR_PICKUP)),
        ("cbv", "receiving", "in_progress", Meaning(H.ACCEPTED)),
        ("cbv", "receiving", "retail_sold", Meaning(H.DELIVERED)),
        ("cbv", "", "", None),
    ],
)
def test_words_of_others(system, word, detail, says):
    assert meaning(system, word, detail) == says


def test_a_general_word_never_says_more_than_it_means():
    """A false "delivered to a neighbor" or a reason nobody gave would be told to people."""
    for system in SYSTEMS:
        for row in TABLE:
            for word in getattr(row, system).split():
                found = meaning(system, *word.split("/", 1))
                if found and found.happening is row.ours.happening and not (row.ours.how or row.ours.reason):
                    assert (found.how, found.reason) == (None, None), (system, word)


@pytest.mark.parametrize("happening", list(Happening))
def test_everything_of_ours_has_a_parent_in_all_three(happening):
    assert set(parents(event(happening))) == {"aftership", "easypost", "karrio"}


@pytest.mark.parametrize("system", ["aftership", "easypost", "karrio"])
@pytest.mark.parametrize("happening", [one for one in Happening if one in LEADS_TO])
def test_our_word_for_others_comes_back_as_something_that_is_no_lie(system, happening):
    said = parents(event(happening))[system]
    back = meaning(system, *said.split("/", 1))
    ends = {H.DELIVERED, H.COLLECTED}
    if back:
        assert (back.happening in ends) == (happening in ends)


def test_the_most_fitting_row_is_said():
    assert parents(event(H.DELIVERED, How.NEIGHBOR))["aftership"] == "Delivered_005"
    assert parents(event(H.DELIVERED, How.SAFE_PLACE))["aftership"] == "Delivered_001"
    refused = parents(event(H.ATTEMPT_FAILED, reason=Reason.CONSIGNEE_NOT_HOME))
    assert refused == {
        "aftership": "AttemptFail_002",
        "easypost": "failure/delivery_exception",
        "karrio": "delivery_failed/consignee_not_home",
    }

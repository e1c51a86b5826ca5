"""Why no text, why no email: each rule of the voice has a sentence an agent can read out."""

from datetime import UTC, datetime, time

import pytest

from notifications.contact import Contact
from notifications.message import BECAUSE_OF, Channel, Message, Rule, Standing
from notifications.notice import RULES, Notice, Reach, Topic
from notifications.reasons import GOES_BY, NOTHING_ON_FILE, not_by, rule_of, ways

NOON, NIGHT = datetime(2026, 6, 15, 12, tzinfo=UTC), datetime(2026, 6, 15, 2, tzinfo=UTC)
SMS, EMAIL = Channel.SMS, Channel.EMAIL
BOTH = Contact(phone="+4917012345678", email="j@example.com")


def message(notice: Notice, channel: Channel, standing: Standing = Standing.SENT, **more: object) -> Message:
    facts = {"id": "m", "shipper_id": 1, "shipment_id": 1, "language": "en", "to": "x", "text": "x"}
    facts |= {"because": "", "not_before": NOON, "expires_at": None, "dedupe_key": "k", "created_at": NOON}
    return Message(channel=channel, notice=notice, standing=standing, **{**facts, **more})  # type: ignore[arg-type]


def by(contact: Contact, channel: Channel, now: datetime = NOON):
    return next(one for one in ways(contact, now) if one.channel is channel)


@pytest.mark.parametrize(
    ("contact", "because"),
    [
        (Contact(email="j@example.com"), NOTHING_ON_FILE[SMS]),
        (Contact(phone="+491", stopped=frozenset({SMS})), BECAUSE_OF[Rule.OPTED_OUT]),
        (Contact(phone="+491", unreachable=frozenset({SMS})), BECAUSE_OF[Rule.UNREACHABLE]),
        (Contact(phone="+491", unconsented=frozenset({SMS})), BECAUSE_OF[Rule.NO_CONSENT]),
        (Contact(phone="+491", withdrawn=frozenset({SMS})), BECAUSE_OF[Rule.OPTED_OUT]),
        (
            Contact(phone="+491", email="j@example.com", channels=frozenset({EMAIL})),
            BECAUSE_OF[Rule.OTHER_CHANNEL_CHOSEN],
        ),
    ],
)
def test_a_way_that_is_closed_says_why(contact: Contact, because: str):
    way = by(contact, SMS)
    assert (way.open, way.because) == (False, (because,))


def test_at_night_an_open_way_says_until_when_it_is_quiet():
    assert by(BOTH, SMS).quiet_until is None
    assert by(BOTH, SMS, NIGHT).quiet_until == datetime(2026, 6, 15, 8, tzinfo=UTC)
    late_riser = Contact(phone="+491", day=(time(10), time(20)))
    assert by(late_riser, SMS, NIGHT).quiet_until == datetime(2026, 6, 15, 10, tzinfo=UTC)


def test_what_somebody_declined_is_said():
    way = by(Contact(phone="+491", declined=frozenset({Topic.NEARBY})), SMS)
    assert way.open
    assert way.because == ("They do not want news of: next stop, nearby.",)


def test_news_for_which_one_message_is_enough_says_so():
    told = message(Notice.NEXT_STOP, SMS)
    assert not_by(EMAIL, told, {SMS}, BOTH).startswith("One message is enough")
    assert not_by(SMS, message(Notice.ANNOUNCED, EMAIL), {EMAIL}, BOTH).endswith("an email comes first.")


def test_news_by_email_only_says_so_and_needs_no_number_for_it():
    assert (
        not_by(SMS, message(Notice.AT_DEPOT, EMAIL), {EMAIL}, Contact(email="j@example.com"))
        == (GOES_BY[Reach.EMAIL_ONLY])
    )


def test_nothing_on_file_is_named():
    told = message(Notice.DELIVERED, EMAIL)
    assert not_by(SMS, told, {EMAIL}, Contact(email="j@example.com")) == NOTHING_ON_FILE[SMS]


def test_what_was_said_both_ways_needs_no_reason():
    assert not_by(SMS, message(Notice.DELIVERED, EMAIL), {SMS, EMAIL}, BOTH) == ""


@pytest.mark.parametrize("notice", Notice)
def test_every_kind_of_news_says_by_which_ways_it_goes(notice: Notice):
    assert rule_of(message(notice, EMAIL)) == GOES_BY[RULES[notice].reach]


def test_an_answer_to_a_text_goes_by_no_rule():
    assert rule_of(message("reply_stop", SMS)) == ""  # type: ignore[arg-type]
    assert not_by(EMAIL, message("reply_stop", SMS), {SMS}, BOTH) == ""  # type: ignore[arg-type]

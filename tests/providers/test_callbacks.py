"""The providers' doors: signed calls are believed once, forged ones are counted, strangers change nothing."""

import pytest
from sqlalchemy import insert

from notifications.message import Channel, Rule, Standing
from notifications.senders import Health
from portal.store import consents, contacts, outbox, senders, shippers
from portal.store.outbox_rows import MESSAGES, message_values
from tests.doubles.sendgrid import PUBLIC_KEY
from tests.doubles.sendgrid import signed as signed_events
from tests.doubles.twilio import ACCOUNT, TOKEN, signed
from tests.notifications.cast import message

PUBLIC = "https://track.example.com"
FORM = "application/x-www-form-urlencoded"
ANNA = "+4915112345678"
SECOND_TOKEN = "token-of-the-second-account"
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def settings(settings):
    """Both providers have accounts, and the portal stands behind a public name."""
    accounts = {
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_from": "+12025550100",
        "twilio_auth_token_old": "the-one-before",
        "twilio_2_account_sid": "AC" + "2" * 32,
        "twilio_2_auth_token": SECOND_TOKEN,
        "twilio_2_from": "+12025550200",
        "sendgrid_api_key": "SG.key",
        "sendgrid_from": "parcels@example.com",
        "sendgrid_webhook_public_key": PUBLIC_KEY,
    }
    told = settings.model_dump() | accounts
    return type(settings)(_env_file=None, **told)


@pytest.fixture
def house(app):
    kit = app.extensions["doorstep"]
    with kit.transaction() as session:
        shippers.add(session, "fern", "Fern & Kettle")
    return kit


def sent(house, channel=Channel.SMS, **more):
    """A message that a provider has taken."""
    one = message(channel, language="de", standing=Standing.SENT, **more)
    with house.transaction() as session:
        session.execute(insert(MESSAGES), [message_values(one)])
    return one


def look(house, message_id):
    with house.reading() as session:
        return outbox.find(session, None, message_id).message


def status(client, message_id, word, token=TOKEN, **more):
    fields = [("MessageSid", "SM1"), ("MessageStatus", word), ("RawDlrDoneDate", ""), *more.items()]
    url, headers, body = signed(f"{PUBLIC}/callbacks/twilio/status/{message_id}", fields, token)
    return client.post(url.removeprefix(PUBLIC), data=body, headers=headers, content_type=FORM)


def says(client, text, sid="SM9", token=TOKEN):
    fields = [("From", ANNA), ("To", "+12025550100"), ("Body", text), ("MessageSid", sid)]
    url, headers, body = signed(f"{PUBLIC}/callbacks/twilio/inbound", fields, token)
    return client.post(url.removeprefix(PUBLIC), data=body, headers=headers, content_type=FORM)


def events(client, house, *told):
    stamp = int(house.now().timestamp())
    headers, body = signed_events(list(told), stamp)
    return client.post(
        "/callbacks/sendgrid/events", data=body, headers=headers, content_type="application/json"
    )


def test_a_text_was_delivered_and_a_late_or_repeated_word_changes_nothing(client, house):
    one = sent(house)
    for word in ("delivered", "sent", "delivered", "undelivered"):
        assert status(client, one.id, word).status_code == 204
    assert look(house, one.id).standing is Standing.DELIVERED


def test_a_forged_callback_is_refused_and_counted(client, house):
    one = sent(house)
    assert status(client, one.id, "delivered", token="a guess").status_code == 403
    assert look(house, one.id).standing is Standing.SENT
    assert house.counts["twilio"] == 1


@pytest.mark.parametrize("token", [SECOND_TOKEN, "the-one-before"])
def test_each_account_and_a_token_that_is_being_replaced_may_report(client, house, token):
    one = sent(house)
    assert status(client, one.id, "delivered", token=token).status_code == 204
    assert look(house, one.id).standing is Standing.DELIVERED
    assert house.counts == {}


def test_a_reply_to_the_second_sender_is_heard_too(client, house):
    sent(house, to=ANNA)
    assert says(client, "STOP", token=SECOND_TOKEN).status_code == 200
    with house.reading() as session:
        assert contacts.stopped(session, [ANNA]) == {(Channel.SMS, ANNA)}


def test_a_wrong_setting_that_only_receipts_tell_of_stops_its_account(client, house):
    one = sent(house, provider="twilio-2")
    assert status(client, one.id, "undelivered", ErrorCode="30034").status_code == 204
    with house.reading() as session:
        (stopped,) = senders.reports(session).values()
    assert (stopped.name, stopped.health, stopped.code) == ("twilio-2", Health.STOPPED, "30034")
    chosen = house.senders.choose(Channel.SMS, house.now())
    assert chosen.sender.name == "twilio"


def test_an_address_that_bounced_is_not_written_to_again_but_a_blocked_one_is(client, house):
    dead, full = (sent(house, Channel.EMAIL, to=f"{name}@example.org") for name in ("dead", "full"))
    told = (
        {"event": "bounce", "message_id": dead.id, "sg_event_id": "1", "type": "bounce"},
        {"event": "bounce", "message_id": full.id, "sg_event_id": "2", "type": "blocked"},
    )
    events(client, house, *told)
    assert {look(house, one.id).standing for one in (dead, full)} == {Standing.FAILED}
    with house.reading() as session:
        known = contacts.unreachable(session, [dead.to, full.to], house.now())
    assert known == {(Channel.EMAIL, dead.to)}


def test_the_host_header_has_no_say(client, house):
    one = sent(house)
    url, headers, body = signed(
        f"https://evil.example/callbacks/twilio/status/{one.id}",
        [("MessageSid", "S"), ("MessageStatus", "sent")],
    )
    answer = client.post(
        url.removeprefix("https://evil.example"),
        data=body,
        headers=headers | {"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        content_type=FORM,
    )
    assert answer.status_code == 403


def test_a_receipt_for_a_message_we_do_not_know_is_taken_without_a_word(client, house):
    assert status(client, "00000000-aaaa-4000-8000-000000000000", "delivered").status_code == 204


def test_a_huge_body_is_not_read(client, house):
    answer = client.post("/callbacks/twilio/status/x", data=b"a=" + b"b" * 70_000, content_type=FORM)
    assert answer.status_code == 413


def test_looking_at_a_callback_changes_nothing(client, house):
    assert client.get("/callbacks/twilio/status/x").status_code == 405


def test_stop_is_obeyed_at_once_and_answered_by_twilio_itself(client, house):
    sent(house, to=ANNA)
    assert says(client, "STOP").status_code == 200
    with house.reading() as session:
        assert contacts.stopped(session, [ANNA]) == {(Channel.SMS, ANNA)}
        reply = outbox.latest(session)[0]
    assert (reply.notice, reply.standing, reply.stopped_by) == (
        "reply_stop",
        Standing.STOPPED,
        Rule.CARRIER_ANSWERS,
    )


def test_a_stop_that_twilio_does_not_know_is_answered_by_us_once(client, house):
    sent(house, to=ANNA)
    for _ in range(2):
        says(client, "Stopp")
    with house.reading() as session:
        replies = [one for one in outbox.latest(session) if one.notice == "reply_stop"]
    assert [(one.standing, one.to, one.language) for one in replies] == [(Standing.QUEUED, ANNA, "de")]
    assert "START" in replies[0].text


def test_start_takes_the_stop_back(client, house):
    sent(house, to=ANNA)
    says(client, "STOP", "SM1")
    says(client, "START", "SM2")
    with house.reading() as session:
        assert contacts.stopped(session, [ANNA]) == set()


def test_words_that_are_not_reserved_and_numbers_we_never_wrote_to_are_taken_quietly(client, house):
    assert says(client, "where is it?").status_code == 200
    assert says(client, "HELP").status_code == 200
    with house.reading() as session:
        assert outbox.latest(session) == []


def test_events_of_many_emails_come_together(client, house):
    first, second = sent(house, Channel.EMAIL), sent(house, Channel.EMAIL, to="b@example.org")
    told = (
        {"event": "delivered", "message_id": first.id, "sg_event_id": "1"},
        {"event": "bounce", "message_id": second.id, "sg_event_id": "2", "reason": "550 no such user"},
        {"event": "spamreport", "message_id": second.id, "sg_event_id": "3"},
        {"event": "delivered", "message_id": "not one of ours", "sg_event_id": "4"},
    )
    for _ in range(2):
        assert events(client, house, *told).status_code == 204
    assert look(house, first.id).standing is Standing.DELIVERED
    bounced = look(house, second.id)
    assert (bounced.standing, bounced.error_text) == (Standing.FAILED, "550 no such user")
    with house.reading() as session:
        assert contacts.stopped(session, ["b@example.org"]) == {(Channel.EMAIL, "b@example.org")}


def test_a_mailbox_leaves_and_comes_back_whatever_order_its_events_arrive_in(client, house, clock):
    one = sent(house, Channel.EMAIL, to="b@example.org")

    def tell(word, seconds, number):
        stamp = int(clock().timestamp()) + seconds
        told = {"event": word, "message_id": one.id, "sg_event_id": number, "timestamp": stamp}
        assert events(client, house, told).status_code == 204
        with house.reading() as session:
            return bool(contacts.stopped(session, ["b@example.org"]))

    clock.forward(hours=1)
    assert tell("group_unsubscribe", -600, "1")
    # a resubscription from before it arrives late
    assert tell("group_resubscribe", -900, "2")
    assert not tell("group_resubscribe", -300, "3")
    # the very same events once more
    assert not tell("group_unsubscribe", -600, "1")
    assert not tell("group_resubscribe", -300, "3")
    with house.reading() as session:
        said = session.execute(consents.CONSENTS.select().order_by(consents.CONSENTS.c.at)).all()
    assert [(row.given, row.source, row.shipper_id) for row in said] == [
        (True, "sendgrid group_resubscribe", None),
        (False, "sendgrid group_unsubscribe", None),
        (True, "sendgrid group_resubscribe", None),
    ]


def test_a_stop_said_twice_and_once_more_is_one_stop_and_one_piece_of_evidence(client, house):
    sent(house, to=ANNA)
    for sid in ("SM1", "SM1", "SM2"):
        assert says(client, "Stopp", sid).status_code == 200
    with house.reading() as session:
        said = session.execute(consents.CONSENTS.select()).all()
        replies = [one for one in outbox.latest(session) if one.notice == "reply_stop"]
    assert [(row.given, row.channel, row.source) for row in said] == [(False, "sms", "answered Stopp")]
    assert len(replies) == 1


def test_two_robots_do_not_talk_for_ever(client, house):
    sent(house, to=ANNA)
    for number in range(10):
        says(client, "HILFE", f"SM{number}")
    with house.reading() as session:
        replies = [one for one in outbox.latest(session) if one.notice == "reply_help"]
    assert len(replies) == 3


def test_unsigned_events_are_refused_and_counted(client, house):
    answer = client.post("/callbacks/sendgrid/events", json=[{"event": "delivered"}])
    assert (answer.status_code, house.counts["sendgrid"]) == (403, 1)

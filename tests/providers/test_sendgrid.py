"""SendGrid: the body as the SDK builds it, the call as we make it, the events as they sign them."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.message import Channel, Standing
from notifications.provider import Accepted, Forged, NotFound, Permanent, Temporary, Unknown
from notifications.providers.sendgrid_email import SendGridAccount, SendGridEmail
from notifications.receipts import Consent
from notifications.trouble import Trouble
from tests.doubles.sendgrid import PUBLIC_KEY, SendGrid, signed
from tests.doubles.server import Fault
from tests.notifications.cast import at, message

NOW = at(9)
STAMP = int(NOW.timestamp())
URL = "https://track.example.com/callbacks/sendgrid/events"


@pytest.fixture
def sendgrid():
    with SendGrid() as double:
        yield double


@pytest.fixture
def carrier(sendgrid):
    return SendGridEmail(account(sendgrid.url))


def account(base):
    return SendGridAccount("SG.key", "parcels@example.com", PUBLIC_KEY, base, read_seconds=1.0)


def mail(**more):
    headers = {
        "from_name": "Fern & Kettle, Ltd.",
        "reply_to": "help@fern.example.com",
        "unsubscribe": "https://track.example.com/u/1",
    }
    words = {"subject": "Ihr Paket – heute", "html": "<p>Grüße</p>", "text": "Grüße"}
    return message(Channel.EMAIL, **({"headers": headers} | words | more))


def test_an_email_carries_our_id_and_nothing_else_about_anybody(sendgrid, carrier):
    one = mail()
    assert carrier.send(one, NOW) == Accepted("mail-1")
    (sent,) = sendgrid.mails
    assert sent["custom_args"] == {"message_id": one.id}
    assert "categories" not in sent
    assert sent["from"] == {"email": "parcels@example.com", "name": "Fern & Kettle, Ltd."}
    assert sent["personalizations"] == [{"to": [{"email": one.to}]}]
    assert [part["type"] for part in sent["content"]] == ["text/plain", "text/html"]
    assert sendgrid.calls[0].headers["authorization"] == "Bearer SG.key"


def test_nothing_is_tracked_and_unsubscribing_is_one_click(sendgrid, carrier):
    carrier.send(mail(), NOW)
    (sent,) = sendgrid.mails
    assert sent["tracking_settings"] == {
        "click_tracking": {"enable": False, "enable_text": False},
        "open_tracking": {"enable": False},
    }
    assert sent["headers"] == {
        "List-Unsubscribe": "<https://track.example.com/u/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert sent["reply_to"] == {"email": "help@fern.example.com"}


def test_a_window_comes_along_for_the_calendar(sendgrid, carrier):
    carrier.send(mail(), NOW)
    carrier.send(mail(calendar="BEGIN:VCALENDAR\r\nSUMMARY:Grüße\r\nEND:VCALENDAR\r\n"), NOW)
    plain, dated = sendgrid.mails
    assert "attachments" not in plain
    (attached,) = dated["attachments"]
    assert b64decode(attached.pop("content")).decode().splitlines()[1] == "SUMMARY:Grüße"
    assert attached == {"type": "text/calendar", "filename": "delivery.ics", "disposition": "attachment"}


def test_one_connection_serves_many_emails(sendgrid, carrier):
    for _ in range(5):
        carrier.send(mail(), NOW)
    assert len({call.peer for call in sendgrid.calls}) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "taken"),
    [
        (Fault.TOO_MANY, Temporary, 0),
        (Fault.ERROR, Unknown, 0),
        (Fault.TAKEN_THEN_ERROR, Unknown, 1),
        (Fault.TAKEN_THEN_SILENT, Unknown, 1),
        (Fault.TAKEN_THEN_CUT, Unknown, 1),
        (Fault.SLOW, Accepted, 1),
    ],
)
def test_each_fault_has_its_outcome_and_is_not_repeated_behind_our_back(
    sendgrid, carrier, fault, kind, taken
):
    sendgrid.faults.append(fault)
    assert isinstance(carrier.send(mail(), NOW), kind)
    assert (len(sendgrid.mails), len(sendgrid.calls)) == (taken, 1)


def test_a_pause_that_is_asked_for_is_handed_on(sendgrid, carrier):
    sendgrid.faults.append(Fault.TOO_MANY)
    assert carrier.send(mail(), NOW).retry_after == timedelta(seconds=7)


def test_a_host_that_cannot_be_reached_got_nothing():
    assert isinstance(SendGridEmail(account("http://127.0.0.1:9")).send(mail(), NOW), Temporary)


def test_refusals_say_whom_they_concern(sendgrid, carrier):
    wrong = carrier.send(mail(to="a@refused.example"), NOW)
    assert (wrong.code, wrong.trouble) == ("400", Trouble.CONTACT)
    assert isinstance(wrong, Permanent)
    large = carrier.send(mail(html="x" * 200_000), NOW)
    assert (large.code, large.trouble) == ("413", Trouble.CONTENT)
    sendgrid.locked = True
    locked = carrier.send(mail(), NOW)
    assert isinstance(locked, Temporary)
    assert (locked.trouble, locked.text) == (Trouble.CONFIGURATION, "SendGrid does not accept our key.")
    assert SendGridEmail(account("http://127.0.0.1:9")).send(mail(), NOW).trouble is Trouble.AWAY


def test_delivery_notices_have_a_group_of_their_own_to_leave(sendgrid):
    carrier = SendGridEmail(replace(account(sendgrid.url), group_id=1234))
    carrier.send(mail(), NOW)
    SendGridEmail(account(sendgrid.url)).send(mail(), NOW)
    grouped, plain = sendgrid.mails
    assert grouped["asm"] == {"group_id": 1234}
    assert "asm" not in plain


def test_there_is_nobody_to_ask_but_the_events(carrier):
    assert carrier.lookup(mail(), NOW, at(9, 10)) == NotFound()


def event(word, **more):
    usual = {"event": word, "message_id": "id-1", "sg_event_id": f"e-{word}", "timestamp": STAMP - 5}
    return usual | {"sg_message_id": "mail-1.filter", "email": "anna@example.org"} | more


@pytest.mark.parametrize(
    ("word", "standing", "consent"),
    [
        ("processed", Standing.SENT, None),
        ("deferred", Standing.SENT, None),
        ("delivered", Standing.DELIVERED, None),
        ("bounce", Standing.FAILED, None),
        ("dropped", Standing.FAILED, None),
        ("spamreport", None, Consent.STOP),
        ("group_unsubscribe", None, Consent.STOP),
        ("group_resubscribe", None, Consent.START),
    ],
)
def test_events_become_receipts(carrier, word, standing, consent):
    (receipt,) = carrier.receipts(URL, *signed([event(word)], STAMP), NOW)
    assert (receipt.message_id, receipt.provider_id) == ("id-1", "mail-1")
    assert (receipt.standing, receipt.consent) == (standing, consent)
    assert receipt.at == datetime.fromtimestamp(STAMP - 5, UTC)


@pytest.mark.parametrize(
    ("word", "more", "trouble"),
    [
        ("bounce", {"type": "bounce", "reason": "550 no such user"}, Trouble.CONTACT),
        ("bounce", {"type": "bounce", "bounce_classification": "Invalid Address"}, Trouble.CONTACT),
        ("bounce", {"type": "bounce", "bounce_classification": "Technical Failure"}, Trouble.OTHER),
        ("bounce", {"type": "bounce", "bounce_classification": "Reputation"}, Trouble.POLICY),
        ("bounce", {"type": "blocked", "reason": "421 come back later"}, Trouble.OTHER),
        ("bounce", {"bounce_classification": ["not", "text"]}, Trouble.CONTACT),
        ("dropped", {"reason": "Bounced Address"}, Trouble.CONTACT),
        ("dropped", {"reason": "Invalid"}, Trouble.CONTACT),
        ("dropped", {"reason": "Invalid SMTPAPI header"}, Trouble.CONTENT),
        ("dropped", {"reason": "Spam Reporting Address"}, Trouble.CONSENT),
        ("dropped", {"reason": "Spam Content (if Spam Checker app is enabled)"}, Trouble.POLICY),
        ("dropped", {"reason": "Recipient List over Package Quota"}, Trouble.CONFIGURATION),
        ("dropped", {"reason": "a reason of tomorrow"}, Trouble.OTHER),
        ("dropped", {}, Trouble.OTHER),
        ("delivered", {}, None),
    ],
)
def test_what_failed_says_what_it_is_about(carrier, word, more, trouble):
    (receipt,) = carrier.receipts(URL, *signed([event(word, **more)], STAMP), NOW)
    assert receipt.trouble is trouble
    assert (receipt.consent is Consent.STOP) == (trouble is Trouble.CONSENT)


def test_an_address_that_was_dropped_for_unsubscribing_has_said_stop(carrier):
    (receipt,) = carrier.receipts(URL, *signed([event("dropped", reason="Unsubscribed Address")], STAMP), NOW)
    assert (receipt.standing, receipt.consent) == (Standing.FAILED, Consent.STOP)


def test_events_that_are_not_ours_or_make_no_sense_are_left_out(carrier):
    strange = [
        event("open"),
        event("click"),
        event("processed", message_id=None),
        event("processed", message_id=7),
        "text",
        None,
        event("processed", timestamp="soon", sg_event_id=None, umlaut="ü"),
    ]
    (receipt,) = carrier.receipts(URL, *signed(strange, STAMP), NOW)
    assert receipt.at == NOW
    assert carrier.receipts(URL, *signed({"not": "a list"}, STAMP), NOW) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers, body: (headers, body + b" "),
        lambda headers, body: (headers, body.replace(b"processed", b"delivered")),
        lambda headers, body: ({}, body),
        lambda headers, body: (headers | {"X-Twilio-Email-Event-Webhook-Timestamp": str(STAMP + 1)}, body),
        lambda headers, body: (headers | {"X-Twilio-Email-Event-Webhook-Timestamp": "x"}, body),
        lambda headers, body: (headers | {"X-Twilio-Email-Event-Webhook-Signature": "A"}, body),
        lambda headers, body: (headers | {"X-Twilio-Email-Event-Webhook-Signature": "QUJD"}, body),
        lambda headers, body: (headers, b"\xff\xfe"),
    ],
)
def test_what_was_touched_is_forged(carrier, spoil):
    with pytest.raises(Forged):
        carrier.receipts(URL, *spoil(*signed([event("processed")], STAMP)), NOW)


def test_another_key_and_an_old_call_are_forged(carrier):
    for told in (
        signed([event("processed")], STAMP, ec.generate_private_key(ec.SECP256R1())),
        signed([event("processed")], STAMP - 601),
        signed([event("processed")], STAMP + 601),
    ):
        with pytest.raises(Forged):
            carrier.receipts(URL, *told, NOW)


def test_without_a_key_nothing_is_believed():
    keyless = SendGridEmail(SendGridAccount("SG.key", "parcels@example.com"))
    with pytest.raises(Forged):
        keyless.receipts(URL, *signed([event("processed")], STAMP), NOW)

"""Twilio's SDK against a double on its wire, and the traps of its signatures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from notifications.message import Standing
from notifications.provider import (
    Accepted,
    CannotTell,
    Forged,
    Found,
    NotFound,
    Permanent,
    Temporary,
    Unknown,
)
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms
from notifications.receipts import Consent, Keyword
from notifications.trouble import Trouble
from tests.doubles.server import Answer, Fault
from tests.doubles.twilio import ACCOUNT, TOKEN, Twilio, signed
from tests.notifications.cast import at, message

NOW = at(9)
# the newer form of their errors, RFC 9457
PROBLEM = b'{"type": "https://www.twilio.com/x", "title": "No", "status": 400, "code": 21211, "detail": "no"}'
PUBLIC = "https://track.example.com"
INBOUND = PUBLIC + "/callbacks/twilio/inbound"


@pytest.fixture
def twilio():
    with Twilio(NOW) as double:
        yield double


@pytest.fixture
def carrier(twilio):
    return TwilioSms(account(twilio.url))


def account(base, **more):
    usual = {"account_sid": ACCOUNT, "auth_token": TOKEN, "public_url": PUBLIC, "sender": "+12025550100"}
    return TwilioAccount(**(usual | {"api_base": base, "read_seconds": 1.0} | more))


def test_a_text_is_taken_with_our_id_in_its_callback_and_its_validity(twilio, carrier):
    text = message()
    assert carrier.send(text, NOW) == Accepted(twilio.texts[0].sid)
    form = twilio.texts[0].form
    url, _, overrides = form["StatusCallback"].partition("#")
    assert url == f"{PUBLIC}/callbacks/twilio/status/{text.id}"
    assert overrides == "rc=3&rp=5xx,ct,rt"
    assert (form["To"], form["From"], form["Body"]) == (text.to, "+12025550100", text.text)
    assert form["ValidityPeriod"] == str(3 * 3600)


def test_validity_stays_within_what_twilio_takes(twilio, carrier):
    carrier.send(message(expires_at=NOW + timedelta(days=3)), NOW)
    carrier.send(message(expires_at=NOW + timedelta(milliseconds=1)), NOW)
    assert [text.form["ValidityPeriod"] for text in twilio.texts] == ["36000", "1"]


def test_a_messaging_service_and_an_api_key_are_used_when_given(twilio):
    keyed = account(twilio.url, messaging_service_sid="MG1", api_key="SK1", api_secret="secret")
    TwilioSms(keyed).send(message(), NOW)
    assert twilio.texts[0].form["MessagingServiceSid"] == "MG1"
    assert "From" not in twilio.texts[0].form
    assert twilio.calls[0].headers["authorization"] == "Basic U0sxOnNlY3JldA=="


def test_a_text_of_a_shippers_own_name_comes_from_it_and_is_found_by_it(twilio):
    pooled = TwilioSms(account(twilio.url, messaging_service_sid="MG1"))
    named = message(headers={"from_name": "FERN"})
    pooled.send(named, NOW)
    assert twilio.texts[0].form["From"] == "FERN"
    assert "MessagingServiceSid" not in twilio.texts[0].form
    assert isinstance(pooled.lookup(named, NOW, NOW), Found)


def test_one_connection_serves_many_texts(twilio, carrier):
    for _ in range(5):
        carrier.send(message(), NOW)
    assert len({call.peer for call in twilio.calls}) == 1


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
def test_each_fault_has_its_outcome_and_is_not_repeated_behind_our_back(twilio, carrier, fault, kind, taken):
    twilio.faults.append(fault)
    assert isinstance(carrier.send(message(), NOW), kind)
    assert (len(twilio.texts), len(twilio.calls)) == (taken, 1)


def test_a_host_that_cannot_be_reached_got_nothing(twilio):
    assert isinstance(TwilioSms(account("http://127.0.0.1:9")).send(message(), NOW), Temporary)


def test_a_pause_that_is_asked_for_is_handed_on(twilio, carrier):
    twilio.faults.append(Fault.TOO_MANY)
    busy = carrier.send(message(), NOW)
    assert (busy.code, busy.trouble, busy.retry_after) == ("20429", Trouble.BUSY, timedelta(seconds=7))


def test_a_host_that_cannot_be_reached_is_said_to_be_away():
    assert TwilioSms(account("http://127.0.0.1:9")).send(message(), NOW).trouble is Trouble.AWAY


@pytest.mark.parametrize(
    ("code", "kind", "trouble"),
    [
        (20003, Temporary, Trouble.CONFIGURATION),
        (20404, Temporary, Trouble.CONFIGURATION),
        (21211, Permanent, Trouble.CONTACT),
        (21212, Temporary, Trouble.CONFIGURATION),
        (21408, Temporary, Trouble.COUNTRY),
        (21606, Temporary, Trouble.SENDER),
        (21610, Permanent, Trouble.CONSENT),
        (21611, Temporary, Trouble.BUSY),
        (21612, Permanent, Trouble.ROUTE),
        (21614, Permanent, Trouble.CONTACT),
        (21635, Permanent, Trouble.CONTACT),
        (21703, Temporary, Trouble.CONFIGURATION),
        (30034, Temporary, Trouble.CONFIGURATION),
        (99999, Permanent, Trouble.OTHER),
    ],
)
def test_a_refusal_says_whom_it_concerns(twilio, carrier, code, kind, trouble):
    twilio.refusals["+4915112345678"] = code
    outcome = carrier.send(message(), NOW)
    assert (type(outcome), outcome.code, outcome.trouble) == (kind, str(code), trouble)
    assert outcome.text


@pytest.mark.parametrize("to", ["+4915112345678", "not a number", "+"])
def test_a_country_is_named_and_no_number(twilio, carrier, to):
    twilio.refusals[to] = 21408
    said = carrier.send(message(to=to), NOW)
    country = "+49" if to == "+4915112345678" else "this country"
    assert said.text == f"Texts to {country} are not switched on at Twilio."
    assert said.retry_after == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("status", "body", "kind", "trouble"),
    [
        (401, b"<html>", Temporary, Trouble.CONFIGURATION),
        (403, b"{}", Temporary, Trouble.CONFIGURATION),
        (404, b"", Temporary, Trouble.CONFIGURATION),
        (400, b"null", Permanent, Trouble.OTHER),
        (418, b"[]", Permanent, Trouble.OTHER),
        (408, b"{}", Unknown, None),
        (503, b'{"code": 20503}', Unknown, None),
        (400, PROBLEM, Permanent, Trouble.CONTACT),
        (302, b"", Unknown, None),
    ],
)
def test_codes_of_tomorrow_are_judged_by_their_status(twilio, carrier, status, body, kind, trouble):
    twilio.take = lambda call: Answer(status, body)
    outcome = carrier.send(message(), NOW)
    assert (type(outcome), getattr(outcome, "trouble", None)) == (kind, trouble)


@pytest.mark.parametrize("fault", [Fault.TAKEN_THEN_SILENT, Fault.TAKEN_THEN_CUT, Fault.TAKEN_THEN_ERROR])
def test_a_text_whose_answer_was_lost_is_found_by_its_words(twilio, carrier, fault):
    text = message()
    twilio.faults.append(fault)
    carrier.send(text, NOW)
    assert carrier.lookup(text, NOW, at(9, 2)) == Found(twilio.texts[0].sid)
    assert twilio.calls[-1].path.count("DateSent%3E=2026-03-02") == 1


def test_another_text_to_the_same_number_is_not_taken_for_it(twilio, carrier):
    carrier.send(message(), NOW)
    assert carrier.lookup(message(), NOW, at(9, 2)) == NotFound()


def test_the_same_words_of_an_earlier_day_are_not_taken_for_it(twilio, carrier):
    text = message()
    twilio.now = NOW - timedelta(hours=2)
    carrier.send(text, NOW)
    assert carrier.lookup(text, NOW, at(9, 2)) == NotFound()


def test_a_worker_whose_clock_is_an_hour_ahead_is_still_found(twilio, carrier):
    text = message()
    twilio.now = NOW - timedelta(hours=1)
    carrier.send(text, NOW)
    assert carrier.lookup(text, NOW, at(9, 2)) == Found(twilio.texts[0].sid)


def test_while_the_list_cannot_be_read_nothing_is_concluded():
    carrier = TwilioSms(account("http://127.0.0.1:9"))
    assert isinstance(carrier.lookup(message(), NOW, at(9, 2)), CannotTell)


def test_an_id_that_belongs_to_something_else_is_not_taken_for_it(twilio, carrier):
    text = message()
    for _ in range(2):
        carrier.send(text, NOW)
    first, second = (one.sid for one in twilio.texts)
    assert carrier.lookup(text, NOW, at(9, 2), frozenset({second})) == Found(first)
    assert carrier.lookup(text, NOW, at(9, 2), frozenset({first, second})) == NotFound()


def test_the_same_words_from_another_sender_of_the_account_are_not_taken_for_it(twilio, carrier):
    text, other = message(), TwilioSms(account(twilio.url, name="twilio-2", sender="+12025550199"))
    pool = TwilioSms(account(twilio.url, messaging_service_sid="MG1"))
    carrier.send(text, NOW)
    assert other.lookup(text, NOW, at(9, 2)) == NotFound()
    assert pool.lookup(text, NOW, at(9, 2)) == Found(twilio.texts[0].sid)
    other.send(text, NOW)
    assert other.lookup(text, NOW, at(9, 2)) == Found(twilio.texts[1].sid)


def test_so_many_texts_to_one_number_are_not_looked_through_for_ever(twilio, carrier, monkeypatch):
    monkeypatch.setattr("notifications.providers.twilio_sms.MOST_LISTED", 3)
    for _ in range(4):
        carrier.send(message(), NOW)
    assert isinstance(carrier.lookup(message(), NOW, at(9, 2)), CannotTell)


@pytest.mark.parametrize(
    ("fate", "standing", "trouble"),
    [
        (("delivered", None), Standing.DELIVERED, None),
        (("sent", None), Standing.SENT, None),
        (("undelivered", 30005), Standing.FAILED, Trouble.CONTACT),
        (("failed", 30999), Standing.FAILED, Trouble.OTHER),
    ],
)
def test_what_became_of_a_text_can_be_asked_and_reads_like_its_callback(
    twilio, carrier, fate, standing, trouble
):
    text = message()
    carrier.send(text, NOW)
    (sent,) = twilio.texts
    twilio.fates[sent.sid] = fate
    receipt = carrier.status(replace(text, provider_id=sent.sid), at(9, 15))
    assert (receipt.message_id, receipt.standing, receipt.trouble) == (text.id, standing, trouble)
    more = {"ErrorCode": str(fate[1])} if fate[1] else {}
    (told,) = carrier.receipts(*twilio.callback(sent, fate[0], **more), at(9, 15))
    assert receipt == told


def test_a_text_twilio_does_not_know_or_cannot_be_asked_about_says_nothing(carrier):
    assert carrier.status(message(provider_id="SM0"), NOW) is None
    away = TwilioSms(account("http://127.0.0.1:9"))
    assert away.status(message(provider_id="SM0"), NOW) is None


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("queued", Standing.SENT),
        ("sent", Standing.SENT),
        ("delivered", Standing.DELIVERED),
        ("undelivered", Standing.FAILED),
        ("a word of tomorrow", None),
    ],
)
def test_a_callback_becomes_a_receipt(twilio, carrier, word, standing):
    text = message()
    carrier.send(text, NOW)
    (receipt,) = carrier.receipts(*twilio.callback(twilio.texts[0], word), NOW)
    assert (receipt.message_id, receipt.standing) == (text.id, standing)
    assert receipt.event_id == f"{twilio.texts[0].sid}:{word}"


def test_a_failure_brings_its_code_its_meaning_and_a_stop_if_it_is_one(twilio, carrier):
    carrier.send(message(), NOW)
    told = twilio.callback(twilio.texts[0], "undelivered", ErrorCode="21610", ErrorMessage="")
    (receipt,) = carrier.receipts(*told, NOW)
    assert (receipt.code, receipt.text) == ("21610", "The recipient answered STOP.")
    assert receipt.consent is Consent.STOP


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("30001", Trouble.BUSY),
        ("30002", Trouble.CONFIGURATION),
        ("30003", Trouble.OUT_OF_REACH),
        ("30004", Trouble.POLICY),
        ("30005", Trouble.CONTACT),
        ("30006", Trouble.CONTACT),
        ("30007", Trouble.POLICY),
        ("30008", Trouble.HICCUP),
        ("30034", Trouble.CONFIGURATION),
        ("30410", Trouble.NO_ANSWER),
        ("30450", Trouble.POLICY),
        ("39999", Trouble.OTHER),
        ("", Trouble.OTHER),
        ("not a code", Trouble.OTHER),
        ("9" * 30, Trouble.OTHER),
    ],
)
def test_what_failed_later_says_what_it_is_about(twilio, carrier, code, trouble):
    carrier.send(message(), NOW)
    (receipt,) = carrier.receipts(*twilio.callback(twilio.texts[0], "undelivered", ErrorCode=code), NOW)
    assert (receipt.standing, receipt.trouble) == (Standing.FAILED, trouble)


FIELDS = [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("Empty", ""), ("Twice", "b"), ("Twice", "a")]
STATUS = PUBLIC + "/callbacks/twilio/status/id-1?region=eu"


def test_empty_repeated_and_new_fields_are_part_of_the_signature(carrier):
    (receipt,) = carrier.receipts(*signed(STATUS, FIELDS), NOW)
    assert receipt.message_id == "id-1"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda url, headers, body: (url.replace("https", "http"), headers, body),
        lambda url, headers, body: (url.replace("eu", "us"), headers, body),
        lambda url, headers, body: (url.replace("id-1", "id-2"), headers, body),
        lambda url, headers, body: (url, headers, body.replace(b"&Empty=", b"")),
        lambda url, headers, body: (url, headers, body.replace(b"&Twice=a", b"")),
        lambda url, headers, body: (url, headers, body + b"&More=1"),
        lambda url, headers, body: (url, headers, body.replace(b"sent", b"delivered")),
        lambda url, headers, body: (url, {}, body),
        lambda url, headers, body: (url, {"X-Twilio-Signature": "ünsinn"}, body),
        lambda url, headers, body: (url, headers, b"\xff\xfe"),
        lambda url, headers, body: (url, headers, b"a=1&" * 500),
        lambda url, headers, body: (
            signed(url, FIELDS, "another token")[0],
            signed(url, FIELDS, "x")[1],
            body,
        ),
    ],
)
def test_what_was_touched_is_forged(carrier, spoil):
    with pytest.raises(Forged):
        carrier.receipts(*spoil(*signed(STATUS, FIELDS)), NOW)


@pytest.mark.parametrize("token", [TOKEN, "the-one-before"])
def test_while_the_token_is_replaced_both_are_good(token):
    rotating = TwilioSms(account("", more_secrets=("the-one-before", "")))
    assert rotating.receipts(*signed(STATUS, FIELDS, token), NOW)


def test_an_empty_secret_opens_nothing(carrier):
    unset = TwilioSms(account("", auth_token="", more_secrets=("",)))
    with pytest.raises(Forged):
        unset.receipts(*signed(STATUS, FIELDS, ""), NOW)


SHARED = {"X-Twilio-Webhooks-Signature-Settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}


def test_a_shared_key_signs_by_sha256():
    shared = TwilioSms(account("", more_secrets=("shared-key",)))
    url, headers, body = signed(STATUS, FIELDS, "shared-key", sha256)
    (receipt,) = shared.receipts(url, headers | SHARED, body, NOW)
    assert receipt.message_id == "id-1"
    for spoiled in (headers, headers | dict.fromkeys(SHARED, "algorithm=HMAC_MD5")):
        with pytest.raises(Forged):
            shared.receipts(url, spoiled, body, NOW)
    with pytest.raises(Forged):
        shared.receipts(*signed(STATUS, FIELDS, "another", sha256)[:1], headers | SHARED, body + b"x", NOW)


def test_a_port_in_the_url_does_not_matter(carrier):
    url, headers, body = signed(STATUS.replace("example.com", "example.com:443"), FIELDS)
    assert carrier.receipts(url.replace(":443", ""), headers, body, NOW)


@pytest.mark.parametrize(
    ("said", "keyword", "by_twilio"),
    [
        ("STOP", Keyword.STOP, True),
        (" stop ", Keyword.STOP, True),
        # whether Twilio overlooks the dot is not known: it is answered, and Twilio drops what comes after a STOP
        ("stop.", Keyword.STOP, False),
        ("Stopp", Keyword.STOP, False),
        ("start", Keyword.START, True),
        ("HELP", Keyword.HELP, True),
        ("Hilfe!", Keyword.HELP, False),
        ("stop bothering me", None, False),
        ("where is it?", None, False),
    ],
)
def test_reserved_words_are_understood(carrier, said, keyword, by_twilio):
    told = signed(INBOUND, [("From", "+4915112345678"), ("Body", said), ("MessageSid", "SM9")])
    heard = carrier.inbound(*told, NOW)
    assert (heard.sender, heard.keyword, heard.answered_by_carrier) == ("+4915112345678", keyword, by_twilio)


def test_twilios_own_reading_of_a_word_wins(carrier):
    told = signed(INBOUND, [("From", "+491"), ("Body", "HALT"), ("OptOutType", "STOP")])
    assert carrier.inbound(*told, datetime.now(UTC)).keyword is Keyword.STOP


def test_a_copy_is_emptied_and_deleted_and_what_is_gone_is_gone(twilio, carrier):
    carrier.send(message(), NOW)
    sid = twilio.texts[0].sid
    twilio.in_flight.add(sid)
    assert isinstance(carrier.redact(sid, NOW), Temporary)
    twilio.in_flight.clear()
    assert carrier.redact(sid, NOW) == Accepted(sid)
    assert twilio.texts == []
    assert carrier.redact(sid, NOW) == Accepted()


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.ERROR])
def test_a_copy_that_cannot_be_erased_now_is_asked_for_again(twilio, carrier, fault):
    carrier.send(message(), NOW)
    twilio.faults.append(fault)
    assert isinstance(carrier.redact(twilio.texts[0].sid, NOW), Temporary)

"""The shelf in the database, on both engines: what it promises to the send machine."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from notifications.message import Channel, Rule, Standing
from notifications.outbox import Done
from notifications.provider import Accepted, Found, Permanent, Temporary, Unknown
from notifications.receipts import Receipt
from portal.flows import receipts
from portal.store import contacts, outbox, shippers
from portal.store.outbox_rows import ATTEMPTS, MESSAGES
from tests.notifications.cast import at, message

SMS, WEBHOOK = Channel.SMS, Channel.WEBHOOK


def done(claim, outcome, when, next_at=None):
    return Done(claim, "twilio", outcome, when, next_at)


def test_a_message_comes_back_as_it_was_put(put, look):
    (one,) = put(message(Channel.EMAIL, subject="Grüße", html="<p>", headers={"reply_to": "a@b.example"}))
    assert look(one).message == one


def test_the_same_dedupe_key_is_one_message(put, look, house):
    first, again = message(dedupe_key="7:nearby:e1:sms"), message(dedupe_key="7:nearby:e1:sms")
    put(first, again)
    put(again)
    with house.reading() as session:
        assert [one.id for one in outbox.latest(session)] == [first.id]


def test_a_rolled_back_event_leaves_no_message(house):
    def event_that_fails():
        with house.transaction() as session:
            outbox.put(session, [message()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        event_that_fails()
    with house.reading() as session:
        assert outbox.latest(session) == []


def test_a_claim_is_a_lease_and_an_attempt_row(put, shelf, look):
    due, _later = put(message(), message(not_before=at(10)))
    (claim,) = shelf.claim(SMS, 10, "w1", at(9))
    assert claim.message.id == due.id
    assert shelf.claim(SMS, 10, "w2", at(9)) == []
    told = look(due)
    assert (told.message.standing, told.message.lease_until) == (Standing.SENDING, at(9, 1))
    assert [(one.number, one.worker, one.started_at) for one in told.attempts] == [(1, "w1", at(9))]


def test_the_oldest_due_come_first_and_no_more_than_asked(put, shelf):
    late, early, middle = put(*(message(not_before=at(8, minute)) for minute in (30, 10, 20)))
    taken = shelf.claim(SMS, 2, "w", at(9))
    assert [claim.message.id for claim in taken] == [early.id, middle.id]
    assert [claim.message.id for claim in shelf.claim(SMS, 2, "w", at(9))] == [late.id]


def test_each_channel_is_emptied_by_itself(put, shelf):
    put(message(Channel.EMAIL))
    assert shelf.claim(SMS, 10, "w", at(9)) == []
    assert len(shelf.claim(Channel.EMAIL, 10, "w", at(9))) == 1


def test_expired_and_stopped_messages_are_settled_instead_of_taken(put, shelf, look, house):
    old, unwanted, answer = put(
        message(expires_at=at(9)), message(to="+12025550123"), message(to="+12025550123", notice="reply_stop")
    )
    with house.transaction() as session:
        contacts.stop(session, SMS, "+12025550123", "test", at(8))
    assert [claim.message.id for claim in shelf.claim(SMS, 10, "w", at(9))] == [answer.id]
    assert (look(old).message.standing, look(old).message.stopped_by) == (Standing.EXPIRED, Rule.TOO_LATE)
    stopped = look(unwanted).message
    assert (stopped.standing, stopped.stopped_by) == (Standing.STOPPED, Rule.OPTED_OUT)


def test_outcomes_are_written_down(put, shelf, look):
    messages = put(*(message(not_before=at(8, minute)) for minute in range(5)))
    claims = shelf.claim(SMS, 10, "w", at(9))
    outcomes = (
        (Accepted("SM1"), None),
        (Temporary("429"), at(9, 5)),
        (Temporary("503"), None),
        (Permanent("21211", "not a number"), None),
        (Unknown("no_answer"), at(9, 2)),
    )
    shelf.record(
        [done(claim, *fate[:1], at(9), fate[1]) for claim, fate in zip(claims, outcomes, strict=True)]
    )
    now_are = [look(one).message for one in messages]
    assert [one.standing for one in now_are] == ["sent", "queued", "failed", "failed", "unknown"]
    assert [now_are[1].not_before, now_are[4].not_before] == [at(9, 5), at(9, 2)]
    assert (now_are[0].provider_id, now_are[0].sent_at, now_are[0].settled_at) == ("SM1", at(9), None)
    assert (now_are[3].error_code, now_are[3].error_text, now_are[3].settled_at) == (
        "21211",
        "not a number",
        at(9),
    )
    assert [look(one).attempts[0].outcome for one in messages] == [
        *("accepted", "temporary", "temporary", "permanent", "unknown")
    ]


def test_what_was_given_back_was_never_tried(put, shelf, look):
    (one,) = put(message())
    shelf.give_back(shelf.claim(SMS, 10, "w", at(9)))
    assert (look(one).message.standing, look(one).message.attempts, look(one).attempts) == ("queued", 0, ())
    assert len(shelf.claim(SMS, 10, "w", at(9))) == 1


def test_a_lost_lease_becomes_unknown_and_is_adopted_once(put, shelf, look):
    (one,) = put(message())
    shelf.claim(SMS, 10, "dead", at(9))
    assert shelf.abandon(SMS, at(9, 1), timedelta(seconds=90)) == 0
    assert shelf.abandon(SMS, at(9, 2), timedelta(seconds=90)) == 1
    assert shelf.doubtful(SMS, 10, at(9, 3)) == []
    (claim,) = shelf.doubtful(SMS, 10, at(9, 4))
    assert claim.started_at == at(9)
    assert shelf.doubtful(SMS, 10, at(9, 4)) == []
    assert shelf.adopt(claim, Found("SM7"), "twilio", at(9, 4))
    assert (look(one).message.standing, look(one).message.provider_id) == (Standing.SENT, "SM7")


def doubted(put, shelf):
    (one,) = put(message())
    (claim,) = shelf.claim(SMS, 10, "w", at(9))
    shelf.record([done(claim, Unknown("no_answer"), at(9), at(9, 2))])
    return one, shelf.doubtful(SMS, 10, at(9, 2))[0]


def test_what_the_carrier_does_not_have_goes_back_and_counts_as_a_resend(put, shelf, look):
    one, claim = doubted(put, shelf)
    shelf.requeue(claim, at(9, 2))
    shelf.requeue(claim, at(9, 2))
    assert (look(one).message.standing, look(one).message.resends) == (Standing.QUEUED, 1)


def test_what_nobody_knows_is_given_up_with_its_reason(put, shelf, look):
    one, claim = doubted(put, shelf)
    shelf.ask_later(claim, at(9, 4), "down")
    assert look(one).message.not_before == at(9, 4)
    shelf.give_up(claim, "possible_duplicate", "It may have arrived.", at(9, 4))
    assert (look(one).message.standing, look(one).message.error_code) == ("failed", "possible_duplicate")


def test_a_receipt_that_came_before_the_answer_is_not_undone_by_it(put, shelf, look, house):
    (one,) = put(message())
    (claim,) = shelf.claim(SMS, 10, "w", at(9))
    with house.transaction() as session:
        receipts.settle(session, [receipt(one, "delivered", Standing.DELIVERED)], at(9))
    shelf.record([done(claim, Accepted("SM1"), at(9))])
    assert look(one).message.standing is Standing.DELIVERED


def test_a_receipt_saves_a_message_of_unknown_fate_from_being_sent_again(put, shelf, look, house):
    one, claim = doubted(put, shelf)
    with house.transaction() as session:
        receipts.settle(session, [receipt(one, "sent", Standing.SENT)], at(9, 2))
    shelf.requeue(claim, at(9, 2))
    told = look(one).message
    assert (told.standing, told.provider_id, told.resends) == (Standing.SENT, "SM1", 0)


def test_a_late_yes_stops_the_resend(put, shelf, look):
    one, claim = doubted(put, shelf)
    shelf.requeue(claim, at(9, 2))
    shelf.record([done(claim, Accepted("SM1"), at(9, 3))])
    assert look(one).message.standing is Standing.SENT
    assert shelf.claim(SMS, 10, "w", at(9, 4)) == []


def test_webhooks_of_one_shipment_are_taken_one_after_the_other(put, shelf):
    first, second, other = put(*(message(WEBHOOK, order_key=key) for key in ("s:1", "s:1", "s:2")))
    claims = shelf.claim(WEBHOOK, 10, "w", at(9))
    assert [claim.message.id for claim in claims] == [first.id, other.id]
    shelf.record([done(claims[0], Temporary("503"), at(9), at(9, 30))])
    assert shelf.claim(WEBHOOK, 10, "w", at(9, 10)) == []
    (again,) = shelf.claim(WEBHOOK, 10, "w", at(9, 30))
    shelf.record([done(again, Temporary("503"), at(9, 30))])
    assert [claim.message.id for claim in shelf.claim(WEBHOOK, 10, "w", at(9, 31))] == [second.id]


def test_a_parked_webhook_can_be_sent_again_under_the_same_id(put, shelf, house, look):
    (one,) = put(message(WEBHOOK))
    (claim,) = shelf.claim(WEBHOOK, 10, "w", at(9))
    shelf.record([done(claim, Permanent("gone"), at(9))])
    with house.transaction() as session:
        assert not outbox.send_again(session, 2, one.id, one.to, at(23))
        assert outbox.send_again(session, 1, one.id, one.to, at(23))
    (again,) = shelf.claim(WEBHOOK, 10, "w", at(23))
    assert (again.message.id, again.number) == (one.id, 2)


def test_many_workers_take_each_message_once(put, shelf):
    put(*(message(to=f"+4915100000{number:03}") for number in range(120)))
    taken, errors = [], []

    def work(name):
        try:
            while claims := shelf.claim(SMS, 7, name, at(9)):
                taken.extend(claim.message.id for claim in claims)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(taken) == len(set(taken)) == 120


def receipt(about, word, standing, **more):
    usual = {"provider": "twilio", "event_id": f"{about.id}:{word}", "at": at(9), "message_id": about.id}
    return Receipt(**(usual | {"standing": standing, "word": word, "provider_id": "SM1"} | more))


def test_receipts_are_kept_once_and_never_move_a_message_back(put, look, house):
    (one,) = put(message())
    told = [
        receipt(one, "delivered", Standing.DELIVERED),
        receipt(one, "sent", Standing.SENT),
        receipt(one, "failed", Standing.FAILED, code="30003"),
    ]
    with house.transaction() as session:
        assert receipts.settle(session, [*told, *told], at(9)) == 3
        assert receipts.settle(session, told, at(9)) == 0
    after = look(one)
    assert (after.message.standing, after.message.error_code) == (Standing.DELIVERED, "")
    assert len(after.receipts) == 3


def test_receipts_of_messages_we_do_not_know_change_nothing(house):
    stranger = message()
    with house.transaction() as session:
        assert receipts.settle(session, [receipt(stranger, "sent", Standing.SENT)], at(9)) == 0
        assert receipts.settle(session, [], at(9)) == 0


def test_a_stop_is_kept_as_a_fingerprint_until_it_is_taken_back(house):
    people = ["Anna@Example.org", "+4915112345678"]
    with house.transaction() as session:
        contacts.stop(session, Channel.EMAIL, "anna@example.org", "spamreport", at(8))
        contacts.stop(session, Channel.EMAIL, "anna@example.org", "again", at(9))
    with house.reading() as session:
        assert contacts.stopped(session, people) == {(Channel.EMAIL, "Anna@Example.org")}
        assert "anna" not in str(session.execute(select(contacts.OPT_OUTS)).all()).lower()
    with house.transaction() as session:
        contacts.start(session, Channel.EMAIL, "ANNA@example.org", at(10))
        assert contacts.stopped(session, people) == set()
        contacts.stop(session, Channel.EMAIL, "anna@example.org", "once more", at(11))
        assert contacts.stopped(session, people) == {(Channel.EMAIL, "Anna@Example.org")}


def test_pages_ask_within_their_shipper(put, house):
    mine, theirs = put(message(), message(WEBHOOK))
    with house.transaction() as session:
        other = shippers.add(session, "north", "Nordlicht").id
        session.execute(update(MESSAGES).where(MESSAGES.c.id == theirs.id).values(shipper_id=other))
    with house.reading() as session:
        assert outbox.find(session, other, mine.id) is None
        assert [one.id for one in outbox.webhook_deliveries(session, other)] == [theirs.id]
        assert outbox.webhook_deliveries(session, 1) == []
        assert outbox.counts(session, 1) == {(SMS, Standing.QUEUED): 1}
        assert outbox.oldest_waiting(session, at(9)) == at(8)
        assert outbox.oldest_waiting(session, at(7)) is None
        assert session.execute(select(ATTEMPTS)).all() == []


def test_what_waits_behind_a_call_that_is_tried_again_is_not_called_late(house, put):
    again = message(WEBHOOK, order_key="s:1", not_before=at(10))
    put(again, message(WEBHOOK, order_key="s:1", not_before=at(8)))
    with house.reading() as session:
        assert outbox.oldest_waiting(session, at(9)) is None
        assert outbox.oldest_waiting(session, at(11)) == at(10)

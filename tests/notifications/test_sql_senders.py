"""The accounts and the shelf in the database, on both engines: by whom, how fast, and whose an answer is."""

import threading
from datetime import timedelta

import pytest

from notifications.message import Channel, Standing
from notifications.outbox import Done, Line
from notifications.provider import Accepted, Found, Permanent, Unknown
from notifications.receipts import Receipt
from notifications.senders import Health, Report
from notifications.trouble import Trouble
from portal.flows import receipts
from portal.store import contacts, senders
from portal.store.senders import SqlRegister
from portal.store.shelf import SqlOutbox
from portal.store.spending import Ceiling, Limits, spent
from tests.notifications.cast import at, message

SMS = Channel.SMS
FIRST = Line("twilio")
ALL = set(Health)


@pytest.fixture
def register(house):
    return SqlRegister(house.database)


def report(health, since=None, name="twilio", **more):
    return Report(name, SMS, health, since or at(9), **more)


def told(about, word, standing, sid="SM1", when=None, **more):
    usual = {"provider": "twilio", "event_id": f"{sid}:{word}", "at": when or at(9), "message_id": about.id}
    return Receipt(**(usual | {"standing": standing, "word": word, "provider_id": sid} | more))


def failed(about, code, trouble, sid="SM1", word="undelivered"):
    return told(about, word, Standing.FAILED, sid, code=code, text="Why not.", trouble=trouble)


@pytest.fixture
def hear(house):
    def hear(*some, now=None):
        with house.transaction() as session:
            return receipts.settle(session, some, now or at(9))

    return hear


@pytest.fixture
def send(shelf):
    """Take what is due and let it be taken under these ids."""

    def send(*sids, now=None, line=FIRST):
        now = now or at(9)
        claims = shelf.claim(SMS, 10, "w", now, line)
        done = [Done(claim, line.sender, Accepted(sid), now) for claim, sid in zip(claims, sids, strict=True)]
        shelf.record(done)
        return [claim.message for claim in claims]

    return send


class TestByWhom:
    def test_the_account_is_written_down_before_the_call(self, put, shelf, look):
        (one,) = put(message())
        shelf.claim(SMS, 10, "w", at(9), FIRST)
        assert look(one).attempts[0].sender == "twilio"
        assert look(one).message.provider == "twilio"

    def test_passing_on_ends_one_try_and_begins_the_next(self, put, shelf, look):
        (one,) = put(message())
        (claim,) = shelf.claim(SMS, 10, "w", at(9), FIRST)
        refused = Done(claim, "twilio", Permanent("21612", "Not from here.", Trouble.ROUTE), at(9))
        again = shelf.pass_on(claim, refused, Line("twilio-2", 1.0), "w")
        assert (again.number, again.message.id) == (2, one.id)
        tries = [(this.sender, this.outcome, this.code) for this in look(one).attempts]
        assert tries == [("twilio", "permanent", "21612"), ("twilio-2", "", "")]
        assert shelf.pass_on(claim, refused, Line("twilio-2"), "w") is None
        shelf.record([Done(again, "twilio-2", Accepted("SM2"), at(9))])
        assert (look(one).message.standing, look(one).message.provider) == (Standing.SENT, "twilio-2")

    def test_what_is_asked_about_names_every_account_it_went_by(self, put, shelf):
        put(message())
        for minute, name in ((0, "twilio"), (5, "twilio-2")):
            (claim,) = shelf.claim(SMS, 10, "w", at(9, minute), Line(name))
            shelf.record([Done(claim, name, Unknown("no_answer"), at(9, minute), at(9, minute + 2))])
            (doubt,) = shelf.doubtful(SMS, 10, at(9, minute + 2))
            shelf.requeue(doubt, at(9, minute + 2))
        assert doubt.senders == ("twilio", "twilio-2")
        assert doubt.started_at == at(9)


class TestCeilings:
    def test_a_batch_is_no_larger_than_fits_and_says_when_to_come_back(self, put, shelf):
        put(*(message(segments=2) for _ in range(10)))
        line = Line("twilio", per_second=10.0)
        taken = shelf.claim(SMS, 10, "w", at(9), line)
        assert len(taken) == 2
        assert taken.more_at - at(9) == timedelta(seconds=0.275)
        assert shelf.claim(SMS, 10, "w", at(9), line) == []
        assert len(shelf.claim(SMS, 10, "w", taken.more_at, line)) == 1

    def test_many_workers_together_keep_one_ceiling(self, put, shelf):
        put(*(message(segments=1, to=f"+4915100000{number:03}") for number in range(200)))
        taken, line = [], Line("twilio", per_second=40.0)

        def work(name):
            for tenth in range(20):
                now = at(9) + timedelta(seconds=tenth / 10)
                taken.extend(shelf.claim(SMS, 10, name, now, line))

        threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # two seconds and what may run ahead
        assert 40 * 1.9 <= len(taken) <= 40 * 2 + 11

    def test_messages_that_are_not_sent_cost_nothing(self, put, shelf):
        put(*(message(expires_at=at(8, 59)) for _ in range(20)), message(not_before=at(8, 30)))
        line = Line("twilio", per_second=1.0)
        sent, now = [], at(9)
        for _ in range(30):
            taken = shelf.claim(SMS, 10, "w", now, line)
            sent += taken
            if taken.more_at is None:
                break
            now = taken.more_at
        assert (len(sent), now) == (1, at(9))

    def test_without_a_ceiling_a_full_batch_says_that_there_may_be_more(self, put, shelf):
        put(*(message() for _ in range(15)))
        assert shelf.claim(SMS, 10, "w", at(9), FIRST).more_at == at(9)
        assert shelf.claim(SMS, 10, "w", at(9), FIRST).more_at is None
        assert shelf.claim(SMS, 10, "w", at(9), FIRST).more_at is None


def test_what_was_taken_and_given_back_costs_nothing(put, house):
    put(*(message(cost_micros=80_000, segments=1) for _ in range(3)))
    shelf = SqlOutbox(house.database, Limits(0, lambda session: {1: Ceiling(1_000_000)}))
    claims = shelf.claim(SMS, 10, "w", at(9), FIRST)
    shelf.give_back(claims[1:])
    again = shelf.claim(SMS, 10, "w", at(9, 1), FIRST)
    assert len(again) == 2
    shelf.give_back(again[1:])
    with house.reading() as session:
        (month,) = spent(session, [1])
    assert (month.cost_micros, month.segments) == (160_000, 2)


def test_what_is_in_the_air_counts_for_the_day_of_its_recipient(put, house):
    capped = SqlOutbox(house.database, Limits(a_day=3))
    put(*(message() for _ in range(8)), *(message(notice="one_time_code") for _ in range(2)))
    assert len(capped.claim(SMS, 2, "w1", at(9), FIRST)) == 2
    second = [claim.message.notice for claim in capped.claim(SMS, 20, "w2", at(9), FIRST)]
    assert second.count("one_time_code") == 2
    assert len(second) == 3


class TestTheRegister:
    def test_nobody_reported_on_is_well_and_a_stop_is_seen_by_all(self, register):
        assert register.reports() == {}
        stop = report(Health.STOPPED, until=at(9, 5), code="20003", text="Who are we?")
        assert register.note(stop, ALL)
        assert register.reports() == {"twilio": stop}

    def test_a_repeated_report_is_no_change_and_keeps_when_it_began(self, register):
        register.note(report(Health.STOPPED, until=at(9, 5), code="20003"), ALL)
        again = report(Health.STOPPED, at(9, 6), until=at(9, 11), code="30002")
        assert not register.note(again, ALL)
        now_is = register.reports()["twilio"]
        assert (now_is.since, now_is.until, now_is.code) == (at(9), at(9, 11), "30002")

    def test_a_rest_neither_hides_a_stop_nor_ends_it(self, register):
        register.note(report(Health.STOPPED, code="20003"), ALL)
        assert not register.note(report(Health.RESTING, at(9, 1)), {Health.WELL, Health.RESTING})
        assert not register.note(report(Health.WELL, at(9, 1)), {Health.RESTING})
        assert register.reports()["twilio"].health is Health.STOPPED

    def test_a_stop_that_showed_in_receipts_ends_only_by_one(self, register):
        register.note(report(Health.STOPPED, code="30034", by_receipt=True), ALL)
        assert not register.note(report(Health.WELL, at(9, 1)), {Health.STOPPED})
        assert register.note(report(Health.WELL, at(9, 1), by_receipt=True), {Health.STOPPED})
        assert register.note(report(Health.STOPPED, at(9, 2), code="20003"), ALL)
        assert register.note(report(Health.WELL, at(9, 3)), {Health.STOPPED})

    def test_a_remark_stands_beside_an_account_that_works(self, register):
        assert not register.note(report(Health.WELL, code="21408", text="Not to +48."), {Health.WELL})
        now_is = register.reports()["twilio"]
        assert (now_is.health, now_is.code) == (Health.WELL, "21408")

    def test_one_worker_finds_out_about_a_stopped_account_each_five_minutes(self, register, put, shelf):
        put(*(message() for _ in range(5)))
        register.note(report(Health.STOPPED, until=at(9, 5)), ALL)
        probe = Line("twilio", probe_every=timedelta(minutes=5))
        assert shelf.claim(SMS, 1, "w1", at(9, 4), probe) == []
        assert len(shelf.claim(SMS, 1, "w1", at(9, 5), probe)) == 1
        assert shelf.claim(SMS, 1, "w2", at(9, 6), probe) == []
        assert len(shelf.claim(SMS, 1, "w2", at(9, 10), probe)) == 1

    def test_the_doctor_knocks(self, register, house, put, shelf):
        put(message())
        register.note(report(Health.STOPPED, until=at(9, 5), code="20003", text="Who are we?"), ALL)
        with house.transaction() as session:
            assert senders.knock(session) == [("twilio", "20003 Who are we?")]
        probe = Line("twilio", probe_every=timedelta(minutes=5))
        assert len(shelf.claim(SMS, 1, "w", at(9, 1), probe)) == 1


class TestReceiptsThatStopAnAccount:
    def test_the_account_the_text_went_by_is_stopped_and_the_text_waits(
        self, put, send, hear, register, look
    ):
        (one,) = put(message())
        send("SM1", line=Line("twilio-2"))
        hear(failed(one, "30034", Trouble.CONFIGURATION), now=at(9, 1))
        stopped = register.reports()["twilio-2"]
        assert (stopped.health, stopped.code, stopped.by_receipt) == (Health.STOPPED, "30034", True)
        waits = look(one).message
        assert (waits.standing, waits.resends, waits.not_before) == (Standing.QUEUED, 1, at(9, 1))

    def test_texts_that_left_before_it_was_put_right_do_not_stop_it_again(self, put, send, hear, register):
        first, second = put(message(), message())
        send("SM1", "SM2", line=Line("twilio"))
        hear(failed(first, "30034", Trouble.CONFIGURATION), now=at(9, 1))
        (again,) = send("SM3", now=at(9, 6))
        hear(told(again, "delivered", Standing.DELIVERED, "SM3", at(9, 7)), now=at(9, 7))
        assert register.reports()["twilio"].health is Health.WELL
        hear(failed(second, "30034", Trouble.CONFIGURATION, "SM2"), now=at(9, 8))
        assert register.reports()["twilio"].health is Health.WELL

    def test_what_was_sent_before_the_stop_proves_nothing(self, put, send, hear, register):
        first, second = put(message(), message())
        send("SM1", "SM2")
        hear(failed(first, "30002", Trouble.CONFIGURATION), now=at(9, 1))
        hear(told(second, "delivered", Standing.DELIVERED, "SM2", at(9, 2)), now=at(9, 2))
        assert register.reports()["twilio"].health is Health.STOPPED

    def test_a_text_nobody_reported_on_that_did_not_fail_proves_it_too(
        self, put, send, hear, register, house
    ):
        (first,) = put(message())
        send("SM1")
        hear(failed(first, "30034", Trouble.CONFIGURATION), now=at(9, 1))
        (again,) = send("SM2", now=at(9, 6))
        still = told(again, "sent", Standing.SENT, "SM2")
        with house.reading() as session:
            sent = house.outbox.unconfirmed(SMS, 10, at(9, 30))
        with house.transaction() as session:
            receipts.confirmed(session, [(sent[0], still)], at(9, 30))
        assert register.reports()["twilio"].health is Health.WELL


class TestOnceMore:
    def test_a_phone_that_was_off_is_tried_once_more_after_a_quarter_of_an_hour(self, put, send, hear, look):
        (one,) = put(message(facts={"shipper": "Fern"}))
        send("SM1")
        hear(failed(one, "30003", Trouble.OUT_OF_REACH))
        waits = look(one).message
        assert (waits.standing, waits.resends, waits.provider_id) == (Standing.QUEUED, 1, "")
        assert timedelta(minutes=15) <= waits.not_before - at(9) <= timedelta(minutes=30)
        assert waits.fallback_at is None
        send("SM2", now=at(9, 31))
        assert look(one).message.standing is Standing.SENT
        hear(failed(one, "30003", Trouble.OUT_OF_REACH, "SM2"), now=at(9, 32))
        ended = look(one).message
        assert (ended.standing, ended.error_code, ended.fallback_at) == (Standing.FAILED, "30003", at(9, 32))

    def test_words_about_the_first_try_are_none_about_the_second(self, put, send, hear, look):
        (one,) = put(message())
        send("SM1")
        hear(failed(one, "30003", Trouble.OUT_OF_REACH))
        hear(told(one, "sent", Standing.SENT), failed(one, "30003", Trouble.OUT_OF_REACH, word="failed"))
        assert look(one).message.standing is Standing.QUEUED
        send("SM2", now=at(9, 31))
        hear(told(one, "sending", Standing.SENT), now=at(9, 32))
        assert (look(one).message.standing, look(one).message.provider_id) == (Standing.SENT, "SM2")

    def test_unless_it_did_arrive_after_all(self, put, send, hear, look, shelf):
        (one,) = put(message())
        send("SM1")
        hear(failed(one, "30003", Trouble.OUT_OF_REACH))
        hear(told(one, "delivered", Standing.DELIVERED))
        assert (look(one).message.standing, look(one).message.provider_id) == (Standing.DELIVERED, "SM1")
        assert shelf.claim(SMS, 10, "w", at(10)) == []

    def test_not_when_it_would_be_no_longer_true(self, put, send, hear, look):
        (one,) = put(message(expires_at=at(9, 14)))
        send("SM1")
        hear(failed(one, "30003", Trouble.OUT_OF_REACH))
        assert look(one).message.standing is Standing.FAILED

    def test_not_at_night(self, put, send, hear, look):
        berlin = {"shipper": "Fern", "timezone": "Europe/Berlin"}
        (one,) = put(message(notice="at_depot", facts=berlin, expires_at=at(23)))
        send("SM1", now=at(19, 59))
        hear(failed(one, "30003", Trouble.OUT_OF_REACH), now=at(19, 59))
        assert look(one).message.standing is Standing.FAILED

    @pytest.mark.parametrize(
        "trouble", [Trouble.NO_ANSWER, Trouble.POLICY, Trouble.CONTACT, Trouble.CONSENT, Trouble.OTHER, None]
    )
    def test_other_failures_are_final_and_the_other_channel_takes_over(self, put, send, hear, look, trouble):
        one, alone = put(message(facts={"shipper": "Fern"}), message(to="+4915100000000"))
        send("SM1", "SM2")
        hear(failed(one, "30410", trouble), failed(alone, "30410", trouble, "SM2"), now=at(9, 1))
        assert (look(one).message.standing, look(one).message.fallback_at) == (Standing.FAILED, at(9, 1))
        assert (look(alone).message.standing, look(alone).message.fallback_at) == (Standing.FAILED, None)

    def test_what_a_worker_has_in_hand_is_not_put_back_from_under_it(self, put, shelf, hear, look):
        (one,) = put(message())
        (claim,) = shelf.claim(SMS, 10, "w", at(9), FIRST)
        hear(failed(one, "30003", Trouble.OUT_OF_REACH))
        shelf.record([Done(claim, "twilio", Accepted("SM1"), at(9))])
        assert look(one).message.standing is Standing.FAILED

    def test_nor_when_more_than_one_report_came_before_the_yes_was_written_down(self, put, shelf, hear, look):
        together, apart = put(message(facts={"shipper": "Fern"}), message(facts={"shipper": "Fern"}))
        claims = shelf.claim(SMS, 10, "w", at(9), FIRST)
        hear(told(together, "sent", Standing.SENT), failed(together, "30008", Trouble.HICCUP))
        hear(told(apart, "sent", Standing.SENT, "SM2"))
        hear(failed(apart, "30008", Trouble.HICCUP, "SM2"))
        shelf.record([Done(one, "twilio", Accepted(f"SM{n}"), at(9)) for n, one in enumerate(claims, 1)])
        for one in (together, apart):
            ended = look(one).message
            assert (ended.standing, ended.fallback_at) == (Standing.FAILED, at(9))

    def test_what_a_dead_worker_had_in_hand_is_tried_once_more(self, put, shelf, hear, look):
        (one,) = put(message())
        shelf.claim(SMS, 10, "dead", at(9), FIRST)
        shelf.abandon(SMS, at(9, 2), timedelta(seconds=90))
        hear(failed(one, "30008", Trouble.HICCUP), now=at(9, 2))
        assert look(one).message.standing is Standing.QUEUED

    def test_an_email_is_never_tried_again_after_it_bounced(self, put, shelf, hear, look):
        (one,) = put(message(Channel.EMAIL))
        (claim,) = shelf.claim(Channel.EMAIL, 10, "w", at(9), Line("sendgrid"))
        shelf.record([Done(claim, "sendgrid", Accepted("m1"), at(9))])
        hear(failed(one, "4.2.2", Trouble.BUSY, "m1", "bounce"))
        assert look(one).message.standing is Standing.FAILED


class TestTheOtherChannel:
    def test_takes_over_what_a_carrier_refused_and_what_nobody_knows(self, put, shelf, look):
        refused, lost, alone = put(
            *(message(facts=facts) for facts in ({"shipper": "F"}, {"shipper": "F"}, None))
        )
        claims = shelf.claim(SMS, 10, "w", at(9), FIRST)
        no = Permanent("21211", "No number.", Trouble.CONTACT)
        fates = (no, Unknown("no_answer"), no)
        shelf.record(
            [Done(claim, "twilio", fate, at(9), at(9, 2)) for claim, fate in zip(claims, fates, strict=True)]
        )
        (doubt,) = shelf.doubtful(SMS, 10, at(9, 3))
        shelf.give_up(doubt, "possible_duplicate", "Who knows.", at(9, 3))
        assert [look(one).message.fallback_at for one in (refused, lost, alone)] == [at(9), at(9, 3), None]

    def test_has_nothing_to_say_once_it_arrived(self, put, send, hear, look, shelf):
        by_receipt, at_once = put(*(message(facts={"shipper": "F"}, fallback_at=at(9, 4)) for _ in range(2)))
        claims = shelf.claim(SMS, 10, "w", at(9), FIRST)
        shelf.record(
            [
                Done(claims[0], "twilio", Accepted("SM1"), at(9)),
                Done(claims[1], "twilio", Accepted("SM2", Standing.DELIVERED), at(9)),
            ]
        )
        assert [look(one).message.fallback_at for one in (by_receipt, at_once)] == [at(9, 4), None]
        hear(told(by_receipt, "delivered", Standing.DELIVERED))
        assert look(by_receipt).message.fallback_at is None

    def test_addresses_that_do_not_work_are_remembered(self, put, send, hear, house):
        (one,) = put(message())
        send("SM1")
        hear(failed(one, "30005", Trouble.CONTACT))
        with house.reading() as session:
            assert contacts.unreachable(session, [one.to], at(10)) == {(SMS, one.to)}


class TestWhoseAnIdIs:
    WORDS = "The same words."

    def doubt(self, shelf, count, now, sids=()):
        claims = shelf.claim(SMS, 10, "w", now, FIRST)
        assert len(claims) == count
        shelf.record([Done(claim, "twilio", Unknown("no_answer"), now, now) for claim in claims])
        return claims

    def test_ids_of_other_messages_are_not_ours(self, put, send, shelf):
        put(message(text=self.WORDS))
        send("SM1")
        put(message(text=self.WORDS))
        self.doubt(shelf, 1, at(9, 0, 30))
        (doubt,) = shelf.doubtful(SMS, 10, at(9, 2))
        assert doubt.taken == {"SM1"}

    def test_nor_are_those_of_a_try_that_failed(self, put, send, hear, shelf):
        (one,) = put(message())
        send("SM1")
        hear(failed(one, "30008", Trouble.HICCUP))
        self.doubt(shelf, 1, at(9, 5))
        (doubt,) = shelf.doubtful(SMS, 10, at(9, 7))
        assert doubt.taken == {"SM1"}
        assert doubt.message.id == one.id

    def test_one_text_is_not_taken_for_two_messages(self, put, shelf, look):
        first, second = put(message(text=self.WORDS), message(text=self.WORDS))
        self.doubt(shelf, 2, at(9))
        one, other = shelf.doubtful(SMS, 10, at(9, 2))
        assert shelf.adopt(one, Found("SM1"), "twilio", at(9, 2))
        assert not shelf.adopt(other, Found("SM1"), "twilio", at(9, 2))
        assert [look(this).message.standing for this in (first, second)] == [Standing.SENT, Standing.UNKNOWN]

    def test_workers_that_adopt_at_once_do_not_share_one(self, put, shelf, look):
        put(*(message(text=self.WORDS) for _ in range(8)))
        self.doubt(shelf, 8, at(9))
        adopted, start = [], threading.Barrier(8)

        def adopt(claim):
            start.wait()
            adopted.append(shelf.adopt(claim, Found("SM1"), "twilio", at(9, 2)))

        threads = [threading.Thread(target=adopt, args=(one,)) for one in shelf.doubtful(SMS, 10, at(9, 2))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(adopted) == [False] * 7 + [True]

    def test_while_a_twin_is_on_its_way_nothing_is_asked(self, put, shelf):
        put(message(text=self.WORDS))
        self.doubt(shelf, 1, at(9))
        put(message(text=self.WORDS))
        shelf.claim(SMS, 10, "w", at(9, 2), FIRST)
        assert shelf.doubtful(SMS, 10, at(9, 2)) == []

    def test_a_callback_takes_its_id_back_from_whom_it_was_given_to(self, put, shelf, hear, look):
        first, second = put(message(text=self.WORDS), message(text=self.WORDS))
        self.doubt(shelf, 2, at(9))
        one, _ = shelf.doubtful(SMS, 10, at(9, 2))
        shelf.adopt(one, Found("SM1"), "twilio", at(9, 2))
        hear(told(second, "delivered", Standing.DELIVERED), now=at(9, 3))
        assert look(second).message.standing is Standing.DELIVERED
        asked_again = look(first).message
        assert (asked_again.standing, asked_again.provider_id) == (Standing.UNKNOWN, "")
        (doubt,) = shelf.doubtful(SMS, 10, at(9, 4))
        assert doubt.taken == {"SM1"}


class TestTextsNobodyReportsOn:
    def test_are_asked_about_three_times(self, put, send, shelf):
        (one,) = put(message(expires_at=None))
        send("SM1")
        asked = []
        for minute in range(0, 60 * 24, 5):
            now = at(9) + timedelta(minutes=minute)
            asked += [minute for _ in shelf.unconfirmed(SMS, 10, now)]
        assert asked == [15, 120, 720]
        assert one

    def test_are_left_alone_once_it_is_known(self, put, send, hear, shelf):
        (one,) = put(message())
        send("SM1")
        hear(told(one, "delivered", Standing.DELIVERED))
        assert shelf.unconfirmed(SMS, 10, at(10)) == []

    def test_also_those_that_only_a_callback_told_of(self, put, shelf, hear):
        (one,) = put(message())
        shelf.claim(SMS, 10, "w", at(9), FIRST)
        hear(told(one, "sent", Standing.SENT))
        assert shelf.unconfirmed(SMS, 10, at(9, 14)) == []
        assert [this.id for this in shelf.unconfirmed(SMS, 10, at(9, 15))] == [one.id]


def test_what_is_no_longer_true_ends_also_while_nobody_can_send(put, shelf, look):
    old, good = put(message(expires_at=at(9), fallback_at=at(9)), message())
    assert shelf.expire(SMS, at(9)) == 1
    assert shelf.expire(SMS, at(9)) == 0
    assert [look(one).message.standing for one in (old, good)] == [Standing.EXPIRED, Standing.QUEUED]

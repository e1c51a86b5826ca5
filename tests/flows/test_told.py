"""A message as an agent reads it: what is a problem and what is not, and each receipt in plain words."""

from datetime import UTC, datetime

import pytest

from notifications.contact import Contact
from notifications.message import BECAUSE_OF, Channel, Message, Rule, Standing
from notifications.notice import Notice
from notifications.providers.sendgrid_email import MEANINGS as OF_EMAIL
from notifications.providers.twilio_sms import MEANINGS as OF_SMS
from notifications.receipts import Receipt
from portal.flows.told import AS_IT_SHOULD_BE, MEANS, entry
from portal.flows.told_why import Talk
from portal.store.outbox import Told

NINE = datetime(2026, 6, 15, 9, tzinfo=UTC)
TEN = datetime(2026, 6, 15, 10, tzinfo=UTC)


def message(name: str = "m", **more: object) -> Message:
    facts: dict[str, object] = {"id": name, "shipper_id": 1, "shipment_id": 1, "channel": Channel.SMS}
    facts |= {"notice": Notice.OUT_FOR_DELIVERY, "language": "en", "to": "+491", "text": "Hello."}
    facts |= {"because": "Dispatch reported out for delivery (e1).", "not_before": NINE, "expires_at": None}
    facts |= {"dedupe_key": name, "created_at": NINE, "standing": Standing.DELIVERED}
    return Message(**{**facts, **more})  # type: ignore[arg-type]


def told(one: Message, *others: Message, receipts: tuple[Receipt, ...] = ()):
    return entry(
        Told(one, (), receipts), TEN, Talk([one, *others], Contact(phone="+491", email="a@b.example"))
    )


@pytest.mark.parametrize("rule", Rule)
def test_what_a_rule_held_back_names_it_and_is_a_problem_only_where_somebody_stays_in_the_dark(rule: Rule):
    shown = told(message(standing=Standing.STOPPED, stopped_by=rule))
    assert shown.why[0] == f"Not sent: {BECAUSE_OF[rule]}"
    assert shown.is_problem == (rule not in AS_IT_SHOULD_BE)


def test_news_in_its_place_and_on_the_other_channel_are_named():
    newer = message("n", notice=Notice.DELIVERED, created_at=TEN)
    replaced = message(standing=Standing.STOPPED, stopped_by=Rule.REPLACED, settled_at=TEN)
    assert told(replaced, newer).why[1] == "The newer news: delivered."
    failed = message(standing=Standing.FAILED, error_text="This is a landline.", error_code="21635")
    instead = message("i", channel=Channel.EMAIL, instead_of="m", created_at=TEN)
    why = told(failed, instead).why
    assert why[:2] == ("Not delivered: This is a landline. (21635)", "It was said by email instead.")
    assert "No email" not in " ".join(why)


@pytest.mark.parametrize("word", sorted({*OF_SMS, *OF_EMAIL} - {"group_resubscribe"}))
def test_every_word_of_a_provider_has_a_meaning(word: str):
    receipt = Receipt("p", "e", TEN, standing=None, word=word)
    (step,) = told(message(), receipts=(receipt,)).steps
    assert step.text == f"Receipt: {word.replace('_', ' ')}: {MEANS[word]}"

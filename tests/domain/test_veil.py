"""Before a reason was given: no number and no address in a timeline, but the words that were sent stay."""

from dataclasses import fields
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.timeline import Entry, Step, Strand, weave
from portal.domain.veil import veiled, veiled_entry

AT = datetime(2026, 6, 15, 9, tzinfo=UTC)
PHONE, EMAIL = "+4917012345678", "juergen@example.com"


def test_what_people_wrote_themselves_is_masked_and_what_we_sent_is_not():
    reply = Entry(AT, Strand.REPLY, "Text", words=f"call {PHONE} or {EMAIL}", by=PHONE)
    sent = Entry(AT, Strand.MESSAGE, "SMS", words="Code for 4917012345678", by=PHONE, own_words=False)
    assert veiled_entry(reply).words == "call ••• 678 or j•••@•••.com"
    assert veiled_entry(reply).by == "••• 678"
    assert (veiled_entry(sent).words, veiled_entry(sent).by) == (sent.words, "••• 678")


def test_a_colleague_is_named_still():
    note = Entry(AT, Strand.NOTE, "Note", words="Ring twice.", by="ann@example.com")
    assert veiled_entry(note).by == "ann@example.com"


def test_a_colleague_is_named_in_our_own_sentences_and_what_follows_is_masked():
    again = f"Why it exists: Sent again by ann@example.com: wants it at {EMAIL}"
    entry = Entry(AT, Strand.MESSAGE, "SMS", why=(again,), steps=(Step("Looked after by ann@example.com"),))
    shown = veiled_entry(entry)
    assert shown.why == ("Why it exists: Sent again by ann@example.com: wants it at j•••@•••.com",)
    assert shown.steps == entry.steps


def test_what_a_provider_said_of_a_number_is_masked():
    failed = Entry(
        AT,
        Strand.MESSAGE,
        "SMS",
        steps=(Step(f"The number {PHONE} is no number"),),
        why=(f"Not delivered: {EMAIL} bounced",),
        facts=("Event 20260615-12345678.",),
    )
    shown = veiled_entry(failed)
    assert shown.steps[0].text == "The number ••• 678 is no number"
    assert shown.why == ("Not delivered: j•••@•••.com bounced",)
    assert shown.facts == failed.facts


@given(st.sampled_from(Strand), st.sampled_from(["title", "words", "facts", "why", "steps"]))
def test_no_field_of_any_strand_lets_a_contact_through(strand: Strand, name: str):
    text = f"it is {PHONE}, {EMAIL}"
    value = {"facts": (text,), "why": (text,), "steps": (Step(text),)}.get(name, text)
    shown = veiled(weave([[Entry(**{"at": AT, "strand": strand, "title": "x", name: value})]]))
    said = str([getattr(shown.entries[0], field.name) for field in fields(Entry)])
    assert PHONE not in said and EMAIL not in said

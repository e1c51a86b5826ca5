"""Texts from the recipient, as an agent reads them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.domain.telling_replies import (
    CAME_OF_IT,
    REFUSED,
    SILENT,
    TAKEN_FOR,
    Said,
    came_of_it,
    of_replies,
    without_codes,
)
from portal.domain.timeline import Strand, Tone
from tests.house.files import PROJECT

AT = datetime(2026, 6, 15, 9, tzinfo=UTC)


def said(text="where is it", understood="where", became="answered:reply_where", **more):
    return Said(7, 1, "+12025550123", text, AT, understood, became, **more)


def test_an_entry_has_their_words_what_they_were_taken_for_and_what_came_of_it():
    (entry,) = of_replies([said()])
    assert (entry.strand, entry.words, entry.by, entry.key) == (
        Strand.REPLY,
        "where is it",
        "+12025550123",
        "reply-7",
    )
    assert entry.facts == ("Understood as the question where it is.", "Answered by text.")


def test_what_nobody_understood_stands_out_until_somebody_looked_after_it():
    lost = said("qwertz", "nothing", "answered:reply_not_understood")
    (entry,) = of_replies([lost])
    assert (entry.tone, entry.state) == (Tone.WARN, "nobody understood it")
    (entry,) = of_replies(
        [said("qwertz", "nothing", "silent:said_before", handled_at=AT, handled_by="ann@x.org")]
    )
    assert (entry.tone, entry.state, entry.steps[0].text) == (Tone.PLAIN, "", "Looked after by ann@x.org")


@pytest.mark.parametrize(
    ("became", "told"),
    [
        ("refused:SENDER", "Not possible: The sender does not allow this for your parcel."),
        ("refused:TOO_MANY_CODES", "Not possible: As many codes as we may were sent within the hour."),
        ("refused:GONE", "Not possible."),
        ("silent:a_stranger", "Not answered: we never wrote to this number."),
        ("change:1", "Dispatch was asked for the change."),
        ("", ""),
    ],
)
def test_what_came_of_it(became, told):
    assert came_of_it(became) == told


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("123456", "••••••"),
        ("code 123 456!", "code ••••••!"),
        ("12345", "12345"),
        ("1234567", "1234567"),
        ("", "(no words: an empty text, or a picture)"),
    ],
)
def test_a_code_is_not_shown(words, shown):
    assert without_codes(words) == shown


def test_everything_that_is_kept_has_its_sentence():
    flows = "".join(path.read_text() for path in Path(PROJECT / "portal" / "flows").glob("repl*.py"))
    assert set(re.findall(r'"silent:(\w+)"', flows)) == set(SILENT)
    assert set(re.findall(r'f?"(answered|obeyed|change|withdrawn):', flows)) == set(CAME_OF_IT)
    refusals = " ".join(re.findall(r"not_possible\(session, talk, (.+)\)", flows))
    assert set(re.findall(r'"(\w+)"', refusals)) == set(REFUSED)
    intents = (PROJECT / "portal" / "domain" / "reply_intents.py").read_text()
    union = intents.partition("Intent = (")[2]
    names = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in re.findall(r"\b[A-Z]\w+", union)}
    assert names - {"not_understood"} <= set(TAKEN_FOR)

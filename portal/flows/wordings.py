"""A shipper's own words: read, judged as written and as they read, shown on a real shipment, kept or taken away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import TemplateError
from sqlalchemy.orm import Session

from notifications.fraud_words import sounds_like_fraud
from notifications.message import Channel
from notifications.notice import Facts, Notice
from notifications.render import Rendered
from notifications.wording import Part, Wrong, problems, reads
from portal.domain.delivery import Shipment
from portal.flows import announce
from portal.flows.agents import actor
from portal.flows.announce import News, Voice
from portal.flows.dossier import note_look
from portal.store import audit, shipments
from portal.store import wordings as store
from portal.store.agents import Agent
from portal.store.shippers import Shipper

# What a phone or a mail program makes a link of, whether or not it looks like one: `evil.example/x` is enough.
LINK = re.compile(r"://|\bwww\.|\w@\w|(?<=\w)\.[^\W\d_]{2}|\d\.\d+\.\d+\.\d", re.IGNORECASE)
CALLED = re.compile(r"\{\{\s*(\w+)\s*\}\}")
BRAND_FIRST = {Part.SMS, Part.SUBJECT}
MOST_SEGMENTS = 2
LONGEST_SUBJECT = 90

# What a notice speaks of beside what all speak of, where the shipment itself does not say.
SPEAKS_OF: dict[Notice, dict[str, Any]] = {
    Notice.DELAYED: {"reason": "weather_delay"},
    Notice.NO_LONGER_HEADING: {"reason": "carrier_not_enough_time"},
    Notice.ATTEMPT_FAILED: {"reason": "consignee_not_home"},
    Notice.HELD: {"reason": "consignee_business_closed"},
    Notice.RETURNING: {"reason": "consignee_refused"},
    Notice.CANCELLED: {"reason": "retailer_cancelled"},
    Notice.DELIVERED: {"how": "neighbor", "neighbor": "Meyer, 12"},
    Notice.CHANGE_ASKED: {"change_kind": "neighbor", "neighbor": "Meyer, 12"},
    Notice.CHANGE_ACCEPTED: {"change_kind": "new_window"},
    Notice.CHANGE_REFUSED: {"change_kind": "locker", "refusal": "The van has already left."},
    Notice.CHANGE_LAPSED: {"change_kind": "locker"},
    Notice.CHANGE_NOT_HONOURED: {"change_kind": "neighbor", "how": "mailbox"},
    Notice.CHANGE_WITHDRAWN: {"change_kind": "locker"},
    Notice.READY_FOR_PICKUP: {"locker": "Market Square", "locker_address": "Market Square 1"},
    Notice.PICKUP_EXPIRING: {"locker": "Market Square", "locker_address": "Market Square 1"},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """How words read: the text, and the email."""

    sms: Rendered
    email: Rendered


def sample(shipper: Shipper, notice: Notice, now: datetime) -> Facts:
    """A visit tomorrow that every word can speak of."""
    tomorrow = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    usual: dict[str, Any] = {
        "shipper": shipper.name,
        "link": "https://track.example.com/t/" + "k" * 22,
        "reference": "A-1001",
        "timezone": shipper.timezone,
        "window_start": tomorrow,
        "window_end": tomorrow + timedelta(hours=2),
        "happened_at": now,
        "pickup_until": now + timedelta(days=3),
        "change_until": now + timedelta(hours=1),
    }
    return Facts(**(usual | SPEAKS_OF.get(notice, {})))


def wrong_with(
    voice: Voice, shipper: Shipper, notice: Notice, language: str, part: Part, text: str, now: datetime
) -> list[Wrong]:
    """What is wrong with a wording, as written and as it reads; empty when it may be kept."""
    if found := problems(notice, part, text):
        return found
    called = CALLED.findall(text)
    if part in BRAND_FIRST and (not called or not re.match(r"\{\{\s*(sender|shipper)\s*\}\}", text.strip())):
        return [Wrong(1, "The brand comes first: begin with {{ sender }}.")]
    if part is Part.SMS and called.count("link") != 1:
        return [Wrong(1, "A text names {{ link }} once: people look there for the rest.")]
    if part is not Part.SMS and "link" in called:
        return [Wrong(1, "The email has its button; {{ link }} is not needed here.")]
    for read in reads(text):
        if found_link := LINK.search(read):
            linked = _word_around(read, found_link)
            return [
                Wrong(_line(text, linked), f"{linked!r}: only our own page may be linked, by {{{{ link }}}}.")
            ]
        if word := sounds_like_fraud(language, read):
            return [Wrong(_line(text, word), _like_fraud(word))]
    own = {(language, notice.value, part.value): text}
    channel = Channel.SMS if part is Part.SMS else Channel.EMAIL
    try:
        said = voice.renderer.render(notice, channel, language, sample(shipper, notice, now), now, own)
    except (TemplateError, SyntaxError, RecursionError):
        return [Wrong(1, "This cannot be read: keep each name and condition on one line, and nest few.")]
    return _too_long(part, said)


def _too_long(part: Part, said: Rendered) -> list[Wrong]:
    if part is Part.SMS and said.segments > MOST_SEGMENTS:
        because = (
            f"This text counts as {said.segments} SMS ({len(said.text)} characters); at most {MOST_SEGMENTS}."
        )
        return [Wrong(1, because)]
    if part is Part.SUBJECT and len(said.subject) > LONGEST_SUBJECT:
        because = f"A subject has at most {LONGEST_SUBJECT} characters; this one has {len(said.subject)}."
        return [Wrong(1, because)]
    return []


def _word_around(text: str, found: re.Match[str]) -> str:
    before, after = text[: found.start()], text[found.start() :]
    return before.split(" ")[-1].split("\n")[-1] + after.split(" ")[0].split("\n")[0]


def _like_fraud(word: str) -> str:
    return f"{word!r} is a word that cheats use in our name; please say it in another way."


def _line(text: str, words: str) -> int:
    """On which line these words stand; the first where they are put together from several."""
    return text.count("\n", 0, max(text.lower().find(words.lower()), 0)) + 1


def show(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipper: Shipper,
    notice: Notice,
    language: str,
    own: Mapping[Part, str],
    reference: str,
    now: datetime,
) -> Shown | None:
    """How these words read for a real shipment of the shipper, by its reference; None: there is no such shipment.

    Without a reference a made-up one is taken; a look at a real one is written down. Words that may not be kept
    are left out.
    """
    if agent.shipper_id not in (None, shipper.id):
        return None
    facts = sample(shipper, notice, now)
    if reference:
        known = shipments.by_references(session, [(shipper.id, reference)])
        if not known:
            return None
        shipment = next(iter(known.values())).shipment
        note_look(session, agent, shipment, now)
        facts = _facts(voice, shipper, shipment, notice, now)
    words = {
        (language, notice.value, part.value): text
        for part, text in own.items()
        if text and not wrong_with(voice, shipper, notice, language, part, text, now)
    }
    sms, email = (
        voice.renderer.render(notice, channel, language, facts, now, words)
        for channel in (Channel.SMS, Channel.EMAIL)
    )
    return Shown(sms, email)


def _facts(voice: Voice, shipper: Shipper, shipment: Shipment, notice: Notice, now: datetime) -> Facts:
    news = News(shipment, notice, "preview", "", now, SPEAKS_OF.get(notice, {}))
    return announce.occasion_of(voice, shipper, news).facts


def save(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipper: Shipper,
    notice: Notice,
    language: str,
    own: Mapping[Part, str],
    now: datetime,
) -> dict[Part, list[Wrong]]:
    """Keep these words; an empty one goes back to ours. All or nothing: what is wrong is returned, by part."""
    wrong = {
        part: found
        for part, text in own.items()
        if text and (found := wrong_with(voice, shipper, notice, language, part, text, now))
    }
    if wrong or agent.shipper_id not in (None, shipper.id):
        return wrong
    who = actor(agent)
    store.keep(
        session,
        shipper.id,
        (
            store.Wording(language, notice.value, part.value, text, now, who)
            for part, text in own.items()
            if text
        ),
    )
    gone = ((language, notice.value, part.value) for part, text in own.items() if not text)
    store.take_away(session, shipper.id, gone)
    audit.record(session, who, "worded", now, shipper_id=shipper.id, notice=notice.value, language=language)
    return {}

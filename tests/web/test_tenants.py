"""Every door with another shipper's ids, keys and agents: not found, or the caller's own answer; never theirs.

The list of doors is the application's own. A door whose arguments are known here is tried without another line; one
that takes something new, or a list, fails the first test until it has a case.
"""

import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal import jobs
from portal.domain.approvals import Question
from portal.domain.callers import Proof, Way
from portal.domain.change import Kind
from portal.domain.delivery import Shipment
from portal.domain.follow_up import Matter
from portal.domain.goodwill import Reason
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import agent_acts_attention, agent_acts_goodwill, approvals, goodwill
from portal.flows import change as changing
from portal.store import attentions, follow_ups, outbox, shipments
from portal.store import goodwill as goodwill_store
from tests.dispatch import DOOR, Dispatch, event, locker, new_dispatch, shipment, slot
from tests.house.rows import reflected
from tests.house.test_looking import TRACES
from tests.office import Office

THEIRS = "VIC-1"
# what only they know; none of it may ever be in an answer to somebody else
SECRETS = (
    "Victoria",
    "victoria@",
    "Vault Lane",
    "+12025550777",
    "Nadia Nextdoor",
    "their-locker",
    "their-slot",
)
AT = "2026-06-15T08:05:00Z"

# Bodies for doors that take lists: each names what is theirs.
LISTS: dict[str, Any] = {
    "dispatch_api.put_events": {"events": [event("x-1", THEIRS, "delivered", AT)]},
    "dispatch_fleet.put_routes": {
        "routes": [{"route": "r", "van": "their-van", "departs_at": AT, "stops": [{"seq": 1, "shipment": THEIRS}]}]
    },
    "dispatch_fleet.put_positions": {
        "positions": [{"van": "their-van", "lat": 1.0, "lng": 1.0, "recorded_at": "2026-06-15T08:00:00Z"}]
    },
    # references and keys are a shipper's own: the same ones are other things
    "dispatch_api.put_shipments": {"shipments": [shipment(THEIRS, recipient={"name": "Otto"})]},
    "dispatch_fleet.put_slots": {"slots": [slot("evening", capacity=0)]},
    "dispatch_fleet.put_lockers": {"lockers": [locker("station")]},
    "webhook_api.put_webhook": {"url": "http://localhost/ours", "events": []},
    "epcis.capture": {
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": AT,
        "epcisBody": {"eventList": [{
            "type": "ObjectEvent", "eventTime": AT, "eventTimeZoneOffset": "+00:00", "action": "OBSERVE",
            "epcList": [f"urn:doorstep:{THEIRS}"], "bizStep": "arriving", "eventID": "urn:uuid:1",
        }]},
    },
}  # fmt: skip

# Bodies for doors with an id in their address.
BODIES: dict[str, Any] = {
    "dispatch_changes.decide": {"decision": "accepted"},
    "dispatch_changes.outcome": {"honoured": True},
    "dispatch_changes.seen": {},
    "dispatch_changes.read": {},
    "locker_api.open_locker": {"code": "000000"},
}
# Forms of a recipient's page that can name something: theirs. All others concern the page's own shipment.
FORMS: dict[str, dict[str, str]] = {
    "changes.withdraw": {"change": "{change_id}"},
    "changes.wish": {"kind": "safe_place", "spot": "porch", "also": THEIRS},
}
# What agents' forms say, so that their doors get as far as looking for the thing itself.
AGENTS_FORM = {
    "note": "mine",
    "text": "mine",
    "words": "w",
    "why": "w",
    "do": "claim",
    "answer": "yes",
    "reason": "contact",
}
AGENTS_FORMS = {
    "console_person.export": {"reason": "copy"},
    "console_person.erase": {"reason": "asked", "words": "erase for good", "case": "C-1"},
}
# Doors that know no shipper: the code in the address is the key, or the caller's system signs.
KEYED_BY_THEMSELVES = {"open", "signature", "neighbor", "device"}


@dataclass
class Town:
    """Two shops: theirs, with a day behind it, and ours, whose key, agent and link are tried at every door."""

    app: Flask
    ours: Dispatch
    agent: Any
    link: str
    ids: dict[str, Any] = field(default_factory=dict)

    def path(self, rule: Rule, **more: Any) -> str:
        """The door's address with what is theirs in it."""
        with self.app.test_request_context():
            return self.app.url_for(
                rule.endpoint, **{name: (self.ids | more)[name] for name in rule.arguments}
            )


def of_their_change(town: Town, fields: dict[str, str]) -> dict[str, str]:
    return {name: value.format(**town.ids) for name, value in fields.items()}


@pytest.fixture
def town(app, clock, client) -> Town:
    app.config["WTF_CSRF_ENABLED"] = False
    theirs, ours = new_dispatch(app, "Theirs"), new_dispatch(app, "Ours")
    found = Town(app, ours, client, "")
    _their_day(found, theirs, clock)
    (told,) = ours.ships(shipment("OUR-1", recipient={"name": "Otto Own", "email": "otto@example.com"}))
    found.link = urlsplit(told["link"]).path
    office = Office(app, clock)
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.reading() as session:
        shop = next(one for one in kit.shippers(session).values() if one.slug == "ours")
    office.enter(client, office.agent("ours@example.com", "admin", shop))
    return found


def _their_day(town: Town, theirs: Dispatch, clock: Any) -> None:
    who = {
        "name": "Victoria Vault",
        "phone": "+12025550777",
        "email": "victoria@example.com",
        "language": "en",
    }
    told = shipment(
        THEIRS,
        recipient=who,
        address=DOOR | {"lines": ["7 Vault Lane"], "lat": 10.0, "lng": 20.0, "timezone": "UTC"},
    )
    (kept,) = theirs.ships(told)
    theirs.offers(slots=[slot("their-slot")], lockers=[locker("their-locker")])
    hooked = theirs.call("PUT", "/webhook", json={"url": "http://localhost/theirs", "events": []})
    assert hooked.status_code == 200, hooked.json
    theirs.happens(THEIRS, "at_depot", clock())
    theirs.drives("their-route", "their-van", clock() + timedelta(hours=6), THEIRS)
    theirs.stands("their-van", 10.0, 20.0, clock())
    kit = town.app.extensions["doorstep"]
    with town.app.app_context():
        with kit.transaction() as session:
            mine = shipments.by_references(session, [(1, THEIRS)])[1, THEIRS].shipment
            asked = changing.ask(session, kit.voice, mine, LeaveInSafePlace("porch", "Nadia knows"), clock())
            assert isinstance(asked, changing.Asked), asked
            follow_ups.open(session, 1, mine.id, Matter.PROBLEM, "k", {"words": "Victoria called."}, clock())
        for _ in range(2):
            for tick in jobs.TICKS:
                tick.work(kit)
        with kit.reading() as session:
            hook = outbox.webhook_deliveries(session, 1)[0]
            follow_up = follow_ups.of_shipments(session, [mine.id])[0]
    town.ids = {
        "reference": THEIRS,
        "change_id": asked.change.id,
        "shipment_id": mine.id,
        "message_id": hook.id,
        "matter_id": follow_up.id,
        "route_id": 1,
        "text_id": 1,
        "locker": "their-locker",
        "code": urlsplit(kept["link"]).path.rpartition("/")[2],
        "name": "a" * 32,
        "token": "a" * 22,
        "kind": "onfleet",
        "secret": "a" * 26,
        "filename": "css/base.css",
        "slug": "theirs",
        "fingerprint": "a" * 64,
        "key_id": 1,
        "agent_id": 1,
        "device_id": 1,
        "step": "off",
        "deed": "leave",
        "figure": "windows",
    } | _their_desk(town, mine, clock)


def _their_desk(town: Town, mine: Shipment, clock: Any) -> dict[str, Any]:
    """What their agent did for a caller: called dispatch, made good, asked a second person."""
    office, now = Office(town.app, clock), clock()
    with town.app.app_context():
        shops = office.kit.shippers
        with office.kit.reading() as session:
            lead = office.agent("lead@example.com", "lead", shops(session)[1])
        with office.kit.transaction() as session:
            voice, what = office.kit.voice, Reason("sorry", "A voucher", 500, "EUR", told=False)
            agent_acts_attention.call(session, voice, lead, mine.id, "Victoria waits.", now)
            assert goodwill.set_reasons(session, 1, [what], "them", now) == []
            agent_acts_goodwill.give(session, voice, lead, mine.id, "sorry", "Victoria waited.", now)
            proof = Proof(Way.KNOWS, "Victoria is known", now + timedelta(hours=1))
            question = Question(next(iter(Kind)), {}, "To Nadia Nextdoor", proof)
            asked = approvals.ask(session, voice, lead, mine, question, now)
        with office.kit.reading() as session:
            (called,) = attentions.of_shipment(session, mine.id)
            (gift,) = goodwill_store.gifts(session, mine.id)
    return {"attention_id": called.id, "gift_id": gift.id, "approval_id": asked.id}


def doors(app: Flask) -> list[tuple[Rule, str, str]]:
    """Every door with a method and its guard."""
    return [
        (rule, method, getattr(app.view_functions[rule.endpoint], "guard", "open"))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def their_rows(url: str) -> dict[str, list[str]]:
    """Every row that is the other shipper's or hangs on its shipment."""
    engine = create_engine(url)
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for table in reflected(connection):
            keys = [table.c[name] == 1 for name in ("shipper_id", "shipment_id", "owner") if name in table.c]
            if keys and table.name not in TRACES:
                rows = connection.execute(select(table).where(keys[0])).all()
                found[table.name] = sorted(map(repr, rows))
    engine.dispose()
    return found


def knock(town: Town, rule: Rule, method: str, guard: str) -> TestResponse:
    """The door with our rights and their ids."""
    if guard == "api":
        body = LISTS.get(rule.endpoint, BODIES.get(rule.endpoint))
        path = town.path(rule).removeprefix("/api/v1")
        if rule.endpoint == "proof_api.put_proof":
            return town.ours.call(method, path, data=_proof(), content_type="multipart/form-data")
        return town.ours.call(method, path, json=body) if body is not None else town.ours.call(method, path)
    if guard == "agent":
        fields = AGENTS_FORM | AGENTS_FORMS.get(rule.endpoint, {})
        return town.agent.open(town.path(rule), method=method, data=fields)
    if guard in ("recipient", "proven"):
        fields = of_their_change(town, FORMS.get(rule.endpoint, {}))
        own = town.link.rpartition("/")[2]
        return town.app.test_client().open(town.path(rule, code=own), method=method, data=fields)
    # a key to nothing: a link of a recipient opens no neighbor's page, no source and no way out of emails
    return town.app.test_client().open(town.path(rule, token=town.ids["code"]), method=method)


def _proof() -> dict[str, Any]:
    picture = (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "p.png")
    return {"shipment": THEIRS, "event_id": "ev-1", "sort": "photo", "file": picture, "picture": picture}


@pytest.mark.engines("sqlite")
def test_every_door_has_its_case(town):
    known, missing = set(town.ids), []
    for rule, method, guard in doors(town.app):
        takes_list = guard == "api" and method in ("POST", "PUT") and not rule.arguments
        if rule.arguments - known:
            missing.append(f"{rule.endpoint}: what is {sorted(rule.arguments - known)} of another shipper?")
        elif takes_list and rule.endpoint not in LISTS and rule.endpoint != "proof_api.put_proof":
            missing.append(f"{rule.endpoint}: what would a list say that names another shipper's things?")
        elif guard not in {"api", "agent", "recipient", "proven"} | KEYED_BY_THEMSELVES:
            missing.append(f"{rule.endpoint}: who passes a {guard}?")
    assert missing == []


def test_no_door_shows_or_changes_what_is_another_shippers(town, database_url):
    before, told, found = their_rows(database_url), [], []
    # what is asked by name comes before we use the same names for things of our own
    for rule, method, guard in sorted(doors(town.app), key=lambda door: not door[0].arguments):
        if rule.endpoint in ("login.sign_out", "static"):
            continue
        answer = knock(town, rule, method, guard)
        where = f"{method} {rule.rule}"
        if answer.status_code >= 500 and rule.endpoint != "health.readyz":
            told.append(f"{where}: {answer.status_code}")
        if said := [secret for secret in SECRETS if secret in answer.text]:
            told.append(f"{where} says {said}")
        named = rule.arguments - {"code", "token", "figure"} and guard not in {"open", "signature"}
        if (named or guard == "neighbor") and answer.status_code != 404:
            found.append(f"{where}: {answer.status_code}")
    assert told == []
    assert found == []
    after = their_rows(database_url)
    assert {name for name in after if after[name] != before[name]} == set()


@pytest.mark.engines("sqlite")
def test_what_is_asked_of_their_things_is_not_there_for_us(town):
    """The same answers as for things that nobody has."""
    for endpoint, body in LISTS.items():
        if endpoint not in ("dispatch_api.put_events", "dispatch_fleet.put_positions"):
            continue
        rule = next(one for one in town.app.url_map.iter_rules() if one.endpoint == endpoint)
        told = knock(town, rule, "POST", "api").json["results"]
        nobodys = re.sub(r"VIC-1|their-van", "NOBODY", str(body))
        assert all(one["outcome"] == "rejected" for one in told), (nobodys, told)

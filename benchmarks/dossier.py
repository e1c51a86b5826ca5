"""A dossier of 300 entries over HTTP, beside a bare page as large, on both databases and with ten times the data.

Twenty parcels have had a long life: events, windows, texts and emails with attempts and receipts, replies, calls to
dispatch, notes and acts, 300 entries in the page. The others have had a short one. Every look is one request of a
signed-in agent, and is written down as in life.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPConnection

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks import bare, cores, databases, seeds
from benchmarks.figures import Figures
from benchmarks.portal_app import settings
from benchmarks.server import granian
from notifications.message import Channel, Message, Standing
from portal.domain.access import fingerprint
from portal.domain.delivery import Promise
from portal.store import agents, audit, browsers, outbox, promises, shipments
from portal.store.audit import AuditRow, NoteRow
from portal.store.changes import FeedRow
from portal.store.inbound import InboundRow
from portal.store.outbox_rows import AttemptRow, ReceiptRow

SMALL, TIMES = 5_000, 10
LONG, ROUNDS = 20, 8
LIMIT_MS, GROWS = 120.0, 1.3
TOKEN = "benchmark-agent-" + "k" * 30
MESSAGES, WINDOWS, REPLIES, TOLD, NOTES, ACTS, SCANS = 80, 60, 40, 30, 30, 46, 7
CHUNK = 5_000
Row = dict[str, object]


def run(figures: Figures) -> None:
    """Goals: p95 at most 120 ms, and at most 1.3 times as much with ten times the data, on both databases."""
    measure(figures, SMALL, ROUNDS)


def measure(figures: Figures, count: int, rounds: int) -> None:
    for engine in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            urls = [
                stack.enter_context(databases.fresh(engine, partial(fill, count=many)))
                for many in (count, count * TIMES)
            ]
            ours = [stack.enter_context(granian("benchmarks.portal_app:make", settings(url))) for url in urls]
            stack.enter_context(cores.on(cores.LOAD))
            paths = [f"/console/shipments/{number}" for number in range(1, LONG + 1)]
            html = len(_look(ours[0], paths[0])[1])
            ceiling = stack.enter_context(granian("benchmarks.bare:page", {"BARE_BYTES": str(html)}))
            _tell(figures, engine, count, html, _turns(ours, ceiling, paths, rounds))


def _turns(ours: list[int], ceiling: int, paths: list[str], rounds: int) -> list[list[float]]:
    """Milliseconds of each look: at the small house, the large one, and the bare page; taken in turns."""
    taken: list[list[float]] = [[], [], []]
    for port in (*ours, ceiling):
        for _ in range(5):
            _look(port, paths[0] if port != ceiling else bare.PATH)
    for _ in range(rounds):
        for path in paths:
            for place, port in enumerate((*ours, ceiling)):
                taken[place].append(_look(port, path if port != ceiling else bare.PATH)[0])
    return taken


def _look(port: int, path: str) -> tuple[float, bytes]:
    caller = HTTPConnection("127.0.0.1", port, timeout=30)
    caller.connect()
    began = time.perf_counter()
    caller.request("GET", path, headers={"Cookie": f"doorstep-agent={TOKEN}"})
    answer = caller.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1_000
    caller.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
    return took, body


def _tell(figures: Figures, engine: str, count: int, html: int, taken: list[list[float]]) -> None:
    small, large, plain = taken
    p95 = [statistics.quantiles(times, n=20)[-1] for times in (small, large, plain)]
    medians = [statistics.median(times) for times in (small, large, plain)]
    entries = MESSAGES + WINDOWS + REPLIES + TOLD + NOTES + ACTS + SCANS
    figures.add(
        f"dossier_{engine}",
        p95[1],
        "ms for 95 of 100",
        f"<= {LIMIT_MS:g}",
        entries=entries,
        shipments=count * TIMES,
        median_ms=medians[1],
        bare_p95_ms=p95[2],
        bare_median_ms=medians[2],
        html_bytes=html,
        looks=len(large),
    )
    figures.add(
        f"dossier_ten_times_{engine}",
        medians[1] / medians[0],
        "times the median of a tenth of the data",
        f"<= {GROWS:g}",
        p95_ms=p95[1],
        p95_ms_before=p95[0],
        shipments=count * TIMES,
        shipments_before=count,
    )


def fill(session: Session, count: int) -> None:
    """So many parcels with a short life, the first ones with a long one, and an agent who is signed in."""
    seeds.seed(session, count, steps=SCANS)
    agents.add(session, "ann@example.com", "Ann", "", "admin", None, seeds.NOW)
    ann = agents.by_email(session, "ann@example.com")
    assert ann is not None
    browsers.open_session(session, fingerprint(TOKEN), ann.id, seeds.NOW, seeds.NOW + timedelta(hours=12))
    for start in range(1, count + 1, CHUNK):
        ids = range(start, min(start + CHUNK, count + 1))
        _short(session, ids)
    for known in shipments.by_ids(session, range(1, LONG + 1)).values():
        _long(session, known.shipper_id, known.id)
    session.execute(text("ANALYZE"))


def _short(session: Session, ids: range) -> None:
    outbox.put(session, [message(1, number, 0, Channel.EMAIL) for number in ids])
    audit.count_views(session, ((number, "delivered", 2, seeds.NOW, seeds.NOW) for number in ids[::50]))
    session.execute(insert(AuditRow), [look(1, number, 0) for number in ids])
    session.execute(insert(FeedRow), [told(1, number, 0) for number in ids])


def _long(session: Session, shipper_id: int, shipment_id: int) -> None:
    """What makes 300 entries; an agent's looks have something between them, or they would be one entry."""
    said = [
        message(shipper_id, shipment_id, turn, (Channel.SMS, Channel.EMAIL)[turn % 2])
        for turn in range(1, MESSAGES)
    ]
    outbox.put(session, said)
    session.execute(insert(AttemptRow), [attempt(one) for one in said])
    session.execute(insert(ReceiptRow), [one for each in said for one in receipts(each)])
    for turn in range(WINDOWS):
        promises.keep(session, [(shipment_id, window(turn))], at(turn))
    for turn in range(1, TOLD):
        session.execute(insert(FeedRow).values(**told(shipper_id, shipment_id, turn)))
    session.execute(insert(InboundRow), [reply(shipper_id, shipment_id, turn) for turn in range(REPLIES)])
    session.execute(insert(NoteRow), [note(shipment_id, turn) for turn in range(NOTES)])
    session.execute(insert(AuditRow), [look(shipper_id, shipment_id, turn) for turn in range(1, ACTS)])


def at(turn: int) -> datetime:
    return seeds.NOW - timedelta(hours=20) + timedelta(minutes=13 * turn)


def message(shipper_id: int, shipment_id: int, turn: int, channel: Channel) -> Message:
    when = at(turn)
    name = f"{shipment_id}-{turn}"
    mail = channel is Channel.EMAIL
    return Message(
        id=f"{name:>036}",
        shipper_id=shipper_id,
        shipment_id=shipment_id,
        channel=channel,
        notice=("delayed", "out_for_delivery", "delivered")[turn % 3],
        language="en",
        to=f"person{shipment_id}@example.org" if mail else "+491511200000",
        text="Linden & Co: your delivery is on the van, expected today, 2 to 4 pm.\n" * (8 if mail else 1),
        because=f"Dispatch reported out for delivery (e{name}).",
        not_before=when,
        expires_at=when + timedelta(hours=4),
        dedupe_key=f"bench:{name}",
        created_at=when,
        subject="Linden & Co: your delivery is on the van" if mail else "",
        html="<p>Your delivery is on the van.</p>" * 200 if mail else "",
        segments=0 if mail else 1,
        standing=Standing.DELIVERED,
        attempts=1,
        sent_at=when,
        settled_at=when,
    )


def attempt(one: Message) -> Row:
    base: Row = {"message_id": one.id, "number": 1, "worker": "bench", "started_at": one.created_at}
    return base | {
        "ended_at": one.created_at,
        "outcome": "accepted",
        "code": "",
        "text": "",
        "sender": "twilio",
    }


def receipts(one: Message) -> Iterator[Row]:
    for number, word in enumerate(("sent", "delivered")):
        yield {
            "message_id": one.id,
            "provider": "twilio",
            "event_id": f"{one.id}:{word}",
            "provider_id": one.id,
            "standing": word,
            "word": word,
            "code": "",
            "text": "",
            "consent": None,
            "at": one.created_at + timedelta(seconds=number),
            "received_at": one.created_at + timedelta(seconds=number),
        }


def window(turn: int) -> Promise:
    start = seeds.NOW + timedelta(minutes=turn)
    return Promise(start, start + timedelta(hours=1), "live", seeds.NOW, level=90, because="later")


def told(shipper_id: int, shipment_id: int, turn: int) -> Row:
    data: Row = {"shipment": f"S{shipment_id:07}"}
    base: Row = {"seq": None, "shipper_id": shipper_id, "shipment_id": shipment_id, "change_id": None}
    return base | {"type": "shipment.contact_changed", "at": at(turn), "data": data}


def reply(shipper_id: int, shipment_id: int, turn: int) -> Row:
    known: Row = {"provider": "twilio", "provider_id": f"r{shipment_id}-{turn}", "sender": "+491511200000"}
    meant: Row = {"understood": "where", "became": "answered:", "handled_at": None, "handled_by": ""}
    ours: Row = {"shipper_id": shipper_id, "shipment_id": shipment_id, "at": at(turn)}
    return known | meant | ours | {"text": "Where is it? I am at number 12, call 0151 1234567."}


def note(shipment_id: int, turn: int) -> Row:
    return {
        "shipment_id": shipment_id,
        "agent": "ann@example.com",
        "at": at(turn),
        "text": "Called, will wait.",
    }


def look(shipper_id: int, shipment_id: int, turn: int) -> Row:
    base: Row = {"actor": f"agent{turn % 2}@example.com", "action": "resent", "detail": {"channel": "sms"}}
    return base | {"shipper_id": shipper_id, "shipment_id": shipment_id, "at": at(turn)}

"""One day's facts, from which every message is written: as usual, and at its longest."""

from datetime import UTC, datetime, timedelta

from notifications.message import Channel
from notifications.notice import Facts, Notice
from notifications.render import Rendered, Renderer
from tests.servers.run import PROJECT

FOLDER = PROJECT / "templates" / "messages"
RENDERER = Renderer(FOLDER)
LANGUAGES = sorted(RENDERER.languages)
HOST = "track.example-carrier.com"
LINK = f"https://{HOST}/t/" + "k" * 22
PREFERENCES = f"{LINK}/preferences"

# a Wednesday in September: the longest names of day and month, the longest hours
NOON = datetime(2026, 9, 23, 10, 0, tzinfo=UTC)
NOW = NOON - timedelta(hours=4)
WHO = {"how": "neighbor", "neighbor": "Meyer, 12"}

# what a notice says beside what all say
SPECIAL: dict[Notice, dict[str, object]] = {
    Notice.DELAYED: {"reason": "weather_delay"},
    Notice.NO_LONGER_HEADING: {"reason": "carrier_not_enough_time"},
    Notice.ATTEMPT_FAILED: {"reason": "consignee_not_home"},
    Notice.HELD: {"reason": "consignee_business_closed"},
    Notice.RETURNING: {"reason": "consignee_refused"},
    Notice.CANCELLED: {"reason": "retailer_cancelled"},
    Notice.DELIVERED: WHO,
    Notice.CHANGE_ASKED: {"change_kind": "neighbor", "neighbor": "Meyer, 12", "page": "/change?undo=c-17"},
    Notice.CHANGE_ACCEPTED: {"change_kind": "new_window"},
    Notice.CHANGE_REFUSED: {"change_kind": "locker", "refusal": "The van has already left."},
    Notice.CHANGE_LAPSED: {"change_kind": "locker"},
    Notice.CHANGE_NOT_HONOURED: {
        "change_kind": "neighbor",
        "how": "mailbox",
        "refusal": "The neighbor was out.",
    },
    Notice.CHANGE_WITHDRAWN: {"change_kind": "locker"},
    Notice.ONE_TIME_CODE: {"code": "380751"},
    Notice.CALLER_CODE: {"code": "380751"},
    Notice.AGENT_WRITES: {"said": "It is at the depot in Ulm."},
    Notice.MADE_GOOD: {"said": "Late delivery", "amount": "15.00 EUR"},
    Notice.READY_FOR_PICKUP: {"locker": "Market Square", "locker_address": "Market Square 1"},
    Notice.PICKUP_EXPIRING: {"locker": "Market Square", "locker_address": "Market Square 1"},
}


def facts(notice: Notice, **more: object) -> Facts:
    """What Fern & Kettle would say on that day."""
    usual: dict[str, object] = {
        "shipper": "Fern & Kettle",
        "link": LINK,
        "reference": "FK-1001",
        "timezone": "Europe/Berlin",
        "color": "#1f6b4a",
        "window_start": NOON,
        "window_end": NOON + timedelta(hours=2),
        "happened_at": NOW,
        "pickup_until": NOON + timedelta(days=3),
        "support_email": "help@fern-kettle.example.com",
        "preferences": PREFERENCES,
    }
    return Facts(**(usual | SPECIAL.get(notice, {}) | more))  # type: ignore[arg-type]


def written(notice: Notice, channel: Channel, language: str, **more: object) -> Rendered:
    """The message as it would be sent that day."""
    return RENDERER.render(notice, channel, language, facts(notice, **more), NOW)

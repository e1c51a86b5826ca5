"""When to try again: jittered, capped, and as long as it makes sense."""

import random
from datetime import datetime, timedelta

from notifications.message import Channel

FIRST_SECONDS, CAP_SECONDS = 2.0, 300.0

# After the first try, at once; the schedule of Standard Webhooks 1.0, about 75 hours in all.
WEBHOOK_PAUSES = tuple(
    timedelta(**pause)
    for pause in (
        {"seconds": 5},
        {"minutes": 5},
        {"minutes": 30},
        {"hours": 2},
        {"hours": 5},
        {"hours": 10},
        {"hours": 14},
        {"hours": 20},
        {"hours": 24},
    )
)
WEBHOOK_JITTER = 0.1

# How long after a send of unknown fate its carrier is asked: longer than Twilio's own timeout of about 30 s; long
# enough for SendGrid's `processed` event, which comes within seconds and again until we take it, and short enough
# that nothing stays unknown for five minutes; a webhook bears its id and may simply be sent again.
ASK_AFTER = {
    Channel.SMS: timedelta(seconds=90),
    Channel.EMAIL: timedelta(minutes=4),
    Channel.WEBHOOK: timedelta(0),
}


def next_try(
    channel: Channel,
    attempts: int,
    now: datetime,
    retry_after: timedelta | None = None,
    chance: random.Random | None = None,
) -> datetime | None:
    """When to try after `attempts` tries failed for the moment; None: never again, park it.

    SMS and email: full jitter under a doubling cap of 5 minutes; their validity ends the trying. Webhooks:
    the schedule above with a tenth of jitter. A longer `retry_after` is respected, up to a day.
    """
    draw = chance or _CHANCE
    if channel is Channel.WEBHOOK:
        if attempts > len(WEBHOOK_PAUSES):
            return None
        pause = WEBHOOK_PAUSES[attempts - 1] * (1 + WEBHOOK_JITTER * draw.random())
    else:
        ceiling = min(CAP_SECONDS, FIRST_SECONDS * 2 ** min(attempts, 10))
        pause = timedelta(seconds=draw.uniform(0, ceiling))
    asked = min(retry_after or timedelta(0), timedelta(days=1))
    return now + max(pause, asked)


_CHANCE = random.SystemRandom()

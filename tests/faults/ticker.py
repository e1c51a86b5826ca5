"""A clock or a worker whose time is told to it: `python -m tests.faults.ticker WORK...` ticks once a line.

Each line of standard input is a moment; it does its work at that moment and answers with the same line.
"""

import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from notifications.message import Channel
from portal import jobs
from portal.app import create_app
from portal.clock import ManualClock
from portal.wiring import Kit

WORK: dict[str, Callable[[Kit], object]] = {
    "reminders": jobs.reminders,
    "fallback": jobs.fall_back,
    "settle": jobs.settle,
    "sms": lambda kit: jobs.deliver(kit, Channel.SMS),
    "email": lambda kit: jobs.deliver(kit, Channel.EMAIL),
}


def main(names: list[str]) -> None:
    """Work until nobody tells the time any more."""
    clock = ManualClock(datetime.now(UTC))
    app = create_app(clock=clock)
    print("here", flush=True)
    for line in sys.stdin:
        # also backwards, as a machine's clock may jump
        clock.at = datetime.fromisoformat(line.strip())
        with app.app_context():
            for name in names:
                try:
                    WORK[name](app.extensions["doorstep"])
                except Exception:
                    # as the scheduler does: the next tick is another try
                    traceback.print_exc()
        print(line.strip(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

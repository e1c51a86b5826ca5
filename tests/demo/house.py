"""The portal of the demo as its tests work it: by its doors, and tick by tick."""

from typing import Any

from notifications.message import Channel
from portal import jobs
from portal.demo.papers import Paper

NAMES = ("Amina Diallo", "Jonas Brandt", "Eleanor Whitcomb", "Samuel Okafor", "Sabine Lorenz")
PEOPLE = (Channel.SMS, Channel.EMAIL)


def work(app: Any) -> None:
    """What the ticks do while somebody watches: send, ask about the doubtful, let the other channel speak."""
    kit = app.extensions["doorstep"]
    with app.app_context():
        for channel in PEOPLE:
            jobs.deliver(kit, channel)
        jobs.settle(kit)
        jobs.fall_back(kit)
        for channel in PEOPLE:
            jobs.deliver(kit, channel)


def send(client: Any, app: Any, key: str, *events: Paper) -> list[str]:
    """Report events and let what they cause arrive; the outcomes."""
    headers = {"Authorization": f"Bearer {key}"}
    results = client.post("/api/v1/events", json={"events": list(events)}, headers=headers).json["results"]
    work(app)
    return [one["outcome"] for one in results]

"""A client of the dispatch API over HTTP: what any dispatch system would write, with a key and a session."""

from collections.abc import Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from portal.demo.papers import Paper

TIMEOUT_SECONDS = (3, 20)

# The list in a body bears the name of its door.
LISTS = {
    "shipments": "POST",
    "routes": "POST",
    "events": "POST",
    "positions": "POST",
    "slots": "PUT",
    "lockers": "PUT",
}


class DispatchError(RuntimeError):
    """The portal said no to a whole call; `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Dispatch:
    """The portal as dispatch sees it."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url = base_url.rstrip("/") + "/api/v1"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"
        # Everything is safe to send twice, so a lost answer is simply asked for again.
        retry = Retry(total=4, backoff_factor=0.2, status_forcelist=(502, 503, 504), allowed_methods=None)
        self.session.mount("http://", HTTPAdapter(max_retries=retry))
        self.session.mount("https://", HTTPAdapter(max_retries=retry))

    def call(self, method: str, path: str, body: Paper | None = None, **query: Any) -> Any:
        """One call; the answer's JSON, or DispatchError with the problem's own words."""
        url = f"{self.base_url}/{path}"
        answer = self.session.request(method, url, json=body, params=query, timeout=TIMEOUT_SECONDS)
        if answer.ok:
            return answer.json() if answer.content else {}
        raise DispatchError(answer.status_code, _problem(answer))

    def send(self, kind: str, items: Sequence[Paper]) -> list[Paper]:
        """Send a list to its door; the outcome of each item."""
        results = self.call(LISTS[kind], kind, {kind: list(items)})["results"]
        return list(results)

    def changes(self, after: int) -> tuple[list[Paper], int]:
        """What recipients asked since `after`, and the number to ask with next time."""
        answer = self.call("GET", "changes", after=after, limit=100)
        return list(answer["changes"]), int(answer["next"])

    def decide(self, change_id: str, decision: Paper) -> Paper:
        """Answer a change; DispatchError with status 409 when somebody else was first."""
        return dict(self.call("POST", f"changes/{change_id}/decision", decision))

    def tell_outcome(self, change_id: str, outcome: Paper) -> None:
        """Whether the door saw what was agreed; a yes names its proof."""
        self.call("POST", f"changes/{change_id}/outcome", outcome)

    def show(self, form: Paper, picture: bytes) -> None:
        """A picture of a hand-over; DispatchError when it is not taken."""
        answer = self.session.post(
            f"{self.base_url}/proofs",
            data=form,
            files={"file": ("picture.png", picture, "image/png")},
            timeout=TIMEOUT_SECONDS,
        )
        if not answer.ok:
            raise DispatchError(answer.status_code, _problem(answer))

    def tell_seen(self, change_id: str, driver: str) -> None:
        """The driver has read an accepted change."""
        self.call("POST", f"changes/{change_id}/seen", {"driver": driver})

    def shipment(self, reference: str, shipper: str) -> Paper:
        """A shipment as the portal knows it."""
        return dict(self.call("GET", f"shipments/{reference}", shipper=shipper))

    def be_called_at(self, url: str, secret: str) -> None:
        """Ask for webhooks, signed with this secret (Standard Webhooks)."""
        self.call("PUT", "webhook", {"url": url, "events": [], "secret": secret})


def _problem(answer: requests.Response) -> str:
    """The words of an RFC 9457 problem, else the status."""
    try:
        said = answer.json()
        return f"{answer.status_code} {said.get('title', '')}: {said.get('detail', '')}"
    except (ValueError, AttributeError):
        return f"{answer.status_code} {answer.reason}"

"""A recipient for tests: opens the link from a message, fills forms, and reads the code from the phone."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.store import changes, outbox
from tests.dispatch import Dispatch, shipment


def text_of(html: str) -> str:
    """What a person reads on a page: no tags, single spaces."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").replace("&amp;", "&").split())


@dataclass
class Recipient:
    """A browser with a link; `path` is `/t/<code>`."""

    client: FlaskClient
    path: str
    app: Flask

    def looks(self, more: str = "", status: int = 200, **kwargs: Any) -> str:
        """The HTML of a page below the link."""
        answer = self.client.get(self.path + more, **kwargs)
        assert answer.status_code == status, answer.text
        return answer.text

    def reads(self, more: str = "", **kwargs: Any) -> str:
        """The same as a person reads it."""
        return text_of(self.looks(more, **kwargs))

    def polls(self, more: str = "", etag: str = "") -> TestResponse:
        """One look for news."""
        headers = {"If-None-Match": etag} if etag else {}
        return self.client.get(f"{self.path}/live{more}", headers=headers)

    def sends(self, where: str, from_page: str, **fields: str) -> TestResponse:
        """A form of `from_page` with its token."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.looks(from_page))
        assert token, "there is no form"
        return self.client.post(self.path + where, data={**fields, "csrf_token": token[1]})

    def code(self) -> str:
        """The one-time code that came last, read from the message."""
        with self.app.app_context(), self.app.extensions["doorstep"].reading() as session:
            messages = [one for one in outbox.latest(session) if one.notice == "one_time_code"]
        found = re.search(r"\b\d{6}\b", messages[0].text)
        assert found
        return found[0]

    def proves(self) -> TestResponse:
        """Ask for a code and type it."""
        self.sends("/verify/code", "/verify")
        return self.sends("/verify", "/verify", code=self.code())


def recipient_of(app: Flask, dispatch: Dispatch, reference: str = "A-1", **more: Any) -> Recipient:
    """Dispatch tells a shipment; its recipient gets the link."""
    (told,) = dispatch.ships(shipment(reference, **more))
    return Recipient(app.test_client(), urlsplit(told["link"]).path, app)


def wishes_at_dispatch(who: Recipient) -> list[dict[str, Any]]:
    """What dispatch has heard of so far, as its webhook would tell it."""
    kit = who.app.extensions["doorstep"]
    with who.app.app_context(), kit.transaction() as session:
        changes.number_new_entries(session)
        return [entry.data for entry in changes.feed(session, None, 0, 100)]

"""A neighbor for tests: reads the link from the message, or gets it passed on, and answers on the page."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.neighbors import Answer, NeighborAsk
from portal.flows import neighbors
from portal.store import neighbors as store
from portal.store import outbox
from tests.recipient import text_of


@dataclass
class Neighbor:
    """A browser with a neighbor's link; `path` is `/n/<code>`."""

    client: FlaskClient
    path: str

    def looks(self, status: int = 200, more: str = "", **kwargs: Any) -> str:
        """The HTML of the page."""
        answer = self.client.get(self.path + more, **kwargs)
        assert answer.status_code == status, answer.text
        return answer.text

    def reads(self, more: str = "", **kwargs: Any) -> str:
        """The same as a person reads it."""
        return text_of(self.looks(more=more, **kwargs))

    def sends(self, where: str, **fields: Any) -> TestResponse:
        """A form of the page with its token."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.looks())
        assert token, "there is no form"
        return self.client.post(self.path + where, data={**fields, "csrf_token": token[1]})

    def says(self, answer: str) -> TestResponse:
        """Press a button."""
        return self.sends("/answer", answer=answer)


def asks(app: Flask) -> list[NeighborAsk]:
    """Every question so far, oldest first."""
    with app.app_context(), app.extensions["doorstep"].reading() as session:
        rows = session.execute(
            select(store.ASKS.c.id).order_by(store.ASKS.c.asked_at, store.ASKS.c.shipment_id, store.ASKS.c.id)
        )
        found = (store.hold(session, one) for one in rows.scalars().all())
        return [one for one in found if one is not None]


def neighbor_of(app: Flask, number: int = -1) -> Neighbor:
    """Who got the link of a question, the newest unless told otherwise."""
    voice = app.extensions["doorstep"].voice
    return Neighbor(app.test_client(), urlsplit(voice.neighbor_page(asks(app)[number].nonce)).path)


def told(app: Flask, notice: str = "") -> list[str]:
    """The messages about neighbors, oldest first: their texts, or those of one notice."""
    with app.app_context(), app.extensions["doorstep"].reading() as session:
        messages = reversed(outbox.latest(session))
        return [one.text for one in messages if one.notice == notice and not one.stopped_by]


def says_yes(app: Flask, said: Answer = Answer.YES) -> None:
    """Whoever was asked as a neighbor, and has not answered yet, answers now."""
    kit = app.extensions["doorstep"]
    for ask in asks(app):
        if ask.waits:
            with app.app_context(), kit.transaction() as session:
                neighbors.answer(session, kit.voice, ask, said, kit.now())

"""What the voice's tests share."""

from typing import Any

import pytest

from notifications.render import Renderer
from portal.store import outbox, shippers
from tests.servers.run import PROJECT


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    """The project's own templates."""
    return Renderer(PROJECT / "templates" / "messages")


@pytest.fixture
def house(app: Any) -> Any:
    """A kit with one shipper."""
    kit = app.extensions["doorstep"]
    with kit.transaction() as session:
        shippers.add(session, "fern", "Fern & Kettle")
    return kit


@pytest.fixture
def shelf(house: Any) -> Any:
    """Its outbox."""
    return house.outbox


@pytest.fixture
def put(house: Any) -> Any:
    """Put messages in one transaction."""

    def put(*messages: Any) -> Any:
        with house.transaction() as session:
            outbox.put(session, messages)
        return messages

    return put


@pytest.fixture
def look(house: Any) -> Any:
    """A message as it stands now, with attempts and receipts."""

    def look(message: Any) -> Any:
        with house.reading() as session:
            told = outbox.find(session, 1, message.id)
        assert told is not None
        return told

    return look

"""What the voice's tests share."""

import pytest

from notifications.render import Renderer
from tests.servers.run import PROJECT


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    """The project's own templates."""
    return Renderer(PROJECT / "templates" / "messages")

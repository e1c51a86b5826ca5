"""The frame in a shop's order page, in a real browser: small, in both colors, followed, and closed to strangers."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from portal.flows.shipper_rules import set_rules
from tests.dispatch import DOOR, new_dispatch
from tests.recipient import recipient_of

SIZES = [(300, 150), (600, 120)]


@contextmanager
def shop() -> Iterator[tuple[str, list[str]]]:
    """A shop of another origin: its address, and what frame its order page shows."""
    frames: list[str] = []

    class OrderPage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            if self.path == "/order":
                frame = f'<iframe src="{frames[-1]}" title="Your delivery" width="300" height="150"></iframe>'
                self.wfile.write(f"<!doctype html><title>Your order</title>{frame}".encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), OrderPage)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}", frames
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(settings):
    # a clock that runs faster makes the frame look for news every five seconds
    return settings.model_copy(update={"clock_speed": 60.0})


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch, address=DOOR | {"lat": 48.0, "lng": 9.0, "timezone": "UTC"})


def allow(app, origin: str) -> None:
    kit = app.extensions["doorstep"]
    with app.app_context():
        set_rules(kit, "acme-books", [f"embed_origins={origin}"])
        kit.shippers.forget()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_its_sizes_and_axe_finds_nothing(app, page, axe, ann, scheme):
    allow(app, "https://shop.example")
    page.emulate_media(color_scheme=scheme)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for language in ("en", "de", "fr"):
            page.goto(f"{ann.path}/widget?lang={language}")
            assert axe(page) == []
            root = page.locator("html")
            wide, high = root.evaluate("root => [root.scrollWidth, root.scrollHeight]")
            assert (wide <= width, high <= height) == (True, True), (language, width, high)


def test_the_shop_shows_it_and_it_follows(app, page, ann, dispatch, clock, live_server, watch):
    with shop() as (address, frames):
        allow(app, address)
        frames.append(f"{live_server}{ann.path}/widget")
        page.goto(f"{address}/order")
        frame = page.frame_locator("iframe")
        frame.get_by_role("heading", name="Today between 2 and 4 pm").wait_for()
        assert page.context.cookies() == []
        dispatch.happens("A-1", "out_for_delivery", clock())
        frame.get_by_text("Out for delivery").wait_for(timeout=20_000)
        with page.context.expect_page() as opened:
            frame.get_by_role("link", name="Follow the delivery").click()
        assert opened.value.url == f"{live_server}{ann.path}"
    watch.forgive("third party: http://localhost")


def test_a_stranger_shows_nothing_and_no_shop_shows_the_page(app, page, ann, live_server, watch):
    with shop() as (friend, _), shop() as (stranger, frames):
        allow(app, friend)
        for path in ("/widget", "", "/change"):
            frames.append(f"{live_server}{ann.path}{path}")
            page.goto(f"{stranger}/order")
            page.wait_for_timeout(300)
            inside = page.frames[-1]
            assert "Today" not in inside.locator("body").inner_text()
    watch.forgive("third party: http://localhost|frame-ancestors|favicon")


@pytest.mark.parametrize("context_options", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_it_says_what_it_said(app, page, ann):
    allow(app, "https://shop.example")
    page.goto(f"{ann.path}/widget")
    assert "Today between 2 and 4 pm" in page.inner_text("body")

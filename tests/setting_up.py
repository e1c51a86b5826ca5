"""An admin of one shop, another shop, and the operator's admin, at the pages of set-up."""

import html
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from portal.store import audit, shippers
from tests.office import Office, token_of

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
WAS = re.compile(r'name="(was-[^"]+)" value="([^"]*)"')


class Admin:
    """Somebody with a browser at the pages of set-up."""

    def __init__(self, house: Office, client: Any, slug: str) -> None:
        self.house, self.client, self.slug = house, client, slug

    def sees(self, page: str) -> str:
        """A page's words."""
        answer = self.client.get(self.at(page))
        assert answer.status_code == 200, (page, answer.status_code)
        return str(html.unescape(answer.text))

    def at(self, page: str) -> str:
        """A page's address; a full one is taken as it is."""
        return page if page.startswith("/") else f"/console/setup/{self.slug}/{page}"

    def opens(self, page: str) -> dict[str, str]:
        """What a form of the page holds before anybody types: its tokens, and what was stored."""
        text = self.client.get(self.at(page)).text
        once = TOKEN.search(text)
        held = {name: html.unescape(value) for name, value in WAS.findall(text)}
        typed = {name.removeprefix("was-"): value for name, value in held.items()}
        return typed | held | {"csrf_token": token_of(text), "form_token": once[1] if once else ""}

    def sends(self, page: str, form: dict[str, Any], to: str = "") -> Any:
        """Send a form."""
        return self.client.post(self.at(to or page), data=form)

    def fills(self, page: str, to: str = "", **typed: Any) -> Any:
        """Open a page, type, send."""
        return self.sends(page, self.opens(page) | typed, to)


def told(answer: Any) -> str:
    """An answer's words."""
    return str(html.unescape(answer.text))


def admins(app: Any, house: Office) -> tuple[Admin, Admin, Admin]:
    """The admin of the shop pax, the one of the shop moss, and the operator's, who looks at pax."""
    shops = [house.shop("pax", "Pax Möbel"), house.shop("moss", "Moss Tea")]
    found = []
    for shop in (*shops, None):
        email = f"admin@{shop.slug if shop else 'operator'}.example"
        client = house.enter(app.test_client(), house.agent(email, "admin", shop))
        found.append(Admin(house, client, shop.slug if shop else "pax"))
    return found[0], found[1], found[2]


@pytest.fixture
def house(app, clock):
    return Office(app, clock)


@pytest.fixture
def three(app, house):
    # not around the requests: several browsers must not share what one of them has at hand
    with app.app_context():
        return admins(app, house)


@pytest.fixture
def pax(three) -> Admin:
    return three[0]


@pytest.fixture
def operator(three) -> Admin:
    return three[2]


def of(house, read):
    """What the database says."""
    with house.app.app_context(), house.kit.reading() as session:
        return read(session)


def shop(house):
    return of(house, lambda session: shippers.by_slug(session, "pax"))


def changes(house, slug="pax"):
    """What was written down of set-up: (actor, noun, done, changes), oldest first."""

    def read(session):
        owner = shippers.by_slug(session, slug).id if slug else None
        return audit.of_no_shipment(session, owner, ("set_up",))

    return [
        (entry.actor, entry.detail["noun"], entry.detail["done"], entry.detail["changes"])
        for _, entry in reversed(of(house, read))
    ]


def picture(kind="PNG", size=(900, 300), color=(20, 60, 120, 255), mode="RGBA"):
    drawn = Image.new(mode, size)
    ImageDraw.Draw(drawn).ellipse((10, 10, size[0] - 10, size[1] - 10), fill=color)
    written = BytesIO()
    drawn.convert("RGB" if kind == "JPEG" else mode).save(written, kind)
    return written.getvalue()

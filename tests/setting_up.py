"""An admin of one shop, another shop, and the operator's admin, at the pages of set-up."""

import html
import re
from typing import Any

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

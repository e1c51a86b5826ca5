"""Every door of console and desk, as every role and as a stranger: nothing is shown or done beyond the role.

The list of doors is the application's own. A new door fails the first test until somebody has written down who may
pass it; what it takes in its address is known to `test_tenants`.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.domain.roles import Role, may
from tests.house.test_looking import rows
from tests.office import Office
from tests.web.test_tenants import AGENTS_FORM, AGENTS_FORMS, SECRETS, Town, doors, town

__all__ = ["town"]
pytestmark = pytest.mark.engines("sqlite")

# The least role of each door. What moves, tells or reveals needs an agent; what is about agents, a lead; what sets up
# the house, an admin.
LEAST: dict[Role, set[str]] = {
    Role.VIEWER: {
        *(
            "console.search",
            "console.find",
            "console.show",
            "console_change.options",
            "console_follow_ups.show",
        ),
        *("console_history.page", "console_history.picture", "console_pictures.show", "login.sign_out"),
        *("console_queue.show", "console_queue.listing", "desk.show", "desk.queue", "desk_map.show"),
        # one's own account is everybody's
        *("console_account.show", "console_account.again", "console_account.prove_again"),
        *("console_account.end_browsers", "console_account.change_password", "console_account.set_timezone"),
        *("console_account.factor", "console_account.begin_factor", "console_account.confirm_factor"),
        *("console_account.remove_factor", "console_account.make_codes"),
    },
    Role.AGENT: {
        *("console.note", "console.resend", "console.text_done", "console_contact.replace"),
        *("console_caller.check", "console_caller.send", "console_caller.end", "console_caller.reason"),
        *("console_change.ask", "console_change.withdraw", "console_reveals.reveal", "console_queue.act"),
        *("console_deeds.call", "console_deeds.uncall", "console_deeds.give", "console_deeds.ungive"),
        *("console_deeds.relink", "console_deeds.tag", "console_deeds.untag", "console_approvals.withdraw"),
        *("console_messages.write", "console_messages.again", "console_exports.as_json"),
        *("console_exports.as_pdf", "desk.accept", "desk.refuse", "desk.undo", "desk_called.read"),
    },
    Role.LEAD: {
        *(
            "console_approvals.show",
            "console_approvals.decide",
            "console_figures.show",
            "console_figures.rows",
        ),
        *(
            "console_person.show",
            "console_person.export",
            "console_reveals.show",
            "console_wordings.show",
            "console_wordings.save",
        ),
    },
    Role.ADMIN: {
        *("console_setup.show", "console_setup.overview", "console_setup.history", "console_setup.new"),
        *("console_setup.add", "console_setup_brand.show", "console_setup_brand.save"),
        *("console_setup_brand.email", "console_setup_brand.logo", "console_setup_goodwill.show"),
        *("console_setup_goodwill.save", "console_setup_keys.show", "console_setup_keys.add"),
        *("console_setup_keys.end", "console_setup_lockers.show", "console_setup_lockers.save"),
        *("console_setup_lockers.close", "console_setup_people.show", "console_setup_people.add"),
        *("console_setup_people.act", "console_setup_people.password", "console_setup_people.role"),
        *("console_setup_rules.show", "console_setup_rules.save", "console_setup_slots.show"),
        *("console_setup_slots.save", "console_setup_vans.show", "console_setup_vans.add"),
        *("console_setup_vans.end", "console_setup_webhook.show", "console_setup_webhook.save"),
        *("console_setup_webhook.act", "console_setup_webhook.again", "console_person.erase"),
    },
}
# What only the operator's own admin does: a shipper's admin stays in the own house.
OF_THE_OPERATOR = {"console_setup.new", "console_setup.add"}


# Ids that nobody has.
NOBODYS = {"shipment_id": 2**30, "matter_id": 2**30, "approval_id": 2**30, "slug": "nobody"}


class Watch:
    """Notices whether anybody else wrote to the database."""

    def __init__(self, url: str, connection: Connection) -> None:
        self.url, self.connection = url, connection
        self.looks()

    def looks(self) -> bool:
        """Whether something was written since the last look; a connection sees that for nothing on SQLite."""
        now = self.connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        before, self.version = getattr(self, "version", now), now
        self.connection.rollback()
        return now != before


@pytest.fixture
def watch(town: Town, database_url: str) -> Iterator[Watch]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield Watch(database_url, connection)
    engine.dispose()


def agents_doors(app: Flask) -> list[tuple[Rule, str, Role]]:
    """Each door of agents with a method and the role that it is marked with."""
    return [
        (rule, method, app.view_functions[rule.endpoint].role)  # type: ignore[attr-defined]
        for rule, method, guard in doors(app)
        if guard == "agent"
    ]


def hired(town: Town, clock: Any, house: str) -> dict[Role, Any]:
    """A client for each role of a shop (`theirs`, `ours`) or of the operator (empty)."""
    office = Office(town.app, clock)
    with town.app.app_context(), office.kit.reading() as session:
        shop = next((one for one in office.kit.shippers(session).values() if one.slug == house), None)
    clients = {}
    for role in Role:
        agent = office.agent(f"{role}-{house or 'operator'}@example.com", role, shop)
        clients[role] = office.enter(town.app.test_client(), agent)
    return clients


def address(town: Town, rule: Rule) -> str:
    """The door's address with what is theirs in it; what `test_tenants` does not name is something nobody has."""
    unnamed = rule.arguments - town.ids.keys()
    nobodys = {name: str(UUID(int=7)) if f"<uuid:{name}>" in rule.rule else 7 for name in unnamed}
    return town.path(rule, **nobodys)


def knock(town: Town, client: Any, rule: Rule, method: str, path: str = "") -> TestResponse:
    return client.open(
        path or address(town, rule), method=method, data=AGENTS_FORM | AGENTS_FORMS.get(rule.endpoint, {})
    )


def is_like_nobodys(town: Town, client: Any, rule: Rule, method: str, answer: TestResponse) -> bool:
    """Whether a door says the same of what is theirs as of what nobody has."""
    other = knock(town, client, rule, method, town.path(rule, **NOBODYS))
    led = {re.sub(r"\d+", "", one.location or "") for one in (answer, other)}
    return answer.status_code == other.status_code and len(led) == 1


def is_sent_away(answer: TestResponse) -> bool:
    """Nobody is known: the sign-in is shown."""
    return answer.status_code == 303 and (answer.location or "").startswith("/console/login")


def test_every_door_has_the_least_role_that_somebody_decided(town):
    marked = {rule.endpoint: role for rule, _, role in agents_doors(town.app)}
    decided = {endpoint: role for role, endpoints in LEAST.items() for endpoint in endpoints}
    assert marked == decided


def test_a_stranger_is_shown_the_sign_in_and_does_nothing(town, watch):
    wrong = []
    for rule, method, _ in agents_doors(town.app):
        for token in ("", "a" * 43):
            client = town.app.test_client()
            client.set_cookie("doorstep-agent", token)
            answer = knock(town, client, rule, method)
            if not is_sent_away(answer) or watch.looks():
                wrong.append((method, rule.rule, answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))


def test_whoever_has_less_than_the_role_is_refused_and_does_nothing(town, watch, clock):
    wrong, tried = [], 0
    for house in ("theirs", "ours", ""):
        for role, client in hired(town, clock, house).items():
            watch.looks()
            for rule, method, least in agents_doors(town.app):
                if may(role, least):
                    continue
                tried += 1
                answer = knock(town, client, rule, method)
                if answer.status_code != 403 or watch.looks():
                    wrong.append((house, role, method, rule.rule, answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))
    assert tried > 300


def test_whoever_has_the_role_is_let_in(town, clock):
    wrong, own, operator = [], hired(town, clock, "theirs"), hired(town, clock, "")
    for rule, method, least in agents_doors(town.app):
        if rule.endpoint in ("login.sign_out", "console_account.end_browsers"):
            continue
        client = (operator if rule.endpoint in OF_THE_OPERATOR else own)[least]
        answer = knock(town, client, rule, method)
        if answer.status_code >= 500 or answer.status_code == 403 or is_sent_away(answer):
            wrong.append((method, rule.rule, least, answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))


def test_every_role_of_another_shipper_sees_and_changes_nothing(town, watch, clock, database_url):
    wrong = []
    for role, client in hired(town, clock, "ours").items():
        watch.looks()
        before = rows(database_url)
        for rule, method, least in agents_doors(town.app):
            named = bool(rule.arguments - {"name", "step", "deed", "figure"})
            if not may(role, least) or (method != "GET" and not named):
                continue
            answer = knock(town, client, rule, method)
            shown = [secret for secret in SECRETS if secret in answer.text]
            hidden = not named or answer.status_code in (403, 404)
            hidden = hidden or is_like_nobodys(town, client, rule, method, answer)
            if shown or answer.status_code >= 500 or not hidden:
                wrong.append((role, method, rule.rule, answer.status_code, shown))
            if watch.looks() and rows(database_url) != before:
                wrong.append((role, method, rule.rule, "changed something"))
                before = rows(database_url)
    assert wrong == [], "\n".join(map(str, wrong))

"""Set-up: who may, what is missing, rules, and words that no page expects."""

import re
from itertools import product

from portal.flows.rules_shown import all_rules
from tests.setting_up import changes, house, operator, pax, shop, three, told

PAGES = ("brand", "rules", "goodwill", "keys", "webhook", "people", "lockers", "slots", "vans", "history")


__all__ = ["house", "operator", "pax", "three"]


def test_another_shippers_pages_and_the_operators_are_not_there(three):
    pax, _, operator = three
    for page in PAGES:
        assert pax.client.get(f"/console/setup/moss/{page}").status_code == 404
        assert pax.client.get(f"/console/setup/_/{page}").status_code == 404
        assert operator.client.get(f"/console/setup/moss/{page}").status_code == 200
        assert operator.client.get(f"/console/setup/nobody/{page}").status_code == 404


def test_only_admins_set_up(app, house, pax):
    with app.app_context():
        agent = house.agent("lead@pax.example", "lead", shop(house))
        client = house.enter(app.test_client(), agent)
    assert {client.get(f"/console/setup/pax/{page}").status_code for page in PAGES} == {403}
    assert client.get("/console/setup").status_code == 403
    assert client.post("/console/setup/pax/keys", data=pax.opens("keys")).status_code in (400, 403)


def test_a_shippers_admin_begins_at_the_own_shop_and_sees_what_is_missing(pax):
    answer = pax.client.get("/console/setup")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/setup/pax")
    words = pax.sees("/console/setup/pax")
    assert "Recipients find no phone and no email for help." in words
    assert "No key" in words


def test_the_operator_adds_a_shipper_and_sees_all_of_them(operator, house):
    new = "/console/setup/_/new"
    bad = operator.fills(new, name="Fern & Kettle", timezone="Mars/Olympus", country="Germany")
    assert bad.status_code == 422
    assert "'Mars/Olympus' is no IANA time zone" in told(bad)
    assert "'Germany' is no country" in told(bad)
    assert 'value="Mars/Olympus"' in bad.text
    good = operator.fills(new, name="Fern & Kettle", timezone="Europe/London", country="gb", language="en")
    assert good.headers["Location"] == "/console/setup/fern-kettle"
    assert "Fern & Kettle" in operator.sees("/console/setup")
    assert "already a shipper" in told(operator.fills(new, name="Fern Kettle"))


def test_a_shippers_admin_adds_no_shippers(pax):
    assert pax.client.get("/console/setup/_/new").status_code == 404
    form = pax.opens("brand") | {"name": "Mine"}
    assert pax.sends("/console/setup/_/new", form).status_code == 404


def test_rules_are_kept_taken_back_and_refused_by_field(pax, house):
    assert (
        pax.fills("rules", hold_days="7", forbids="hold,locker", **{"map.van": "minutes:30"}).status_code
        == 303
    )
    rules = shop(house).rules
    assert (rules.hold_days, {kind.value for kind in rules.forbids}) == (7, {"hold", "locker"})
    bad = pax.fills("rules", hold_days="900", answer_minutes="20", **{"map.van": "soon"})
    assert bad.status_code == 422
    assert "Hold_days is a whole number from 1 to 60, not '900'." in told(bad)
    assert 'id="wrong-f-map.van"' in bad.text
    assert shop(house).rules.answer_minutes == 0  # nothing half written
    assert pax.fills("rules", hold_days="").status_code == 303
    assert shop(house).rules.hold_days == 14
    moved = [one for *_, one in changes(house)]
    assert moved[0]["hold_days"] == ["", "7"]
    assert moved[1] == {"hold_days": ["7", ""]}


def test_every_rule_of_the_table_is_on_the_page(pax):
    names = set(re.findall(r'name="was-([^"]+)"', pax.client.get("/console/setup/pax/rules").text))
    assert {one.name for one in all_rules({})} <= names


def test_what_messages_may_cost_is_the_operators_to_say(pax, operator, house):
    assert "month_ceiling" not in pax.sees("rules")
    assert pax.fills("rules", month_ceiling="1000000").status_code == 303
    assert shop(house).rules.month_ceiling_micros == 0
    assert operator.fills("rules", month_ceiling="250").status_code == 303
    assert shop(house).rules.month_ceiling_micros == 250_000_000
    assert "250" in operator.sees("rules")
    assert "is no amount" in told(operator.fills("rules", month_ceiling="much"))


ODD = ("\0", "‮", "💣" * 300, "<script>alert(1)</script>", "'; DROP TABLE--", "x" * 30_000)
FIELDS = (
    *(("brand", "name"), ("rules", "hold_days"), ("keys", "label"), ("webhook", "url")),
    *(("people", "name"), ("lockers", "name"), ("slots", "slot"), ("vans", "van"), ("goodwill", "reasons")),
)


def test_odd_words_are_refused_or_kept_as_words_and_never_break_a_page(pax):
    for odd, (page, field) in product(ODD, FIELDS):
        answer = pax.fills(page, **{field: odd})
        assert answer.status_code in (200, 303, 413, 422), (page, answer.status_code)
        assert "<script>alert" not in answer.text

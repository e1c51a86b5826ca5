"""Keys, webhooks, vans and people: what is secret is shown once, made once, and written down nowhere."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, update

from notifications.message import Standing
from portal.domain.access import fingerprint
from portal.store import devices, keys, outbox, webhooks
from portal.store.outbox_rows import MESSAGES
from tests.setting_up import changes, house, of, operator, pax, shop, three, told

__all__ = ["house", "operator", "pax", "three"]


def test_a_key_is_shown_once_and_a_second_sending_makes_no_other(app, pax, house):
    form = pax.opens("keys") | {"label": "planning", "scopes": ["events:write", "shipments:read"]}
    made = pax.sends("keys", form)
    assert made.headers["Cache-Control"] == "no-store"
    (secret,) = re.findall(r"ds_[\w-]{40,}", made.text)
    key = of(house, lambda session: keys.find(session, fingerprint(secret)))
    assert (key.shipper_id, key.scopes) == (shop(house).id, {"events:write", "shipments:read"})
    again = pax.sends("keys", form)
    assert again.status_code == 303
    assert secret not in str(again.headers)
    page = pax.sees("keys")
    assert "key 1 was made" in page
    assert secret not in page
    assert len(of(house, lambda session: keys.everyone(session))) == 1
    assert secret not in str(changes(house))


def test_a_key_is_ended_by_its_own_house_alone(three, house):
    pax, moss, _ = three
    pax.fills("keys")
    form = moss.opens("keys")
    assert moss.sends("keys", form, "keys/1/end").status_code == 404
    assert pax.fills("keys", "keys/1/end").status_code == 303
    assert of(house, lambda session: keys.everyone(session))[0].revoked_at
    assert [done for _, _, done, _ in changes(house)] == ["added", "ended"]


def test_a_webhook_has_a_secret_once_two_while_rotating_and_a_log(pax, house, clock):
    made = pax.fills("webhook", url="http://localhost/hook?key=s3cret", events=["shipment.rated"])
    (secret,) = re.findall(r"whsec_[\w+/=]+", made.text)
    assert made.headers["Cache-Control"] == "no-store"
    rotated = pax.fills("webhook", "webhook/rotate")
    (newer,) = re.findall(r"whsec_[\w+/=]+", rotated.text)
    hook = of(house, lambda session: webhooks.of(session, shop(house).id))
    assert hook.secrets(clock()) == (newer, secret)
    assert "Two secrets sign until" in pax.sees("webhook")
    pax.fills("webhook", "webhook/forget")
    pax.fills("webhook", "webhook/test")
    page = pax.sees("webhook")
    assert "endpoint.test" in page
    assert secret not in page
    assert newer not in page
    (sent,) = set(re.findall(r"deliveries/([0-9a-f-]{36})/again", page))
    assert pax.fills("webhook", f"webhook/deliveries/{sent}/again").status_code == 303
    assert "s3cret" not in str(changes(house))
    assert [done for _, _, done, _ in changes(house)] == [
        *("added", "given a new secret", "rid of its old secret", "tried", "asked to deliver again"),
    ]
    pax.fills("webhook", "webhook/off")
    assert "it was switched off by hand" in pax.sees("webhook").lower()
    pax.fills("webhook", "webhook/on")
    assert of(house, lambda session: webhooks.of(session, shop(house).id)).off_since is None


def test_what_is_no_webhook_is_refused_and_another_house_sees_no_deliveries(three, house):
    pax, moss, _ = three
    assert "must begin with https://" in told(pax.fills("webhook", url="ftp://x"))
    assert (
        "open it again"
        in told(pax.client.get(pax.fills("webhook", "webhook/test").headers["Location"])).lower()
    )
    pax.fills("webhook", url="http://localhost/hook")
    pax.fills("webhook", "webhook/test")
    (sent,) = set(re.findall(r"deliveries/([0-9a-f-]{36})/again", pax.sees("webhook")))
    assert sent not in moss.sees("webhook")
    assert moss.fills("webhook", f"webhook/deliveries/{sent}/again").status_code == 404


@pytest.mark.engines("sqlite", "postgresql")
def test_a_delivery_goes_again_to_where_the_endpoint_is_now(pax, house, clock):
    pax.fills("webhook", url="http://localhost/hook")
    pax.fills("webhook", "webhook/test")
    (sent,) = set(re.findall(r"deliveries/([0-9a-f-]{36})/again", pax.sees("webhook")))
    with house.kit.transaction() as session:
        session.execute(update(MESSAGES).values(standing=Standing.DELIVERED, settled_at=clock()))
    pax.fills("webhook", url="http://localhost/moved")
    assert pax.fills("webhook", f"webhook/deliveries/{sent}/again").status_code == 303
    (again,) = of(house, lambda session: outbox.webhook_deliveries(session, shop(house).id))
    assert (again.standing, again.to) == (Standing.QUEUED, "http://localhost/moved")
    assert "endpoint.test" not in pax.sees("webhook?before=x%00")


@pytest.mark.engines("sqlite")
def test_a_shippers_deliveries_are_found_by_an_index_of_their_own(house, pax):
    asked = []
    with house.kit.transaction() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *found: asked.append(found[2:4]))
        outbox.webhook_deliveries(session, shop(house).id)
        outbox.call_elsewhere(session, shop(house).id, "http://localhost/moved")
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all())
            for sql, given in [*asked]
        ]
    assert "ix_messages_shipper_id_seq_webhook (shipper_id=?)" in plans[0]
    assert "TEMP B-TREE" not in plans[0]
    assert "ix_messages_channel_standing_not_before (channel=? AND standing=?)" in plans[1]


def test_a_vans_phone_gets_its_addresses_and_pictures_once(pax, house):
    made = pax.fills("vans", van="van 12", label="Pixel")
    assert made.headers["Cache-Control"] == "no-store"
    assert made.text.count("<svg") == 2
    (secret,) = set(re.findall(r"/devices/(\w{26})/", made.text))
    assert of(house, lambda session: devices.find(session, fingerprint(secret))).van == "van 12"
    assert secret not in pax.sees("vans")
    assert secret not in str(changes(house))
    assert pax.fills("vans", "vans/1/end").status_code == 303
    assert of(house, lambda session: devices.find(session, fingerprint(secret))) is None
    assert "A van's name has 1 to 80" in told(pax.fills("vans", van=""))


def test_a_person_comes_changes_roles_and_goes(app, three, house):
    pax, moss, _ = three
    made = pax.fills("people", email="Sam@pax.example", name="Sam", role="agent")
    (password,) = re.findall(r'<code class="secret"[^>]*>([^<]+)</code>', made.text)
    house.passwords["sam@pax.example"] = password
    assert house.sign_in(app.test_client(), "sam@pax.example").status_code == 303
    number = re.search(r"/people/(\d+)/role", pax.sees("people"))[1]
    assert moss.fills("people", f"people/{number}/leave").status_code == 404
    assert pax.fills("people", f"people/{number}/role", was="viewer", role="lead").status_code == 303
    assert "meanwhile. Nothing was changed" in pax.sees("people")
    pax.fills("people", f"people/{number}/role", was="agent", role="lead")
    assert "sam@pax.example is lead" in pax.sees("people")
    assert "already" in told(pax.fills("people", email="sam@pax.example", role="agent"))
    pax.fills("people", f"people/{number}/leave")
    assert "/people/" + number not in pax.sees("people")
    assert "let a person go" in pax.sees("history")


@pytest.mark.engines("sqlite", "postgresql")
def test_a_form_sent_ten_times_at_once_makes_one_key(app, pax, house):
    form = pax.opens("keys")
    cookies = [pax.client.get_cookie(name) for name in ("doorstep-agent", app.config["SESSION_COOKIE_NAME"])]

    def send(_):
        client = app.test_client()
        for cookie in filter(None, cookies):
            client.set_cookie(cookie.key, cookie.value)
        answer = client.post(pax.at("keys"), data=form)
        return answer.status_code, len(re.findall(r"ds_[\w-]{40,}", answer.text))

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(send, range(10)))
    assert answers == [(200, 1), *[(303, 0)] * 9]
    assert len(of(house, lambda session: keys.everyone(session))) == 1

"""Our calls to dispatch, checked by the public library; everything but a yes and a 410 is tried again."""

import json
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from notifications.message import Channel, Standing
from notifications.provider import Accepted, Permanent, Temporary
from notifications.providers import dispatch_webhook
from notifications.providers.console import Console
from notifications.providers.dispatch_webhook import DispatchWebhook
from notifications.trouble import Trouble
from tests.doubles.dispatch import OLD_SECRET, SECRET, Dispatch, checked
from tests.doubles.server import Answer, Fault
from tests.notifications.cast import message

NOW = datetime.now(UTC)


@pytest.fixture
def dispatch():
    with Dispatch() as double:
        yield double


@pytest.fixture
def carrier():
    return DispatchWebhook(lambda owner, now: (SECRET, OLD_SECRET), allow_private=True, answer_seconds=1.0)


def call(dispatch, **more):
    body = json.dumps({"type": "delivery_change.requested", "data": {"street": "Öhrweg"}}, ensure_ascii=False)
    usual = {"to": dispatch.url + "/hook", "text": body, "headers": {"owner": "1"}}
    return message(Channel.WEBHOOK, **(usual | more))


def test_dispatch_can_check_it_with_the_new_and_the_old_secret(dispatch, carrier):
    one = call(dispatch)
    assert carrier.send(one, NOW) == Accepted(one.id, Standing.DELIVERED)
    for secret in (SECRET, OLD_SECRET):
        assert checked(dispatch.calls[0], secret) == json.loads(one.text)
    assert dispatch.calls[0].headers["webhook-id"] == one.id


def test_a_repetition_bears_the_same_id_and_a_fresh_time(dispatch, carrier):
    one = call(dispatch)
    carrier.send(one, NOW - timedelta(seconds=60))
    carrier.send(one, NOW)
    first, second = (sent.headers for sent in dispatch.calls)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60


def test_a_yes_may_carry_the_decision(dispatch, carrier):
    said = {"decision": "refused", "reason": "Der Fahrer ist schon los."}
    dispatch.answers.append(Answer(200, json.dumps(said).encode()))
    assert carrier.send(call(dispatch), NOW).answer == said


@pytest.mark.parametrize(
    "body", [b"", b"ok", b"[1]", b'{"decision": 7}', b"\xff", b'{"x": "' + b"y" * 90_000]
)
def test_any_other_body_of_a_yes_is_just_a_yes(dispatch, carrier, body):
    dispatch.answers.append(Answer(200, body))
    outcome = carrier.send(call(dispatch), NOW)
    assert (type(outcome), outcome.answer) == (Accepted, None)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 409, 429, 500, 503])
def test_any_other_answer_is_tried_again_and_no_redirect_is_followed(dispatch, carrier, status):
    dispatch.answers.append(Answer(status, headers={"Location": dispatch.url + "/else"}))
    outcome = carrier.send(call(dispatch), NOW)
    assert (type(outcome), outcome.code, len(dispatch.calls)) == (Temporary, str(status), 1)


def test_a_busy_dispatch_is_given_the_pause_it_asks_for(dispatch, carrier):
    dispatch.answers.append(Answer(503, headers={"Retry-After": "120"}))
    assert carrier.send(call(dispatch), NOW).retry_after == timedelta(minutes=2)


def test_gone_is_gone(dispatch, carrier):
    dispatch.answers.append(Answer(410))
    outcome = carrier.send(call(dispatch), NOW)
    assert (type(outcome), outcome.trouble) == (Permanent, Trouble.GONE)


@pytest.mark.parametrize("fault", [Fault.TAKEN_THEN_SILENT, Fault.TAKEN_THEN_CUT, Fault.ERROR])
def test_a_lost_answer_is_tried_again_since_the_id_makes_it_safe(dispatch, carrier, fault):
    dispatch.faults.append(fault)
    assert isinstance(carrier.send(call(dispatch), NOW), Temporary)


def test_nobody_to_call_and_private_networks(dispatch):
    closed = DispatchWebhook(lambda owner, now: ())
    assert closed.send(call(dispatch), NOW).code == "no_endpoint"
    guarded = DispatchWebhook(lambda owner, now: (SECRET,))
    assert guarded.send(call(dispatch), NOW).code == "address"
    assert dispatch.calls == []


def test_a_name_that_turns_private_after_the_check_is_not_called(dispatch, monkeypatch):
    asked, port = [], urlsplit(dispatch.url).port

    def resolve(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    guarded = DispatchWebhook(lambda owner, now: (SECRET,))
    sent = guarded.send(call(dispatch, to=f"http://hooks.example.com:{port}/hook"), NOW)
    assert (sent, asked) == (Temporary("no_answer", "ConnectionError"), ["hooks.example.com"] * 2)
    assert dispatch.calls == []


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["head", "body"]
)
def test_an_answer_that_drips_holds_nobody_up(carrier, monkeypatch, begun):
    monkeypatch.setattr(dispatch_webhook, "BODY_SECONDS", 0.3)
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(begun)
            while not ended.wait(0.05):
                connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
        carrier.send(message(Channel.WEBHOOK, to=url, text="{}", headers={"owner": "1"}), NOW)
        assert time.monotonic() - began < 10
        ended.set()


def test_a_broken_secret_waits_for_the_operator(dispatch):
    broken = DispatchWebhook(lambda owner, now: ("whsec_x",), allow_private=True)
    assert broken.send(call(dispatch), NOW).trouble is Trouble.CONFIGURATION


def test_cookies_and_credentials_of_the_machine_do_not_travel(dispatch, carrier, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    dispatch.answers.append(Answer(200, headers={"Set-Cookie": "a=1"}))
    carrier.send(call(dispatch), NOW)
    carrier.send(call(dispatch), NOW)
    assert all({"cookie", "authorization"}.isdisjoint(sent.headers) for sent in dispatch.calls)


def test_without_accounts_everything_arrives_on_screen():
    one = message()
    assert Console(Channel.SMS).send(one, NOW) == Accepted(f"console-{one.id}", Standing.DELIVERED)

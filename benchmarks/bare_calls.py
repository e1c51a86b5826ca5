"""The ceiling of sending: the providers' own clients in a bare loop over threads, and what a call costs.

`python -m benchmarks.bare_calls CHANNEL URL THREADS COUNT` reads pickled messages to repeat from standard input and
prints the CPU seconds and the seconds that COUNT calls took.
"""

import base64
import json
import logging
import pickle
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import requests
from requests.adapters import HTTPAdapter
from sendgrid.helpers.mail import (
    Attachment,
    ClickTracking,
    CustomArg,
    Disposition,
    FileContent,
    FileName,
    FileType,
    From,
    Header,
    Mail,
    OpenTracking,
    To,
    TrackingSettings,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from benchmarks.provider import ACCOUNT, API_KEY, TOKEN
from notifications.message import Channel, Message

WARM = 200
TIMEOUT_SECONDS = 10


def pooled(session: requests.Session, size: int) -> requests.Session:
    """The session with a connection for every thread: both clients would open new ones beyond ten."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=size, pool_maxsize=size))
    return session


def texts(url: str, threads: int) -> Callable[[Message], None]:
    """One Twilio SDK client."""
    quiet = logging.getLogger("bare")
    quiet.setLevel(logging.WARNING)
    http = TwilioHttpClient(timeout=TIMEOUT_SECONDS, logger=quiet)
    pooled(http.session, threads)
    client = Client(ACCOUNT, TOKEN, http_client=http)
    client.api.base_url = url

    def send(message: Message) -> None:
        client.messages.create(
            to=message.to,
            body=message.text,
            status_callback=f"http://127.0.0.1:8000/callbacks/twilio/status/{message.id}",
            validity_period=14_400,
            from_="+4915100000000",
        )

    return send


def emails(url: str, threads: int) -> Callable[[Message], None]:
    """SendGrid's body, posted over one session."""
    session = pooled(requests.Session(), threads)
    session.headers["Authorization"] = f"Bearer {API_KEY}"

    def send(message: Message) -> None:
        answer = session.post(f"{url}/v3/mail/send", json=mail(message).get(), timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()

    return send


def mail(message: Message) -> Mail:
    """The same email as the portal sends, by SendGrid's helpers."""
    made = Mail(
        from_email=From("news@carrier.example", message.headers.get("from_name")),
        to_emails=To(message.to),
        subject=message.subject,
        plain_text_content=message.text,
        html_content=message.html,
    )
    made.add_custom_arg(CustomArg("message_id", message.id))
    tracking = TrackingSettings()
    tracking.click_tracking, tracking.open_tracking = ClickTracking(False, False), OpenTracking(False)
    made.tracking_settings = tracking
    made.add_header(Header("List-Unsubscribe", f"<{message.headers['unsubscribe']}>"))
    made.add_header(Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if message.calendar:
        content = FileContent(base64.b64encode(message.calendar.encode()).decode())
        made.add_attachment(
            Attachment(
                content, FileName("delivery.ics"), FileType("text/calendar"), Disposition("attachment")
            )
        )
    return made


def main(channel: Channel, url: str, threads: int, count: int) -> None:
    """Warm up, measure, tell."""
    messages = cycle(pickle.load(sys.stdin.buffer))
    send = {Channel.SMS: texts, Channel.EMAIL: emails}[channel](url, threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(send, islice(messages, WARM)))
        began, cpu_began = time.perf_counter(), time.process_time()
        for _ in pool.map(send, islice(messages, count)):
            pass
        took, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    print(json.dumps({"cpu": cpu, "took": took}))


if __name__ == "__main__":
    main(Channel(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

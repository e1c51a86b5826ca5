"""SendGrid's mail/send and its signed event webhook, as far as we use them."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.doubles.server import Answer, Call, Double

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC_KEY = base64.b64encode(
    KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


class SendGrid(Double):
    """Takes emails with 202; an address at `refused.example` gets 400, every one 401 while `locked`."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[dict[str, Any]] = []
        self.locked = False

    def take(self, call: Call) -> Answer:
        mail = json.loads(call.body)
        to = mail["personalizations"][0]["to"][0]["email"]
        if self.locked:
            return _errors(401, "", "The provided authorization grant is invalid")
        if to.endswith("@refused.example"):
            return _errors(400, "personalizations.0.to.0.email", "Does not contain a valid address.")
        if len(call.body) > 100_000:
            return Answer(413, b"<html>too large</html>")
        self.mails.append(mail)
        return Answer(202, headers={"X-Message-Id": f"mail-{len(self.mails)}"})


def signed(events: object, stamp: int, key: ec.EllipticCurvePrivateKey = KEY) -> tuple[dict[str, str], bytes]:
    """Headers and body of a call of the event webhook."""
    body = json.dumps(events, ensure_ascii=False).encode()
    signature = key.sign(str(stamp).encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": str(stamp),
    }
    return headers, body


def _errors(status: int, field: str, message: str) -> Answer:
    return Answer(status, json.dumps({"errors": [{"field": field or None, "message": message}]}).encode())

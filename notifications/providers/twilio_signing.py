"""Twilio's signatures on what it tells us: over the public URL and every field, by each secret that is valid now.

https://www.twilio.com/docs/usage/security. The SDK knows a second scheme, HMAC-SHA256 with a shared key, which a
header names; whichever it accepts is accepted.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from notifications.provider import Forged

MOST_FIELDS = 200


class Form(dict[str, list[str]]):
    """A form with every value of every field, for the SDK's validator: repeated and empty ones count."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]

    def one(self, name: str) -> str:
        """The first value of a field, empty if there is none."""
        return self.get(name, [""])[0]


class Seal:
    """Checks callbacks of one account; several secrets are valid while they are rotated."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._validators = [RequestValidator(secret) for secret in dict.fromkeys(secrets) if secret]

    def opened(self, url: str, headers: Mapping[str, str], body: bytes) -> Form:
        """The form of a callback whose signature holds. Raises `Forged`."""
        given = {name.lower(): value for name, value in headers.items()}
        form = _form(body)
        signature = given.get(SIGNATURE_HEADER.lower(), "")
        algorithm = get_signature_algorithm(given.get(SIGNATURE_SETTINGS_HEADER.lower()))
        if not signature or not any(
            one.validate(url, form, signature, algorithm) for one in self._validators
        ):
            raise Forged("The callback's signature does not hold.")
        return form


def _form(body: bytes) -> Form:
    form = Form()
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise Forged("The callback is not a form.") from error
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return form

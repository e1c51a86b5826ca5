"""A company's OpenID Connect on the wire: document, sign-in, token and keys; it lies as told."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from tests.doubles.server import Answer, Call, Double

CLIENT, SECRET = "doorstep", "a client's secret & more"


@dataclass
class Person:
    """Who is signed in at the company."""

    subject: str = "u-1"
    email: str = "ann@example.com"
    email_verified: Any = True


@dataclass
class Lies:
    """What is wrong with the next token: claims that replace the right ones (None: left out), and how it is signed."""

    claims: dict[str, Any] = field(default_factory=dict)
    signing: str = "right"


class Company(Double):
    """The issuer. `person` is whoever sits at the browser; `asked` are the questions it got."""

    def __init__(self, now: Any) -> None:
        super().__init__()
        self.now, self.person, self.lies = now, Person(), Lies()
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig"})
        self.other_key = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig"})
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    def take(self, call: Call) -> Answer:
        """One of its four doors."""
        path, query = urlsplit(call.path).path, _flat(urlsplit(call.path).query)
        match call.method, path:
            case "GET", "/.well-known/openid-configuration":
                return _json(self._document())
            case "GET", "/keys":
                return _json(KeySet([self.key]).as_dict(private=False))
            case "GET", "/authorize":
                return self._authorize(query)
            case "POST", "/token":
                return self._token(call)
        return Answer(404)

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def _authorize(self, query: dict[str, str]) -> Answer:
        """Whoever sits there is signed in already and agrees."""
        self.asked.append(query)
        right = query["client_id"] == CLIENT and query["code_challenge_method"] == "S256"
        if not right or query["response_type"] != "code":
            return Answer(400)
        code = secrets.token_urlsafe(12)
        self._codes[code] = query
        told = urlencode({"code": code, "state": query["state"]})
        return Answer(302, headers={"Location": f"{query['redirect_uri']}?{told}"})

    def _token(self, call: Call) -> Answer:
        form = _flat(call.body.decode())
        asked = self._codes.pop(form.get("code", ""), None)
        scheme, _, given = call.headers.get("authorization", "").partition(" ")
        who = base64.b64decode(given).decode() if scheme == "Basic" else ""
        if asked is None or who != f"{CLIENT}:{SECRET}" or form["redirect_uri"] != asked["redirect_uri"]:
            return _json({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return _json({"error": "invalid_grant"}, 400)
        told = {
            "access_token": "at",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self._signed(asked),
        }
        return _json(told)

    def _signed(self, asked: dict[str, str]) -> str:
        at: datetime = self.now()
        claims = {
            "iss": self.url, "aud": CLIENT, "sub": self.person.subject, "nonce": asked["nonce"],
            "iat": int(at.timestamp()), "exp": int(at.timestamp()) + 300, "auth_time": int(at.timestamp()),
            "email": self.person.email, "email_verified": self.person.email_verified,
        } | self.lies.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        match self.lies.signing:
            case "none":
                head, body = (_part(part) for part in ({"alg": "none"}, claims))
                return f"{head}.{body}."
            case "shared":
                # the classic confusion: our public key, used as if it were a shared one
                public = OctKey.import_key(self.key.as_pem(private=False))
                return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, public, algorithms=["HS256"])
            case "header":
                known = self.other_key.as_dict(private=False)
                head = {"alg": "RS256", "kid": "k1", "jwk": known}
                return jwt.encode(head, claims, self.other_key)
            case "stranger":
                return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.other_key)
            case "altered":
                good = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)
                head, _, end = good.split(".")
                return f"{head}.{_part(claims | {'email': 'boss@example.com'})}.{end}"
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

"""The operator's OpenID Connect as we speak it: authorization code with PKCE, state and nonce, keys from the issuer.

The library is an optional extra; nothing here is imported unless `OIDC_ISSUER` is set.
"""

import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import requests

# Signatures with public keys alone: `none`, and a shared key that anybody with the client's secret has, never count.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid email profile"
PATIENCE_SECONDS = 5.0
LARGEST_ANSWER = 256 * 1024
KNOWN_FOR_SECONDS = 3600.0
# how far the issuer's clock may be off
LEEWAY_SECONDS = 60
FRESH_SECONDS = 300


class NotProven(Exception):
    """The issuer did not say who this is in a way that counts; the text says what was wrong, never a token."""


@dataclass(frozen=True, slots=True)
class Client:
    """What the issuer knows us by."""

    issuer: str
    id: str
    secret: str
    back: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked when the browser left, to be compared when it is back."""

    state: str
    nonce: str
    verifier: str
    again: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody, as the issuer names them; the address is verified there."""

    subject: str
    email: str


class Issuer:
    """The issuer's document and keys, read at the first question and anew every hour."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = Lock()
        self._until = 0.0
        self._document: dict[str, Any] = {}
        self._keys: Any = None

    def leave_for(self, asked: Asked) -> str:
        """The address at the issuer to which the browser is sent. Raises NotProven."""
        self._read()
        more: dict[str, Any] = {"prompt": "login", "max_age": 0} if asked.again else {}
        with self._session() as session:
            url, _ = session.create_authorization_url(
                self._document["authorization_endpoint"],
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
                **more,
            )
        return str(url)

    def come_back(self, asked: Asked, told: Mapping[str, str], now: datetime) -> Known:
        """Who it is, by what the browser brought back. Raises NotProven. `now` is the real time."""
        if not hmac.compare_digest(told.get("state", "").encode(), asked.state.encode()):
            raise NotProven("state")
        if told.get("iss") not in (None, self.client.issuer):
            raise NotProven("issuer of the answer")
        if told.get("error") or not told.get("code"):
            raise NotProven("the issuer did not agree")
        self._read()
        claims = self._claims(self._token(told["code"], asked.verifier))
        check(claims, self.client, asked, now)
        return Known(claims["sub"], claims["email"].strip().lower())

    def _token(self, code: str, verifier: str) -> str:
        from authlib.common.errors import AuthlibBaseError

        try:
            with self._session() as session:
                answer = session.fetch_token(
                    self._document["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    timeout=PATIENCE_SECONDS,
                    allow_redirects=False,
                )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise NotProven(f"no token ({type(error).__name__})") from None
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotProven("no id_token")
        return token

    def _claims(self, token: str) -> dict[str, Any]:
        """What the token says, once its signature is the issuer's; keys are read again for one that is not known."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        for once_more in (True, False):
            try:
                return dict(jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims)
            except (JoseError, ValueError, TypeError) as error:
                if once_more:
                    self._until = 0.0
                    self._read()
                    continue
                raise NotProven(f"signature ({type(error).__name__})") from None
        raise NotProven("signature")

    def _session(self) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        methods = self._document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods
        return OAuth2Session(
            self.client.id,
            self.client.secret,
            scope=SCOPE,
            redirect_uri=self.client.back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            trust_env=False,
        )

    def _read(self) -> None:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        with self._lock:
            if time.monotonic() < self._until:
                return
            found = _fetched(self.client.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self.client.issuer:
                raise NotProven("the issuer calls itself something else")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                address = found.get(name)
                if not isinstance(address, str) or not address.startswith(("https://", "http://")):
                    raise NotProven(f"the issuer has no {name}")
                if self.client.issuer.startswith("https://") and not address.startswith("https://"):
                    raise NotProven(f"{name} is not https")
            try:
                self._keys = KeySet.import_key_set(_fetched(found["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise NotProven("the issuer's keys cannot be read") from None
            self._document, self._until = found, time.monotonic() + KNOWN_FOR_SECONDS


def check(claims: Mapping[str, Any], client: Client, asked: Asked, now: datetime) -> None:
    """Whether signed claims are for us, for this sign-in, of now, and name a verified address. Raises NotProven."""
    seconds = now.timestamp()
    aud = claims.get("aud")
    audience = aud if isinstance(aud, list) else [aud]
    flaws = {
        "issuer": claims.get("iss") != client.issuer,
        "audience": client.id not in audience,
        "party": (len(audience) > 1 or "azp" in claims) and claims.get("azp") != client.id,
        "expired": not _number(claims.get("exp")) or claims["exp"] + LEEWAY_SECONDS <= seconds,
        "time": not _number(claims.get("iat")) or claims["iat"] - LEEWAY_SECONDS > seconds,
        "not yet": "nbf" in claims
        and (not _number(claims["nbf"]) or claims["nbf"] - LEEWAY_SECONDS > seconds),
        "nonce": not hmac.compare_digest(str(claims.get("nonce", "")).encode(), asked.nonce.encode()),
        "subject": not isinstance(claims.get("sub"), str) or not 1 <= len(claims["sub"]) <= 255,
        "email": not isinstance(claims.get("email"), str) or "@" not in claims["email"],
        "email is not verified": claims.get("email_verified") is not True,
        "not signed in anew": asked.again
        and (not _number(claims.get("auth_time")) or claims["auth_time"] + FRESH_SECONDS < seconds),
    }
    if wrong := [name for name, is_wrong in flaws.items() if is_wrong]:
        raise NotProven(", ".join(wrong))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12


def _fetched(url: str) -> dict[str, Any]:
    """A small JSON object at an address of the issuer; no redirects."""
    try:
        with requests.get(url, timeout=PATIENCE_SECONDS, stream=True, allow_redirects=False) as answer:
            body = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
            found = json.loads(body) if answer.status_code == 200 and len(body) <= LARGEST_ANSWER else None
    except (requests.RequestException, OSError, ValueError) as error:
        raise NotProven(f"the issuer does not answer ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise NotProven("the issuer does not answer")
    return found

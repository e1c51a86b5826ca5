"""Every knob of Doorstep: its name in the environment, its default and its meaning."""

from datetime import datetime
from pathlib import Path
from typing import Literal, Self

import phonenumbers
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from notifications.prices import read_prices

PROJECT = Path(__file__).resolve().parent.parent


DATABASES = {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}
BROKERS = ("redis://", "rediss://", "redis+socket://", "sentinel://")
OSM_CREDIT = (
    '&copy; <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noreferrer">OpenStreetMap</a>'
    " contributors"
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(ValueError):
    """A setting is missing or does not fit; the text names it and the fix."""


class Settings(BaseSettings):
    """Settings from the environment or a `.env` file; names are the fields in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the instance folder")
    redis_url: str = Field("", description="Redis or Valkey; empty: embedded, one process")
    secret_key: SecretStr = Field(
        SecretStr(""), description="signs sessions and derives links; needed in production"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="how recipients and providers reach this portal"
    )
    trusted_proxy_hops: int = Field(
        0, ge=0, le=5, description="reverse proxies in front whose X-Forwarded-* we believe"
    )
    instance_path: Path = Field(Path("instance"), description="folder for the SQLite file")
    files_dir: Path | None = Field(
        None, description="folder for pictures; empty: `files` in the instance folder. One for all machines"
    )
    proof_days: int = Field(
        90, ge=7, le=3650, description="how many days pictures, places and signers of hand-overs are kept"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    twilio_account_sid: str = Field("", description="empty: SMS are shown on screen instead of sent")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), description="checks callbacks; also signs in when no API key is given"
    )
    twilio_api_key: str = Field("", description="API key SID, preferred over the auth token for sending")
    twilio_api_secret: SecretStr = Field(SecretStr(""), description="secret of the API key")
    twilio_from: str = Field("", description="sender number in E.164")
    twilio_messaging_service_sid: str = Field("", description="sender pool, instead of TWILIO_FROM")
    twilio_api_base: str = Field("", description="another host for Twilio's API")
    twilio_auth_token_old: SecretStr = Field(
        SecretStr(""),
        description="the auth token before the last one: its callbacks are taken while it is replaced",
    )
    twilio_webhook_secret: SecretStr = Field(
        SecretStr(""), description="shared key that signs callbacks by HMAC-SHA256, where the account has one"
    )
    twilio_segments_per_second: float = Field(
        0.0, ge=0, description="segments a second that this sender may carry; 0: no ceiling"
    )

    twilio_2_account_sid: str = Field("", description="a second sender's account; empty: the first one's")
    twilio_2_auth_token: SecretStr = Field(SecretStr(""), description="auth token of the second account")
    twilio_2_api_key: str = Field("", description="API key SID of the second account")
    twilio_2_api_secret: SecretStr = Field(SecretStr(""), description="secret of that API key")
    twilio_2_from: str = Field("", description="second sender: takes over while the first one does not work")
    twilio_2_messaging_service_sid: str = Field(
        "", description="second sender pool, instead of TWILIO_2_FROM"
    )
    twilio_2_api_base: str = Field("", description="another host for the second account's API")
    twilio_2_segments_per_second: float = Field(
        0.0, ge=0, description="ceiling of the second sender; 0: none"
    )

    sendgrid_api_key: SecretStr = Field(
        SecretStr(""), description="empty: emails are shown on screen instead of sent"
    )
    sendgrid_from: str = Field("", description="sender address")
    sendgrid_api_base: str = Field("", description="another host for SendGrid's API")
    sendgrid_webhook_public_key: str = Field(
        "", description="base64 key that checks SendGrid's event webhook"
    )
    sendgrid_group_id: int = Field(
        0, ge=0, description="unsubscribe group of delivery notices at SendGrid; 0: none"
    )
    sendgrid_mails_per_second: float = Field(
        0.0, ge=0, description="emails a second that the account may carry; 0: no ceiling"
    )

    sms_prices: str = Field(
        "", description="price of a segment by prefix, `+49=0.081 +1=0.0083 *=0.10`; for ceilings and figures"
    )
    email_price: str = Field("0", description="price of an email")
    messages_a_day: int = Field(
        12, ge=0, description="texts, and emails, that one person gets in a day at most; 0: no limit"
    )

    sms_consent_countries: str = Field(
        "US,CA", description="countries whose numbers get texts only with a recorded consent, or `none`"
    )

    map_tiles_url: str = Field(
        "", description="tile template {z}/{x}/{y} of your own; empty: no tiles, no third party"
    )
    map_attribution: str = Field("", description="whose map it is, shown on it")
    map_streets: Path | None = Field(None, description="GeoJSON of streets drawn when there are no tiles")
    roads_file: Path | None = Field(
        None, description="file of `doorstep roads build`: travel times by road, and streets for the map"
    )
    routing_url: str = Field("", description="a routing server, asked ahead for the legs of each round")
    routing_kind: Literal["osrm", "valhalla"] = Field("osrm", description="what speaks at ROUTING_URL")

    code_minutes: int = Field(
        10, ge=1, description="how long a one-time code and the proof it gives are good"
    )
    code_tries: int = Field(5, ge=1, le=10, description="guesses per one-time code")
    answer_minutes: int = Field(
        30, ge=1, description="how long dispatch has to answer a change, unless the shipper says"
    )
    webhook_allow_private: bool = Field(
        False, description="allow webhooks to private addresses (tests, demo)"
    )
    level: int = Field(90, description="how many of 100 live windows shall hold: 80 or 90")
    quality_depots: bool = Field(True, description="name depots on the public page of figures")
    threads: int = Field(4, ge=1, description="threads that answer requests in one process")
    carrier_name: str = Field(
        "Doorstep",
        min_length=1,
        max_length=20,
        description="who asks neighbors, before they know from which shop",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="bearer that /metrics asks for; empty: local addresses only"
    )

    console_totp: Literal["", "required", "optional"] = Field(
        "",
        description="second factor of agents: required, optional; empty: required when PUBLIC_URL is public",
    )
    oidc_issuer: str = Field(
        "", description="your OpenID Connect: agents sign in there; needs the extra `oidc`"
    )
    oidc_client_id: str = Field("", description="what your OpenID Connect knows this portal by")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="secret of that client")

    demo: bool = Field(False, description="set by `doorstep demo`: opens / and /outbox, relaxes SECRET_KEY")
    clock_starts_at: datetime | None = Field(None, description="demo: simulated start")
    clock_real_start: datetime | None = Field(None, description="demo: real start")
    clock_ends_at: datetime | None = Field(None, description="demo: simulated end, normal speed afterwards")
    clock_speed: float = Field(1.0, gt=0, description="demo: simulated seconds per real second")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_database(self.database)
        if self.redis_url and not self.redis_url.startswith(BROKERS):
            raise ValueError("REDIS_URL must look like redis://host:6379/0")
        if self.log_level.upper() not in LOG_LEVELS:
            raise ValueError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
        read_prices(self.sms_prices, self.email_price)
        _ = self.consent_countries
        if self.level not in (80, 90):
            raise ValueError("LEVEL must be 80 or 90")
        for name, url in (("PUBLIC_URL", self.public_url), ("ROUTING_URL", self.routing_url or "http://")):
            if not url.startswith(("http://", "https://")):
                raise ValueError(f"{name} must begin with http:// or https://")
        self.public_url = self.public_url.rstrip("/")
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use; `postgres://` and `postgresql://` mean psycopg 3."""
        url = self.database_url or f"sqlite:///{self.instance_path.resolve() / 'doorstep.db'}"
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                return "postgresql+psycopg://" + url.removeprefix(short)
        return url

    @property
    def streets(self) -> Path | None:
        """What a map without tiles draws: a file of streets, else the road file."""
        return self.map_streets or self.roads_file

    @property
    def map_credit(self) -> str:
        """Whose map it is, as written on it; whoever draws OpenStreetMap's streets has to say so."""
        drawn = self.roads_file and not (self.map_streets or self.map_tiles_url)
        return self.map_attribution or (OSM_CREDIT if drawn else "")

    @property
    def drawer(self) -> Path:
        """The folder for pictures in use."""
        return self.files_dir or self.instance_path / "files"

    @property
    def consent_countries(self) -> frozenset[str]:
        """The countries of SMS_CONSENT_COUNTRIES, two capital letters each."""
        named = {code.strip().upper() for code in self.sms_consent_countries.split(",")} - {"", "NONE"}
        if strange := sorted(named - phonenumbers.SUPPORTED_REGIONS):
            raise ValueError(f"SMS_CONSENT_COUNTRIES has no country {', '.join(strange)}; use US,CA or none")
        return frozenset(named)

    @property
    def embedded(self) -> bool:
        """One process holds web and ticks; nothing else writes the database."""
        return not self.redis_url

    @property
    def in_public(self) -> bool:
        """Recipients reach us over TLS: production."""
        return self.public_url.startswith("https://")

    @property
    def code_required(self) -> bool:
        """Whether every agent needs a second factor; the demo prints its sign-in and asks for none."""
        return not self.demo and (self.console_totp or ("required" if self.in_public else "")) == "required"

    @property
    def second_sender(self) -> bool:
        """Whether a second sender of texts is set up."""
        return bool(self.twilio_2_from or self.twilio_2_messaging_service_sid or self.twilio_2_account_sid)

    def _problems_of_second(self) -> list[str]:
        if not self.second_sender:
            return []
        found = []
        if not self.twilio_account_sid:
            found.append("TWILIO_ACCOUNT_SID is missing: TWILIO_2_ settings are for a second sender.")
        if not (self.twilio_2_from or self.twilio_2_messaging_service_sid):
            found.append(
                "TWILIO_2_FROM or TWILIO_2_MESSAGING_SERVICE_SID is missing: the second sender needs one."
            )
        other = self.twilio_2_account_sid not in ("", self.twilio_account_sid)
        if other and not self.twilio_2_auth_token.get_secret_value():
            found.append("TWILIO_2_AUTH_TOKEN is missing: the second account's callbacks cannot be checked.")
        return found

    def problems(self) -> list[str]:
        """What would stop a start in production, each naming the setting and the fix."""
        found = []
        if self.in_public and len(self.secret_key.get_secret_value()) < 32:
            found.append("SECRET_KEY is missing or short: set it to 32 or more random characters.")
        if self.twilio_account_sid:
            if not self.twilio_auth_token.get_secret_value():
                found.append("TWILIO_AUTH_TOKEN is missing: Twilio's callbacks cannot be checked without it.")
            if not (self.twilio_from or self.twilio_messaging_service_sid):
                found.append("TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID is missing: SMS need a sender.")
        found += self._problems_of_second()
        if self.sendgrid_api_key.get_secret_value():
            if not self.sendgrid_from:
                found.append("SENDGRID_FROM is missing: emails need a sender address.")
            if self.in_public and not self.sendgrid_webhook_public_key:
                found.append("SENDGRID_WEBHOOK_PUBLIC_KEY is missing: receipts cannot be checked without it.")
        if self.oidc_issuer:
            if not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
                found.append("OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is missing: OIDC_ISSUER needs both.")
            if self.in_public and not self.oidc_issuer.startswith("https://"):
                found.append("OIDC_ISSUER must begin with https://: passwords and tokens travel there.")
        if self.map_tiles_url and not self.map_attribution.strip():
            found.append("MAP_ATTRIBUTION is missing: tiles are shown with the words of whoever made them.")
        if self.database.startswith("sqlite") and self.redis_url:
            found.append("REDIS_URL with SQLite: several processes need PostgreSQL; set DATABASE_URL.")
        return found

    def check(self) -> None:
        """Stop the start with every problem named, or return."""
        if found := self.problems():
            raise SettingsError(" ".join(found))


def _check_database(url: str) -> None:
    try:
        driver = make_url(url).drivername
    except (ArgumentError, ValueError):
        raise ValueError("DATABASE_URL must look like postgresql://user:password@host/name") from None
    if driver not in DATABASES:
        raise ValueError("DATABASE_URL must begin with postgresql:// or sqlite:///")

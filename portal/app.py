"""The roof: puts the house together, decides nothing."""

import gc
import os
import secrets
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from pydantic import SecretStr
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import cli, jobs, logs, tasks
from portal.clock import Clock
from portal.config import PROJECT, Settings, SettingsError
from portal.db import Database, db, engine_options, teach_manners
from portal.store import tables  # noqa: F401 - registers every table
from portal.web import assets, change_memory, doors, errors, headers, language, page_memory, templates
from portal.web.poll import PollFirst
from portal.wiring import build

LARGEST_BODY = 12 * 1024 * 1024


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The whole application. Raises `SettingsError` when a setting that production needs is missing."""
    settings = settings or Settings()
    settings.check()
    logs.set_up(settings.log_level)
    app = Flask(
        "portal", template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "portal" / "static")
    )
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=str(PROJECT / "migrations"), render_as_batch=True)
    with app.app_context():
        teach_manners(db.engine)
        kit = build(settings, Database(db.engine), clock)
    app.extensions["doorstep"] = kit
    CSRFProtect(app)
    headers.install(app, tls=settings.in_public)
    assets.install(app)
    language.install(app)
    templates.install(app)
    page_memory.install(app)
    change_memory.install(app)
    errors.install(app)
    doors.install(app)
    app.wsgi_app = PollFirst(app.wsgi_app, kit)  # type: ignore[method-assign]
    if settings.trusted_proxy_hops:
        hops = settings.trusted_proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    url = settings.database
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(0o700, parents=True, exist_ok=True)
    if not settings.secret_key.get_secret_value():
        settings.secret_key = SecretStr(_trial_key(settings.instance_path))
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(url),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-doorstep" if settings.in_public else "doorstep",
        SESSION_COOKIE_SECURE=settings.in_public,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no Referer: checking it would refuse every form over TLS. Token and SameSite remain.
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]


def _trial_key(folder: Path) -> str:
    """A key for trying things out, kept beside the database so that links survive a restart.

    Raises `SettingsError` where the file is empty: whoever reads it half-written must not sign with nothing.
    """
    path = folder / "secret_key"
    folder.mkdir(0o700, parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    if key := path.read_text().strip():
        return key
    raise SettingsError(f"{path} is empty: remove it to get a new key, or set SECRET_KEY.")


def embedded() -> Flask:
    """One process with web and ticks, as the server loads it."""
    app = create_app()
    jobs.start(app)
    settle(app)
    return app


def stateless() -> Flask:
    """Web alone, as the server loads it when scaled out; workers are nudged over Redis."""
    app = create_app()
    tasks.nudge_from(app, tasks.celery_of(app))
    jobs.start_counting(app)
    settle(app)
    return app


def settle(app: Flask) -> None:
    """The roads are read before anybody waits; what is loaded now stays, and is not looked through for garbage."""
    if roads := app.extensions["doorstep"].voice.travel:
        roads.expect(())
    gc.collect()
    gc.freeze()


def main() -> None:
    """The `doorstep` command; it is handed the roof, since nothing below may reach up for it."""
    cli.doorstep(obj=create_app)

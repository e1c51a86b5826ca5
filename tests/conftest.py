"""The stage of every test: a clock, a database of its own on either engine, the app, a browser."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings as hypothesis_settings

from tests import quick
from tests.servers import Missing, chromium, databases, web
from tests.servers.run import PROJECT, Run, open_run

ENGINES = ("sqlite", "postgresql")
A_MONDAY = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
RUN = pytest.StashKey[Run]()

hypothesis_settings.register_profile("house", max_examples=60, deadline=None, derandomize=True)
hypothesis_settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    forget_settings()
    quick.make_quick()
    given = getattr(config, "workerinput", {}).get("run_folder")
    config.stash[RUN] = Run(Path(given)) if given else open_run()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].close()


def forget_settings() -> None:
    """The machine's own settings must not leak into the tests."""
    from portal.config import Settings

    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)


# The folders whose tests run on one engine each: on both they would take more than ten minutes.
ONE_ENGINE = {"web", "inbound", "cli", "flows", "stories", "faults", "model"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a database runs on both engines, one with a live server on SQLite, unless it says.

    Above the tables nearly nothing knows the engine: such a test runs on one, chosen by its name, and on both with
    ENGINES=both, as `make check` does.
    """
    if "engine" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("engines")
        usual = ENGINES[:1] if "live_server" in metafunc.fixturenames else ENGINES
        if metafunc.definition.path.parent.name in ONE_ENGINE and os.environ.get("ENGINES") != "both":
            usual = (ENGINES[crc32(metafunc.definition.name.encode()) % 2],)
        metafunc.parametrize("engine", mark.args if mark else usual, scope="function")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The folder and the servers that all processes of this test run share."""
    return request.config.stash[RUN]


@pytest.fixture
def database_url(engine: str, run: Run) -> Iterator[str]:
    """A migrated, empty database of the test's own."""
    try:
        with databases.fresh(run, engine) as url:
            yield url
    except Missing as why:
        pytest.skip(str(why))


@pytest.fixture
def empty_database_url(engine: str, run: Run) -> Iterator[str]:
    """A database without a single table."""
    try:
        with databases.fresh(run, engine, migrated=False) as url:
            yield url
    except Missing as why:
        pytest.skip(str(why))


@pytest.fixture
def valkey_url(run: Run) -> str:
    """The run's Valkey, emptied; each process of the run has a database number of its own."""
    import redis

    try:
        base = run.server("valkey")["url"]
    except Missing as why:
        pytest.skip(str(why))
    worker = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "15"
    url = base.removesuffix("/0") + f"/{int(worker) % 16}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def clock() -> Any:
    """A clock that stands on a Monday morning until the test moves it."""
    from portal.clock import ManualClock

    return ManualClock(A_MONDAY)


@pytest.fixture
def ear() -> Iterator[Any]:
    """The listening socket of `live_server`; the app is told its address before it is made."""
    with web.listening() as ear:
        yield ear


@pytest.fixture
def settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Any:
    """Settings of a trial on this machine; override this fixture in a module to change one."""
    live = "live_server" in request.fixturenames
    mine = {
        "database_url": database_url,
        "instance_path": tmp_path,
        "public_url": web.address(request.getfixturevalue("ear")) if live else "http://localhost",
    }
    return usual_settings().model_copy(update=mine, deep=True)


@cache
def usual_settings() -> Any:
    """Read once: reading takes half as long as making an app."""
    from portal.config import Settings

    return Settings(_env_file=None, secret_key="tests-" + "k" * 40, webhook_allow_private=True)


@pytest.fixture
def app(settings: Any, clock: Any) -> Iterator[Any]:
    """The portal on the test's database and clock; nothing ticks unless the test ticks."""
    from portal.app import create_app
    from portal.db import db

    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Any) -> Any:
    """Flask's test client."""
    return app.test_client()


@pytest.fixture
def live_server(app: Any, ear: Any) -> Iterator[str]:
    """The address of `app` over real HTTP, without a slash at its end."""
    with web.serving(app, ear) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium per process of the run."""
    from playwright.sync_api import sync_playwright

    try:
        path = chromium.find()
    except Missing as why:
        pytest.skip(f"browser: {why}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Playwright's context options; override or parametrize to choose a phone, the dark, a language, no JavaScript."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
def watch(live_server: str) -> Any:
    """What the browser did that it must not: fails the test, but for what `watch.forgive(pattern)` drops."""
    from tests.browser.watch import Watch

    return Watch(live_server)


@pytest.fixture
def page(
    request: pytest.FixtureRequest, browser: Any, live_server: str, watch: Any, context_options: Any
) -> Any:
    """A fresh page on `live_server`; a failed test leaves a picture in build/browser/."""
    context = browser.new_context(base_url=live_server, locale="en-GB", **context_options)
    context.set_default_timeout(10_000)
    watch.over(context)
    page = context.new_page()
    yield page
    if request.node.stash.get(FAILED, False):
        page.screenshot(path=PROJECT / "build" / "browser" / f"{request.node.name}.png", full_page=True)
    context.close()
    assert watch.complaints == []


@pytest.fixture
def axe() -> Any:
    """`axe(page)`: what axe-core finds wrong there, one line each; empty is good."""
    from tests.browser.watch import axe

    return axe


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report

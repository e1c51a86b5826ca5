"""The session of every provider: the environment counts and is read once, and nothing of the machine's leaks."""

import pytest

from notifications.providers import wire
from tests.doubles.server import Answer, Double


class Echo(Double):
    """Takes everything."""

    def take(self, call):
        return Answer(204)


@pytest.fixture
def echo():
    with Echo() as double:
        yield double


@pytest.fixture
def environment(monkeypatch):
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_a_proxy_of_the_environment_is_used(echo, environment):
    environment.setenv("HTTP_PROXY", echo.url)
    wire.pooled_session().post("http://api.provider.example/send", data="x")
    assert echo.calls[0].path == "http://api.provider.example/send"


def test_a_host_that_needs_no_proxy_is_called_at_once(echo, environment):
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    environment.setenv("NO_PROXY", "127.0.0.1")
    assert wire.pooled_session().post(f"{echo.url}/send", data="x").status_code == 204


def test_certificates_of_the_environment_are_used(environment, tmp_path):
    environment.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    settings = wire.pooled_session().merge_environment_settings("https://a.example/b", {}, None, None, None)
    assert settings["verify"] == str(tmp_path)


def test_what_a_call_asks_for_itself_counts(environment):
    settings = wire.pooled_session().merge_environment_settings(
        "https://a.example/b", {"https": "http://p.example"}, True, False, None
    )
    assert settings["proxies"]["https"] == "http://p.example"
    assert (settings["stream"], settings["verify"]) == (True, False)


def test_a_netrc_of_the_machine_is_not_told_to_anybody(echo, environment, tmp_path):
    (tmp_path / "netrc").write_text("default login somebody password secret\n")
    environment.setenv("NETRC", str(tmp_path / "netrc"))
    session = wire.pooled_session()
    session.headers["Authorization"] = "Bearer ours"
    session.post(f"{echo.url}/send", data="x")
    session.post(f"{echo.url}/send", data="x", auth=("user", "word"))
    assert echo.calls[0].headers["authorization"] == "Bearer ours"
    assert echo.calls[1].headers["authorization"].startswith("Basic ")

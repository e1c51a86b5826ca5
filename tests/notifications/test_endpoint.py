"""A webhook is no way into the operator's network."""

import pytest

from notifications.endpoint import address_problem


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0/",
        "http://localhost:8000/hook",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://224.0.0.1/",
        "http://[ff02::1]/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:secret@8.8.8.8/",
        "https://",
        "hook",
        "http://[bad/",
        "http://8.8.8.8:99999/",
    ],
)
def test_such_a_url_is_refused(url):
    assert address_problem(url)


def test_a_public_address_is_fine():
    assert address_problem("https://8.8.8.8/hook") == ""


def test_tests_and_the_demo_may_call_themselves():
    assert address_problem("http://127.0.0.1:9/hook", allow_private=True) == ""
    assert address_problem("gopher://127.0.0.1/", allow_private=True)

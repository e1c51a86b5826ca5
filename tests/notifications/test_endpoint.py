"""A webhook is no way into the operator's network."""

import pytest

from notifications.endpoint import address_problem


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.255.255.254/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0X7F.1/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0177.0x0.0.01/",
        "http://00000177.1/",
        "http://2852039166/latest/meta-data",
        "http://0xa9fea9fe/",
        "http://0251.0376.0251.0376/",
        "http://３２３２２３５７７７/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127.0.0.1./",
        "http://localhost./",
        "http://LOCALHOST/",
        "http://0.0.0.0:8000/",
        "http://0.1.2.3/",
        "http://100.127.255.255/",
        "http://172.31.255.255/",
        "http://192.0.0.8/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://198.51.100.7/",
        "http://203.0.113.7/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[::]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]:443/",
        "http://[::ffff:169.254.169.254]/",
        "http://[0:0:0:0:0:ffff:127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2001:0:7f00:1::]/",
        "http://[2001:db8::1]/",
        "http://[2002:c0a8:1::1]/",
        "http://[100::1]/",
        "http://[fec0::1]/",
        "http://[fe80::1%25lo]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/latest",
        "http://[5f00::1]/",
        "http://8.8.8.8@127.0.0.1/",
        "http://127.0.0.1:80@8.8.8.8/",
        "http://8.8.8.8:80:80/",
        "http:///etc/passwd",
        "http:127.0.0.1",
        "//127.0.0.1/",
        "gopher://8.8.8.8/_POST",
        "data:text/plain,x",
        "javascript:alert(1)",
        "http://\ud800.example/",
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

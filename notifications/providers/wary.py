"""Connections to hosts that somebody else named: they end in public networks only, and nobody is waited for forever.

A host may answer the check with a public address and the call with a private one (DNS rebinding). So a connection
resolves the name itself, looks at every address, and is made to one of them and to no name. The open connection is
looked at once more, before a byte is sent. An operator's own proxy makes its connections itself and is not concerned.

A timeout of `requests` begins anew with every byte. An endpoint that sends one byte every ten seconds would hold the
channel of all shippers, so the head of an answer has that time as a whole.
"""

import socket
from contextlib import suppress
from threading import Timer
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.response import HTTPResponse

from notifications.endpoint import is_public


class PrivateNetwork(OSError):
    """The connection was closed unused: it led into a private network."""


def checked(connection: socket.socket) -> socket.socket:
    """The connection if it leads to a public address, else it is closed; raises `PrivateNetwork`."""
    if is_public(str(connection.getpeername()[0])):
        return connection
    connection.close()
    raise PrivateNetwork("The host of this URL is in a private network.")


def pinned(host: str, port: int) -> list[str]:
    """The addresses of this host, if all that it has are public; raises `PrivateNetwork`, or what a resolver raises."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses or not all(map(is_public, addresses)):
        raise PrivateNetwork("The host of this URL is in a private network.")
    return addresses


class Bounded(HTTPConnection):
    """Hangs up when the head of an answer is not there in time."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        """The answer's head; raises what a cut connection raises when it takes too long."""
        timer = Timer(float(self.timeout or 0), self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class BoundedTLS(Bounded, HTTPSConnection):
    """The same over TLS."""


class Public(Bounded):
    """To public addresses only."""

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        failed: Exception = OSError("The host of this URL has no address.")
        for address in pinned(name, self.port):
            self._dns_host = address
            try:
                return checked(super()._new_conn())
            except (NewConnectionError, ConnectTimeoutError) as error:
                failed = error
            finally:
                # certificates are checked against the name
                self._dns_host = name
        raise failed


class PublicTLS(Public, HTTPSConnection):
    """To public addresses only; looked at before the first byte of TLS."""


def _pools(plain: type[HTTPConnection], tls: type[HTTPSConnection]) -> dict[str, Any]:
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("PoolTLS", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }


class AnyNetwork(HTTPAdapter):
    """What `requests` mounts where private networks are allowed."""

    pools = _pools(Bounded, BoundedTLS)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """The usual manager with our pools."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = self.pools


class PublicOnly(AnyNetwork):
    """What `requests` mounts for the world."""

    pools = _pools(Public, PublicTLS)

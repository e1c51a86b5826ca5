"""Connections that end in public networks only, whatever a name meant when it was checked.

A host may answer the check with a public address and the call with a private one (DNS rebinding). So the address is
looked at once more where it cannot change: on the open connection, before a byte is sent. An operator's own proxy
makes its connections itself and is not concerned.
"""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from notifications.endpoint import is_public


class PrivateNetwork(OSError):
    """The connection was closed unused: it led into a private network."""


def checked(connection: socket.socket) -> socket.socket:
    """The connection if it leads to a public address, else it is closed; raises `PrivateNetwork`."""
    if is_public(str(connection.getpeername()[0])):
        return connection
    connection.close()
    raise PrivateNetwork("The host of this URL is in a private network.")


class PublicHTTP(HTTPConnection):
    """Plain HTTP to public addresses."""

    def _new_conn(self) -> socket.socket:
        return checked(super()._new_conn())


class PublicHTTPS(HTTPSConnection):
    """HTTPS to public addresses; looked at before the first byte of TLS."""

    def _new_conn(self) -> socket.socket:
        return checked(super()._new_conn())


class PublicHTTPPool(HTTPConnectionPool):
    """Connections of one host."""

    ConnectionCls = PublicHTTP


class PublicHTTPSPool(HTTPSConnectionPool):
    """Connections of one host over TLS."""

    ConnectionCls = PublicHTTPS


class PublicOnly(HTTPAdapter):
    """What `requests` mounts to make such connections."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """The usual manager with our pools."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": PublicHTTPPool, "https": PublicHTTPSPool}

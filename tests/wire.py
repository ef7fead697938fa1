"""HTTP/1.1 by hand, for what no well-behaved client would send."""

import http.client
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

Address = tuple[str, int]
Headers = Mapping[str, str] | Iterable[tuple[str, str]]

TIMEOUT = 20.0  # seconds, for what should come at once


@dataclass(frozen=True)
class Reply:
    """An answer; names of headers are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One TCP connection."""

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection(address, timeout=TIMEOUT)
        self._response: http.client.HTTPResponse | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, *data: bytes) -> None:
        self._socket.sendall(b"".join(data))

    def half_close(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        self._socket.close()

    def response(self, method: str = "POST") -> http.client.HTTPResponse:
        """Read the head of the answer only."""
        self._response = http.client.HTTPResponse(self._socket, method=method)
        self._response.begin()
        return self._response

    def reply(self, method: str = "POST") -> Reply:
        response = self.response(method)
        headers = tuple((name.lower(), value) for name, value in response.getheaders())
        return Reply(response.status, headers, response.read())

    def reply_or_end(self) -> Reply | None:
        """Give None if the server closes the connection without an answer."""
        try:
            return self.reply()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            return None


def head(method: str, target: str, headers: Headers = ()) -> bytes:
    """Write a request line and headers, nothing but Host and Connection being added."""
    pairs: Any = headers.items() if isinstance(headers, Mapping) else headers
    lines = [f"{method} {target} HTTP/1.1", "host: pushes.example", "connection: close"]
    lines += [f"{name}: {value}" for name, value in pairs]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunks(*parts: bytes) -> bytes:
    """Write a chunked body, its end included."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def request(
    address: Address, method: str, target: str, body: bytes = b"", headers: Headers = ()
) -> Reply:
    """Send a whole request, with a Content-Length unless ``headers`` say how it is framed."""
    given: Any = headers.items() if isinstance(headers, Mapping) else headers
    pairs = list(given)
    if not {name.lower() for name, _ in pairs} & {"content-length", "transfer-encoding"}:
        pairs.append(("content-length", str(len(body))))
    with Connection(address) as connection:
        connection.send(head(method, target, pairs), body)
        return connection.reply(method)

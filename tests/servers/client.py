"""A client that puts bytes on the wire as they are given, and reads what comes back."""

import socket
import time
from collections.abc import Iterator
from typing import Final, NamedTuple, Self

from servers.promises import CLOSED, GOES_ON, OUT_OF_STEP, PASSED_ON, WAITS, Outcome

PATH: Final = "/v1.0.0/messageReceiver"
# Far more than any answer takes: reaching it is a failure.
PATIENCE: Final = 10.0
# By then anything has come that waits for nothing.
A_WHILE: Final = 0.5


class Answer(NamedTuple):
    """An HTTP response; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class NoAnswerError(ConnectionError):
    """The connection ended before there was an answer."""


class Connection:
    """One connection to a server."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        # What is sent in parts leaves in parts.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._closes = False  # as the last answer says

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, *parts: bytes, pause: float = 0.0) -> None:
        """Send the parts one by one.

        A server that has answered and closed already may refuse the rest, which is no failure.
        """
        try:
            for part in parts:
                self._socket.sendall(part)
                time.sleep(pause)
        except ConnectionError:
            pass

    def end(self) -> None:
        """Send no more, and go on listening."""
        self._socket.shutdown(socket.SHUT_WR)

    def outcome(self, patience: float = PATIENCE, *, bodiless: bool = False) -> Outcome:
        """See what comes first: the status of a response, the end, or nothing in that time."""
        self._socket.settimeout(patience)
        try:
            # Not through the file: one that timed out once cannot be read any more.
            self._socket.recv(1, socket.MSG_PEEK)
            answer = self.answer(bodiless=bodiless)
        except TimeoutError:
            return WAITS
        except ConnectionError:
            return CLOSED
        finally:
            self._socket.settimeout(PATIENCE)
        return (
            PASSED_ON if b'"nothing at"' in answer.body and answer.status == 200 else answer.status
        )

    def after(self) -> Outcome:
        """See whether the connection takes another request.

        One on which something else is answered than that request is out of step.
        """
        closes = self._closes
        self.send(head("GET", "/hello"))
        try:
            if closes:
                self.end()  # some servers read on until the client has closed, too
            answer = self.answer()
        except OSError:
            return CLOSED
        # Some servers do not do what an application says of the connection.
        return GOES_ON if (answer.status, answer.body) == (200, b"hello") else OUT_OF_STEP

    def answer(self, *, bodiless: bool = False) -> Answer:
        """Read one response; one to HEAD has no body whatever it says."""
        line = self._file.readline()
        if not line:
            raise NoAnswerError
        version, status = line.split()[:2]
        headers = dict(self._headers())
        told = headers.get("connection", "").lower()
        self._closes = told == "close" or (version == b"HTTP/1.0" and told != "keep-alive")
        body = b"" if bodiless else self._body(int(status), headers)
        return Answer(int(status), headers, body)

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self._file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            yield name.lower(), value.strip()

    def _body(self, status: int, headers: dict[str, str]) -> bytes:
        if status < 200:
            return b""
        if headers.get("transfer-encoding") == "chunked":
            return b"".join(self._chunks())
        return self._file.read(int(headers.get("content-length", -1)))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline(), 16):
            yield self._file.read(size)
            self._file.readline()
        self._file.readline()

    def ask(self, *parts: bytes) -> Answer:
        """Send a request and read the response."""
        self.send(*parts)
        return self.answer()


def final(connection: Connection) -> Answer:
    """Read the answer itself; a server may say more than once before that it wants the body."""
    while (answer := connection.answer()).status == 100:
        pass
    return answer


def head(method: str, target: str, *fields: str, version: str = "1.1") -> bytes:
    lines = (f"{method} {target} HTTP/{version}", "Host: 127.0.0.1", *fields, "", "")
    return "\r\n".join(lines).encode()


def post(body: bytes, *fields: str, length: int | str | None = None, target: str = PATH) -> bytes:
    """Write a POST; a ``length`` that is not the body's is a lie."""
    declared = len(body) if length is None else length
    return head("POST", target, *fields, f"Content-Length: {declared}") + body


def post_chunked(body: bytes, *fields: str, target: str = PATH) -> bytes:
    """Write a POST with a body that is chunked already."""
    return head("POST", target, *fields, "Transfer-Encoding: chunked") + body


def chunked(body: bytes, size: int, extension: str = "") -> bytes:
    return b"".join(chunks(body, size, extension)) + b"0\r\n\r\n"


def chunks(body: bytes, size: int, extension: str = "") -> Iterator[bytes]:
    """Write chunks without the last one."""
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield f"{len(part):x}{extension}\r\n".encode() + part + b"\r\n"

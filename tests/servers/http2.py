"""A client that speaks HTTP/2 from the first byte, as one does who knows that the server can."""

import contextlib
import socket
from typing import Self

from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import StreamClosedError

from servers.client import PATH, PATIENCE, Answer, NoAnswerError


class Http2Connection:
    """One connection, which carries any number of requests at once."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._h2 = H2Connection()
        self._h2.initiate_connection()
        self._heads: dict[int, dict[str, str]] = {}
        self._bodies: dict[int, bytes] = {}
        self._ended: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()

    def begin(self, *fields: tuple[str, str], method: str = "POST", path: str = PATH) -> int:
        """Send the head of a request, and give the number of its stream."""
        stream = self._h2.get_next_available_stream_id()
        pseudo = {":method": method, ":scheme": "http", ":authority": "127.0.0.1", ":path": path}
        self._h2.send_headers(stream, [*pseudo.items(), *fields], end_stream=method == "GET")
        self._flush()
        return stream

    def send(self, stream: int, body: bytes, *, ends: bool = True) -> None:
        """Send a body, in as many frames as the server allows."""
        while True:
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size)
            part, body = body[:room], body[room:]
            self._h2.send_data(stream, part, end_stream=ends and not body)
            self._flush()
            if not body:
                return
            while not self._h2.local_flow_control_window(stream):
                self._receive()

    def answer(self, stream: int) -> Answer:
        """Wait for the whole answer on a stream."""
        while stream not in self._ended:
            self._receive()
        headers = self._heads[stream]
        return Answer(int(headers.pop(":status")), headers, self._bodies.get(stream, b""))

    def give_up(self, stream: int) -> None:
        """Tell the server that no more of a request comes, unless it has told so itself."""
        with contextlib.suppress(StreamClosedError):
            self._h2.reset_stream(stream)
        self._flush()

    def _flush(self) -> None:
        self._socket.sendall(self._h2.data_to_send())

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise NoAnswerError
        for event in self._h2.receive_data(data):
            match event:
                case ResponseReceived():
                    named = ((bytes(name), bytes(value)) for name, value in event.headers)
                    self._heads[event.stream_id] = {
                        name.decode(): value.decode() for name, value in named
                    }
                case DataReceived():
                    self._bodies[event.stream_id] = (
                        self._bodies.get(event.stream_id, b"") + event.data
                    )
                    length = event.flow_controlled_length
                    self._h2.acknowledge_received_data(length, event.stream_id)
                case StreamEnded() | StreamReset():
                    self._ended.add(event.stream_id)
                case ConnectionTerminated():
                    raise NoAnswerError
                case _:
                    pass
        self._flush()

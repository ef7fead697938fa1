"""What the tests of the command line push at, draw on and run."""

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

from click.testing import Result

from needs import needed
from pushmw import Delivery, Receiver
from pushmw._register.options import SDK_PATHS

needed("httpx", "rich", "uvicorn")

Run = Callable[..., Result]
Execute = Callable[..., subprocess.CompletedProcess[str]]


class Application:
    """An application to be pushed at.

    Attributes:
        address: where it is served.
        deliveries: what came to its handlers.
        pages: what its own paths answer, one after the other and then the last again.
    """

    def __init__(self) -> None:
        self.address = ""
        self.deliveries: list[Delivery] = []
        self.pages: dict[str, list[tuple[int, bytes]]] = {}

    @property
    def url(self) -> str:
        """Where pushes go."""
        return self.address + SDK_PATHS[0]

    def page(self, path: str, *answers: tuple[int, bytes]) -> str:
        """Let a path answer something, and give its URL."""
        self.pages[path] = list(answers)
        return self.address + path

    def wrapped(self) -> Any:
        """Give it with a receiver in front."""
        push = Receiver()

        @push.on("*")
        def taken(event: Any, delivery: Delivery) -> None:
            self.deliveries.append(delivery)

        @push.unhandled
        def rest(event: Any, delivery: Delivery) -> None:
            self.deliveries.append(delivery)

        return push.asgi(self._answer)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        answers = self.pages[scope["path"]]
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})


class Terminal:
    """A terminal of 80 columns for a process to draw on.

    Attributes:
        end: the process's end of it.
        env: what tells the process about it.
    """

    def __init__(self) -> None:
        self._ours, self.end = os.openpty()
        self.env = os.environ | {"TERM": "xterm", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
        self._parts: list[bytes] = []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # that is how a terminal ends
            while part := os.read(self._ours, 65536):
                self._parts.append(part)

    def drawn(self) -> str:
        """Give all that was drawn, once the process is gone."""
        os.close(self.end)
        self._reader.join()
        os.close(self._ours)
        return b"".join(self._parts).decode()

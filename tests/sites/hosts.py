"""The servers the sites run on: one of each for the whole session, the application changes."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from types import TracebackType
from typing import Any, Self

import wire
from sites.base import Before
from wire import TIMEOUT, Address, Reply


class Served(AbstractContextManager["Served"]):
    """A server with the application of the moment.

    Attributes:
        errors: what the application let escape to the server.
    """

    address: Address

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self._app: Any = None
        self._before: Before | None = None
        self._changed = threading.Condition()
        self._running = 0

    def run(self, app: Any, before: Before | None) -> None:
        """Serve ``app``; ``before`` is called in the context of each request."""
        self.wait_until_idle()
        self._app, self._before = app, before
        self.errors.clear()

    def post(self, body: bytes, headers: Mapping[str, str], path: str) -> Reply:
        return self.request("POST", path, body, headers)

    def request(self, method: str, target: str, body: bytes, headers: wire.Headers) -> Reply:
        return wire.request(self.address, method, target, body, headers)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Go round each request."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, step: int) -> None:
        with self._changed:
            self._running += step
            self._changed.notify_all()

    def application(self) -> Any:
        """Give the application for a request, and call `before` in its context."""
        if self._before is not None:
            self._before()
        return self._app

    def wait_until(self, running: Callable[[int], bool]) -> None:
        """Wait for the number of requests inside the application."""
        with self._changed:
            assert self._changed.wait_for(lambda: running(self._running), TIMEOUT)

    def wait_until_busy(self) -> None:
        """Wait until a request is inside."""
        self.wait_until(lambda running: running > 0)

    def wait_until_idle(self) -> None:
        """Wait until the application has done with every request."""
        self.wait_until(lambda running: running == 0)


class WSGIServer(Served):
    """werkzeug's server: one thread a request, and chunked bodies arrive."""

    def __init__(self) -> None:
        super().__init__()
        from werkzeug.serving import WSGIRequestHandler, make_server

        host = self

        class Handler(WSGIRequestHandler):
            def run_wsgi(self) -> None:
                with host.counted():
                    super().run_wsgi()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Leave the log to the tests."""

        self._server = make_server("127.0.0.1", 0, self._serve, True, request_handler=Handler)
        self.address = ("127.0.0.1", self._server.port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="wsgi-host", daemon=True
        )
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join(TIMEOUT)

    def _serve(self, environ: Any, start_response: Any) -> Any:
        try:
            return self.application()(environ, start_response)
        except BaseException as error:
            self.errors.append(error)
            raise


class ASGIServer(Served):
    """uvicorn, on a thread of its own."""

    def __init__(self) -> None:
        super().__init__()
        import uvicorn

        listening = socket.create_server(("127.0.0.1", 0))
        self.address = listening.getsockname()
        config = uvicorn.Config(
            self._serve,
            http="h11",
            loop="asyncio",
            interface="asgi3",
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="asgi-host", daemon=True
        )
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(TIMEOUT)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        with self.counted():
            try:
                await self.application()(scope, receive, send)
            except BaseException as error:
                self.errors.append(error)
                raise


class StartingServer(ASGIServer):
    """The same, and applications are started and stopped by the lifespan protocol."""

    def __init__(self) -> None:
        super().__init__()
        self._started = _Started(None)

    def run(self, app: Any, before: Before | None) -> None:
        self.wait_until_idle()
        self._started.stop()
        self._started = _Started(app)
        super().run(self._started, before)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._started.stop()
        super().__exit__(kind, error, traceback)


class _Started:
    """An application that is started before its first request, on the loop of that."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._starting: asyncio.Task[None] | None = None
        self._lifespan: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._starting is None:
            # What stands in front of a request does not stand in front of the start.
            loop, clean = asyncio.get_running_loop(), Context()
            self._starting = loop.create_task(self._start(), context=clean)
        await self._starting
        await self._app(scope, receive, send)

    async def _start(self) -> None:
        from asgiref import testing

        communicator: Any = testing.ApplicationCommunicator
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}
        self._lifespan = communicator(self._app, scope)
        await self._phase("startup")

    async def _phase(self, name: str) -> None:
        await self._lifespan.send_input({"type": f"lifespan.{name}"})
        answer = await self._lifespan.receive_output(TIMEOUT)
        assert answer["type"] == f"lifespan.{name}.complete"

    def stop(self) -> None:
        """Stop it, if there was a request."""
        if self._starting is not None:
            stopping = self._phase("shutdown")
            asyncio.run_coroutine_threadsafe(stopping, self._starting.get_loop()).result(TIMEOUT)


class Loop(AbstractContextManager["Loop"]):
    """An event loop on a thread of its own, for callers without one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop-host")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT)
        self._loop.close()

    def wait_for(self, work: Any) -> Any:
        """Run a coroutine there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(TIMEOUT)

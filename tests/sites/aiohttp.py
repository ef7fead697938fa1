"""aiohttp, which is neither WSGI nor ASGI: a route on its own server hands pushes over."""

from collections.abc import Mapping
from types import TracebackType

from aiohttp import web

import wire
from pushmw import Receiver
from sites.base import Before, Can, Inner, Site
from sites.hosts import Loop
from wire import Address, Reply


class Server(Loop):
    """aiohttp's own server, on a loop of its own."""

    push: Receiver
    before: Before | None
    address: Address

    def __init__(self) -> None:
        super().__init__()
        app = web.Application(client_max_size=2 * 1024 * 1024)
        app.router.add_post("/{path:.*}", self.route)
        # It would inflate bodies and leave the header that says they are not, and refuse long
        # headers, which the receiver has to refuse.
        self._runner = web.AppRunner(
            app, access_log=None, auto_decompress=False, max_field_size=64 * 1024
        )
        self.wait_for(self._start())

    async def _start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = self._runner.addresses[0]

    def run(self, push: Receiver, before: Before | None) -> None:
        self.push, self.before = push, before

    async def route(self, request: web.Request) -> web.Response:
        if self.before is not None:
            self.before()
        if request.path not in self.push.paths:
            raise web.HTTPNotFound
        body = await request.read()
        answer = await self.push.ahandle(body, request.headers, request.path, request.remote)
        return web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))

    def post(self, body: bytes, headers: Mapping[str, str], path: str) -> Reply:
        return wire.request(self.address, "POST", path, body, headers)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.wait_for(self._runner.cleanup())
        super().__exit__(kind, error, traceback)


def _build(inner: Inner, push: Receiver | None) -> Receiver | None:
    return push


# Without Can.HTTP: no application is behind a route, so nothing passes or falls through, and what
# comes before the complete body is aiohttp's; tests/frameworks/test_aiohttp.py looks at that.
SITES = {"aiohttp": Site("aiohttp", Server, _build, Can.LOOP | Can.POOL)}

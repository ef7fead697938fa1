"""A Starlette route that decodes with orjson and looks the kind up in a table."""

import orjson
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from benchmarks.drivers import PATH


def build(handle):
    handlers = {"fwUpgradeStateChangeNotify": handle}

    async def receive(request):
        body = orjson.loads(await request.body())
        handler = handlers.get(body["notifyType"])
        if handler is not None:
            await handler(body)
        return PlainTextResponse("ok")

    return Starlette(routes=[Route(PATH, receive, methods=["POST"])])

"""A FastAPI route with pydantic's discriminated union over all kinds."""

from fastapi import FastAPI

from benchmarks.drivers import PATH
from benchmarks.peers.kinds import MODELS, UNION


def build(handle):
    app = FastAPI()
    handlers = {MODELS["fwUpgradeStateChangeNotify"]: handle}

    @app.post(PATH)
    async def receive(event: UNION) -> dict[str, bool]:
        handler = handlers.get(type(event))
        if handler is not None:
            await handler(event)
        return {"ok": True}

    return app

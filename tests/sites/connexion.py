"""Connexion on Starlette, with the receiver as its outermost middleware."""

from typing import Any

from connexion import AsyncApp, request
from connexion.middleware import MiddlewarePosition
from connexion.resolver import Resolver

from pushmw import Receiver
from sites.base import Can, Inner, Site
from sites.hosts import ASGIServer
from sites.starlette import routes


def operation(endpoint: Any) -> Any:
    """Give the request to it, which comes out of a proxy as a new object each time."""

    async def called() -> Any:
        return await endpoint(request._get_current_object())

    return called


def application(inner: Inner, push: Receiver | None) -> Any:
    app: Any = AsyncApp("site")
    endpoints = {path: operation(to) for path, (to, _) in routes(inner).items()}
    app.add_api(specification(inner), resolver=Resolver(endpoints.__getitem__))
    if push:
        app.add_middleware(push.asgi, position=MiddlewarePosition.BEFORE_EXCEPTION)
    return app


def specification(inner: Inner) -> dict[str, Any]:
    responses = {"default": {"description": "Any"}}
    paths = {
        path: {method.lower(): {"operationId": path, "responses": responses} for method in methods}
        for path, (_, methods) in routes(inner).items()
    }
    return {"openapi": "3.0.3", "info": {"title": "Site", "version": "1"}, "paths": paths}


CAN = Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED
# Without Can.RAISES: Connexion answers every exception itself.
SITES = {"connexion": Site("connexion", ASGIServer, application, CAN)}

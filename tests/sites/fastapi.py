"""FastAPI, with the receiver as its outermost middleware."""

from fastapi import FastAPI

from pushmw import Receiver
from sites.base import Inner, Site
from sites.hosts import ASGIServer
from sites.starlette import CAN, routes


def application(inner: Inner, push: Receiver | None) -> FastAPI:
    # debug: nothing of a failed handler may come out even so.
    app = FastAPI(debug=True)
    for path, (endpoint, methods) in routes(inner).items():
        app.add_api_route(path, endpoint, methods=methods)
    if push:
        app.add_middleware(push.asgi)
    return app


SITES = {"fastapi": Site("fastapi", ASGIServer, application, CAN)}

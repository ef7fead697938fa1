"""The drivers of the behavioural suite: frameworks with a receiver in front, on real servers.

To add a framework: write one module here with a ``SITES`` like the others, and name its sites in
``MODULES``.
"""

import importlib
from pathlib import Path

from sites.base import Site

# The name of a site and the module, in this package, that makes it.
MODULES = {
    "wsgi": "plain",
    "asgi": "plain",
    "handle": "direct",
    "ahandle": "direct",
    "flask": "flask",
    "flask-context": "flask",
    "django-wsgi": "django",
    "django-asgi": "django",
    "django-middleware-wsgi": "django",
    "django-middleware-asgi": "django",
    "fastapi": "fastapi",
    "starlette": "starlette",
    "drf-wsgi": "drf",
    "drf-asgi": "drf",
    "ninja-wsgi": "ninja",
    "ninja-asgi": "ninja",
    "quart": "quart",
    "litestar": "litestar",
    "falcon-wsgi": "falcon",
    "falcon-asgi": "falcon",
    "bottle": "bottle",
    "pyramid": "pyramid",
    "sanic": "sanic",
    "blacksheep": "blacksheep",
    "connexion": "connexion",
    "aiohttp": "aiohttp",
}


def are_for(tests: Path, name: str) -> bool:
    """Tell whether a file of tests is for a site: those of a framework are for its own only."""
    framework = tests.stem.removeprefix("test_")
    return tests.parent.name != "frameworks" or MODULES[name] == framework


def find(name: str) -> Site:
    """Give the site of that name.

    Raises:
        KeyError: there is none.
        ImportError: its framework or server is not installed.
    """
    found: Site = importlib.import_module(f"sites.{MODULES[name]}").SITES[name]
    return found

"""Django, with the receiver outermost and as a middleware, under WSGI and under ASGI."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings

# In memory a connection is never closed.
DATABASE = Path(mkdtemp(prefix="pushmw-django-")) / "db.sqlite3"

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE,
            "TEST": {"NAME": DATABASE.with_name("test.sqlite3")},
        }
    },
    LOGGING_CONFIG=None,
    ROOT_URLCONF=__name__,
    SECRET_KEY="made up",
    USE_TZ=True,
)

import django  # noqa: E402 - Django wants its settings first

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - as above
from django.core.wsgi import get_wsgi_application  # noqa: E402 - as above
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse  # noqa: E402 - as above
from django.test.utils import override_settings  # noqa: E402 - as above
from django.urls import path  # noqa: E402 - as above
from django.views.decorators.csrf import csrf_exempt  # noqa: E402 - as above

import pushmw.django  # noqa: E402 - as above
from pushmw import Receiver  # noqa: E402 - as above
from sites.base import CALLBACK, COMMANDS, Can, Inner, Site  # noqa: E402 - as above
from sites.hosts import ASGIServer, WSGIServer  # noqa: E402 - as above

MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]

# The setting and the views know these by name.
receiver: Receiver | None = None
current = Inner()


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello")


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body, headers={"x-length": str(len(request.body))})


def stream(request: HttpRequest) -> StreamingHttpResponse:
    on_loop = hasattr(request, "scope")
    return StreamingHttpResponse(current.astream() if on_loop else current.stream())


def callback(request: HttpRequest) -> Any:
    try:
        parsed = json.loads(request.body)
    except ValueError:
        parsed = None
    return answer(request, parsed)


def answer(request: HttpRequest, parsed: object) -> Any:
    """Answer on the callback path."""
    current.take(str(request.method), request.META.get("QUERY_STRING", ""), request.body, parsed)
    response = stream(request) if current.streams else HttpResponse(current.body)
    response.status_code = current.status
    for name, value in current.headers.items():
        response[name] = value
    return response


urlpatterns = [
    path("hello", hello),
    path("echo", csrf_exempt(echo)),
    path("stream", stream),
    path(CALLBACK.removeprefix("/"), csrf_exempt(callback)),
    path(COMMANDS.removeprefix("/"), csrf_exempt(callback)),
]


def outermost(
    make: Any, wrap: Any, urls: str = __name__
) -> Callable[[Inner, Receiver | None], Any]:
    """Put the receiver in front of the whole application."""

    def build(inner: Inner, push: Receiver | None) -> Any:
        global current  # noqa: PLW0603 - a URLconf is a module
        current = inner
        settings.ROOT_URLCONF = urls  # looked up at each request
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            app = make()
        return wrap(push, app) if push else app

    return build


def as_middleware(make: Any, urls: str = __name__) -> Callable[[Inner, Receiver | None], Any]:
    """Make the receiver the first middleware."""

    def build(inner: Inner, push: Receiver | None) -> Any:
        global current, receiver
        current, receiver = inner, push
        settings.ROOT_URLCONF = urls
        first = ["pushmw.django.PushMiddleware"] if push else []
        with override_settings(
            MIDDLEWARE=[*first, *MIDDLEWARE], PUSHMW_RECEIVER=f"{__name__}.receiver"
        ):
            return make()

    return build


WSGI = Can.HTTP | Can.THREAD | Can.EARLY
ASGI = Can.HTTP | Can.LOOP | Can.REPEATED | Can.EARLY | Can.BODY_DEADLINE
# Django has read the body before its first middleware is asked.
ASGI_INSIDE = Can.HTTP | Can.LOOP | Can.REPEATED
SITES = {
    site.name: site
    for site in (
        Site("django-wsgi", WSGIServer, outermost(get_wsgi_application, pushmw.django.wsgi), WSGI),
        Site("django-asgi", ASGIServer, outermost(get_asgi_application, pushmw.django.asgi), ASGI),
        Site("django-middleware-wsgi", WSGIServer, as_middleware(get_wsgi_application), WSGI),
        Site(
            "django-middleware-asgi", ASGIServer, as_middleware(get_asgi_application), ASGI_INSIDE
        ),
    )
}

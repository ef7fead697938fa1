# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""pushmw in a Django project: outermost in wsgi.py or asgi.py, or as the first middleware.

Handlers in ``pushes.py`` of an installed app are imported by themselves. ``manage.py check`` looks
at the setting where ``"pushmw.django"`` is one of ``INSTALLED_APPS``.

Both ways care for the database connections of handlers as Django does for those of views: dead and
expired ones are closed before and after each handler, on the thread the handler uses.
"""

from typing import TYPE_CHECKING, Any

from pushmw._http import asgi as asgi_adapter
from pushmw._http import wsgi as wsgi_adapter
from pushmw.django._connections import GLUE
from pushmw.django._middleware import PushMiddleware
from pushmw.django._settings import import_pushes
from pushmw.receiver import Receiver

if TYPE_CHECKING:
    from pushmw._http.asgi import WrappedASGI
    from pushmw._http.way import Way
    from pushmw._http.wsgi import Wrapped

__all__ = ["PushMiddleware", "asgi", "wsgi"]


def wsgi(push: Receiver, app: Any) -> "Wrapped":
    """Put the receiver in front of Django's WSGI application, in wsgi.py.

    Raises:
        TypeError: these are not a receiver and an application, in this order.
    """
    return wsgi_adapter.wrap(_way("wsgi", push), app)


def asgi(push: Receiver, app: Any) -> "WrappedASGI":
    """Put the receiver in front of Django's ASGI application, in asgi.py.

    Raises:
        TypeError: these are not a receiver and an application, in this order.
    """
    return asgi_adapter.wrap(_way("asgi", push), app)


def _way(name: str, push: Any) -> "Way":
    if not isinstance(push, Receiver):
        kind = type(push).__name__
        raise TypeError(f"pushmw.django.{name}(push, app) takes a Receiver first, not {kind}")
    import_pushes()
    push.set_glue(GLUE)
    return push.way(GLUE)

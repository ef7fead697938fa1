# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""pushmw in a Django project: outermost in wsgi.py or asgi.py, or as the first middleware.

Both ways care for the database connections of handlers as Django does for those of views: dead and
expired ones are closed before and after each handler, on the thread the handler uses.
"""

from typing import TYPE_CHECKING, Any

from pushmw.django._connections import GLUE
from pushmw.django._middleware import PushMiddleware
from pushmw.receiver import Receiver

if TYPE_CHECKING:
    from pushmw._http.asgi import WrappedASGI
    from pushmw._http.wsgi import Wrapped

__all__ = ["PushMiddleware", "asgi", "wsgi"]


def wsgi(push: Receiver, app: Any) -> "Wrapped":
    """Put the receiver in front of Django's WSGI application, in wsgi.py."""
    push.set_glue(GLUE)
    return push.wsgi(app)


def asgi(push: Receiver, app: Any) -> "WrappedASGI":
    """Put the receiver in front of Django's ASGI application, in asgi.py."""
    push.set_glue(GLUE)
    return push.asgi(app)

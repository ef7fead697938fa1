"""What can be wrapped: applications of the other protocol, and what is wrapped already, are not."""

import inspect
from typing import Any, Final

from pushmw._register.lazy import signature

# The attribute of a wrapped application that holds the receiver before it.
STANDS: Final = "pushmw_stands"

_ASGI: Final = "(scope, receive, send)"
_WSGI: Final = "(environ, start_response)"
_TRIED: Final = {2: _WSGI, 3: _ASGI}


def check_wsgi(app: Any, owner: object) -> None:
    """Refuse what is no WSGI application, or has the receiver before it.

    Raises:
        TypeError: it is none; the message says what would work.
        ValueError: it is wrapped already.
    """
    if _takes("wsgi", app) == _ASGI:
        raise TypeError(
            f"push.wsgi: {_name(app)} takes {_ASGI}, so it speaks ASGI: push.asgi(app), or "
            "app.add_middleware(push.asgi) where there is such a method"
        )
    _check_free("wsgi", app, owner)


def check_asgi(app: Any, owner: object) -> None:
    """Refuse what is no ASGI application, or has the receiver before it.

    Raises:
        TypeError: it is none; the message says what would work.
        ValueError: it is wrapped already.
    """
    if _takes("asgi", app) == _WSGI:
        flask = hasattr(app, "wsgi_app")
        line = "app.wsgi_app = push.wsgi(app.wsgi_app)" if flask else "push.wsgi(app)"
        raise TypeError(f"push.asgi: {_name(app)} takes {_WSGI}, so it speaks WSGI: {line}")
    _check_free("asgi", app, owner)


def _check_free(who: str, app: Any, owner: object) -> None:
    if getattr(app, STANDS, None) is owner:
        raise ValueError(f"push.{who}: this application has this receiver before it already")


def _takes(who: str, app: Any) -> str | None:
    """Tell which protocol's arguments an application takes, or None where that is not known."""
    if not callable(app):
        raise TypeError(f"push.{who}: takes an application, not {type(app).__name__}")
    if inspect.isclass(app):
        return None
    taken: list[str] = []
    for count, protocol in _TRIED.items():
        try:
            signature(app).bind(*[None] * count)
        except TypeError:
            continue
        except ValueError:  # without a signature
            return None
        taken.append(protocol)
    return taken[0] if len(taken) == 1 else None


def _name(app: Any) -> str:
    return getattr(app, "__qualname__", type(app).__qualname__)

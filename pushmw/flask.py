"""pushmw in a Flask application: handlers run with an application context.

``app.wsgi_app = push.wsgi(app.wsgi_app)`` alone is enough for handlers that need none.
"""

from typing import Any

from flask import Flask

from pushmw._dispatch.glue import Glue
from pushmw._http import wsgi
from pushmw.receiver import Receiver


def init_app(app: Flask, push: Receiver) -> None:
    """Put the receiver in front of a Flask application.

    Each handler runs in an application context of its own: ``current_app`` works, and what is
    registered with ``teardown_appcontext``, such as the end of a database session, runs after it.
    ``before_request``, error handlers and the other hooks of a request do not.

    Args:
        app: the application; it stays what it is, for ``flask run`` and its test client.
        push: the receiver; it may stand before several applications, and each push runs in the
            context of that it came through. What is handed to ``push.handle`` runs in the last's.

    Raises:
        TypeError: these are not an application and a receiver, in this order.
    """
    given: Any = app, push
    if not (isinstance(given[0], Flask) and isinstance(given[1], Receiver)):
        names = " and ".join(type(each).__name__ for each in given)
        raise TypeError(f"init_app takes a Flask and a Receiver, init_app(app, push), not {names}")
    glue = Glue(app.app_context)
    push.set_glue(glue)
    app.wsgi_app = wsgi.wrap(push.way(glue), app.wsgi_app)  # type: ignore[method-assign]  # as Flask's manual does it
    app.extensions["pushmw"] = push

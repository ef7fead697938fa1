"""pushmw in a Flask application: handlers run with an application context.

``app.wsgi_app = push.wsgi(app.wsgi_app)`` alone is enough for handlers that need none.
"""

from typing import TYPE_CHECKING

from flask import Flask

from pushmw._dispatch.glue import Glue

if TYPE_CHECKING:
    from pushmw.receiver import Receiver


def init_app(app: Flask, push: "Receiver") -> None:
    """Put the receiver in front of a Flask application.

    Each handler runs in an application context of its own: ``current_app`` works, and what is
    registered with ``teardown_appcontext``, such as the end of a database session, runs after it.
    ``before_request``, error handlers and the other hooks of a request do not.

    Args:
        app: the application; it stays what it is, for ``flask run`` and its test client.
        push: the receiver; with an application factory it serves the application made last.
    """
    push.set_glue(Glue(app.app_context))
    app.wsgi_app = push.wsgi(app.wsgi_app)  # type: ignore[method-assign]  # as Flask's manual does it
    app.extensions["pushmw"] = push

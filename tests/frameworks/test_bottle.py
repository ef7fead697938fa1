"""What Bottle's users expect beyond the behavioural suite, and why it is not a plugin."""

from typing import Any

import bottle as untyped
import pytest
from werkzeug.test import Client

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK

bottle: Any = untyped

PUSH = sample("deviceAdded")


@pytest.fixture
def push() -> Receiver:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    return push


@pytest.fixture
def app() -> Any:
    app = bottle.Bottle()
    app.get("/", callback=lambda: "home")
    return app


def test_the_application_may_keep_its_type(push: Receiver, app: Any) -> None:
    """So that ``app.run()`` serves the receiver too; it calls ``app.wsgi``."""
    app.wsgi = push.wsgi(app.wsgi)
    client = Client(app)
    assert client.post(CALLBACK, data=PUSH).text == "ok"
    assert client.get("/").text == "home"


def test_the_bare_application_knows_nothing_of_the_receiver(push: Receiver, app: Any) -> None:
    """That is what ``run()`` serves unless it is given the wrapped one."""
    assert Client(push.wsgi(app)).post(CALLBACK, data=PUSH).text == "ok"
    assert Client(app).post(CALLBACK, data=PUSH).status_code == 404


def test_plugins_and_hooks_do_not_run_for_a_push(push: Receiver, app: Any) -> None:
    """pushmw stands in front of them: the documentation says that they protect nothing here."""
    calls: list[str] = []

    def plugin(callback: Any) -> Any:
        def called() -> Any:
            calls.append("plugin")
            return callback()

        return called

    app.install(plugin)
    app.add_hook("before_request", lambda: calls.append("hook"))
    client = Client(push.wsgi(app))
    assert client.post(CALLBACK, data=PUSH).text == "ok"
    assert calls == []
    assert client.get("/").text == "home"
    assert calls == ["hook", "plugin"]


def test_a_plugin_is_not_asked_where_there_is_no_route(push: Receiver, app: Any) -> None:
    """So a receiver cannot be one."""
    calls: list[str] = []

    def plugin(callback: Any) -> Any:
        calls.append("plugin")
        return callback

    app.install(plugin)
    assert Client(app).post(CALLBACK, data=PUSH).status_code == 404
    assert calls == []


def test_a_route_that_asks_for_json_refuses_what_the_receiver_takes(
    push: Receiver, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bottle parses no more than ``MEMFILE_MAX``, and no other media types."""
    monkeypatch.setattr(bottle.BaseRequest, "MEMFILE_MAX", 102400)
    parsed: list[Any] = []
    app.post(CALLBACK, callback=lambda: parsed.append(bottle.request.json))
    large = sample("deviceAdded", deviceId="x" * 102400)
    json = {"content_type": "application/json"}
    assert Client(app).post(CALLBACK, data=large, **json).status_code == 413
    assert Client(app).post(CALLBACK, data=PUSH, content_type="text/plain").status_code == 200
    assert parsed == [None]
    assert Client(push.wsgi(app)).post(CALLBACK, data=large, **json).text == "ok"
    assert Client(push.wsgi(app)).post(CALLBACK, data=PUSH, content_type="text/plain").text == "ok"

"""What Flask's users expect beyond the behavioural suite: contexts, teardown, its own client."""

import contextlib
import contextvars
import logging
from types import FunctionType
from typing import Any

import flask
import pytest
from flask import Flask, Response, current_app, g, request

import pushmw.flask
from pushmw import DeviceAdded, Receiver
from pushmw.compat import PushMessageReceiver
from pushmw.compat import request as request_of_push
from pushmw.guards import Bearer
from pushmw.samples import sample
from sites.base import CALLBACK
from sites.hosts import WSGIServer
from wire import chunks

PUSH = sample("deviceAdded")
STYLES = ["sync", "async"]


def app_with(push: Receiver) -> Flask:
    app = Flask("shop")
    pushmw.flask.init_app(app, push)
    return app


def register(push: Receiver, style: str, function: Any) -> None:
    async def awaited(event: DeviceAdded) -> None:
        function(event)

    push.on("deviceAdded")(function if style == "sync" else awaited)


@pytest.mark.parametrize("style", STYLES)
def test_a_handler_has_an_application_context_of_its_own_and_teardown_runs_after_it(
    style: str,
) -> None:
    """Database extensions end their session in ``teardown_appcontext``."""
    push = Receiver()
    order: list[Any] = []
    app = app_with(push)

    @app.teardown_appcontext
    def teardown(error: BaseException | None) -> None:
        order.append(("teardown", g.pop("session", None), error))

    def handler(event: DeviceAdded) -> None:
        g.session = event.device_id
        order.append(("handler", current_app.name))

    register(push, style, handler)
    assert app.test_client().post(CALLBACK, data=PUSH).status_code == 200
    device = DeviceAdded(device_id="5c0ffee0-1a2b-4c3d-8e4f-000000000001").device_id
    assert order == [("handler", "shop"), ("teardown", device, None)]


@pytest.mark.parametrize("style", STYLES)
def test_each_of_two_applications_gives_its_context_to_the_pushes_it_gets(style: str) -> None:
    push = Receiver()
    names: list[str] = []
    register(push, style, lambda event: names.append(current_app.name))
    apps = [Flask(name) for name in ("shop", "stock")]
    for app in apps:
        pushmw.flask.init_app(app, push)
    for app in (*apps, apps[0]):
        assert app.test_client().post(CALLBACK, data=PUSH).status_code == 200
    assert names == ["shop", "stock", "shop"]


def test_a_factory_that_is_called_twice_gives_each_application_the_options_of_its_config() -> None:
    push = Receiver()
    register(push, "sync", lambda event: None)

    def create_app(token: str) -> Flask:
        push.configure(guards=[Bearer(token)])
        return app_with(push)

    one, two = create_app("one"), create_app("two")
    for app, token, status in ((one, "one", 200), (one, "two", 401), (two, "two", 200)):
        headers = {"authorization": f"Bearer {token}"}
        answer = app.test_client().post(CALLBACK, data=PUSH, headers=headers)
        assert answer.status_code == status
    create_app("three")
    assert one.test_client().post(CALLBACK, data=PUSH).status_code == 401


@pytest.mark.parametrize("arguments", [(Receiver(), Flask("shop")), ("shop", Receiver())])
def test_arguments_that_are_no_application_and_receiver_are_told(arguments: Any) -> None:
    with pytest.raises(TypeError, match=r"init_app\(app, push\), not "):
        pushmw.flask.init_app(*arguments)


@pytest.mark.parametrize("style", STYLES)
def test_teardown_sees_the_exception_of_a_failed_handler(style: str) -> None:
    """A session is rolled back then, not committed."""
    push = Receiver()
    errors: list[BaseException | None] = []
    app = app_with(push)
    app.teardown_appcontext(errors.append)

    def handler(event: DeviceAdded) -> None:
        raise KeyError("no such shop")

    register(push, style, handler)
    assert app.test_client().post(CALLBACK, data=PUSH).status_code == 503
    assert [type(error) for error in errors] == [KeyError]


def test_an_error_hook_has_an_application_context_too() -> None:
    """It stores what failed."""
    push, names = Receiver(), []
    app = app_with(push)

    @push.on("deviceAdded")
    def handler(event: DeviceAdded) -> None:
        raise KeyError("no such shop")

    @push.error
    def failed(error: Exception, delivery: Any) -> None:
        names.append((current_app.name, type(error)))

    app.test_client().post(CALLBACK, data=PUSH)
    assert names == [("shop", KeyError)]


def test_plain_wrapping_gives_no_context(caplog: pytest.LogCaptureFixture) -> None:
    """The core knows no framework: that is what ``init_app`` is for."""
    push, app = Receiver(), Flask("shop")
    app.wsgi_app = push.wsgi(app.wsgi_app)  # type: ignore[method-assign]

    @push.on("deviceAdded")
    def handler(event: DeviceAdded) -> None:
        current_app.name  # noqa: B018 - it raises

    with caplog.at_level(logging.ERROR, logger="pushmw"):
        assert app.test_client().post(CALLBACK, data=PUSH).status_code == 503
    assert "outside of application context" in caplog.text


def test_a_factory_called_twice_does_not_stack_contexts() -> None:
    """The application made last is the one handlers see, once."""
    push, names, teardowns = Receiver(), [], []

    @push.on("deviceAdded")
    def handler(event: DeviceAdded) -> None:
        names.append(current_app.name)

    def create(name: str) -> Flask:
        app = Flask(name)
        pushmw.flask.init_app(app, push)
        app.teardown_appcontext(lambda error: teardowns.append(name))
        return app

    first = create("first")
    assert first.test_client().post(CALLBACK, data=PUSH).status_code == 200
    second = create("second")
    assert second.test_client().post(CALLBACK, data=PUSH).status_code == 200
    assert names == ["first", "second"]
    assert teardowns == ["first", "second"]


def test_the_application_keeps_its_type_and_knows_the_receiver() -> None:
    """So that ``flask run``, its test client and extensions go on to work."""
    push = Receiver()
    app = app_with(push)
    assert type(app) is Flask
    assert app.extensions["pushmw"] is push


def test_a_users_around_runs_inside_the_application_context() -> None:
    """It may use what the context gives."""

    push, seen = Receiver(), []
    tenant: contextvars.ContextVar[str] = contextvars.ContextVar("tenant")

    @push.around
    @contextlib.contextmanager
    def for_tenant() -> Any:
        token = tenant.set(current_app.name)
        yield
        tenant.reset(token)

    @push.on("deviceAdded")
    def handler(event: DeviceAdded) -> None:
        seen.append(tenant.get())

    app_with(push).test_client().post(CALLBACK, data=PUSH)
    assert seen == ["shop"]


def test_hooks_of_a_request_do_not_run_for_a_push() -> None:
    """pushmw stands in front of them: the documentation says that they protect nothing here."""
    push, calls = Receiver(), []
    push.on("deviceAdded")(lambda event: None)
    app = app_with(push)
    app.before_request(lambda: calls.append("before"))
    assert app.test_client().post(CALLBACK, data=PUSH).status_code == 200
    assert app.test_client().get("/").status_code == 404
    assert calls == ["before"]


def test_a_route_of_ones_own_may_get_a_part_of_a_chunked_push() -> None:
    """``MAX_CONTENT_LENGTH`` cuts it without an error, and what is left is not understood."""
    push, app = Receiver(), Flask("shop")
    push.on("deviceAdded")(lambda event: None)
    app.config["MAX_CONTENT_LENGTH"] = len(PUSH) - 1

    @app.post(CALLBACK)
    def pushes() -> Response:
        answer = push.handle(request.get_data(), request.headers, request.path)
        return Response(answer.body, answer.status, dict(answer.headers))

    chunked = {"transfer-encoding": "chunked"}
    with WSGIServer() as server:
        server.run(app, None)
        assert server.post(chunks(PUSH), chunked, CALLBACK).status == 200
        assert (push.counts.handled, push.counts.unclassified) == (0, 1)
        server.run(push.wsgi(app.wsgi_app), None)
        assert server.post(chunks(PUSH), chunked, CALLBACK).body == b"ok"
        assert push.counts.handled == 1


class Named(PushMessageReceiver):
    def handleDeviceAdded(self) -> None:
        _ = request.json


class Dotted(PushMessageReceiver):
    def handleDeviceAdded(self) -> None:
        _ = flask.request.json


class Migrated(PushMessageReceiver):
    def handleDeviceAdded(self) -> None:
        _ = request_of_push.json, flask.current_app.name


def renamed(receiver: type[PushMessageReceiver]) -> type[PushMessageReceiver]:
    """Give the method a global of its own: ``request`` is that of the push, as in a module."""
    method: Any = receiver.handleDeviceAdded
    names = {**method.__globals__, "request": request_of_push}
    receiver.handleDeviceAdded = FunctionType(method.__code__, names)
    return receiver


@renamed
class Beside(PushMessageReceiver):
    def handleDeviceAdded(self) -> None:
        _ = request.json, flask.current_app.name


@pytest.mark.parametrize("receiver", [Named, Dotted, Migrated, Beside])
def test_flasks_request_that_was_left_in_a_mounted_receiver_is_told(
    caplog: pytest.LogCaptureFixture, receiver: type[PushMessageReceiver]
) -> None:
    Receiver(guards=[]).mount(receiver())
    told = [record.getMessage() for record in caplog.records]
    line = (
        f"mount: {__name__}:{receiver.__name__}.handleDeviceAdded reads flask.request, which "
        "raises where no request of Flask's own is, as in every push: from pushmw.compat import "
        "request instead"
    )
    assert told == ([line] if receiver in {Named, Dotted} else [])


def test_init_app_with_its_arguments_in_the_wrong_order_says_the_right_one() -> None:
    given: Any = Receiver(), Flask("shop")
    with pytest.raises(TypeError) as caught:
        pushmw.flask.init_app(*given)
    assert str(caught.value) == (
        "init_app takes a Flask and a Receiver, init_app(app, push), not Receiver and Flask"
    )

"""What Django's users expect beyond the behavioural suite: connections, tests, the setting."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, TestCase, override_settings
from werkzeug.test import Client as WSGIClient

import pushmw.django
from fakes import length, scope
from pushmw import DeviceAdded, Receiver
from pushmw.guards import Attempt, Bearer
from pushmw.samples import sample
from sites import django as site_module
from sites.base import CALLBACK, Can, Inner, Site, Start, Style

PUSH = sample("deviceAdded")


@pytest.fixture(scope="module", autouse=True)
def database() -> Iterator[None]:
    """Make the test database that Django's test cases expect."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    yield
    connection.creation.destroy_test_db(name, verbosity=0)


def query() -> Any:
    """Use the ORM's connection of this thread, and give it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connections["default"]


def register(push: Receiver, style: Style, work: Callable[[], None]) -> None:
    """Register a handler that uses the database as its style must."""

    async def awaited(event: DeviceAdded) -> None:
        await sync_to_async(work)()

    def handler(event: DeviceAdded) -> None:
        work()

    push.on("deviceAdded")(awaited if style.awaited else handler)


@pytest.fixture(params=[Style("sync"), Style("async", awaited=True)], ids=lambda s: s.name)
def written(request: pytest.FixtureRequest) -> Style:
    """How the handler is written."""
    style: Style = request.param
    return style


def test_a_handlers_connection_is_closed_afterwards(
    site: Site, start: Start, written: Style
) -> None:
    """CONN_MAX_AGE is 0: a view's would be closed as well."""
    push, used = Receiver(), []

    def work() -> None:
        used.append((query(), connection.connection))

    register(push, written, work)
    assert start(push).post(PUSH).status == 200
    ((wrapper, during),) = used
    assert during is not None
    assert wrapper.connection is None


@pytest.mark.needs(Can.THREAD)
def test_a_connection_that_died_fails_one_push_and_not_the_next_one_too(site: Site) -> None:
    """Left open on the server's thread it would fail every later push there."""
    push = Receiver()
    breaks = [False, True]

    @push.on("deviceAdded")
    def handler(event: DeviceAdded) -> None:
        wrapper = query()
        if breaks.pop():
            wrapper.connection.close()
            query()

    client = WSGIClient(site.build(Inner(), push))
    answers = [client.post(CALLBACK, data=PUSH).status_code for _ in range(2)]
    assert answers == [503, 200]


class Transaction(TestCase):  # type: ignore[misc]  # Django ships no types
    """Handlers see the rows of a test's transaction, and the test sees theirs."""

    def setUp(self) -> None:
        self.push = Receiver()
        self.counted: list[int] = []
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE pushed (name text)")
            cursor.execute("INSERT INTO pushed VALUES ('by the test')")
        site_module.receiver = self.push
        register(self.push, Style("sync"), self.work)
        self.settings_in_force = override_settings(
            MIDDLEWARE=["pushmw.django.PushMiddleware"],
            PUSHMW_RECEIVER="sites.django.receiver",
        )
        self.settings_in_force.enable()
        self.addCleanup(self.settings_in_force.disable)

    def work(self) -> None:
        """Count the rows and add one."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO pushed VALUES ('by the handler')")
            self.counted.append(rows())

    def check(self, status: int) -> None:
        """See what came of it."""
        assert status == 200
        assert self.counted == [2]
        assert rows() == 2

    def test_with_the_client(self) -> None:
        """Under WSGI the handler runs on the test's own thread."""
        client: Any = Client()
        self.check(client.post(CALLBACK, PUSH, content_type="application/json").status_code)

    async def test_with_the_async_client(self) -> None:
        """Under ASGI it runs where sync views run, which in a test is the test's thread."""
        answer = await AsyncClient().post(CALLBACK, PUSH, content_type="application/json")
        await sync_to_async(self.check)(answer.status_code)

    async def test_what_a_sync_handler_returns_finds_that_thread_free_under_asgi(self) -> None:
        """It waits there for what it returned, which in turn wants to run there."""

        async def later() -> None:
            await sync_to_async(self.work)()

        self.push.on("deviceAdded", name="later")(lambda event: later())
        answer = await AsyncClient().post(CALLBACK, PUSH, content_type="application/json")
        assert answer.status_code == 200
        assert self.counted == [2, 3]


def rows() -> int:
    """Count the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pushed")
        (count,) = cursor.fetchone()
    return int(count)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "must be the dotted path of a pushmw.Receiver"),
        (5, "not 5"),
        ("no_such_module.push", "cannot import 'no_such_module.push'"),
        ("sites.django.no_such_name", "no_such_name"),
        ("sites.django.hello", "is a function, not a pushmw.Receiver"),
    ],
    ids=["missing", "no text", "no module", "no name", "no receiver"],
)
def test_a_wrong_setting_is_told_when_the_middleware_is_made(value: Any, message: str) -> None:
    """That is at the start of the server, not at the first push."""
    with (
        override_settings(PUSHMW_RECEIVER=value),
        pytest.raises(ImproperlyConfigured, match=message),
    ):
        pushmw.django.PushMiddleware(lambda request: HttpResponse())


def middleware(push: Receiver, *before: Any) -> Callable[[HttpRequest], HttpResponse]:
    """Make the middleware as Django does."""
    site_module.receiver = push
    with override_settings(PUSHMW_RECEIVER="sites.django.receiver"):
        made: Any = pushmw.django.PushMiddleware(lambda request: HttpResponse(b"view", status=404))
    return made  # type: ignore[no-any-return]


def request(body: bytes = PUSH, **environ: Any) -> HttpRequest:
    """Make a request as Django's test client does."""
    from django.test import RequestFactory

    return RequestFactory().post(CALLBACK, body, content_type="application/json", **environ)


def test_a_body_over_djangos_own_limit_is_413() -> None:
    """DATA_UPLOAD_MAX_MEMORY_SIZE holds for whatever Django reads."""
    push = Receiver()
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert middleware(push)(request()).status_code == 413
    assert push.counts.refused == 1


def test_a_body_that_another_middleware_has_read_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The answer is 503, the log says what to change; no traceback reaches the client."""
    read = request()
    read.read(1)
    assert middleware(Receiver())(read).status_code == 503
    assert "PushMiddleware must stand before" in caplog.text


def test_a_body_that_another_middleware_has_looked_at_is_taken() -> None:
    """Django keeps what was read through ``request.body``."""
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    looked_at = request()
    assert looked_at.body == PUSH
    assert middleware(push)(looked_at).content == b"ok"


def test_a_broken_connection_is_400() -> None:
    """Nothing of a body that did not come whole is dispatched."""

    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("gone")

    broken = request()
    broken._stream = Broken()
    assert middleware(Receiver())(broken).status_code == 400


def test_no_memory_for_a_body_is_503() -> None:
    """It is no fault of the sender's."""

    class Full(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise MemoryError

    push, full = Receiver(), request()
    full._stream = Full()
    assert middleware(push)(full).status_code == 503
    assert (push.counts.failed, push.counts.refused) == (1, 0)


@pytest.mark.parametrize("wrap", [pushmw.django.wsgi, pushmw.django.asgi])
def test_arguments_in_the_wrong_order_are_told(wrap: Any) -> None:
    """Each of the two has its own place."""
    with pytest.raises(TypeError, match=r"\(push, app\) takes a Receiver first, not function"):
        wrap(lambda environ, start_response: [], Receiver())


def test_a_view_is_told_how_long_a_chunked_push_is() -> None:
    """Django REST framework sees no body otherwise."""
    source: Any = {"wsgi.input": BytesIO(PUSH), "wsgi.input_terminated": True}
    chunked: Any = request(**source)
    chunked.META["CONTENT_LENGTH"] = ""
    assert middleware(Receiver())(chunked).status_code == 200
    assert (chunked.META["CONTENT_LENGTH"], chunked.body) == (str(len(PUSH)), PUSH)


def test_without_fallthrough_the_view_is_not_asked() -> None:
    """The receiver answers for it."""
    assert middleware(Receiver(fallthrough=False))(request()).content == b"ok"
    assert middleware(Receiver())(request()).content == b"view"


def test_sync_handlers_of_simultaneous_pushes_run_at_once_under_asgi() -> None:
    """Thread-sensitive alone would run one after the other; each push has a thread of its own."""
    push, meeting = Receiver(), threading.Barrier(4, timeout=20)
    push.on("deviceAdded")(lambda event: meeting.wait())
    site_module.receiver = push

    async def main() -> list[int]:
        with override_settings(
            MIDDLEWARE=["pushmw.django.PushMiddleware"], PUSHMW_RECEIVER="sites.django.receiver"
        ):
            client = AsyncClient()
            posts = [client.post(CALLBACK, PUSH, content_type="application/json") for _ in range(4)]
            return [answer.status_code for answer in await asyncio.gather(*posts)]

    assert asyncio.run(main()) == [200] * 4


def test_guards_are_asked_before_django_reads_the_body() -> None:
    """It would do so only when asked to."""

    class Unread(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError

    push = Receiver(guards=[Bearer("t")])
    refused = request()
    refused._stream = Unread()
    answer = middleware(push)(refused)
    assert (answer.status_code, answer["www-authenticate"]) == (401, 'Bearer realm="pushes"')
    assert (push.counts.denied, push.counts.refused) == (1, 0)


@pytest.mark.parametrize(
    ("made", "peer"),
    [
        pytest.param(lambda: request(REMOTE_ADDR="192.0.2.7"), "192.0.2.7", id="WSGI"),
        pytest.param(lambda: request(REMOTE_ADDR=""), "", id="WSGI, unix socket"),
        pytest.param(lambda: request(REMOTE_ADDR="localhost"), "", id="waitress, unix socket"),
        pytest.param(lambda: asgi_request(["192.0.2.7", 4711]), "192.0.2.7", id="ASGI"),
        pytest.param(
            lambda: asgi_request(None, server=["/run/app.sock", None]), "", id="ASGI, unix socket"
        ),
        pytest.param(lambda: asgi_request(None), None, id="ASGI, no client"),
        pytest.param(lambda: asgi_request(["localhost", 0]), "localhost", id="ASGI, a name"),
    ],
)
def test_guards_get_headers_path_and_peer_of_djangos_requests(
    made: Callable[[], HttpRequest], peer: str | None
) -> None:
    """Whatever Django calls them."""
    attempts: list[Attempt] = []
    push = Receiver(guards=[attempts.append])
    middleware(push)(made())
    (attempt,) = attempts
    assert (attempt.path, attempt.peer) == (CALLBACK, peer)
    assert attempt.headers["content-type"] == "application/json"


def test_guards_are_not_told_of_another_header_that_django_takes_for_the_same() -> None:
    """Django 5.2.0 joins the two, so that the client would have the last word."""
    attempts: list[Attempt] = []
    forged = [(b"x-forwarded-for", b"198.51.100.9"), (b"x_forwarded_for", b"203.0.113.7")]
    middleware(Receiver(guards=[attempts.append]))(asgi_request(None, forged))
    (attempt,) = attempts
    assert attempt.headers["x-forwarded-for"] == "198.51.100.9"
    assert attempt.headers["x_forwarded_for"] == "203.0.113.7"


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("protocol", ["wsgi", "asgi"])
def test_more_headers_than_guards_look_through_are_431(protocol: str, *, guarded: bool) -> None:
    """They are counted as a refusal, and no guard is asked."""
    attempts: list[Attempt] = []
    push = Receiver(guards=[attempts.append] if guarded else [])
    many = [(f"x-{number}", "y") for number in range(201)]
    if protocol == "wsgi":
        environ: Any = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in many}
        asked = request(**environ)
    else:
        asked = asgi_request(None, [(name.encode(), value.encode()) for name, value in many])
    assert middleware(push)(asked).status_code == 431
    assert (attempts, push.counts.refused) == ([], 1)


def asgi_request(
    client: list[Any] | None, headers: Iterable[tuple[bytes, bytes]] = (), **members: Any
) -> HttpRequest:
    """Make a request as Django does under ASGI."""
    framing = (b"content-type", b"application/json"), length(PUSH)
    asked = scope(*framing, *headers, client=client, **members)
    made: HttpRequest = ASGIRequest(asked, BytesIO(PUSH))
    return made

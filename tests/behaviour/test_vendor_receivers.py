"""Receivers in the style of the vendor's SDKs: on every site as anywhere."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pushes import OTHER, PUSH, SECRET, assert_ok, assert_problem
from pushmw import Counts, Notification, Receiver
from pushmw.compat import DEMO_PATHS, HANDLERS, SDK_PATHS, PushMessageReceiver, request
from pushmw.notifications import LEGACY_KINDS
from pushmw.samples import sample
from sites.base import ASYNC, CALLBACK, COMMANDS, SYNC, Start, Style
from wire import TIMEOUT

AT_ONCE = 5

written = pytest.mark.parametrize("how", [SYNC, ASYNC], ids=["sync", "async"])


@pytest.fixture
def clients() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool


def mounted(**methods: Any) -> Receiver:
    """Mount an object with these methods."""
    push = Receiver()
    push.mount(type("Made", (PushMessageReceiver,), methods)())
    return push


@written
def test_every_method_reads_the_request_of_its_push(start: Start, how: Style) -> None:
    seen: list[tuple[str, Any]] = []

    def method(name: str) -> Any:
        return how.of(lambda self: seen.append((name, request.json.get("notifyType"))))

    site = start(mounted(**{name: method(name) for name in HANDLERS}))
    expected: list[tuple[str, Any]] = []
    for name, kinds in HANDLERS.items():
        for kind in kinds:
            assert_ok(site.post(sample(kind)))
            expected.append((name, None if kind == "commandStateChanged" else kind))
    assert seen == expected


@written
def test_every_method_with_a_body_gets_the_event_of_its_push(start: Start, how: Style) -> None:
    seen: list[tuple[str, type]] = []

    def method(name: str) -> Any:
        return how.of(lambda self, body: seen.append((name, type(body))))

    site = start(mounted(**{name: method(name) for name in HANDLERS}))
    expected: list[tuple[str, type]] = []
    for name, kinds in HANDLERS.items():
        for kind in kinds:
            assert_ok(site.post(sample(kind)))
            expected.append((name, LEGACY_KINDS[kind]))
    assert seen == expected


@written
@pytest.mark.parametrize("other", [SYNC, ASYNC], ids=["sync text", "async text"])
def test_the_text_of_every_push_comes_before_its_method(
    start: Start, how: Style, other: Style
) -> None:
    seen: list[Any] = []
    push = mounted(
        handleBody=other.of(lambda self, body: seen.append((body, request.data.decode()))),
        handleDeviceDeleted=how.of(lambda self: seen.append(request.json["deviceId"])),
    )
    site = start(push)
    for body in (OTHER, PUSH, b"push success."):
        assert_ok(site.post(body))
    texts = [(text, text) for text in (OTHER.decode(), PUSH.decode(), "push success.")]
    assert seen == [texts[0], SECRET, *texts[1:]]
    assert site.inner.seen == []
    assert push.counts == Counts(handled=3, unclassified=1)


@written
def test_what_is_not_overridden_falls_through(serve: Start, how: Style) -> None:
    site = serve(mounted(handleDeviceDeleted=how.of(lambda self: None)))
    assert site.post(PUSH).body == site.inner.body
    assert [seen.body for seen in site.inner.seen] == [PUSH]


@written
def test_a_method_that_fails_is_503_and_the_others_run(start: Start, how: Style) -> None:
    def fails(self: Any) -> None:
        raise LookupError(request.json["deviceId"][:5])

    seen: list[str] = []
    push = mounted(
        handleBody=how.of(fails), handleDeviceDeleted=how.of(lambda self: seen.append("method"))
    )
    push.on("*")(lambda event: seen.append("every"))
    push.error(lambda error, delivery: seen.append(f"{error!r} in {delivery.handler}"))
    assert_problem(start(push).post(OTHER), 503)
    assert seen == [f"LookupError('tiger') in {__name__}:Made.handleBody", "method", "every"]


def test_the_request_tells_where_the_push_came_to_and_from_whom(start: Start) -> None:
    seen: list[Any] = []
    push = mounted(
        handleDeviceDeleted=lambda self: seen.append(
            (request.method, request.path, request.headers["User-Agent"])
        )
    )
    site = start(push)
    for path in (CALLBACK, COMMANDS):
        assert_ok(site.post(OTHER, {"User-Agent": "platform/1.0"}, path))
    assert seen == [("POST", path, "platform/1.0") for path in (CALLBACK, COMMANDS)]


def test_the_paths_of_the_demo_may_be_listened_on_too(serve: Start) -> None:
    push = Receiver([*SDK_PATHS, *DEMO_PATHS])
    seen: list[str] = []
    push.on("*")(lambda event: seen.append(event.kind))
    site = serve(push)
    for path in (*SDK_PATHS, *DEMO_PATHS):
        assert_ok(site.post(PUSH, path=path))
    assert seen == ["deviceDataChanged"] * (len(SDK_PATHS) + len(DEMO_PATHS))


# -- at the same time


def post_at_once(site: Any, clients: ThreadPoolExecutor) -> list[str]:
    names = [f"meter-{number}" for number in range(AT_ONCE)]
    bodies = [sample("deviceDeleted", deviceId=name) for name in names]
    for reply in clients.map(site.post, bodies):
        assert_ok(reply)
    return names


def test_sync_methods_that_run_at_once_each_have_their_own_request(
    start: Start, clients: ThreadPoolExecutor
) -> None:
    together = threading.Barrier(AT_ONCE)
    seen: list[tuple[str, str, str]] = []

    def method(self: Any, body: Notification) -> None:
        before = request.json["deviceId"]
        together.wait(TIMEOUT)
        seen.append((before, request.json["deviceId"], str(body.device_id)))

    site = start(mounted(handleDeviceDeleted=method))
    names = post_at_once(site, clients)
    assert sorted(seen) == [(name, name, name) for name in names]


def test_async_methods_and_their_tasks_that_run_at_once_each_have_their_own_request(
    start: Start, clients: ThreadPoolExecutor
) -> None:
    everyone = asyncio.Event()
    inside: list[None] = []
    seen: list[tuple[str, str, str]] = []

    async def later() -> str:
        await everyone.wait()
        return str(request.json["deviceId"])

    async def method(self: Any) -> None:
        before = request.json["deviceId"]
        task = asyncio.create_task(later())
        inside.append(None)
        if len(inside) == AT_ONCE:
            everyone.set()
        await everyone.wait()
        seen.append((before, request.json["deviceId"], await task))

    site = start(mounted(handleDeviceDeleted=method))
    names = post_at_once(site, clients)
    assert sorted(seen) == [(name, name, name) for name in names]


@written
def test_after_a_method_there_is_no_request(start: Start, how: Style) -> None:
    seen: list[Any] = []

    def after(event: Any) -> None:
        with pytest.raises(RuntimeError, match="no push is being handled here"):
            seen.append(request.json)
        seen.append("none")

    push = mounted(handleDeviceDeleted=how.of(lambda self: seen.append(request.method)))
    for each in (SYNC, ASYNC):
        each.on(push, "*")(after)
    assert_ok(start(push).post(OTHER))
    assert seen == ["POST", "none", "none"]

"""What a handler may know of the push beside its event."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pushes import PUSH, SECRET, assert_ok
from pushmw import Delivery, Receiver
from sites.base import CALLBACK, COMMANDS, Start, Style


def test_a_delivery_tells_all_about_the_push(start: Start, style: Style) -> None:
    push = Receiver()
    got: list[Delivery] = []
    before = datetime.now(UTC)
    style.on(push, "*", name="audit")(lambda event, delivery: got.append(delivery))
    body = PUSH.replace(b"{", b'{"unknownMember":[1],', 1)
    assert_ok(start(push).post(body))
    (delivery,) = got
    assert (delivery.kind, delivery.path) == ("deviceDataChanged", CALLBACK)
    assert (delivery.body, delivery.attempt, delivery.handler) == (body, 1, "audit")
    assert delivery.json()["unknownMember"] == [1]
    assert delivery.received.utcoffset() == timedelta(0)
    assert before <= delivery.received <= datetime.now(UTC)
    assert SECRET not in repr(delivery)


def test_the_id_is_that_of_the_push(start: Start, style: Style) -> None:
    push = Receiver()
    got: list[Delivery] = []
    for name in ("first", "second"):
        style.on(push, "*", name=name)(lambda event, delivery: got.append(delivery))
    site = start(push)
    site.post(PUSH)
    site.post(PUSH)
    one, same, other, same_other = (delivery.id for delivery in got)
    assert (one, other) == (same, same_other)
    assert one != other
    assert [delivery.handler for delivery in got] == ["first", "second"] * 2


HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "platform/1.0",
    "X-Request-Id": "r-1",
    "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "Tracestate": "a=1",
}
CREDENTIALS = {
    "Authorization": f"Bearer {SECRET}",
    "Proxy-Authorization": f"Basic {SECRET}",
    "Cookie": f"session={SECRET}",
    "Signature": SECRET,
}
OTHERS = {"X-Shop": "7", "X-Forwarded-For": "192.0.2.1", "Accept": "*/*"}


@pytest.mark.parametrize(
    ("kept", "more"),
    [
        pytest.param((), {}, id="the usual ones"),
        pytest.param(("X-Shop", "accept"), {"x-shop": "7", "accept": "*/*"}, id="and those named"),
        pytest.param(("X-Not-There",), {}, id="and one that is not there"),
    ],
)
def test_the_headers_kept_are_the_harmless_ones(
    start: Start, kept: tuple[str, ...], more: dict[str, str]
) -> None:
    push = Receiver(keep_headers=kept)
    got: list[Delivery] = []

    @push.on("*")
    def handler(event: Any, delivery: Delivery) -> None:
        got.append(delivery)

    assert_ok(start(push).post(PUSH, {**HEADERS, **CREDENTIALS, **OTHERS}))
    usual = {name.lower(): value for name, value in HEADERS.items()}
    assert got[0].headers == {**usual, **more}


def test_the_path_is_the_one_it_came_to_without_the_query(serve: Start) -> None:
    push = Receiver()
    paths: list[str] = []

    @push.on("*")
    def handler(event: Any, delivery: Delivery) -> None:
        paths.append(delivery.path)

    site = serve(push)
    site.post(PUSH, path=COMMANDS)
    site.post(PUSH, path=f"{CALLBACK}?token={SECRET}")
    assert paths == [COMMANDS, CALLBACK]


def test_a_path_of_ones_own_may_have_letters_of_any_language(serve: Start) -> None:
    push = Receiver("/回调/привет")
    paths: list[str] = []

    @push.on("*")
    def handler(event: Any, delivery: Delivery) -> None:
        paths.append(delivery.path)

    site = serve(push)
    encoded = "/%E5%9B%9E%E8%B0%83/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82"
    assert_ok(site.post(PUSH, path=encoded))
    assert paths == ["/回调/привет"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"push success.", None, id="no kind"),
        pytest.param(b'{"notifyType":"testNotify"}', "testNotify", id="unknown kind"),
    ],
)
def test_what_was_not_understood_comes_with_a_delivery_too(
    start: Start, style: Style, body: bytes, kind: str | None
) -> None:
    push = Receiver()
    got: list[Delivery] = []
    rest: Any = style.of(lambda event, delivery: got.append(delivery))
    push.unhandled(rest)
    assert_ok(start(push).post(body))
    assert [(delivery.kind, delivery.body) for delivery in got] == [(kind, body)]


def test_deliveries_of_the_error_hook_and_of_the_handlers_are_of_one_push(
    start: Start, style: Style
) -> None:
    push = Receiver()
    got: list[Delivery] = []

    def failing(event: Any, delivery: Delivery) -> None:
        got.append(delivery)
        raise ValueError

    style.on(push, "*", name="failing")(failing)
    push.error(lambda error, delivery: got.append(delivery))
    start(push).post(PUSH)
    assert [(each.id, each.handler) for each in got] == [(got[0].id, "failing")] * 2

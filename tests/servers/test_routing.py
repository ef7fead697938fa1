"""What is not ours is the wrapped application's, untouched."""

import json

import pytest

from pushmw.samples import sample
from servers.client import PATH, chunked, head, post, post_chunked
from servers.process import Host
from servers.promises import CLOSED, Check, Outcome
from servers.site import ALONE

BODY = sample("deviceDeleted")
# What reaches the application where a client sees this.
BEGUN: dict[Outcome, list[str]] = {101: ["websocket"], 404: ["GET"], 403: []}
ELSEWHERE: dict[str, tuple[str, Check | None]] = {
    "two slashes": (f"/{PATH}", Check.DOUBLE_SLASH),
    "a slash at the end": (f"{PATH}/", None),
    "a parameter": (f"{PATH};x", None),
    "a NUL": (f"{PATH}%00", Check.NUL),
    "a byte that is no UTF-8": (f"{PATH}%ff", None),
    "other case": (PATH.upper(), None),
    "dots": (f"/x/..{PATH}", Check.DOTS),
    "more": (f"{PATH}s", None),
}


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
@pytest.mark.parametrize("size", [100, 60_000])
def test_a_push_that_is_not_ours_reaches_the_application_whole_and_its_404_becomes_200(
    host: Host, tag: str, size: int, is_chunked: bool
) -> None:
    body = b'{"notifyType":"yetUnknown"}'.ljust(size)
    request = post_chunked(chunked(body, 4096), tag) if is_chunked else post(body, tag)
    with host.connect() as connection:
        answer = connection.ask(request)
        assert answer.status == host.server.gives(200, is_chunked=is_chunked)
        if answer.status == 200:
            told = {"nothing at": PATH, "method": "POST", "bytes": size}
            assert json.loads(answer.body) == told
            assert connection.after() == host.server.expects(Check.KEEP_ALIVE)


def test_the_log_has_nothing_of_a_body_that_was_not_understood(host: Host, tag: str) -> None:
    secret = tag.removeprefix("X-Test: ")
    body = sample("deviceDeleted", deviceId=secret).replace(b'"deviceId":', b'"deviceID":')
    assert host.ask(post(body, tag)).status == 200
    assert host.ask(post(b"no JSON but " + secret.encode(), tag)).status == 200
    assert "not understood" in host.output()
    assert secret not in host.output()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_on_the_callback_path_are_the_applications(
    host: Host, tag: str, method: str
) -> None:
    with host.connect() as connection:
        connection.send(head(method, PATH, tag))
        assert connection.outcome(bodiless=method == "HEAD") == 404
        assert connection.after() == host.server.expects(Check.KEEP_ALIVE)
    assert not host.settled(tag)["events"]


@pytest.mark.parametrize("case", ELSEWHERE)
def test_paths_that_only_look_alike_are_the_applications(host: Host, tag: str, case: str) -> None:
    target, check = ELSEWHERE[case]
    expected = host.server.expects(check) if check else 404
    with host.connect() as connection:
        connection.send(post(BODY, tag, target=target))
        assert connection.outcome() == expected
        assert connection.after() in {host.server.expects(Check.KEEP_ALIVE), CLOSED}
    assert len(host.settled(tag)["events"]) == (expected == 200)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(PATH.replace("R", "%52"), id="encoded"),
        pytest.param(f"{PATH}?token=x&path=/other", id="with a query"),
    ],
)
def test_other_spellings_of_the_callback_path_are_ours(host: Host, tag: str, target: str) -> None:
    assert host.ask(post(BODY, tag, target=target)).body == b"ok"
    assert [event["path"] for event in host.settled(tag)["events"]] == [PATH]


def test_a_whole_url_in_the_request_line_names_its_path(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.ABSOLUTE_TARGET)
    with host.connect() as connection:
        connection.send(post(BODY, tag, target=f"http://127.0.0.1{PATH}"))
        assert connection.outcome() == expected
    assert len(host.settled(tag)["events"]) == (expected == 200)


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_other_paths_take_bodies_of_any_size(host: Host, is_chunked: bool) -> None:
    body = bytes(range(256)) * 4096
    with host.connect() as connection:
        if is_chunked:
            connection.send(post_chunked(chunked(body, 10_000), target="/echo"))
        else:
            connection.send(post(body, target="/echo"))
        takes_it = host.server.gives(200, is_chunked=is_chunked) == 200
        assert connection.answer().body == (body if takes_it else b"")
        assert connection.after() == host.server.expects(Check.KEEP_ALIVE)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_an_application_behind_the_rest_is_404(host: Host, method: str) -> None:
    with host.connect() as connection:
        connection.send(head(method, f"{ALONE}here"))
        expected = host.server.expects(Check.HEAD_ALONE) if method == "HEAD" else 404
        assert connection.outcome(bodiless=method == "HEAD") == expected
        assert connection.after() in {host.server.expects(Check.KEEP_ALIVE), CLOSED}


def test_a_404_of_another_path_stays_one(host: Host) -> None:
    assert host.ask(post(BODY, target="/elsewhere")).status == 404


def test_a_websocket_on_the_callback_path_is_the_applications(host: Host, tag: str) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    with host.connect() as connection:
        connection.send(
            head("GET", PATH, tag, *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        )
        expected = host.server.expects(Check.WEBSOCKET)
        assert connection.outcome() == expected
    assert host.settled(tag)["begun"] == BEGUN[expected]
